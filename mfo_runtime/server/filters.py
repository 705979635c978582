"""Filters and conditions of event triggers: which events they let through.

A filter is an expression of the dialect (section 7) over the names of an event; a condition is a mapping from dotted
paths to the values that must stand there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from mfo_dialect.expressions import ExpressionError, Program, compile  # noqa: A004 - the language's own word
from mfo_runtime.server.failures import invalid

_NANOSECONDS = 1_000_000_000


def check_filter(text: str) -> None:
    """See that a filter can be read.

    Raises:
        ApiError: it cannot; says what is wrong and at which character.
    """
    try:
        _program(text)
    except ExpressionError as error:
        raise invalid(f"filter: {error.message} (at character {error.span.start + 1})", "filter") from error


def passes(text: str, names: Mapping[str, Any], seconds: float) -> bool:
    """Whether an event passes a filter.

    Args:
        text: the filter.
        names: what it may speak of.
        seconds: what its ``now()`` is, in seconds since 1970.

    Raises:
        ValueError: it has no boolean value for this event; the message says why.
    """
    try:
        value = _program(text).evaluate(names, clock=lambda: int(seconds * _NANOSECONDS))
    except ExpressionError as error:
        raise ValueError(f"filter: {error.message} (at character {error.span.start + 1})") from error
    if not isinstance(value, bool):
        raise ValueError("filter: its value is neither true nor false")  # noqa: TRY004 - the value's fault, not the caller's
    return value


def meets(condition: Mapping[str, Any], names: Mapping[str, Any]) -> bool:
    """Whether an event has, at each dotted path of a condition, the value that stands there."""
    return all(_at(names, path) == expected for path, expected in condition.items())


@lru_cache(maxsize=256)
def _program(text: str) -> Program:
    return compile(text, {}, unknown_names_allowed=True)


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = cast("Mapping[str, Any]", value).get(name)
    return value
