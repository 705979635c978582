"""Values as text, the way Go's ``%v`` prints them. It knows values and nothing of expressions."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

import math
from typing import Any

from mfo_dialect.expressions.values.budget import Budget, Failure
from mfo_dialect.expressions.values.collections import AnyMap, plain_key
from mfo_dialect.expressions.values.layout import write_moment
from mfo_dialect.expressions.values.moment import Moment
from mfo_dialect.expressions.values.zone import Zone

_MAX_DEPTH = 150
_PLAIN_EXPONENT = (-4, 6)


def print_value(value: Any, budget: Budget, depth: int = 0) -> str:
    """The value as text.

    Raises:
        Failure: the value is nested too deeply, or the text exceeds the budget.
    """
    match value:
        case str():
            text = value
        case None:
            text = "<nil>"
        case bool():
            text = "true" if value else "false"
        case int():
            text = str(value)
        case float():
            text = print_float(value)
        case Moment():
            text = print_moment(value)
        case Zone():
            text = value.name
        case bytes():
            text = "[" + " ".join(map(str, value)) + "]"
        case list():
            text = f"[{' '.join(_printed(list(value), budget, depth))}]"
        case dict():
            text = _print_map(value, budget, depth)
        case _:
            text = str(value)
    budget.write(len(text))
    return text


def print_moment(moment: Moment) -> str:
    """The time as Go's ``String`` prints it."""
    return write_moment(moment, "2006-01-02 15:04:05.999999999 -0700 MST")


def _printed(values: list[Any], budget: Budget, depth: int) -> list[str]:
    if depth >= _MAX_DEPTH:
        raise Failure("the value is nested too deeply to be printed")
    budget.spend(len(values))
    return [print_value(value, budget, depth + 1) for value in values]


def _print_map(value: dict[Any, Any], budget: Budget, depth: int) -> str:
    keys = sort_keys(value)
    names = _printed([plain_key(key) for key in keys], budget, depth)
    values = _printed([value[key] for key in keys], budget, depth)
    return "map[" + " ".join(f"{name}:{text}" for name, text in zip(names, values, strict=True)) + "]"


_RANKS = {type(None): 0, int: 1, float: 2, str: 3, bool: 4}


def sort_keys(value: dict[Any, Any]) -> list[Any]:
    """The stored keys of a map in a fixed order: by type, then by value."""
    if not isinstance(value, AnyMap):
        return sorted(value)

    def rank(key: Any) -> tuple[int, Any]:
        plain = plain_key(key)
        order = _RANKS.get(type(plain), 9)
        return (order, plain) if 0 < order < 9 else (order, str(plain))  # noqa: PLR2004 - the kinds with an order

    return sorted(value, key=rank)


def print_float(value: float) -> str:
    """The shortest digits that mean the float, with an exponent where it is very small or large."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    digits, exponent = shortest_digits(value)
    sign = "-" if math.copysign(1, value) < 0 else ""
    if _PLAIN_EXPONENT[0] <= exponent < _PLAIN_EXPONENT[1]:
        return sign + plain_digits(digits, exponent)
    return sign + exponent_digits(digits, exponent)


def shortest_digits(value: float) -> tuple[str, int]:
    """The shortest digits that mean the finite float, and the power of ten of the first one."""
    if value == 0:
        return "0", 0
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    power = int(exponent or 0) + len(whole) - 1
    digits = whole + fraction
    stripped = digits.lstrip("0")
    return stripped.rstrip("0") or "0", power - (len(digits) - len(stripped))


def plain_digits(digits: str, exponent: int) -> str:
    """Digits without an exponent."""
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    if len(digits) <= exponent + 1:
        return digits + "0" * (exponent + 1 - len(digits))
    return f"{digits[: exponent + 1]}.{digits[exponent + 1 :]}"


def exponent_digits(digits: str, exponent: int) -> str:
    """Digits with an exponent of at least two digits."""
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
