"""Durations are Go's."""

import pytest

from mfo_dialect.durations import format_duration, parse_duration

GOOD = {
    "500ms": 0.5,
    "30s": 30.0,
    "1m30s": 90.0,
    "24h": 86400.0,
    "1.5h": 5400.0,
    ".5s": 0.5,
    "1.s": 1.0,
    "0": 0.0,
    "+5s": 5.0,
    "-5s": -5.0,
    "3us": 3e-6,
    "3µs": 3e-6,
    "3μs": 3e-6,
    "7ns": 7e-9,
    "1s1s": 2.0,
    "2562047h": 2562047 * 3600.0,
}
BAD = ["", "30", "5 s", "s", "1d", "1h ", "-", "1..5s", "1e3s", "ten s", "٣s", "2562048h", "9" * 400 + "h", "1s,", "."]


@pytest.mark.parametrize(("text", "seconds"), GOOD.items())
def test_a_duration_says_its_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_no_duration(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0ms"),
        (0.85, "850ms"),
        (0.9996, "1.0s"),
        (12.34, "12.3s"),
        (59.96, "1m00s"),
        (245, "4m05s"),
        (7380, "2h03m"),
        (3599.7, "1h00m"),
    ],
)
def test_a_duration_is_written_as_a_person_would(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text
