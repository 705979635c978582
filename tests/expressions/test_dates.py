"""Times, durations, layouts and zones."""

from __future__ import annotations

from typing import Any

import pytest

from mfo_dialect.expressions import ExpressionError, evaluate

VALUES: list[tuple[str, Any]] = [
    ("date('2023-08-14').Year()", 2023),
    ("int(date('2023-08-14').Month())", 8),
    ("string(date('2023-08-14').Month())", "August"),
    ("date('2023-08-14').Day()", 14),
    ("date('2023-08-14').YearDay()", 226),
    ("date('2023-08-14').Weekday().String()", "Monday"),
    ("date('15:04:05').Year()", 0),
    ("date('15:04:05').Hour()", 15),
    ("date('2023-08-14 10:11:12').Second()", 12),
    ("date('2023-08-14T10:11:12Z').Unix()", 1692007872),
    ("date('2023-08-14T10:11:12.25+02:00').UnixMilli()", 1692000672250),
    ("date('14 Aug 23 10:00 UTC').Unix()", 1692007200),
    ("date('Monday, 14-Aug-23 10:00:00 UTC').Unix()", 1692007200),
    ("date('Mon, 14 Aug 2023 10:00:00 UTC').Unix()", 1692007200),
    ("date('14/08/2023', '02/01/2006').Format('2006-01-02')", "2023-08-14"),
    ("date('3:04PM', '3:04PM').Hour()", 15),
    ("date('2023-226', '2006-002').Format('Jan _2')", "Aug 14"),
    ("date('2023-08-14 00:00:00', '2006-01-02 15:04:05', 'Europe/Zurich').Unix()", 1691964000),
    ("date(timezone('Europe/Zurich'), '2023-08-14').Unix()", 1691964000),
    ("date('2023-07-01').In(timezone('America/New_York')).Format('Jan 2 15:04 MST -07:00')", "Jun 30 20:00 EDT -04:00"),
    ("date('2024-01-31').AddDate(0, 1, 0).Format('2006-01-02')", "2024-03-02"),
    ("date('2024-02-28').Add(duration('24h')).Format('Monday, 02-Jan-06')", "Thursday, 29-Feb-24"),
    ("date('2024-01-02') - date('2024-01-01')", 24),
    ("date('2024-01-01') + duration('90m') == date('2024-01-01T01:30:00Z')", True),
    ("date('2024-01-01') < date('2024-01-02')", True),
    ("date('2024-01-01T12:00:00Z') == date('2024-01-01T13:00:00+01:00')", True),
    ("date('2024-01-01').Before(date('2024-01-02'))", True),
    ("date('2024-01-01T10:20:30Z').Truncate(duration('1h')).Format('15:04:05')", "10:00:00"),
    ("date('2024-01-01T10:45:30Z').Round(duration('1h')).Format('3PM')", "11AM"),
    ("string(date('2023-08-14T10:00:00.5Z'))", "2023-08-14 10:00:00.5 +0000 UTC"),
    ("toJSON(date('2023-08-14T10:00:00.5+02:00'))", '"2023-08-14T10:00:00.5+02:00"'),
    ("date('2023-08-14T10:00:00.123456789Z').Format('.000 .999999 ,00')", ".123 .123456 ,12"),
    ("duration('1h30m').Minutes()", 90.0),
    ("duration('-1.5s').Milliseconds()", -1500),
    ("duration('1h') > duration('59m')", True),
    ("string(duration('1h30m'))", "1h30m0s"),
    ("string(duration('1500ms'))", "1.5s"),
    ("string(duration('1.5ms'))", "1.5ms"),
    ("string(duration('0s'))", "0s"),
    ("string(duration('1h') * 2)", "2h0m0s"),
    ("string(duration('1h') - duration('90m'))", "-30m0s"),
    ("string(duration('1h31m').Round(duration('1h')))", "2h0m0s"),
    ("type(now()) + ' ' + type(duration('1s'))", "time.Time time.Duration"),
    ("timezone('Europe/Zurich').String()", "Europe/Zurich"),
    ("now().IsZero()", False),
]


@pytest.mark.parametrize(("source", "value"), VALUES, ids=[source for source, _ in VALUES])
@pytest.mark.parametrize("typed", [True, False])
def test_a_time_comes_to(source: str, value: Any, typed: bool) -> None:
    got = evaluate(f"({source}).Hours()" if " - date" in source else source, {}, typed=typed)
    assert got == value


NO_DATES = ["2023-02-29", "2023-13-01", "2023-00-01", "25:00:00", "2023-8-14", "2023-08-14x", "", "14 Aug"]


@pytest.mark.parametrize("text", NO_DATES)
def test_a_text_that_is_no_date_fails(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate("date(text)", {"text": text})
    assert caught.value.stage == "run"


@pytest.mark.parametrize("text", ["", "1", "h", "1x", "1h-2m", "99999999999h", ".s", "1h 2m"])
def test_a_text_that_is_no_duration_fails(text: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate("duration(text)", {"text": text})


@pytest.mark.parametrize("source", ["date('2023-08-14').Month() == 8", "now() + 1", "duration('1h') + now() + now()"])
def test_times_do_not_mix_with_numbers(source: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(source, {})
    assert caught.value.stage == "compile"
