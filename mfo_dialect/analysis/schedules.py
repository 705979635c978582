"""Cron expressions: whether they are good, and when they fire (dialect section 10)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cronsim import CronSim, CronSimError

_FIELDS = ("minute", "hour", "day of month", "month", "day of week")
_SAMPLE = datetime(2024, 1, 1, tzinfo=UTC)
_WORD = re.compile(r"\S+")
_PROBES = ("{} * * * *", "0 {} * * *", "0 0 {} * *", "0 0 1 {} *", "0 0 * * {}")
_RANGES = ("0 to 59", "0 to 23", "1 to 31", "1 to 12 or JAN to DEC", "0 to 7 or SUN to SAT")


@dataclass(frozen=True, slots=True)
class CronProblem:
    """What is wrong with a cron expression, and which stretch of it."""

    message: str
    start: int
    end: int


def cron_problem(text: str) -> CronProblem | None:
    """Why a text is no cron expression of five fields, or one that never fires; None for a good one."""
    words = list(_WORD.finditer(text))
    whole = (len(text) - len(text.lstrip()), len(text.rstrip()))
    if text.strip().startswith("@"):
        return CronProblem('shortcuts such as "@daily" are not read; write five fields, such as "0 0 * * *"', *whole)
    if len(words) != len(_FIELDS):
        seconds = "; seconds cannot be given" if len(words) == len(_FIELDS) + 1 else ""
        return CronProblem(
            f"a cron expression has five fields ({', '.join(_FIELDS)}), this has {len(words)}{seconds}", *whole
        )
    for word, probe, name, allowed in zip(words, _PROBES, _FIELDS, _RANGES, strict=True):
        if not _is_read(probe.format(word.group())):
            return CronProblem(f'"{word.group()}" is no {name}: it goes from {allowed}', *word.span())
    if not _is_read(text) or not fires_ever(text):
        return CronProblem("this schedule never fires: no such day exists", *whole)
    return None


def _is_read(text: str) -> bool:
    try:
        CronSim(text, _SAMPLE)
    except (CronSimError, ValueError, OverflowError):
        return False
    return True


def fires_ever(text: str) -> bool:
    """Whether a cron expression that can be read has a next time."""
    try:
        next(CronSim(text, _SAMPLE))
    except (StopIteration, CronSimError, ValueError, OverflowError):
        return False
    return True


def is_timezone(name: str) -> bool:
    """Whether the name is an IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def timezone_names() -> tuple[str, ...]:
    """The IANA time zones, sorted."""
    return tuple(sorted(available_timezones()))
