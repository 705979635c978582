"""A worker: a process that takes runs from a queue, executes them, and watches over the other workers."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from dbos import DBOS, DBOSConfig

from mfo_runtime.distributed.database import LONGEST_IDLE_SECONDS, Database
from mfo_runtime.distributed.executing import Connect, Options, RunsOfWorker
from mfo_runtime.distributed.forgetting import Forgetting
from mfo_runtime.distributed.journal import SharedJournal
from mfo_runtime.distributed.membership import MemberSettings, Membership
from mfo_runtime.distributed.queues import register
from mfo_runtime.distributed.rates import pace_of_server
from mfo_runtime.distributed.takeover import dissolve, take_over
from mfo_runtime.distributed.workflows import APPLICATION, VERSION, WORKFLOW, JsonSerializer
from mfo_runtime.errors import JournalError
from mfo_runtime.journal import Retention

_LOOK = 0.5
"""Seconds between two looks at what is wanted of this worker's runs."""

_TAKE_OVER = 1.0
_MOST_CONNECTIONS = 16
"""Of one worker for its runs, which need one for moments only."""

_log = logging.getLogger("mfo_runtime.distributed")


class Worker:
    """Executes runs of one queue until it is told to stop; there can be one in a process."""

    def __init__(
        self,
        database: Database,
        settings: MemberSettings,
        connect: Connect,
        options: Options | None = None,
        retention: Retention | None = None,
    ) -> None:
        """Nothing is begun yet.

        Args:
            database: the pool's, whose tables are there; this worker makes further connections of its own.
            settings: what it tells the pool.
            connect: gives the MFO server of a run.
            options: what it settles for a run.
            retention: which runs the pool keeps, as far as this worker forgets the others; None where it forgets none.
        """
        self._database = database
        self._settings = settings
        self._stopping = threading.Event()
        self._lost = threading.Event()
        self.journal = SharedJournal(database, settings.id)
        self._membership = Membership(database, settings, self._lost.set)
        self.runs = RunsOfWorker(self.journal, connect, self._membership.check)
        if options is not None:
            self.runs.options = options
        self._forgetting = retention and Forgetting(database, self.journal.workflows, retention)
        self._loop: asyncio.AbstractEventLoop | None = None

    def stop(self) -> None:
        """Give back what is executed, and leave; may be called by any thread and by handlers of signals."""
        self._stopping.set()

    def work(self, on_ready: Callable[[], None] | None = None) -> bool:
        """Execute runs until ``stop``; gives False where the worker lost its lease and has to join anew.

        Raises:
            JournalError: the database cannot be used at the beginning.
        """
        try:
            self._membership.join()
            self._launch()
            if on_ready is not None:
                on_ready()
            if self._forgetting:
                self._forgetting.start()
            self._watch()
            if not self._lost.is_set():
                self._give_back()
        finally:
            self._membership.leave()
            if self._forgetting:
                self._forgetting.stop()
            if self._settings.is_alone:
                self._forget_queue()
            DBOS.destroy(destroy_registry=True)
        return not self._lost.is_set()

    def _launch(self) -> None:
        settings = self._settings
        self.runs.connections.pace_of = partial(pace_of_server, self._database)
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": self._database.url,
            "application_version": VERSION,
            "executor_id": settings.id,
            "serializer": JsonSerializer(),
            "log_level": "CRITICAL",
            "sys_db_pool_size": min(settings.concurrency, _MOST_CONNECTIONS) + 4,
            "sys_db_idle_transaction_timeout_sec": LONGEST_IDLE_SECONDS,
            "run_migrations": False,
        }
        DBOS(config=config)

        async def execute(run_id: str) -> dict[str, Any]:
            self._loop = asyncio.get_running_loop()
            return await self.runs.execute(run_id)

        DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)(execute)
        DBOS.listen_queues([settings.queue])
        with self._database.errors():
            DBOS.launch()
            register(settings.queue, settings.concurrency, settings.limits)

    def _watch(self) -> None:
        """Look after this worker's runs and after the other workers until this one is to stop, or is lost."""
        since_takeover = _TAKE_OVER
        self._tell_of_others()
        while not self._stopping.wait(_LOOK) and not self._lost.is_set():
            try:
                for run_id in self.journal.wanted_stops():
                    self._cancel(run_id)
                since_takeover += _LOOK
                if since_takeover >= _TAKE_OVER:
                    since_takeover = 0.0
                    for run_id in take_over(self._database, self.journal.workflows, self._settings.id):
                        _log.warning("run %s goes on with another worker", run_id)
                        self._tell_of_others()
            except JournalError as error:
                _log.warning("%s", error.message)
        if self._lost.is_set():
            _log.warning("this worker lost its lease; others go on with its runs")
            self._park_all()

    def _tell_of_others(self) -> None:
        """Say what this worker cannot replay, and leaves to those that can."""
        with self._database.errors():
            waiting = self.journal.workflows.waiting_for_others()
        for version, count in waiting.items():
            _log.warning(
                "%d runs wait for a worker of %s; this one is of %s, and leaves them alone", count, version, VERSION
            )

    def _forget_queue(self) -> None:
        """Drop the queue that was this worker's own; another worker does so where that fails."""
        try:
            dissolve(self._database, self.journal.workflows, self._settings.queue)
        except JournalError as error:
            _log.info("the queue %s stays: %s", self._settings.queue, error.message)

    def call(self, work: Callable[[], None]) -> bool:
        """Do something on the event loop of the runs, soon; gives whether there is one yet."""
        if self._loop is None:
            return False
        self._loop.call_soon_threadsafe(work)
        return True

    def _cancel(self, run_id: str) -> None:
        control = self.runs.controls.get(run_id)
        if control is not None:
            self.call(control.cancel)

    def _park_all(self) -> None:
        for control in tuple(self.runs.controls.values()):
            self.call(control.park)

    def _give_back(self) -> None:
        if self._loop is not None and self._loop.is_running():
            asyncio.run_coroutine_threadsafe(self.runs.stop(), self._loop).result()
