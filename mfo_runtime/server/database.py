"""The server's SQLite file: one connection, one writer at a time; knows no table and no HTTP."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random

from mfo_runtime.server.failures import SettingsError
from mfo_runtime.server.schema import STEPS

_BUSY_SECONDS = 10.0


def _is_locked(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


_UNTIL_UNLOCKED = Retrying(
    retry=retry_if_exception(_is_locked),
    stop=stop_after_delay(_BUSY_SECONDS),
    wait=wait_random(0.01, 0.05),
    reraise=True,
)
"""Two servers that start on one new folder: SQLite does not wait where a file becomes a WAL one, so we do."""


class Database:
    """A database file in WAL mode.

    Invariant: whatever is written is written inside ``transaction``, and a transaction is never held across an
    ``await``. Statements take microseconds and run on the caller's thread; other processes may use the same file.
    """

    def __init__(self, path: Path) -> None:
        """Open ``path``, made where it is missing and brought to today's tables.

        Raises:
            SettingsError: it cannot be opened, is no database, or was written by a later version.
        """
        self._lock = threading.RLock()
        self._depth = 0
        self._after_commit: list[Callable[[], object]] = []
        try:
            path.touch(mode=0o600)
            self._connection = sqlite3.connect(
                path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            raise SettingsError(f"{path}: cannot be opened as the server's database ({error})") from error
        try:
            _UNTIL_UNLOCKED(self._prepare)
        except (sqlite3.Error, SettingsError) as error:
            self._connection.close()
            raise SettingsError(f"{path}: cannot be used as the server's database ({error})") from error

    def close(self) -> None:
        """Close the file; nothing may be asked of it afterwards."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Everything inside is written together or not at all; one inside another joins the outer one."""
        with self._lock:
            if self._depth:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                self._after_commit.clear()
                raise
            finally:
                self._depth = 0
            callbacks, self._after_commit = self._after_commit, []
        for callback in callbacks:
            callback()

    def after_commit(self, callback: Callable[[], object]) -> None:
        """Call back once what is being written stands; never when it is rolled back."""
        self._after_commit.append(callback)

    def write(self, statement: str, values: Iterable[Any] = ()) -> int:
        """Run one statement, in a transaction of its own unless one is open; gives the number of changed rows."""
        with self.transaction():
            return self._connection.execute(statement, tuple(values)).rowcount

    def row(self, query: str, values: Iterable[Any] = ()) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        with self._lock:
            found: sqlite3.Row | None = self._connection.execute(query, tuple(values)).fetchone()
            return found

    def rows(self, query: str, values: Iterable[Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query; whoever asks bounds it."""
        with self._lock:
            return self._connection.execute(query, tuple(values)).fetchall()

    def number(self, query: str, values: Iterable[Any] = ()) -> int:
        """The one integer that a query gives; 0 where it gives none."""
        row = self.row(query, values)
        return int(row[0] or 0) if row is not None else 0

    def _prepare(self) -> None:
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        with self.transaction():
            done = self.number("PRAGMA user_version")
            if done > len(STEPS):
                raise SettingsError("it was written by a later version of this program")
            for step in STEPS[done:]:
                for statement in step:
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {len(STEPS)}")


def to_json(value: object) -> str:
    """A value as it stands in a JSON column; pure ASCII, so that any text can be stored."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def from_json(text: str) -> Any:
    """The value of a JSON column."""
    return json.loads(text)
