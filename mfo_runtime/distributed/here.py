"""One run, executed by the process that asks for it, in a database that other workers may share.

The process is a worker with a queue of its own. When it dies, the run is theirs who serve the run's queue.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from mfo_runtime.distributed.connections import Connections
from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.executing import Connect
from mfo_runtime.distributed.journal import SharedJournal
from mfo_runtime.distributed.membership import MemberSettings
from mfo_runtime.distributed.worker import Worker
from mfo_runtime.distributed.workflows import own_queue
from mfo_runtime.errors import JournalError, MfoError, RunHeldError
from mfo_runtime.flow import Resumption, RunControl, RunOptions, RunOutcome

_LEASE, _LEASE_ON_SQLITE = 20.0, 5.0
"""Seconds; longer than a worker's, since PostgreSQL knows at once of a command that is gone, and nobody else has its run to do."""

_LOOK = 0.05
_MOST_LOOKS = 200
_log = logging.getLogger("mfo_runtime.distributed")


@dataclass(frozen=True, slots=True)
class RunHere:
    """What a run is executed with.

    Attributes:
        database: the pool's, whose tables are there.
        words: this process, as the pool calls it.
        connect: gives the MFO server of the run.
        options: what is settled for the run; its control may be used from the event loop that asks.
        complete: adds what the database does not keep of the run.
        connections: the run's connections.
    """

    database: Database
    words: str
    connect: Connect
    options: RunOptions
    complete: Callable[[Resumption], Resumption]
    connections: Connections

    async def execute(self, run_id: str, begin: Callable[[str], None]) -> RunOutcome:
        """Execute a run to its end.

        Args:
            run_id: the run.
            begin: puts the run on a queue, by its name; called on another thread.

        Raises:
            RunHeldError: another worker took the run over.
            MfoError: the run cannot be begun, or cannot be kept any more.
        """
        lease = _LEASE_ON_SQLITE if self.database.is_sqlite else _LEASE
        settings = MemberSettings(self.words, own_queue(), concurrency=1, lease=lease, is_alone=True)
        inner = RunControl()
        worker = Worker(self.database, settings, self.connect, lambda _run: replace(self.options, control=inner))
        worker.runs.complete, worker.runs.connections = self.complete, self.connections
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[RunOutcome | MfoError] = loop.create_future()
        ready = asyncio.Event()

        def is_ready() -> None:
            loop.call_soon_threadsafe(ready.set)

        def tell(end: RunOutcome | MfoError) -> None:
            loop.call_soon_threadsafe(_settle, ended, end)

        worker.runs.on_end = tell
        if self.options.control is not None:
            self.options.control.attach(_Bridge(worker, inner))
        working = asyncio.create_task(asyncio.to_thread(worker.work, is_ready))
        try:
            await _first(ready.wait(), working)
            await asyncio.to_thread(begin, settings.queue)
            await _first(asyncio.wait([ended]), working)
            end = ended.result() if ended.done() else RunHeldError("Another worker has taken the run over.")
            if isinstance(end, MfoError):
                raise end
            await self._recorded(worker.journal, run_id)
            return end
        finally:
            worker.stop()
            await asyncio.wait([working])

    async def _recorded(self, journal: SharedJournal, run_id: str) -> None:
        """Return when the workflow of a run that has ended is known to have ended, too."""
        for _ in range(_MOST_LOOKS):
            try:
                if await asyncio.to_thread(lambda: journal.outcome(journal.find(run_id))) is not None:
                    return
            except JournalError as error:
                _log.warning("%s", error.message)
            await asyncio.sleep(_LOOK)


class _Bridge:
    """Stops the run of another event loop."""

    def __init__(self, worker: Worker, control: RunControl) -> None:
        self._worker = worker
        self._control = control

    def cancel(self, *, at_once: bool = False) -> None:
        if not self._worker.call(lambda: self._control.cancel(at_once=at_once)):
            self._control.cancel(at_once=at_once)


def _settle(future: asyncio.Future[RunOutcome | MfoError], end: RunOutcome | MfoError) -> None:
    if not future.done():
        future.set_result(end)


async def _first(waited: Awaitable[object], working: asyncio.Task[bool]) -> None:
    """Wait until something is so, or until the worker ends; what it failed with is raised."""
    waiting = asyncio.ensure_future(waited)
    await asyncio.wait([waiting, working], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if working.done():
        working.result()
