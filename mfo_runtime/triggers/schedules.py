"""When a schedule fires: by its cron expression, in its time zone, also for the times at which nobody was there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

PUNCTUAL = timedelta(minutes=1)
"""A time that is no longer ago than this has not been missed."""

MOST_MISSED = 100
"""How many missed times fire at most, the newest ones."""

_LONGEST_LOOK = timedelta(days=31)


class MissedRuns(Enum):
    """What becomes of missed times; the values are the dialect's words."""

    LATEST = "latest"
    ALL = "all"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A cron expression in a time zone."""

    expression: str
    zone: ZoneInfo
    missed_runs: MissedRuns = MissedRuns.LATEST

    def after(self, moment: datetime) -> datetime | None:
        """The first time after a moment, in UTC; None where there is none any more."""
        return next(self._times(moment), None)

    def due(self, since: datetime, now: datetime) -> tuple[datetime, ...]:
        """The times after ``since`` at which it has to fire at ``now``, in order and in UTC.

        Times that were missed are treated as ``missed_runs`` says. What is more than a month ago is not looked for
        where there is something newer.
        """
        found: list[datetime] = []
        for moment in self._times(max(since, now - _LONGEST_LOOK)):
            if moment > now:
                break
            found.append(moment)
        if not found and now - since > _LONGEST_LOOK:
            found = [moment for moment in self._rare_times(since) if moment <= now]
        punctual = [moment for moment in found if now - moment <= PUNCTUAL]
        missed = found[: len(found) - len(punctual)]
        match self.missed_runs:
            case MissedRuns.SKIP:
                return tuple(punctual)
            case MissedRuns.LATEST:
                return tuple(punctual or missed[-1:])
            case MissedRuns.ALL:
                return (*missed[-MOST_MISSED:], *punctual)

    def _rare_times(self, since: datetime) -> Iterator[datetime]:
        """Times of a schedule that has none in the last month: there are few."""
        for _, moment in zip(range(1000), self._times(since), strict=False):
            yield moment

    def _times(self, since: datetime) -> Iterator[datetime]:
        """The times after a moment, each once: the library goes by the hands of the clock, which may show a time twice."""
        last = since
        try:
            for shown in CronSim(self.expression, since.astimezone(self.zone)):
                moment = shown.astimezone(UTC)
                if moment > last:
                    yield moment
                    last = moment
        except (CronSimError, ValueError, OverflowError):
            return
