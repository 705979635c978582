"""A point in time with nanoseconds and a zone, over the calendar of all years; the methods that Go's times have."""

from __future__ import annotations

from dataclasses import dataclass, field

from mfo_dialect.expressions.values.duration import SECOND, Duration, wrapped
from mfo_dialect.expressions.values.zone import UTC_ZONE, Zone

DAY_SECONDS = 86_400
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MOST = 2**63 - 1


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month; 1 is January. Prints as its name."""

    number: int

    def __str__(self) -> str:
        """Its name."""
        return MONTHS[self.number - 1]


@dataclass(frozen=True, slots=True, order=True)
class Weekday:
    """A day of the week; 0 is Sunday. Prints as its name."""

    number: int

    def __str__(self) -> str:
        """Its name."""
        return WEEKDAYS[self.number]


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to a date; a month outside 1 to 12 counts on into other years."""
    year += (month - 1) // 12
    month = (month - 1) % 12 + 1
    year -= month <= 2  # noqa: PLR2004 - the year is counted from March
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def civil_from_days(days: int) -> tuple[int, int, int]:
    """The year, month and day, ``days`` after 1970-01-01."""
    era, day_of_era = divmod(days + 719_468, 146_097)
    year = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = (shifted + 2) % 12 + 1
    return year + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1  # noqa: PLR2004 - as above


@dataclass(frozen=True, slots=True)
class Fields:
    """A point in time as calendar and clock of its zone show it."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    weekday: int
    year_day: int
    abbreviation: str
    offset: int


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time.

    Attributes:
        seconds: whole seconds since 1970-01-01 UTC.
        nanoseconds: the rest, 0 to 999,999,999.
        zone: where its calendar and clock are read.
    """

    seconds: int
    nanoseconds: int = 0
    zone: Zone = field(default=UTC_ZONE, compare=False)

    def fields(self) -> Fields:
        """Calendar and clock."""
        abbreviation, offset, _ = self.zone.at(self.seconds)
        days, rest = divmod(self.seconds + offset, DAY_SECONDS)
        year, month, day = civil_from_days(days)
        hour, rest = divmod(rest, 3600)
        return Fields(
            year=year,
            month=month,
            day=day,
            hour=hour,
            minute=rest // 60,
            second=rest % 60,
            weekday=(days + 4) % 7,
            year_day=days - days_from_civil(year, 1, 1) + 1,
            abbreviation=abbreviation,
            offset=offset,
        )

    @property
    def total(self) -> int:
        """Nanoseconds since 1970-01-01 UTC."""
        return self.seconds * SECOND + self.nanoseconds

    def plus(self, nanoseconds: int) -> Moment:
        """The point in time that much later."""
        seconds, rest = divmod(self.total + nanoseconds, SECOND)
        return Moment(seconds, rest, self.zone)

    def minus(self, other: Moment) -> Duration:
        """The time from ``other`` to this one, at most what 64 bits hold."""
        return Duration(min(max(self.total - other.total, -_MOST - 1), _MOST))

    def in_zone(self, zone: Zone) -> Moment:
        """The same point in time, read in another zone."""
        return Moment(self.seconds, self.nanoseconds, zone)

    def later_by(self, years: int, months: int, days: int) -> Moment:
        """The point in time with years, months and days added to its date."""
        now = self.fields()
        date = days_from_civil(now.year + years, now.month + months, now.day + days)
        local = date * DAY_SECONDS + now.hour * 3600 + now.minute * 60 + now.second
        return Moment(self.zone.of_local(local), self.nanoseconds, self.zone)

    def unix(self, unit: int) -> int:
        """The time since 1970-01-01 UTC in units of that many nanoseconds; 64 bits."""
        return wrapped(self.total // unit)


def local_moment(date: tuple[int, int, int], clock: tuple[int, int, int], nanoseconds: int, zone: Zone) -> Moment:
    """The point in time at which calendar and clock of ``zone`` show date and clock."""
    local = days_from_civil(*date) * DAY_SECONDS + clock[0] * 3600 + clock[1] * 60 + clock[2]
    return Moment(zone.of_local(local), nanoseconds, zone)
