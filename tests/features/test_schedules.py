"""When a schedule fires next: as a hover shows it, and as the service that fires it does, in every hour of the year."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mfo_lsp.features.schedules import next_times
from mfo_runtime.triggers.schedules import Schedule

BRUSSELS = ZoneInfo("Europe/Brussels")
TWICE = datetime(2026, 10, 25, 2, 40, tzinfo=BRUSSELS)
LEFT_OUT = datetime(2026, 3, 29, 1, 40, tzinfo=BRUSSELS)
MOMENTS = [
    datetime(2026, 10, 25, 2, 10, tzinfo=BRUSSELS, fold=1),
    TWICE,
    TWICE.replace(fold=1),
    LEFT_OUT,
    datetime(2026, 10, 25, 1, 59, 30, tzinfo=BRUSSELS),
]
EXPRESSIONS = ["*/15 * * * *", "30 2 * * *", "*/5 2 * * *", "0 8 * * 1-5", "* * * * *"]


@pytest.mark.parametrize("now", MOMENTS, ids=str)
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_next_times_are_those_at_which_it_fires(expression, now):
    fires, moment = [], now
    for _ in range(3):
        moment = Schedule(expression, BRUSSELS).after(moment)
        fires.append(moment)
    assert [shown - fired for shown, fired in zip(next_times(expression, now), fires, strict=True)] == [timedelta()] * 3
    assert fires[0] - now > timedelta()


def test_what_is_no_schedule_has_no_times():
    assert next_times("every day", TWICE) == ()
