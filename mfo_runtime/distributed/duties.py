"""Duties that one worker does for all of a pool: who comes while another is at it leaves it alone."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from enum import Enum

import sqlalchemy as sa
from filelock import FileLock, Timeout

from mfo_runtime.distributed.database import Database


class Duty(Enum):
    """A duty, with the number of its lock in PostgreSQL."""

    SWEEPING = 7_046_502
    FORGETTING = 7_046_504


@contextmanager
def on_duty(database: Database, duty: Duty) -> Generator[bool]:
    """Whether this process is the one that has the duty, inside the block.

    PostgreSQL takes the duty from a process that is halted after ``LONGEST_IDLE_SECONDS``, so what is done on duty bears
    being done by two.

    Raises:
        JournalError: the database cannot be used.
    """
    if database.is_sqlite:
        lock = FileLock(f"{database.engine.url.database}.{duty.name.lower()}")
        try:
            with lock.acquire(timeout=0):
                yield True
        except Timeout:
            yield False
        return
    with database.reading() as connection:
        is_mine = bool(connection.execute(sa.select(sa.func.pg_try_advisory_lock(duty.value))).scalar())
        try:
            yield is_mine
        finally:
            if is_mine:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(duty.value)))
