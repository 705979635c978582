"""Time zones: by name from the zone database, or a fixed distance from UTC."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_FIRST = -62135596800 + 86400
_LAST = 253402300799 - 86400


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone.

    Attributes:
        name: its name, such as ``Europe/Brussels``; empty for a distance without a name.
        offset: seconds east of UTC, of a fixed zone.
        rules: the zone database's rules, of a named zone.
    """

    name: str
    offset: int = 0
    rules: zoneinfo.ZoneInfo | None = None

    def __str__(self) -> str:
        """Its name."""
        return self.name

    def at(self, seconds: int) -> tuple[str, int, bool]:
        """Abbreviation, seconds east of UTC, and whether it is summer time, at a Unix time."""
        if self.rules is None:
            return self.name, self.offset, False
        moment = datetime.fromtimestamp(min(max(seconds, _FIRST), _LAST), UTC).astimezone(self.rules)
        distance = moment.utcoffset() or timedelta()
        return moment.tzname() or "", int(distance.total_seconds()), bool(moment.dst())

    def of_local(self, seconds: int) -> int:
        """The Unix time of a local time, given as if it were UTC."""
        if self.rules is None:
            return seconds - self.offset
        guess = seconds - self.at(seconds)[1]
        offset = self.at(guess)[1]
        return seconds - offset if self.at(seconds - offset)[1] == offset else guess


UTC_ZONE = Zone("UTC")


def load_zone(name: str) -> Zone | None:
    """The zone of that name, ``UTC`` for the empty one; None where there is none."""
    if name in {"", "UTC"}:
        return UTC_ZONE
    if name == "Local":
        return Zone("Local")
    try:
        return Zone(name, rules=zoneinfo.ZoneInfo(name))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None
