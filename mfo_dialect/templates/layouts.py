"""Times by Go's layouts, where ``2006-01-02 15:04:05`` is the pattern; times from text.

It reads no clock.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

_PART = re.compile(
    r"""
      January | Jan(?![a-z]) | Monday | Mon(?![a-z]) | MST
    | 2006 | _2006 | 01 | 02 | 03 | 04 | 05 | 06 | 002 | 15
    | __2 | _2 | 1 | 2 | 3 | 4 | 5 | PM | pm
    | -07:00:00 | -070000 | -07:00 | -0700 | -07
    | Z07:00:00 | Z070000 | Z07:00 | Z0700 | Z07
    | [.,](?:0+|9+)(?![0-9])
    """,
    re.VERBOSE,
)
_MAX_LAYOUT = 10_000
_NOON = 12
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TEXT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[Tt ](?P<time>\d{2}:\d{2}(?::\d{2})?)(?P<fraction>\.\d{1,9})? ?(?P<zone>[Zz]|[+-]\d{2}:?\d{2})?)?"
)


class LayoutError(ValueError):
    """A text that is no time, or a layout that is too long."""


def format_time(moment: dt.datetime, layout: str) -> str:
    """A time in a Go layout; a time without a zone counts as UTC.

    Raises:
        LayoutError: The layout is absurdly long.
    """
    if len(layout) > _MAX_LAYOUT:
        raise LayoutError("layout is too long")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return _PART.sub(lambda match: _part(moment, match[0]), layout)


def parse_time(text: str) -> dt.datetime:
    """The time that a text says: a date, a date and a time, or RFC 3339; UTC where no zone is given.

    Raises:
        LayoutError: The text is none of them.
    """
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        raise LayoutError("text is no date or time")
    clock = match["time"] or "00:00"
    seconds = "" if clock.count(":") > 1 else ":00"
    fraction = (match["fraction"] or ".0")[:7].ljust(7, "0")
    zone = (match["zone"] or "Z").upper().replace("Z", "+00:00")
    zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    try:
        return dt.datetime.fromisoformat(f"{match['day']}T{clock}{seconds}{fraction}{zone}")
    except ValueError:
        raise LayoutError("text is no date or time") from None


def _part(moment: dt.datetime, part: str) -> str:
    if part[0] in "-Z":
        return _zone(moment, part)
    if part[0] in ".,":
        return _fraction(moment, part)
    return _PARTS[part](moment)


def _zone_name(moment: dt.datetime) -> str:
    name = moment.tzname() or ""
    if name.isalpha() and name.isascii():
        return name
    return "UTC" if not moment.utcoffset() else _zone(moment, "-0700" if _offset(moment) % 60 else "-07")


def _zone(moment: dt.datetime, part: str) -> str:
    minutes = _offset(moment)
    if part.startswith("Z"):
        if minutes == 0:
            return "Z"
        part = "-" + part[1:]
    sign = "-" if minutes < 0 else "+"
    hours, minutes = divmod(abs(minutes), 60)
    text = f"{sign}{hours:02d}"
    separator = ":" if ":" in part else ""
    digits = sum(character.isdigit() for character in part)
    if digits >= 4:  # noqa: PLR2004 - hours and minutes
        text += f"{separator}{minutes:02d}"
    return text + f"{separator}00" if digits == 6 else text  # noqa: PLR2004 - seconds too


def _offset(moment: dt.datetime) -> int:
    offset = moment.utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) // 60


def _fraction(moment: dt.datetime, part: str) -> str:
    wanted = len(part) - 1
    digits = f"{moment.microsecond:06d}000".ljust(wanted, "0")[:wanted]
    if part[1] == "0":
        return part[0] + digits
    digits = digits.rstrip("0")
    return part[0] + digits if digits else ""


_PARTS: dict[str, Callable[[dt.datetime], str]] = {
    "2006": lambda moment: f"{moment.year:04d}",
    "_2006": lambda moment: f"_{moment.year:04d}",
    "06": lambda moment: f"{moment.year % 100:02d}",
    "January": lambda moment: _MONTHS[moment.month - 1],
    "Jan": lambda moment: _MONTHS[moment.month - 1][:3],
    "01": lambda moment: f"{moment.month:02d}",
    "1": lambda moment: str(moment.month),
    "Monday": lambda moment: _DAYS[moment.weekday()],
    "Mon": lambda moment: _DAYS[moment.weekday()][:3],
    "02": lambda moment: f"{moment.day:02d}",
    "_2": lambda moment: f"{moment.day:2d}",
    "2": lambda moment: str(moment.day),
    "002": lambda moment: f"{moment.timetuple().tm_yday:03d}",
    "__2": lambda moment: f"{moment.timetuple().tm_yday:3d}",
    "15": lambda moment: f"{moment.hour:02d}",
    "03": lambda moment: f"{(moment.hour - 1) % 12 + 1:02d}",
    "3": lambda moment: str((moment.hour - 1) % 12 + 1),
    "04": lambda moment: f"{moment.minute:02d}",
    "4": lambda moment: str(moment.minute),
    "05": lambda moment: f"{moment.second:02d}",
    "5": lambda moment: str(moment.second),
    "PM": lambda moment: "AM" if moment.hour < _NOON else "PM",
    "pm": lambda moment: "am" if moment.hour < _NOON else "pm",
    "MST": _zone_name,
}
