"""How long a shared database keeps runs that have ended.

A run is first marked, which keeps it from going on; then its workflows go, and then its rows. Whoever is killed in between
leaves a marked run, which the next one forgets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import sqlalchemy as sa

from mfo_runtime.distributed.contents import forget_unused
from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.tables import FORGET, UNDER_WAY, events, firings, questions, runs, spent
from mfo_runtime.distributed.workflows import Workflows
from mfo_runtime.journal import Retention

_SECONDS_A_DAY = 24 * 3600.0
_FIRINGS_SECONDS = 7 * _SECONDS_A_DAY
_SPENT_SECONDS = 31 * _SECONDS_A_DAY
_MOST_AT_ONCE = 100

_ENDED_AT = sa.func.coalesce(runs.c.ended_at, runs.c.started_at)
_HAS_ENDED = runs.c.state.not_in(UNDER_WAY)


@dataclass(frozen=True, slots=True)
class Past:
    """The runs that a retention does not keep, of those that there are at one moment.

    Attributes:
        limits: a run is past where one of them holds; each is quick to look up by the time at which runs started.
        has_settled: what holds for each of them besides.
    """

    limits: tuple[sa.ColumnElement[bool], ...]
    has_settled: sa.ColumnElement[bool]

    @classmethod
    def of(cls, database: Database, retention: Retention, now: float, rest: float = 0.0) -> Self:
        """Those past ``retention``, but for those that ended in the last ``rest`` seconds; raises ``JournalError``."""
        has_settled = sa.and_(_HAS_ENDED, now - rest > _ENDED_AT) if rest else _HAS_ENDED
        limits: list[sa.ColumnElement[bool]] = []
        if retention.days is not None:
            oldest = now - retention.days * _SECONDS_A_DAY
            limits.append(sa.and_(runs.c.started_at < oldest, oldest > _ENDED_AT))
        if retention.runs is not None:
            newest_first = sa.select(runs.c.started_at, runs.c.number).where(_HAS_ENDED)
            newest_first = newest_first.order_by(runs.c.started_at.desc(), runs.c.number.desc())
            with database.reading() as connection:
                first = connection.execute(newest_first.offset(retention.runs).limit(1)).first()
            if first is not None:
                sooner, same = runs.c.started_at < first.started_at, runs.c.started_at == first.started_at
                limits.append(sa.or_(sooner, sa.and_(same, runs.c.number <= first.number)))
        return cls(tuple(limits), has_settled)


def forget_old(database: Database, workflows: Workflows, retention: Retention, now: float) -> int:
    """Forget the runs that have ended and that the retention does not keep, and give their number.

    Raises:
        JournalError: the database cannot be written.
    """
    past, forgotten = Past.of(database, retention, now), 0
    while some := forget_some(database, workflows, past):
        forgotten += some
    forget_beside(database, now)
    return forgotten


def forget_some(database: Database, workflows: Workflows, past: Past) -> int:
    """Forget a hundred runs that are past, the oldest first, and give their number; 0 where there are no more.

    Raises:
        JournalError: the database cannot be written.
    """
    marked: Sequence[sa.Row[Any, Any, Any, Any]] = ()
    for limit in past.limits:
        marked = marked or _mark(database, limit, past.has_settled)
    if not marked:
        return 0
    with database.errors():
        workflows.forget((row.id, row.part) for row in marked)
    numbers, names = [row.number for row in marked], [row.id for row in marked]
    with database.writing() as connection:
        connection.execute(sa.delete(events).where(events.c.run.in_(numbers)))
        connection.execute(sa.delete(questions).where(questions.c.run.in_(names)))
        connection.execute(sa.delete(runs).where(runs.c.number.in_(numbers)))
        forget_unused(database, connection, {row.definition for row in marked})
    return len(marked)


def forget_beside(database: Database, now: float) -> None:
    """Forget what is kept for a time of its own: firings that began runs, and what was spent; raises ``JournalError``."""
    last_month = datetime.fromtimestamp(now - _SPENT_SECONDS, UTC).strftime("%Y-%m")
    with database.writing() as connection:
        connection.execute(sa.delete(firings).where(firings.c.time < now - _FIRINGS_SECONDS))
        connection.execute(sa.delete(spent).where(spent.c.month < last_month))


def _mark(
    database: Database, limit: sa.ColumnElement[bool], has_settled: sa.ColumnElement[bool]
) -> Sequence[sa.Row[Any, Any, Any, Any]]:
    """Keep some runs that have ended from going on."""
    chosen = sa.select(runs.c.number).where(limit, has_settled)
    oldest = chosen.order_by(runs.c.started_at).limit(_MOST_AT_ONCE)
    change = sa.update(runs).where(runs.c.number.in_(oldest), _HAS_ENDED).values(wanted=FORGET)
    with database.writing() as connection:
        return connection.execute(change.returning(runs.c.number, runs.c.id, runs.c.part, runs.c.definition)).all()
