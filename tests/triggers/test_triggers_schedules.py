"""Schedules by a clock that the test moves: time zones, the days on which clocks are changed, missed times, jumps."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_runtime.client import ClientSettings, Clock, MfoClient
from mfo_runtime.journal import Journal
from mfo_runtime.triggers.loading import load_triggers
from mfo_runtime.triggers.runner import Runner
from mfo_runtime.triggers.schedules import MOST_MISSED, MissedRuns, Schedule
from mfo_runtime.triggers.settings import ServiceSettings
from mfo_runtime.triggers.timekeeper import Timekeeper
from mfo_runtime.triggers.workplaces import Workplace
from tests.effort import examples

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class MovedClock:
    """A clock that goes on only while somebody sleeps; ``jump`` sets it to another time during a sleep."""

    def __init__(self, now, until):
        self.moment = now
        self.until = until
        self.jumps = []
        self.is_over = asyncio.Event()

    async def sleep(self, seconds):
        self.moment += timedelta(seconds=seconds)
        if self.jumps and self.moment >= self.jumps[0][0]:
            self.moment = self.jumps.pop(0)[1]
        if self.moment >= self.until:
            self.is_over.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)

    @property
    def clock(self):
        return Clock(now=lambda: self.moment, sleep=self.sleep)


def workflow(expression, zone="Europe/Berlin", missed="latest"):
    return f"""\
workflow_name: reports
triggers:
  - id: nightly
    type: schedule
    config: {{cron_expression: "{expression}", timezone: {zone}, missed_runs: {missed}}}
    input_mapping: {{kind: nightly}}
taskflows:
  - {{taskflow_id: report, tasks: [{{id: told, type: transform, config: {{values: {{kind: INPUT.kind}}}}}}]}}
"""


async def fired(folder, begin, end, *, jumps=(), **written):
    """Keep a schedule from one time to another; gives the times at which it has fired by then, in its journal."""
    (folder / "workflow.yml").write_text(workflow(**written))
    moved = MovedClock(begin, end)
    moved.jumps = list(jumps)
    (trigger,) = load_triggers([str(folder / "workflow.yml")])
    with Journal(folder) as journal:
        async with MfoClient(ClientSettings("http://127.0.0.1:9")) as client:
            chosen = ServiceSettings(clock=moved.clock, queue=10_000)
            runner = Runner({trigger.document: Workplace(client, journal)}, chosen)
            keeping = asyncio.create_task(Timekeeper(trigger, journal, runner, moved.clock).keep())
            await moved.is_over.wait()
            keeping.cancel()
            await asyncio.wait([keeping])
            await runner.close()
    with closing(sqlite3.connect(folder / "journal.db")) as connection:
        keys = [key for (key,) in connection.execute("SELECT key FROM firings")]
        (runs,) = connection.execute("SELECT COUNT(*) FROM runs").fetchone()
    assert runs == len(keys)
    return sorted(datetime.fromisoformat(key.removeprefix("at:")).strftime("%d %H:%M") for key in keys)


async def test_a_schedule_fires_at_its_times_in_its_zone(tmp_path):
    times = await fired(tmp_path, utc("2026-01-10 12:00"), utc("2026-01-13 12:00"), expression="30 6 * * *")
    assert times == ["11 05:30", "12 05:30", "13 05:30"]


async def test_in_spring_a_time_that_does_not_exist_comes_right_after_the_gap_and_once(tmp_path):
    times = await fired(tmp_path, utc("2026-03-28 12:00"), utc("2026-03-30 12:00"), expression="30 2 * * *")
    assert times == ["29 01:00", "30 00:30"]


async def test_in_autumn_a_time_that_exists_twice_comes_once(tmp_path):
    times = await fired(tmp_path, utc("2026-10-24 12:00"), utc("2026-10-26 12:00"), expression="30 2 * * *")
    assert times == ["25 00:30", "26 01:30"]


async def test_what_fires_every_half_hour_does_so_through_both_hours_of_autumn(tmp_path):
    times = await fired(tmp_path, utc("2026-10-24 23:45"), utc("2026-10-25 02:15"), expression="*/30 * * * *")
    assert times == ["25 00:00", "25 00:30", "25 01:00", "25 01:30", "25 02:00"]


async def test_a_service_that_starts_again_in_the_hour_that_comes_twice_does_not_fire_again(tmp_path):
    first = await fired(tmp_path, utc("2026-10-24 23:00"), utc("2026-10-25 00:45"), expression="30 2 * * *")
    again = await fired(tmp_path, utc("2026-10-25 00:50"), utc("2026-10-25 03:00"), expression="30 2 * * *")
    assert first == again == ["25 00:30"]


@pytest.mark.parametrize(
    ("missed", "expected"),
    [
        ("latest", ["01 01:00", "01 05:00", "01 06:00"]),
        ("all", ["01 01:00", "01 02:00", "01 03:00", "01 04:00", "01 05:00", "01 06:00"]),
        ("skip", ["01 01:00", "01 06:00"]),
    ],
)
async def test_times_at_which_nobody_was_there_are_treated_as_it_is_written(tmp_path, missed, expected):
    written = {"expression": "0 * * * *", "zone": "UTC", "missed": missed}
    assert await fired(tmp_path, utc("2026-01-01 00:30"), utc("2026-01-01 01:30"), **written) == ["01 01:00"]
    assert await fired(tmp_path, utc("2026-01-01 05:30"), utc("2026-01-01 06:30"), **written) == expected


async def test_a_schedule_that_is_written_otherwise_has_missed_nothing(tmp_path):
    await fired(tmp_path, utc("2026-01-01 00:30"), utc("2026-01-01 01:30"), expression="0 * * * *", zone="UTC")
    again = await fired(tmp_path, utc("2026-01-01 05:30"), utc("2026-01-01 06:45"), expression="40 * * * *", zone="UTC")
    assert again == ["01 01:00", "01 05:40", "01 06:40"]


async def test_a_new_schedule_has_missed_nothing(tmp_path):
    times = await fired(
        tmp_path, utc("2026-01-01 05:30"), utc("2026-01-01 06:30"), expression="0 * * * *", missed="all"
    )
    assert times == ["01 06:00"]


async def test_a_clock_that_is_set_back_makes_nothing_fire_twice(tmp_path):
    jumps = [(utc("2026-01-01 02:10"), utc("2026-01-01 00:20"))]
    times = await fired(
        tmp_path, utc("2026-01-01 00:30"), utc("2026-01-01 04:30"), jumps=jumps, expression="0 * * * *", zone="UTC"
    )
    assert times == ["01 01:00", "01 02:00", "01 03:00", "01 04:00"]


async def test_a_clock_that_jumps_ahead_leaves_missed_times_behind(tmp_path):
    jumps = [(utc("2026-01-01 01:10"), utc("2026-01-01 05:10"))]
    times = await fired(
        tmp_path, utc("2026-01-01 00:30"), utc("2026-01-01 06:30"), jumps=jumps, expression="0 * * * *", zone="UTC"
    )
    assert times == ["01 01:00", "01 05:00", "01 06:00"]


def test_of_many_missed_times_the_newest_hundred_fire_even_after_years():
    schedule = Schedule("* * * * *", BERLIN, MissedRuns.ALL)
    due = schedule.due(utc("2020-01-01 00:00"), utc("2026-06-01 12:00") + timedelta(seconds=30))
    assert due[-1] == utc("2026-06-01 12:00")
    assert len(due) == MOST_MISSED + 1


def test_a_rare_time_is_missed_however_long_ago_it_was():
    leap_day = Schedule("0 0 29 2 *", ZoneInfo("UTC"))
    assert leap_day.due(utc("2023-01-01 00:00"), utc("2026-06-01 00:00")) == (utc("2024-02-29 00:00"),)


MOMENTS = st.sampled_from([utc("2026-03-27 00:00"), utc("2026-10-23 00:00")]).flatmap(
    lambda day: st.integers(0, 5 * 24 * 60).map(lambda minutes: day + timedelta(minutes=minutes))
)
EXPRESSIONS = ["*/20 * * * *", "30 2 * * *", "0 1-4 * * *", "15 */2 * * SUN", "0 0 * * *"]


@given(
    st.sampled_from(EXPRESSIONS),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    MOMENTS,
    st.lists(st.integers(1, 300), min_size=1, max_size=6),
)
@settings(max_examples=examples(100), deadline=None)
def test_however_often_one_looks_the_same_times_come_and_none_twice(expression, zone, begin, minutes):
    schedule = Schedule(expression, ZoneInfo(zone), MissedRuns.ALL)
    moments = [begin]
    for step in minutes:
        moments.append(moments[-1] + timedelta(minutes=step))
    pieces = [time for since, now in pairwise(moments) for time in schedule.due(since, now)]
    assert tuple(pieces) == schedule.due(begin, moments[-1])
    assert len(set(pieces)) == len(pieces)
