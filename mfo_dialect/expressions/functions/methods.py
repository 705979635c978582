"""The methods that values of times, durations, zones, months and weekdays have, declared like functions."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from mfo_dialect.expressions.functions.declaration import Function, Parameter, parameter, signature
from mfo_dialect.expressions.functions.values import strict_integer_of, text_of
from mfo_dialect.expressions.types import (
    BOOLEAN,
    DURATION,
    FLOAT,
    INTEGER,
    MONTH,
    TEXT,
    TIME,
    TIMEZONE,
    WEEKDAY,
    Type,
    TypeKind,
)
from mfo_dialect.expressions.values import Duration, Moment, Month, Weekday, Zone, type_name
from mfo_dialect.expressions.values.budget import Budget, Failure
from mfo_dialect.expressions.values.duration import HOUR, MICROSECOND, MILLISECOND, MINUTE, SECOND
from mfo_dialect.expressions.values.layout import write_moment
from mfo_dialect.expressions.values.moment import days_from_civil
from mfo_dialect.expressions.values.printing import print_moment
from mfo_dialect.expressions.values.zone import UTC_ZONE

_LONGEST_LAYOUT = 10_000
_YEAR_ONE = days_from_civil(1, 1, 1) * 86_400


def _method(
    name: str, result: Type, documentation: str, implementation: Callable[..., Any], *parameters: Parameter
) -> Function:
    def called(budget: Budget, target: Any, *arguments: Any) -> Any:
        if len(arguments) != len(parameters):
            raise Failure(f"{name} takes {len(parameters)} arguments, got {len(arguments)}")
        _ = budget
        return implementation(target, *arguments)

    return Function(name, (signature(result, *parameters),), documentation, "", called)


def _of_class(value: Any, wanted: type) -> Any:
    if isinstance(value, wanted):
        return value
    raise Failure(f"expected another argument than {type_name(value)}")


def _moment(value: Any) -> Moment:
    return _of_class(value, Moment)


def _length(value: Any) -> int:
    return _of_class(value, Duration).nanoseconds


def _zone(value: Any) -> Zone:
    return _of_class(value, Zone)


def _format(moment: Moment, layout: Any) -> str:
    text = text_of(layout)
    if len(text) > _LONGEST_LAYOUT:
        raise Failure("the layout is too long")
    return write_moment(moment, text)


def _later_by(moment: Moment, years: Any, months: Any, days: Any) -> Moment:
    amounts = [strict_integer_of(amount) for amount in (years, months, days)]
    if any(abs(amount) > 10**7 for amount in amounts):
        raise Failure("the date is too far away")
    return moment.later_by(*amounts)


def _on_grid(moment: Moment, unit: int, *, nearest: bool) -> Moment:
    if unit <= 0:
        return moment
    rest = (moment.total - _YEAR_ONE * SECOND) % unit
    return moment.plus(unit - rest if nearest and rest * 2 >= unit else -rest)


def _compare(left: Moment, right: Any) -> int:
    other = _moment(right)
    return (left.total > other.total) - (left.total < other.total)


def _iso_week(moment: Moment) -> int:
    now = moment.fields()
    thursday = days_from_civil(now.year, now.month, now.day) - (now.weekday + 6) % 7 + 3
    return Moment(thursday * 86_400).fields().year


_OTHER = parameter("other", TIME)
_LENGTH = parameter("length", DURATION)
_UNIT = parameter("unit", DURATION)

_TIME_METHODS = (
    _method("Year", INTEGER, "The year.", lambda moment: moment.fields().year),
    _method(
        "Month", MONTH, "The month; `int` turns it into a number from 1.", lambda moment: Month(moment.fields().month)
    ),
    _method("Day", INTEGER, "The day of the month.", lambda moment: moment.fields().day),
    _method("YearDay", INTEGER, "The day of the year.", lambda moment: moment.fields().year_day),
    _method(
        "Weekday",
        WEEKDAY,
        "The day of the week; `int` gives 0 for Sunday.",
        lambda moment: Weekday(moment.fields().weekday),
    ),
    _method("ISOWeek", INTEGER, "The year to which the ISO week belongs.", _iso_week),
    _method("Hour", INTEGER, "The hour, 0 to 23.", lambda moment: moment.fields().hour),
    _method("Minute", INTEGER, "The minute.", lambda moment: moment.fields().minute),
    _method("Second", INTEGER, "The second.", lambda moment: moment.fields().second),
    _method("Nanosecond", INTEGER, "The nanoseconds within the second.", lambda moment: moment.nanoseconds),
    _method("Unix", INTEGER, "Seconds since 1970.", lambda moment: moment.seconds),
    _method("UnixMilli", INTEGER, "Milliseconds since 1970.", lambda moment: moment.unix(MILLISECOND)),
    _method("UnixMicro", INTEGER, "Microseconds since 1970.", lambda moment: moment.unix(MICROSECOND)),
    _method("UnixNano", INTEGER, "Nanoseconds since 1970.", lambda moment: moment.unix(1)),
    _method("Add", TIME, "The time that much later.", lambda moment, length: moment.plus(_length(length)), _LENGTH),
    _method(
        "AddDate",
        TIME,
        "The time with years, months and days added.",
        _later_by,
        parameter("years", INTEGER),
        parameter("months", INTEGER),
        parameter("days", INTEGER),
    ),
    _method(
        "Sub", DURATION, "The time since the other one.", lambda moment, other: moment.minus(_moment(other)), _OTHER
    ),
    _method("After", BOOLEAN, "Whether it is later.", lambda moment, other: _compare(moment, other) > 0, _OTHER),
    _method("Before", BOOLEAN, "Whether it is earlier.", lambda moment, other: _compare(moment, other) < 0, _OTHER),
    _method(
        "Equal", BOOLEAN, "Whether it is the same time.", lambda moment, other: _compare(moment, other) == 0, _OTHER
    ),
    _method("Compare", INTEGER, "-1 when earlier, 0 when equal, 1 when later.", _compare, _OTHER),
    _method(
        "Truncate",
        TIME,
        "The time cut to a unit.",
        lambda moment, unit: _on_grid(moment, _length(unit), nearest=False),
        _UNIT,
    ),
    _method(
        "Round",
        TIME,
        "The time rounded to a unit.",
        lambda moment, unit: _on_grid(moment, _length(unit), nearest=True),
        _UNIT,
    ),
    _method("Format", TEXT, "The time in a Go layout.", _format, parameter("layout", TEXT)),
    _method("String", TEXT, "The time as text.", print_moment),
    _method(
        "In",
        TIME,
        "The same time in another zone.",
        lambda moment, zone: moment.in_zone(_zone(zone)),
        parameter("zone", TIMEZONE),
    ),
    _method("UTC", TIME, "The same time in UTC.", lambda moment: moment.in_zone(UTC_ZONE)),
    _method("Local", TIME, "The same time; the language's local zone is UTC.", lambda moment: moment.in_zone(UTC_ZONE)),
    _method("Location", TIMEZONE, "Its zone.", lambda moment: moment.zone),
    _method(
        "IsDST", BOOLEAN, "Whether its zone has summer time then.", lambda moment: moment.zone.at(moment.seconds)[2]
    ),
    _method("IsZero", BOOLEAN, "Whether it is the zero time.", lambda moment: moment.total == _YEAR_ONE * SECOND),
)
_DURATION_METHODS = (
    _method("Hours", FLOAT, "The length in hours.", lambda length: _units(length, HOUR)),
    _method("Minutes", FLOAT, "The length in minutes.", lambda length: _units(length, MINUTE)),
    _method("Seconds", FLOAT, "The length in seconds.", lambda length: _units(length, SECOND)),
    _method("Milliseconds", INTEGER, "The length in whole milliseconds.", lambda length: _whole(length, MILLISECOND)),
    _method("Microseconds", INTEGER, "The length in whole microseconds.", lambda length: _whole(length, MICROSECOND)),
    _method("Nanoseconds", INTEGER, "The length in nanoseconds.", lambda length: length.nanoseconds),
    _method(
        "Abs",
        DURATION,
        "The length without its sign.",
        lambda length: Duration(min(abs(length.nanoseconds), 2**63 - 1)),
    ),
    _method(
        "Truncate", DURATION, "The length cut to a unit.", lambda length, unit: length.truncated(_length(unit)), _UNIT
    ),
    _method(
        "Round", DURATION, "The length rounded to a unit.", lambda length, unit: length.rounded(_length(unit)), _UNIT
    ),
    _method("String", TEXT, "The length as text.", str),
)


def _units(length: Duration, unit: int) -> float:
    whole, rest = _whole(length, unit), abs(length.nanoseconds) % unit
    return float(whole) + (-rest if length.nanoseconds < 0 else rest) / unit


def _whole(length: Duration, unit: int) -> int:
    size = abs(length.nanoseconds) // unit
    return -size if length.nanoseconds < 0 else size


_STRING = (_method("String", TEXT, "Its name.", str),)


def _table(methods: tuple[Function, ...]) -> Mapping[str, Function]:
    return MappingProxyType({method.name: method for method in methods})


METHODS: Mapping[TypeKind, Mapping[str, Function]] = MappingProxyType(
    {
        TypeKind.TIME: _table(_TIME_METHODS),
        TypeKind.DURATION: _table(_DURATION_METHODS),
        TypeKind.TIMEZONE: _table(_STRING),
        TypeKind.MONTH: _table(_STRING),
        TypeKind.WEEKDAY: _table(_STRING),
    }
)
METHODS_BY_CLASS: Mapping[type, Mapping[str, Function]] = MappingProxyType(
    {
        Moment: METHODS[TypeKind.TIME],
        Duration: METHODS[TypeKind.DURATION],
        Zone: METHODS[TypeKind.TIMEZONE],
        Month: METHODS[TypeKind.MONTH],
        Weekday: METHODS[TypeKind.WEEKDAY],
    }
)
