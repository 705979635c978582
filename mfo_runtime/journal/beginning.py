"""The rows that say that a run begins: the run itself, and what fired it."""

from __future__ import annotations

import sqlite3

from mfo_runtime.journal.contents import keep_definition
from mfo_runtime.journal.rows import Fired, Firing, NewRun
from mfo_runtime.journal.tables import PROTOCOL

FIELDS = """number, id, protocol, taskflow, document, definition, begun_with, started_at, state, ended_at, duration,
            error, usage, holder, trigger, keeper"""
"""The columns of a run, in the order in which they are read and written."""


def insert_run(connection: sqlite3.Connection, run: NewRun, holder: str) -> int | None:
    """Write a run that begins, and give its number; None where there is one of its id."""
    digest = keep_definition(connection, run.definition)
    if connection.execute("SELECT 1 FROM runs WHERE id = ?", (run.id,)).fetchone() is not None:
        return None
    told = (run.id, PROTOCOL, run.taskflow, run.document, digest, run.begun_with_json, run.started_at)
    cursor = connection.execute(
        f"INSERT INTO runs ({FIELDS}) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, 'running', NULL, NULL, NULL, NULL, ?, ?, ?)",  # noqa: S608 - constant names
        (*told, holder, run.trigger, run.keeper),
    )
    return int(cursor.lastrowid or 0)


def firing_of(connection: sqlite3.Connection, firing: Firing) -> Fired | None:
    """The run that a key of a firing has begun before."""
    for key in firing.keys:
        row = connection.execute(
            "SELECT run, digest FROM firings WHERE source = ? AND key = ?", (firing.source, key)
        ).fetchone()
        if row is not None:
            return Fired(str(row[0]), row[1] == firing.digest)
    return None


def keep_firing(connection: sqlite3.Connection, firing: Firing, run_id: str) -> None:
    """Write which run the keys of a firing have begun."""
    connection.executemany(
        "INSERT INTO firings VALUES (?, ?, ?, ?, ?)",
        [(firing.source, key, run_id, firing.digest, firing.time) for key in firing.keys],
    )


def forget_firings(connection: sqlite3.Connection, oldest: float) -> None:
    """Drop the firings of before a moment, in seconds since the epoch."""
    connection.execute("DELETE FROM firings WHERE time < ?", (oldest,))
