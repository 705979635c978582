"""How long a shared database keeps runs that have ended."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from mfo_runtime.distributed.contents import forget_unused
from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.tables import UNDER_WAY, events, firings, questions, runs, spent
from mfo_runtime.distributed.workflows import Workflows
from mfo_runtime.journal import Retention

_SECONDS_A_DAY = 24 * 3600.0
_FIRINGS_SECONDS = 7 * _SECONDS_A_DAY
_SPENT_SECONDS = 31 * _SECONDS_A_DAY
_MOST_AT_ONCE = 200


def forget_old(database: Database, workflows: Workflows, retention: Retention, now: float) -> int:
    """Forget the runs that have ended and that the retention does not keep, and give their number.

    Raises:
        JournalError: the database cannot be written.
    """
    oldest = None if retention.days is None else now - retention.days * _SECONDS_A_DAY
    with database.reading() as connection:
        ended = sa.select(runs.c.number, runs.c.id, runs.c.part, runs.c.started_at, runs.c.ended_at).where(
            runs.c.state.not_in(UNDER_WAY)
        )
        rows = connection.execute(ended.order_by(runs.c.started_at.desc(), runs.c.number.desc())).all()
    past = [
        row
        for place, row in enumerate(rows)
        if (oldest is not None and (row.ended_at or row.started_at) < oldest)
        or (retention.runs is not None and place >= retention.runs)
    ]
    for begin in range(0, len(past), _MOST_AT_ONCE):
        some = past[begin : begin + _MOST_AT_ONCE]
        with database.writing() as connection:
            numbers = [row.number for row in some]
            connection.execute(sa.delete(events).where(events.c.run.in_(numbers)))
            connection.execute(sa.delete(questions).where(questions.c.run.in_([row.id for row in some])))
            connection.execute(sa.delete(runs).where(runs.c.number.in_(numbers)))
        workflows.forget((row.id, row.part) for row in some)
    with database.writing() as connection:
        connection.execute(sa.delete(firings).where(firings.c.time < now - _FIRINGS_SECONDS))
        last_month = datetime.fromtimestamp(now - _SPENT_SECONDS, UTC).strftime("%Y-%m")
        connection.execute(sa.delete(spent).where(spent.c.month < last_month))
        if past:
            forget_unused(connection)
    return len(past)
