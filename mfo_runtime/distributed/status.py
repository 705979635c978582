"""What goes on in a pool: its workers, its queues, and what waits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa

from mfo_runtime.distributed.asking import OpenQuestion, open_questions
from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.journal import SharedJournal
from mfo_runtime.distributed.tables import QUEUED, RUNNING, UNDER_WAY, runs, workers


@dataclass(frozen=True, slots=True)
class WorkerNow:
    """A worker of the pool.

    Attributes:
        id, words, queue, concurrency, protocol: as it told the pool.
        silent_for: seconds since its last heartbeat.
        lives: whether it has been heard of within its lease.
        runs: how many runs it executes.
    """

    id: str
    words: str
    queue: str
    concurrency: int
    protocol: int
    silent_for: float
    lives: bool
    runs: int


@dataclass(frozen=True, slots=True)
class QueueNow:
    """A queue of the pool.

    Attributes:
        name: the queue's name.
        waiting: how many runs wait.
        running: how many are executed.
        oldest_waits_for: the seconds for which the oldest of them has waited; None where none waits.
        workers: how many workers serve it.
    """

    name: str
    waiting: int
    running: int
    oldest_waits_for: float | None
    workers: int


@dataclass(frozen=True, slots=True)
class PoolNow:
    """A pool at one moment.

    Attributes:
        workers: the workers, the oldest first.
        queues: the queues that have runs or workers, by name.
        ended: how many runs ended in which state, as long as they are kept.
        questions: what nobody has answered yet.
        of_other_versions: how many runs wait for a worker of another version, by version.
    """

    workers: tuple[WorkerNow, ...]
    queues: tuple[QueueNow, ...]
    ended: Mapping[str, int] = field(default_factory=dict[str, int])
    questions: tuple[OpenQuestion, ...] = ()
    of_other_versions: Mapping[str, int] = field(default_factory=dict[str, int])

    def to_data(self) -> dict[str, Any]:
        """The same as JSON values."""
        return asdict(self)


def look_at(journal: SharedJournal) -> PoolNow:
    """What goes on in the pool of a journal at this moment.

    Raises:
        JournalError: the database cannot be read.
    """
    database = journal.database
    with database.reading() as connection:
        now = database.now(connection)
        found, counts = _workers(connection, now), _counts(connection)
    ended: dict[str, int] = {}
    for count in counts:
        if count.state not in UNDER_WAY:
            ended[count.state] = ended.get(count.state, 0) + count.runs
    with database.errors():
        others = journal.workflows.waiting_for_others()
    return PoolNow(found, _queues(found, counts, now), ended, tuple(open_questions(database)), others)


def queues_now(database: Database) -> tuple[QueueNow, ...]:
    """The queues of a pool that have runs or workers, by name; raises as ``look_at``."""
    with database.reading() as connection:
        now = database.now(connection)
        return _queues(_workers(connection, now), _counts(connection, UNDER_WAY), now)


@dataclass(frozen=True, slots=True)
class _Count:
    """How many runs of a queue are in a state, and when the first of them was submitted."""

    state: str
    queue: str
    runs: int
    first: float


def _counts(connection: sa.Connection, states: Collection[str] | None = None) -> list[_Count]:
    """The runs by state and queue, of some states or of all."""
    counts = sa.select(runs.c.state, runs.c.queue, sa.func.count(), sa.func.min(runs.c.started_at))
    if states is not None:
        counts = counts.where(runs.c.state.in_(states))
    rows = connection.execute(counts.group_by(runs.c.state, runs.c.queue)).all()
    return [_Count(state, queue, int(count), first) for state, queue, count, first in rows]


def _workers(connection: sa.Connection, now: float) -> tuple[WorkerNow, ...]:
    """The workers, the oldest first."""
    held = sa.select(runs.c.owner, sa.func.count()).where(runs.c.state == RUNNING).group_by(runs.c.owner)
    executed = {owner: int(count) for owner, count in connection.execute(held).all()}
    return tuple(
        WorkerNow(
            row.id,
            row.words,
            row.queue,
            row.concurrency,
            row.protocol,
            max(0.0, now - row.beat_at),
            now <= row.beat_at + row.lease,
            executed.get(row.id, 0),
        )
        for row in connection.execute(sa.select(workers).order_by(workers.c.started_at))
    )


def _queues(found: Iterable[WorkerNow], counts: Collection[_Count], now: float) -> tuple[QueueNow, ...]:
    waiting = {count.queue: count for count in counts if count.state == QUEUED}
    running = {count.queue: count.runs for count in counts if count.state == RUNNING}
    serving = [worker.queue for worker in found if worker.lives]
    return tuple(
        QueueNow(
            name,
            waiting[name].runs if name in waiting else 0,
            running.get(name, 0),
            max(0.0, now - waiting[name].first) if name in waiting else None,
            serving.count(name),
        )
        for name in sorted({*waiting, *running, *serving})
    )
