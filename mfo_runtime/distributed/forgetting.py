"""A worker's thread that forgets, now and then, the runs of its pool that are past their time."""

from __future__ import annotations

import logging
import threading

from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.duties import Duty, on_duty
from mfo_runtime.distributed.retention import Past, forget_beside, forget_some
from mfo_runtime.distributed.workflows import Workflows
from mfo_runtime.errors import JournalError
from mfo_runtime.journal import Retention

_PAUSE = 60.0
_MOST_BATCHES = 20
"""Of a hundred runs, between two pauses: more than a million runs a day, and no long stretch of work."""

_REST = 60.0
"""Seconds for which a run that has ended is let be: somebody may wait for what came of it."""

_log = logging.getLogger("mfo_runtime.distributed")


class Forgetting:
    """Forgets from ``start`` to ``stop``, beside what the worker does."""

    def __init__(self, database: Database, workflows: Workflows, retention: Retention) -> None:
        """Nothing is begun yet; ``retention`` says which runs are kept."""
        self._database = database
        self._workflows = workflows
        self._retention = retention
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="mfo-forgetting", daemon=True)

    def start(self) -> None:
        """Begin with a turn at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is under way, a hundred runs at most."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _go_on(self) -> None:
        while not self._stopping.is_set():
            try:
                self._take_turn()
            except JournalError as error:
                _log.warning("old runs could not be forgotten: %s", error.message)
            self._stopping.wait(_PAUSE)

    def _take_turn(self) -> None:
        with self._database.reading() as connection:
            now = self._database.now(connection)
        past = Past.of(self._database, self._retention, now, _REST)
        for _ in range(_MOST_BATCHES):
            with on_duty(self._database, Duty.FORGETTING) as is_mine:
                if not is_mine or self._stopping.is_set() or not forget_some(self._database, self._workflows, past):
                    break
        forget_beside(self._database, now)
