"""The builtin functions for times and durations; ``now`` is the only one of the language that reads a clock."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

from typing import Any

from mfo_dialect.expressions.functions.declaration import ArgumentFault, Function, parameter, signature
from mfo_dialect.expressions.functions.values import text_of
from mfo_dialect.expressions.types import DURATION, TEXT, TIME, TIMEZONE, Type, TypeKind
from mfo_dialect.expressions.values import Duration, Moment, Zone
from mfo_dialect.expressions.values.budget import Budget, Failure
from mfo_dialect.expressions.values.duration import SECOND, read_duration
from mfo_dialect.expressions.values.layout import COMMON_LAYOUTS, read_moment
from mfo_dialect.expressions.values.zone import UTC_ZONE, load_zone

_LONGEST = 200
_MOST_DATE_ARGUMENTS = 3


def _now(budget: Budget, zone: Any = UTC_ZONE) -> Moment:
    if not isinstance(zone, Zone):
        raise Failure("now takes a time zone or nothing")
    seconds, rest = divmod(budget.clock(), SECOND)
    return Moment(seconds, rest, zone)


def _duration(_: Budget, text: Any) -> Duration:
    source = text_of(text)
    read = read_duration(source)
    if read is None:
        raise Failure(f'"{source[:40]}" is no duration; write one like "1h30m"')
    return read


def _date(_: Budget, *arguments: Any) -> Moment:
    zone = arguments[0] if arguments and isinstance(arguments[0], Zone) else None
    texts = [text_of(argument) for argument in (arguments[1:] if zone else arguments)]
    if not texts:
        raise Failure("date needs a text")
    source = texts[0]
    if len(texts) == 3:  # noqa: PLR2004 - text, layout and the name of a zone
        zone = _zone_of(texts[2])
    layouts = (texts[1],) if len(texts) in {2, 3} else COMMON_LAYOUTS
    if len(source) <= _LONGEST and all(len(layout) <= _LONGEST for layout in layouts):
        for layout in layouts:
            read = read_moment(source, layout, zone or UTC_ZONE)
            if read is not None:
                return read
    raise Failure(f'"{source[:40]}" is no date')


def _timezone(_: Budget, name: Any) -> Zone:
    return _zone_of(text_of(name))


def _zone_of(name: str) -> Zone:
    zone = load_zone(name)
    if zone is None:
        raise Failure(f'there is no time zone "{name[:40]}"')
    return zone


def _now_result(arguments: tuple[Type, ...]) -> Type:
    if not arguments or (len(arguments) == 1 and arguments[0].kind is TypeKind.TIMEZONE):
        return TIME
    raise ArgumentFault("now takes a time zone or nothing")


def _date_result(arguments: tuple[Type, ...]) -> Type:
    if not arguments:
        raise ArgumentFault("date needs a text")
    given = len(arguments) - (arguments[0].kind is TypeKind.TIMEZONE)
    if given > _MOST_DATE_ARGUMENTS:
        raise ArgumentFault(f"wrong number of arguments: expected at most {_MOST_DATE_ARGUMENTS}, got {given}")
    return TIME


_LAYOUT = parameter("layout", TEXT, optional=True)

DATE_FUNCTIONS = (
    Function(
        "now",
        (signature(TIME, parameter("zone", TIMEZONE, optional=True)),),
        "The time now, in UTC or in the given zone.",
        'now() > date("2020-01-01")',
        _now,
        _now_result,
    ),
    Function(
        "duration",
        (signature(DURATION, parameter("text", TEXT)),),
        "The duration that a text such as `1h30m`, `250ms` or `-2s` says.",
        'duration("1h").Seconds() == 3600.0',
        _duration,
    ),
    Function(
        "date",
        (
            signature(TIME, parameter("text", TEXT), _LAYOUT, parameter("zone", TEXT, optional=True)),
            signature(TIME, parameter("zone", TIMEZONE), parameter("text", TEXT), _LAYOUT),
        ),
        "The time that a text says: in the given Go layout, else in a common form such as `2006-01-02`, "
        "`2006-01-02 15:04:05` or RFC 3339.",
        'date("2023-08-14").Year() == 2023',
        _date,
        _date_result,
    ),
    Function(
        "timezone",
        (signature(TIMEZONE, parameter("name", TEXT)),),
        "The time zone of that name.",
        'timezone("Europe/Zurich").String() == "Europe/Zurich"',
        _timezone,
    ),
)
