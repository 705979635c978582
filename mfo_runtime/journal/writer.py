"""The one thread of a process that writes to its journal: what waits together is committed together."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue
from typing import TypeAlias

from mfo_runtime.errors import JournalError
from mfo_runtime.journal.connection import Synchronous, connect
from mfo_runtime.journal.failures import journal_error, journal_errors

Work: TypeAlias = Callable[[sqlite3.Connection], None]
"""Writes inside a transaction that is begun and committed for it; it may be done again after a rollback."""

Done: TypeAlias = Callable[[JournalError | None], None]
"""Told, on the writer's thread, that the work stands on disk, or why it does not."""

_MOST_TOGETHER = 256


class Writer:
    """Does works in the order in which they came."""

    def __init__(self, path: Path, synchronous: Synchronous) -> None:
        """Open the file and begin.

        Raises:
            JournalError: the file cannot be used.
        """
        self._path = path
        with journal_errors(path):
            self._connection = connect(path, synchronous)
        self._waiting: SimpleQueue[tuple[Work, Done] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._go, name="mfo-journal", daemon=True)
        self._thread.start()

    def submit(self, work: Work, done: Done) -> None:
        """Do a work soon; ``done`` is called when it is committed."""
        self._waiting.put((work, done))

    def write(self, work: Work) -> None:
        """Do a work and wait until it is committed.

        Raises:
            JournalError: it was not.
        """
        outcome: Future[JournalError | None] = Future()
        self.submit(work, outcome.set_result)
        problem = outcome.result()
        if problem is not None:
            raise problem

    def close(self) -> None:
        """Do what waits, then close the file."""
        self._waiting.put(None)
        self._thread.join()
        self._connection.close()

    def _go(self) -> None:
        is_open = True
        while is_open:
            batch: list[tuple[Work, Done]] = []
            while is_open and (not batch or (len(batch) < _MOST_TOGETHER and not self._waiting.empty())):
                item = self._waiting.get()
                if item is None:
                    is_open = False
                else:
                    batch.append(item)
            self._do(batch)

    def _do(self, batch: list[tuple[Work, Done]]) -> None:
        """Commit works together; where that fails, each alone, so that only those that cannot be kept are lost."""
        problem = self._commit([work for work, _ in batch]) if batch else None
        for work, done in batch:
            done(self._commit([work]) if problem is not None and len(batch) > 1 else problem)

    def _commit(self, works: list[Work]) -> JournalError | None:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            for work in works:
                work(connection)
            connection.execute("COMMIT")
        except Exception as problem:  # noqa: BLE001 - whoever waits has to be told, whatever it is
            return journal_error(self._path, problem)
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        return None
