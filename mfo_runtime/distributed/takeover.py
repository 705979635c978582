"""Noticing that workers are gone, and letting others go on with what they executed.

A worker is gone when nobody holds its lock any more, which PostgreSQL knows at once when a process dies, or when its lease
has run out, as that of a process that was halted. Its row goes first: from then on it can write nothing of its runs.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy.exc import SQLAlchemyError

from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.journal import check_protocol
from mfo_runtime.distributed.tables import runs, workers
from mfo_runtime.distributed.workflows import Workflows, run_of, workflow_id
from mfo_runtime.errors import RunHeldError
from mfo_runtime.journal import StoredRun

_SWEEPING = 7_046_502
"""The lock of whoever gives runs to others: two who did so at once would take them from each other."""

_log = logging.getLogger("mfo_runtime.distributed")


def take_over(database: Database, workflows: Workflows, me: str | None = None) -> list[str]:
    """Let the queue have the runs of workers that are gone.

    Args:
        database: the pool's.
        workflows: the same, as DBOS sees it.
        me: the worker that asks, which lives.

    Returns:
        The runs' ids; none where another worker does this at the moment.

    Raises:
        JournalError: the database cannot be used.
    """
    for worker, words in _gone(database, me):
        _forget(database, worker, words)
    with _sweeping(database) as is_mine:
        if not is_mine:
            return []
        with database.errors():
            executed = workflows.executed()
        with database.reading() as connection:  # afterwards: who has joined meanwhile lives
            living = set(connection.execute(sa.select(workers.c.id)).scalars())
        left = [workflow for workflow, worker in executed if worker not in living]
        return [run_of(workflow) for workflow in left if _give(database, workflows, workflow)]


def bring(database: Database, workflows: Workflows, run: StoredRun, queue: str) -> None:
    """Have a run that has not ended, and that nobody executes, go on by the worker of another queue.

    Raises:
        NotResumableError: it was begun under another protocol.
        RunHeldError: a worker executes it, or one that serves its queue will.
        JournalError: the database cannot be used.
    """
    check_protocol(run)
    for worker, words in _gone(database, None):
        _forget(database, worker, words)
    with database.writing() as connection:
        here = sa.select(runs.c.owner, runs.c.holder, runs.c.queue, runs.c.part).where(runs.c.number == run.number)
        row = connection.execute(here.with_for_update()).one()
        if row.owner is not None:
            raise RunHeldError(f"Run {run.id} is being executed by {row.holder}.", hint="mfo cancel stops it.")
        serving = sa.select(workers.c.words).where(workers.c.queue == row.queue)
        words = connection.execute(serving.limit(1)).scalar()
        if words is not None:
            raise RunHeldError(f"Run {run.id} waits for a worker of its queue: {words}.", hint="mfo show tells of it.")
    with database.errors():
        workflows.give_to_queue(workflow_id(run.id, row.part), queue)


def _gone(database: Database, me: str | None) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    with database.reading() as connection:
        now = database.now(connection)
        for row in connection.execute(sa.select(workers).where(workers.c.id != (me or ""))).all():
            if now > row.beat_at + row.lease:
                found.append((row.id, row.words))
                _end_session(database, connection, row.backend)
            elif not database.is_sqlite and _is_free(connection, row.lock):
                found.append((row.id, row.words))
    return found


def _is_free(connection: sa.Connection, lock: int) -> bool:
    """Whether nobody holds a worker's lock: its process is gone."""
    if not connection.execute(sa.select(sa.func.pg_try_advisory_lock(lock))).scalar():
        return False
    connection.execute(sa.select(sa.func.pg_advisory_unlock(lock)))
    return True


def _end_session(database: Database, connection: sa.Connection, backend: int | None) -> None:
    """End the session of a worker that is halted, so that its lock does not stay for ever."""
    if backend is None or database.is_sqlite:
        return
    try:
        connection.execute(sa.select(sa.func.pg_terminate_backend(backend)))
    except SQLAlchemyError:
        _log.info("the session of a halted worker could not be ended")
        connection.rollback()


def _forget(database: Database, worker: str, words: str) -> None:
    with database.writing() as connection:
        if connection.execute(sa.delete(workers).where(workers.c.id == worker)).rowcount:
            _log.warning("worker %s is gone", words)
        connection.execute(sa.update(runs).where(runs.c.owner == worker).values(owner=None))


def _give(database: Database, workflows: Workflows, workflow: str) -> bool:
    with database.writing() as connection:
        here = sa.update(runs).where(runs.c.id == run_of(workflow))
        queue = connection.execute(here.values(owner=None).returning(runs.c.queue)).scalar()
    if queue is None:
        return False
    with database.errors():
        workflows.give_to_queue(workflow, queue)
    return True


@contextmanager
def _sweeping(database: Database) -> Generator[bool]:
    """Whether this process is the one that gives runs to others, inside the block."""
    if database.is_sqlite:
        lock = FileLock(f"{database.engine.url.database}.sweep")
        try:
            with lock.acquire(timeout=0):
                yield True
        except Timeout:
            yield False
        return
    with database.reading() as connection:
        is_mine = bool(connection.execute(sa.select(sa.func.pg_try_advisory_lock(_SWEEPING))).scalar())
        try:
            yield is_mine
        finally:
            if is_mine:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_SWEEPING)))
