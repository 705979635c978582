"""A length of time in whole nanoseconds, with Go's way to read and write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
_MOST = 2**63 - 1
_LONGEST_TEXT = 200
_UNITS = {
    "ns": 1,
    "us": MICROSECOND,
    "\u00b5s": MICROSECOND,
    "\u03bcs": MICROSECOND,
    "ms": MILLISECOND,
    "s": SECOND,
    "m": MINUTE,
    "h": HOUR,
}
_PART = re.compile("([0-9]*)(?:\\.([0-9]*))?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)")


def wrapped(value: int) -> int:
    """The integer as 64 bits hold it."""
    return (value + 2**63) % 2**64 - 2**63


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A length of time.

    Attributes:
        nanoseconds: how long; 64 bits.
    """

    nanoseconds: int

    @property
    def seconds(self) -> float:
        """The length in seconds."""
        return self.nanoseconds / SECOND

    def __str__(self) -> str:
        """The duration as Go prints it: ``1h30m0s``, ``1.5s``, ``250ms``."""
        total = abs(self.nanoseconds)
        sign = "-" if self.nanoseconds < 0 else ""
        if total == 0:
            return "0s"
        if total < SECOND:
            unit, size = next(
                (unit, size)
                for unit, size in (("ms", MILLISECOND), ("\u00b5s", MICROSECOND), ("ns", 1))
                if total >= size
            )
            return f"{sign}{_decimal(total, size)}{unit}"
        hours, rest = divmod(total, HOUR)
        minutes, rest = divmod(rest, MINUTE)
        seconds = f"{_decimal(rest, SECOND)}s"
        if hours:
            return f"{sign}{hours}h{minutes}m{seconds}"
        return f"{sign}{minutes}m{seconds}" if minutes else f"{sign}{seconds}"

    def truncated(self, unit: int) -> Duration:
        """The duration cut to a multiple of ``unit`` nanoseconds, towards zero."""
        if unit <= 0:
            return self
        rest = abs(self.nanoseconds) % unit
        return Duration(self.nanoseconds - rest if self.nanoseconds >= 0 else self.nanoseconds + rest)

    def rounded(self, unit: int) -> Duration:
        """The duration rounded to a multiple of ``unit`` nanoseconds, halves away from zero."""
        if unit <= 0:
            return self
        size = (abs(self.nanoseconds) * 2 + unit) // (2 * unit) * unit
        size = min(size, _MOST)
        return Duration(size if self.nanoseconds >= 0 else -size)


def _decimal(amount: int, unit: int) -> str:
    whole, rest = divmod(amount, unit)
    if not rest:
        return str(whole)
    digits = len(str(unit)) - 1
    return f"{whole}.{rest:0{digits}d}".rstrip("0")


def read_duration(text: str) -> Duration | None:
    """The duration that a text such as ``-1h30m`` or ``1.5s`` says; None where it says none."""
    body = text[1:] if text[:1] in {"+", "-"} else text
    if body == "0":
        return Duration(0)
    if not body or len(body) > _LONGEST_TEXT:
        return None
    total, offset = 0, 0
    while offset < len(body):
        match = _PART.match(body, offset)
        if match is None or not (match[1] or match[2]):
            return None
        unit = _UNITS[match[3]]
        total += int(match[1] or "0") * unit
        if match[2]:
            total += int(Fraction(int(match[2]), 10 ** len(match[2])) * unit)
        offset = match.end()
    is_negative = text.startswith("-")
    if total > _MOST + is_negative:
        return None
    return Duration(-total if is_negative else total)
