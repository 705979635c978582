"""Reading the arguments of a builtin function: each reader gives the value or fails with what was expected."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

from typing import Any

from mfo_dialect.expressions.values import type_name
from mfo_dialect.expressions.values.budget import Failure


def text_of(value: Any) -> str:
    """The argument as text.

    Raises:
        Failure: it is something else.
    """
    if isinstance(value, str):
        return value
    raise Failure(f"expected a string, got {type_name(value)}")


def integer_of(value: Any) -> int:
    """The argument as an integer; a float is cut.

    Raises:
        Failure: it is no number.
    """
    if type(value) is int:
        return value
    if type(value) is float:
        return cut_float(value)
    raise Failure(f"expected an integer, got {type_name(value)}")


def strict_integer_of(value: Any) -> int:
    """The argument as an integer; a float does not do.

    Raises:
        Failure: it is something else.
    """
    if type(value) is int:
        return value
    raise Failure(f"expected an integer, got {type_name(value)}")


def list_of(value: Any) -> list[Any]:
    """The argument as a list; bytes count as the list of their numbers.

    Raises:
        Failure: it is something else.
    """
    if isinstance(value, list):
        return value
    if isinstance(value, bytes):
        return list(value)
    raise Failure(f"expected an array, got {type_name(value)}")


def map_of(value: Any) -> dict[Any, Any]:
    """The argument as a map.

    Raises:
        Failure: it is something else.
    """
    if isinstance(value, dict):
        return value
    raise Failure(f"expected a map, got {type_name(value)}")


_LEAST = -(2**63)
_BOUND = 2.0**63


def cut_float(value: float) -> int:
    """The float without its fraction; what 64 bits cannot hold gives the least integer."""
    return int(value) if -_BOUND <= value < _BOUND else _LEAST
