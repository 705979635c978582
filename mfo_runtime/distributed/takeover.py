"""Noticing that workers are gone, and letting others go on with what they executed.

A worker is gone when nobody holds its lock any more, which PostgreSQL knows at once when a process dies, or when its lease
has run out, as that of a process that was halted. Its row goes first: from then on it can write nothing of its runs.
"""

from __future__ import annotations

import logging

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.duties import Duty, on_duty
from mfo_runtime.distributed.journal import check_protocol
from mfo_runtime.distributed.tables import runs, workers
from mfo_runtime.distributed.workflows import Workflows, run_of, workflow_id
from mfo_runtime.errors import RunHeldError
from mfo_runtime.journal import StoredRun

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
    with on_duty(database, Duty.SWEEPING) as is_mine:  # two at once would take runs from each other
        if not is_mine:
            return []
        with database.errors():
            executed, own_queues = workflows.executed(), workflows.queues_of_single_runs()
        with database.reading() as connection:  # afterwards: who has joined meanwhile lives
            living = {row.id: row.queue for row in connection.execute(sa.select(workers.c.id, workers.c.queue))}
        left = [workflow for workflow, worker in executed if worker not in living]
        given = [run_of(workflow) for workflow in left if _give(database, workflows, workflow)]
        for queue in set(own_queues).difference(living.values()):
            given += dissolve(database, workflows, queue)
        return given


def dissolve(database: Database, workflows: Workflows, queue: str) -> list[str]:
    """Drop the queue of a command that executed a run itself; what waits on it waits on its run's queue from now on.

    Returns:
        The ids of the runs that waited.

    Raises:
        JournalError: the database cannot be used.
    """
    with database.errors():
        waiting = workflows.waiting_on(queue)
    given = [run_of(workflow) for workflow in waiting if _give(database, workflows, workflow)]
    with database.errors():
        workflows.drop_queue(queue)
    return given


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
