"""Opening the journal's SQLite file; it knows no run."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Literal

from mfo_runtime.errors import JournalError
from mfo_runtime.journal.tables import STEPS

BUSY_SECONDS = 30.0

Synchronous = Literal["normal", "full"]
"""``normal`` survives the end of the process at any moment; ``full`` the loss of power too, at the cost of a sync a commit."""


def connect(path: Path, synchronous: Synchronous = "normal") -> sqlite3.Connection:
    """Open the file, made where it is missing and brought to today's tables, readable by its owner only.

    Raises:
        JournalError: it was written by a later version.
        sqlite3.Error, OSError: it cannot be opened, or is no database.
    """
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection, path, synchronous)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, synchronous: Synchronous) -> None:
    connection.execute(f"PRAGMA synchronous = {synchronous.upper()}")
    if _version(connection) == len(STEPS):
        return  # what follows waits for whoever writes
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = _version(connection)
        if done > len(STEPS):
            raise JournalError(
                f"The journal {path} was written by a later version of mfo.",
                hint="Use that version, or another folder.",
            )
        for step in STEPS[done:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
