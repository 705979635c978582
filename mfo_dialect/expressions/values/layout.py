"""Go's layouts: times written and read by an example of the reference time, ``Mon Jan 2 15:04:05 MST 2006``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mfo_dialect.expressions.values.moment import (
    MONTHS,
    WEEKDAYS,
    Moment,
    civil_from_days,
    days_from_civil,
    local_moment,
)
from mfo_dialect.expressions.values.zone import UTC_ZONE, Zone

DATE = "2006-01-02"
CLOCK = "15:04:05"
RFC3339 = "2006-01-02T15:04:05Z07:00"
RFC3339_NANO = "2006-01-02T15:04:05.999999999Z07:00"
COMMON_LAYOUTS = (
    DATE,
    CLOCK,
    f"{DATE} {CLOCK}",
    RFC3339,
    "02 Jan 06 15:04 MST",
    "Monday, 02-Jan-06 15:04:05 MST",
    "Mon, 02 Jan 2006 15:04:05 MST",
)
_CHUNK = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|__2|_2(?!006)|2|3|4|5|PM|pm"
    r"|[-Z]07:00:00|[-Z]070000|[-Z]07:00|[-Z]0700|[-Z]07|[.,](?:0+|9+)(?!\d)"
)
_TWO_DIGITS = re.compile(r"\d\d?")
_OFFSETS = {
    "07": re.compile(r"([+-])(\d\d)"),
    "0700": re.compile(r"([+-])(\d\d)(\d\d)"),
    "07:00": re.compile(r"([+-])(\d\d):(\d\d)"),
    "070000": re.compile(r"([+-])(\d\d)(\d\d)(\d\d)"),
    "07:00:00": re.compile(r"([+-])(\d\d):(\d\d):(\d\d)"),
}
_ABBREVIATION = re.compile(r"ChST|MeST|GMT[+-]\d{1,2}|[A-Z]{3,5}|[+-]\d\d(?:\d\d)?")
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_CENTURY_PIVOT = 69


def write_moment(moment: Moment, layout: str) -> str:
    """The time in that layout."""
    now = moment.fields()

    def chunk(match: re.Match[str]) -> str:
        text = match[0]
        if text[0] in ".,":
            return _written_fraction(moment.nanoseconds, text)
        if text[0] in "-Z" and len(text) > 1:
            return _written_offset(now.offset, text)
        hour12 = now.hour % 12 or 12
        simple: dict[str, str | int] = {
            "January": MONTHS[now.month - 1],
            "Jan": MONTHS[now.month - 1][:3],
            "Monday": WEEKDAYS[now.weekday],
            "Mon": WEEKDAYS[now.weekday][:3],
            "MST": now.abbreviation or _written_offset(now.offset, "-0700" if now.offset % 3600 else "-07"),
            "002": f"{now.year_day:03d}",
            "__2": f"{now.year_day:3d}",
            "01": f"{now.month:02d}",
            "1": now.month,
            "02": f"{now.day:02d}",
            "_2": f"{now.day:2d}",
            "2": now.day,
            "15": f"{now.hour:02d}",
            "03": f"{hour12:02d}",
            "3": hour12,
            "04": f"{now.minute:02d}",
            "4": now.minute,
            "05": f"{now.second:02d}",
            "5": now.second,
            "2006": f"{now.year:04d}" if now.year >= 0 else f"-{-now.year:04d}",
            "06": f"{now.year % 100:02d}",
            "PM": "PM" if now.hour >= 12 else "AM",  # noqa: PLR2004 - noon
            "pm": "pm" if now.hour >= 12 else "am",  # noqa: PLR2004 - noon
        }
        return str(simple[text])

    return _CHUNK.sub(chunk, layout)


def _written_fraction(nanoseconds: int, text: str) -> str:
    digits = f"{nanoseconds:09d}"[: len(text) - 1].ljust(len(text) - 1, "0")
    if text[1] == "9":
        digits = digits.rstrip("0")
        return text[0] + digits if digits else ""
    return text[0] + digits


def _written_offset(offset: int, text: str) -> str:
    if text[0] == "Z" and offset == 0:
        return "Z"
    sign, size = ("-", -offset) if offset < 0 else ("+", offset)
    parts = [f"{size // 3600:02d}", f"{size // 60 % 60:02d}", f"{size % 60:02d}"]
    pattern = text[1:]
    separator = ":" if ":" in pattern else ""
    return sign + separator.join(parts[: len(pattern.replace(":", "")) // 2])


@dataclass(slots=True)
class _Reading:
    """What has been read of a time so far."""

    value: str
    year: int = 0
    month: int = 1
    day: int = 1
    year_day: int = 0
    hour: int = 0
    minute: int = 0
    second: int = 0
    nanoseconds: int = 0
    afternoon: bool | None = None
    offset: int | None = None
    abbreviation: str = ""
    is_utc: bool = False

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.value)
        if match:
            self.value = self.value[match.end() :]
        return match

    def number(self, low: int, high: int, *, fixed: bool) -> int | None:
        match = _TWO_DIGITS.match(self.value)
        if match is None or (fixed and len(match[0]) != 2) or not match[0].isascii():  # noqa: PLR2004 - two digits
            return None
        self.value = self.value[match.end() :]
        number = int(match[0])
        return number if low <= number <= high else None


def read_moment(text: str, layout: str, zone: Zone = UTC_ZONE) -> Moment | None:
    """The time that ``text`` writes in that layout, in ``zone`` unless it names its own; None where it does not fit."""
    reading = _Reading(text)
    done = 0
    for match in _CHUNK.finditer(layout):
        if not _skip(reading, layout[done : match.start()]) or not _read_chunk(
            reading, match[0], layout[match.end() :]
        ):
            return None
        done = match.end()
    if not _skip(reading, layout[done:]) or reading.value:
        return None
    return _finished(reading, zone)


def _skip(reading: _Reading, literal: str) -> bool:
    value = reading.value
    while literal:
        if literal[0] == " ":
            if value and value[0] != " ":
                return False
            literal, value = literal.lstrip(" "), value.lstrip(" ")
            continue
        if not value or value[0] != literal[0]:
            return False
        literal, value = literal[1:], value[1:]
    reading.value = value
    return True


def _read_chunk(reading: _Reading, chunk: str, following: str) -> bool:
    if chunk in _NAMED:
        return _read_named(reading, chunk)
    if chunk[0] in ".,":
        return _read_fraction(reading, chunk)
    if chunk == "MST" or (chunk[0] in "-Z" and len(chunk) > 1):
        return _read_zone(reading, chunk)
    if chunk == "2006":
        digits = reading.value[:4]
        if len(digits) < 4 or not (digits.isascii() and digits.isdigit()):  # noqa: PLR2004 - four digits
            return False
        reading.year, reading.value = int(digits), reading.value[4:]
        return True
    if chunk in {"002", "__2"}:
        digits = reading.value[:3].lstrip(" ") if chunk == "__2" else reading.value[:3]
        if not (digits.isascii() and digits.isdigit()) or len(reading.value) < 3:  # noqa: PLR2004 - three digits
            return False
        reading.year_day, reading.value = int(digits), reading.value[3:]
        return True
    return _read_number(reading, chunk, following)


_NAMED = frozenset({"January", "Jan", "Monday", "Mon", "PM", "pm"})


def _read_named(reading: _Reading, chunk: str) -> bool:
    if chunk in {"PM", "pm"}:
        half = reading.value[:2]
        if half not in ({"AM", "PM"} if chunk == "PM" else {"am", "pm"}):
            return False
        reading.afternoon, reading.value = half.lower() == "pm", reading.value[2:]
        return True
    names = MONTHS if chunk.startswith("J") else WEEKDAYS
    length = 3 if len(chunk) == 3 else None  # noqa: PLR2004 - short names
    for index, name in enumerate(names):
        wanted = name[:length]
        if reading.value[: len(wanted)].lower() == wanted.lower():
            reading.value = reading.value[len(wanted) :]
            if names is MONTHS:
                reading.month = index + 1
            return True
    return False


def _read_fraction(reading: _Reading, chunk: str) -> bool:
    if chunk[1] == "9":
        return _read_free_fraction(reading)
    digits = reading.value[1 : len(chunk)]
    if (
        reading.value[:1] not in {".", ","}
        or len(digits) != len(chunk) - 1
        or not (digits.isascii() and digits.isdigit())
    ):
        return False
    reading.nanoseconds = int(digits[:9].ljust(9, "0"))
    reading.value = reading.value[len(chunk) :]
    return True


_FRACTION = re.compile(r"[.,]([0-9]+)")


def _read_free_fraction(reading: _Reading) -> bool:
    if match := reading.take(_FRACTION):
        reading.nanoseconds = int(match[1][:9].ljust(9, "0"))
    return True


def _read_zone(reading: _Reading, chunk: str) -> bool:
    if chunk == "MST":
        if reading.value.startswith("UTC"):
            reading.is_utc, reading.value = True, reading.value[3:]
            return True
        match = reading.take(_ABBREVIATION)
        reading.abbreviation = match[0] if match else ""
        return match is not None
    if chunk[0] == "Z" and reading.value.startswith("Z"):
        reading.is_utc, reading.value = True, reading.value[1:]
        return True
    match = reading.take(_OFFSETS[chunk[1:]])
    if match is None:
        return False
    sign, *parts = match.groups()
    hours, minutes, seconds = (*(int(part) for part in parts), 0, 0)[:3]
    if hours > 24 or minutes >= 60 or seconds >= 60:  # noqa: PLR2004 - the clock
        return False
    size = hours * 3600 + minutes * 60 + seconds
    reading.offset = -size if sign == "-" else size
    return True


_RANGES = {
    "1": ("month", 1, 12),
    "2": ("day", 0, 31),
    "3": ("hour", 0, 12),
    "4": ("minute", 0, 59),
    "5": ("second", 0, 59),
}


def _read_number(reading: _Reading, chunk: str, following: str) -> bool:
    if chunk == "06":
        year = reading.number(0, 99, fixed=True)
        if year is None:
            return False
        reading.year = year + (1900 if year >= _CENTURY_PIVOT else 2000)
        return True
    if chunk == "_2":
        reading.value = reading.value.removeprefix(" ")
    name, low, high = ("hour", 0, 23) if chunk == "15" else _RANGES[chunk[-1]]
    number = reading.number(low, high, fixed=chunk[0] == "0")
    if number is None:
        return False
    setattr(reading, name, number)
    following_chunk = _CHUNK.search(following)
    if name == "second" and not (following_chunk and following_chunk[0][0] in ".,"):
        _read_free_fraction(reading)
    return True


def _finished(reading: _Reading, zone: Zone) -> Moment | None:
    if reading.afternoon is not None:
        reading.hour = reading.hour % 12 + (12 if reading.afternoon else 0)
    if reading.year_day:
        _, reading.month, reading.day = civil_from_days(days_from_civil(reading.year, 1, 1) + reading.year_day - 1)
    month, day = reading.month, reading.day
    is_leap = days_from_civil(reading.year + 1, 1, 1) - days_from_civil(reading.year, 1, 1) == 366  # noqa: PLR2004 - days
    if day < 1 or day > _DAYS_IN_MONTH[month - 1] or (month == 2 and day == 29 and not is_leap):  # noqa: PLR2004 - February
        return None
    if reading.is_utc:
        zone = UTC_ZONE
    elif reading.offset is not None:
        zone = Zone(reading.abbreviation, reading.offset)
    elif reading.abbreviation:
        zone = _abbreviated(reading.abbreviation)
    clock = (reading.hour, reading.minute, reading.second)
    return local_moment((reading.year, month, day), clock, reading.nanoseconds, zone)


def _abbreviated(abbreviation: str) -> Zone:
    distance = abbreviation.removeprefix("GMT")
    return Zone(abbreviation, int(distance) * 3600 if distance != abbreviation and distance else 0)
