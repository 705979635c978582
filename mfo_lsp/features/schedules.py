"""Schedules as people read them: what a cron expression says, in which time zone, and when it fires next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from cronsim import CronSim, CronSimError

from mfo_dialect.analysis.schedules import cron_problem, is_timezone
from mfo_dialect.model.access import text_at
from mfo_dialect.syntax import Mapping

_TIMES = 3
_MOST_LOOKED_AT = 200
"""More times than a schedule has in the hour that comes twice."""
_EPOCH = datetime(2024, 1, 1)  # noqa: DTZ001 - the words do not depend on it


def schedule_words(expression: str) -> str:
    """What a cron expression says: ``At 08:00 every day``; empty for one that cannot be read."""
    if cron_problem(expression) is not None:
        return ""
    try:
        return CronSim(expression, _EPOCH).explain()
    except (CronSimError, ValueError, OverflowError):
        return ""


def timezone_of(config: Mapping) -> str:
    """The time zone that a schedule's config names; UTC where it names none that there is."""
    zone = text_at(config, "timezone")
    return zone.text if zone is not None and is_timezone(zone.text) else "UTC"


def next_times(expression: str, now: datetime) -> tuple[datetime, ...]:
    """The next times at which a cron expression fires, in the zone of ``now``; none for one that cannot be read.

    The library goes by the hands of the clock: in the hour that comes twice in autumn it shows times before ``now``,
    or a time twice.
    """
    try:
        times = (moment.astimezone(UTC) for moment in CronSim(expression, now))
        return tuple(moment.astimezone(now.tzinfo) for moment in islice(_later(times, now), _TIMES))
    except (CronSimError, RuntimeError, ValueError, OverflowError):
        return ()


def _later(times: Iterator[datetime], last: datetime) -> Iterator[datetime]:
    """The times that are later than all before them; of a schedule that gives nothing but earlier ones, none."""
    for moment in islice(times, _MOST_LOOKED_AT):
        if moment > last:
            yield moment
            last = moment
