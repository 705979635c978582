"""Firing schedules at their times: one loop a schedule, by the clock that it is given."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mfo_runtime.client import Clock
from mfo_runtime.errors import JournalError, MfoError
from mfo_runtime.journal import RunJournal
from mfo_runtime.triggers.loading import ServedTrigger
from mfo_runtime.triggers.occasions import Occasion
from mfo_runtime.triggers.runner import Runner
from mfo_runtime.triggers.schedules import MissedRuns, Schedule

_LONGEST_SLEEP = 30.0
"""Seconds: a clock that jumps, or a machine that slept, is noticed within this time."""

_log = logging.getLogger("mfo_runtime.triggers")


def schedule_of(trigger: ServedTrigger) -> Schedule:
    """The schedule of a trigger whose config has been checked."""
    zone, missed = trigger.text("timezone"), trigger.text("missed_runs")
    return Schedule(
        trigger.text("cron_expression") or "",
        ZoneInfo(zone or "UTC"),
        MissedRuns(missed) if missed is not None else MissedRuns.LATEST,
    )


def position_source(trigger: ServedTrigger) -> str:
    """By what the journal knows how far a schedule was kept; one that is written otherwise is a new one."""
    return f"{trigger.source} {trigger.text('cron_expression')} {trigger.text('timezone') or 'UTC'}"


class Timekeeper:
    """One schedule: knows up to which moment it has fired, also from before it was started."""

    def __init__(self, trigger: ServedTrigger, journal: RunJournal, runner: Runner, clock: Clock) -> None:
        self._trigger = trigger
        self._schedule = schedule_of(trigger)
        self._source = position_source(trigger)
        self._journal = journal
        self._runner = runner
        self._clock = clock

    async def keep(self) -> None:
        """Fire at each time, until cancelled."""
        since = self._since()
        while True:
            since = await self._fire_due(since)
            upcoming = self._schedule.after(since)
            wait = (upcoming - self._clock.now()).total_seconds() if upcoming is not None else _LONGEST_SLEEP
            await self._clock.sleep(min(max(wait, 0.0), _LONGEST_SLEEP))

    async def _fire_due(self, since: datetime) -> datetime:
        """Fire at all times that have come; gives the moment up to which that is done."""
        now = self._clock.now()
        since = min(since, now)  # where the clock was set back, the journal knows what has fired
        due = self._schedule.due(since, now)
        try:
            for moment in due:
                await self._fire(moment)
            if due:
                await asyncio.to_thread(self._journal.set_position, self._source, now.isoformat())
        except JournalError as error:
            _log.warning("schedule %s cannot fire: %s", self._trigger.id, error.message)
            await self._clock.sleep(_LONGEST_SLEEP)
            return since
        return now

    async def _fire(self, moment: datetime) -> None:
        try:
            await self._runner.accept_in_time(self._trigger, Occasion(keys=(f"at:{moment.isoformat()}",)))
        except JournalError:
            raise
        except MfoError as error:
            _log.warning("schedule %s did not fire: %s", self._trigger.id, error.message)

    def _since(self) -> datetime:
        """Up to which moment the schedule has been kept; one that is new has missed nothing."""
        kept, now = self._journal.position(self._source), self._clock.now()
        if kept is not None:
            try:
                return datetime.fromisoformat(kept).astimezone(UTC)
            except ValueError:
                pass
        self._journal.set_position(self._source, now.isoformat())
        return now
