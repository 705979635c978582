"""Arithmetic on values: integers of 64 bits that wrap, floats, times and durations. It knows nothing of expressions."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

import math
from typing import Any

from mfo_dialect.expressions.values.budget import Budget, Failure
from mfo_dialect.expressions.values.collections import type_name
from mfo_dialect.expressions.values.duration import Duration, wrapped
from mfo_dialect.expressions.values.moment import Moment

_NUMBERS = frozenset({int, float})
_LEAST, _MOST = -(2**63), 2**63 - 1


def add(left: Any, right: Any, budget: Budget) -> Any:
    """``left + right``: numbers, texts, durations, a time and a duration."""
    kind, other = type(left), type(right)
    if kind is int and other is int:
        total = left + right
        return total if _LEAST <= total <= _MOST else wrapped(total)
    if kind in _NUMBERS and other in _NUMBERS:
        return float(left) + float(right)
    if kind is str and other is str:
        budget.write(len(left) + len(right))
        return left + right
    if kind is Duration and other is Duration:
        return Duration(wrapped(left.nanoseconds + right.nanoseconds))
    if kind is Moment and other is Duration:
        return left.plus(right.nanoseconds)
    if kind is Duration and other is Moment:
        return right.plus(left.nanoseconds)
    raise _refused("+", left, right)


def subtract(left: Any, right: Any) -> Any:
    """``left - right``: numbers, durations, times, a time and a duration."""
    kind, other = type(left), type(right)
    if kind is int and other is int:
        return wrapped(left - right)
    if kind in _NUMBERS and other in _NUMBERS:
        return float(left) - float(right)
    if kind is Duration and other is Duration:
        return Duration(wrapped(left.nanoseconds - right.nanoseconds))
    if kind is Moment and other is Moment:
        return left.minus(right)
    if kind is Moment and other is Duration:
        return left.plus(-right.nanoseconds)
    raise _refused("-", left, right)


def multiply(left: Any, right: Any) -> Any:
    """``left * right``: numbers, and durations as numbers of nanoseconds."""
    kind, other = type(left), type(right)
    if kind is int and other is int:
        return wrapped(left * right)
    if kind in _NUMBERS and other in _NUMBERS:
        return float(left) * float(right)
    if Duration in {kind, other} and {kind, other} <= _NUMBERS | {Duration}:
        one = left.nanoseconds if kind is Duration else left
        two = right.nanoseconds if other is Duration else right
        return float(one) * float(two) if float in {kind, other} else Duration(wrapped(one * two))
    raise _refused("*", left, right)


def divide(left: Any, right: Any) -> float:
    """``left / right`` as floats; dividing by zero gives an infinity, or NaN."""
    if type(left) not in _NUMBERS or type(right) not in _NUMBERS:
        raise _refused("/", left, right)
    above, below = float(left), float(right)
    if below:
        return above / below
    if above == 0 or math.isnan(above):
        return math.nan
    return math.copysign(math.inf, above) * math.copysign(1, below)


def remainder(left: Any, right: Any) -> int:
    """``left % right`` of integers; its sign is that of ``left``."""
    if type(left) is not int or type(right) is not int:
        raise _refused("%", left, right)
    if right == 0:
        raise Failure("division by zero")
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


def power(left: Any, right: Any) -> float:
    """``left ** right`` as floats."""
    if type(left) not in _NUMBERS or type(right) not in _NUMBERS:
        raise _refused("**", left, right)
    return _raised(float(left), float(right))


def _raised(base: float, exponent: float) -> float:
    """Powers to the last digit as Go has them: roots by ``sqrt``, whole powers by squaring the mantissa."""
    if base == 1 or exponent == 0:
        return 1.0
    if exponent == 1:
        return base
    if not (math.isfinite(base) and math.isfinite(exponent)) or base == 0:
        return _raised_at_the_ends(base, exponent)
    if abs(exponent) == 0.5 and base > 0:  # noqa: PLR2004 - a half
        return math.sqrt(base) if exponent > 0 else 1 / math.sqrt(base)
    fraction, whole = math.modf(abs(exponent))
    if fraction and base < 0:
        return math.nan
    if whole >= 2.0**63:
        return _raised_at_the_ends(base, math.copysign(math.inf, exponent)) if abs(base) != 1 else 1.0
    result, power_of_two = 1.0, 0
    if fraction:
        if fraction > 0.5:  # noqa: PLR2004 - a half
            fraction, whole = fraction - 1, whole + 1
        result = math.exp(fraction * math.log(base))
    result, power_of_two = _squared_up(base, int(whole), result)
    if exponent < 0:
        result, power_of_two = 1 / result, -power_of_two
    try:
        return math.ldexp(result, power_of_two)
    except OverflowError:
        return math.copysign(math.inf, result)


_MOST_EXPONENT = 1 << 12


def _squared_up(base: float, times: int, result: float) -> tuple[float, int]:
    mantissa, exponent = math.frexp(base)
    power_of_two = 0
    while times:
        if abs(exponent) > _MOST_EXPONENT:
            power_of_two += exponent
            break
        if times & 1:
            result *= mantissa
            power_of_two += exponent
        mantissa *= mantissa
        exponent <<= 1
        if mantissa < 0.5:  # noqa: PLR2004 - a half
            mantissa += mantissa
            exponent -= 1
        times >>= 1
    return result, power_of_two


def _raised_at_the_ends(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except ValueError:
        is_odd = exponent % 2 == 1
        return math.copysign(math.inf, base) if is_odd else math.inf


def negate(value: Any) -> Any:
    """``-value`` of a number."""
    if type(value) is int:
        return wrapped(-value)
    if type(value) is float:
        return -value
    raise Failure(f"cannot negate {type_name(value)}")


def _refused(sign: str, left: Any, right: Any) -> Failure:
    return Failure(f"cannot compute {type_name(left)} {sign} {type_name(right)}")
