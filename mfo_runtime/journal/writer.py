"""The one place of a process that writes to its journal: what waits together is committed together, by a thread of its own.

What waits alone is committed at once, on the thread that asks, as handing it over would cost several times more than
writing it: only where no sync and nobody else is to be waited for, so that an event loop is not held up.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import TypeAlias

from mfo_runtime.errors import JournalError
from mfo_runtime.journal.connection import BUSY_SECONDS, Synchronous, connect
from mfo_runtime.journal.failures import journal_error, journal_errors

Work: TypeAlias = Callable[[sqlite3.Connection], None]
"""Writes inside a transaction that is begun and committed for it; it may be done again after a rollback."""

Done: TypeAlias = Callable[[JournalError | None], None]
"""Told, on the writer's thread, that the work stands on disk, or why it does not."""

_MOST_TOGETHER = 256
_COMMITS_A_TIDYING = 1000
"""Commits at once after which SQLite's write-ahead log is brought into the file."""

_USUAL_LOG = 1000
_LONGEST_LOG = 4000
"""Pages of that log; the longest one is brought into the file while nobody writes, so that it begins anew."""

_COMMITS_WITHOUT_TIDYING = 2000
"""Commits at once after which whoever writes waits until the log is brought into the file, however slow the disk syncs."""

_Item: TypeAlias = tuple[Work, Done]
_TIDY = "tidy"


class Writer:
    """Does works in the order in which they came."""

    def __init__(self, path: Path, synchronous: Synchronous) -> None:
        """Open the file and begin.

        Raises:
            JournalError: the file cannot be used.
        """
        self._path = path
        self._never_syncs = synchronous == "normal"
        with journal_errors(path):
            self._connection = connect(path, synchronous)
            _make_prompt(self._connection)
        self._turn = threading.Lock()  # held by whoever uses the connection
        self._counting = threading.Lock()
        self._under_way = 0
        self._since_tidying = 0
        self._waiting: SimpleQueue[_Item | str | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._go, name="mfo-journal", daemon=True)
        self._thread.start()

    def do_at_once(self, work: Work, *, is_one_statement: bool = False) -> bool:
        """Do a work and commit it now, on this thread; False where it would have to wait, and nothing is done.

        A work of one statement is a transaction by itself, which costs less than one that is begun for it.

        Raises:
            JournalError: it cannot be done.
        """
        if not self._never_syncs or not self._turn.acquire(blocking=False):
            return False
        try:
            if self._under_way or self._since_tidying >= _COMMITS_WITHOUT_TIDYING:
                return False
            try:
                if is_one_statement:
                    work(self._connection)
                else:
                    self._transact([work])
            except Exception as problem:  # noqa: BLE001 - whoever waits has to be told, whatever it is
                if getattr(problem, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                    return False
                raise journal_error(self._path, problem) from None
            self._since_tidying += 1
            if self._since_tidying == _COMMITS_A_TIDYING:
                self._waiting.put(_TIDY)
        finally:
            self._turn.release()
        return True

    def submit(self, work: Work, done: Done) -> None:
        """Do a work soon; ``done`` is called when it is committed."""
        with self._counting:
            self._under_way += 1
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
        with closing(sqlite3.connect(self._path, timeout=0, isolation_level=None)) as tidying:
            while (item := self._waiting.get()) is not None:
                batch: list[_Item] = []
                while isinstance(item, tuple):
                    batch.append(item)
                    is_last = len(batch) == _MOST_TOGETHER or self._waiting.empty()
                    item = _TIDY if is_last else self._waiting.get()
                if batch:
                    self._do(batch)
                if item is None:
                    return
                if self._since_tidying >= _COMMITS_A_TIDYING:
                    self._tidy(tidying)

    def _do(self, batch: list[_Item]) -> None:
        """Commit works together; where that fails, each alone, so that only those that cannot be kept are lost."""
        with self._turn, _patience(self._connection):
            problem = self._commit([work for work, _ in batch])
            is_shared = problem is not None and len(batch) > 1
            problems = [self._commit([work]) if is_shared else problem for work, _ in batch]
            with self._counting:
                self._under_way -= len(batch)
        for (_, done), what in zip(batch, problems, strict=True):
            done(what)

    def _tidy(self, connection: sqlite3.Connection) -> None:
        """Bring the log into the file; that syncs, so it is done beside whoever writes as long as the log is short."""
        with self._turn:
            self._since_tidying = 0
        with suppress(sqlite3.Error):  # it stays as long as it is, and is tried again
            _, pages, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if pages > _LONGEST_LOG:
                with self._turn:
                    connection.execute("PRAGMA wal_checkpoint(RESTART)")

    def _commit(self, works: list[Work]) -> JournalError | None:
        try:
            self._transact(works)
        except Exception as problem:  # noqa: BLE001 - whoever waits has to be told, whatever it is
            return journal_error(self._path, problem)
        return None

    def _transact(self, works: list[Work]) -> None:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            for work in works:
                work(connection)
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


@contextmanager
def _patience(connection: sqlite3.Connection) -> Generator[None]:
    """Wait for other processes that write, and let SQLite bring its log into the file, which syncs."""
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_USUAL_LOG}")
    try:
        yield
    finally:
        _make_prompt(connection)


def _make_prompt(connection: sqlite3.Connection) -> None:
    """Have a commit wait for nobody."""
    connection.execute("PRAGMA busy_timeout = 0")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
