"""``now`` and ``formatDate``. The clock is given by whoever renders; nothing here reads one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from mfo_dialect.templates.functions.declarations import Evaluation, Function, Parameter
from mfo_dialect.templates.layouts import LayoutError, format_time, parse_time
from mfo_dialect.templates.values import FunctionError, Kind, kind_of, type_name


def _now(clock: Callable[[], dt.datetime]) -> dt.datetime:
    return clock()


def _format_date(layout: str, moment: Any) -> str:
    try:
        return format_time(_as_time(moment), layout)
    except LayoutError as error:
        raise FunctionError(str(error)) from None


def _as_time(value: Any) -> dt.datetime:
    match kind_of(value):
        case Kind.TIME:
            return value
        case Kind.STRING:
            return parse_time(value)
        case Kind.INT | Kind.FLOAT:
            try:
                return dt.datetime.fromtimestamp(value, dt.UTC)
            except (OverflowError, OSError, ValueError):
                raise FunctionError("number of seconds is out of range") from None
        case _:
            raise FunctionError(f"a {type_name(value)} is no date or time")


TIMES = (
    Function(
        "now", (), "time", "The current time.", '{{ now | formatDate "2006-01-02" }}',
        _now, is_builtin=False, evaluation=Evaluation.CLOCK,
    ),
    Function(
        "formatDate", (Parameter("layout", Kind.STRING), Parameter("time")), "string",
        "A time in a Go layout, whose pattern is `Mon Jan 2 15:04:05 MST 2006`. "
        "The time may be a time, a text such as `2024-05-01T10:00:00Z`, or seconds since 1970.",
        '{{ .date | formatDate "2 January 2006" }}', _format_date, is_builtin=False,
    ),
)  # fmt: skip
