"""The builtin functions for numbers: rounding, extremes, averages, bits."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mfo_dialect.expressions.functions.declaration import ArgumentFault, Function, expect_count, parameter, signature
from mfo_dialect.expressions.functions.values import strict_integer_of
from mfo_dialect.expressions.types import ANY, FLOAT, INTEGER, NUMBER, Type, is_list
from mfo_dialect.expressions.values import type_name
from mfo_dialect.expressions.values.budget import Budget, Failure
from mfo_dialect.expressions.values.comparing import greater, less
from mfo_dialect.expressions.values.duration import wrapped

_NUMBERS = frozenset({int, float})
_MAX_DEPTH = 150
_WHOLE = 2.0**52
_WORD = 64


def _abs(_: Budget, number: Any) -> int | float:
    if type(number) not in _NUMBERS:
        raise Failure(f"expected a number, got {type_name(number)}")
    return wrapped(abs(number)) if type(number) is int else (-number if number < 0 else number)


def _rounder(change: Callable[[float], float]) -> Callable[[Budget, Any], float]:
    def rounded(_: Budget, number: Any) -> float:
        if type(number) not in _NUMBERS:
            raise Failure(f"expected a number, got {type_name(number)}")
        value = float(number)
        if not math.isfinite(value) or abs(value) >= _WHOLE:
            return value
        return math.copysign(change(value), value)

    return rounded


def _half_away(value: float) -> float:
    whole = math.trunc(value)
    return float(whole + (1 if value > 0 else -1) if abs(value - whole) >= 0.5 else whole)  # noqa: PLR2004 - a half


def _extreme(is_worse: Callable[[Any, Any], bool]) -> Callable[..., Any]:
    def extreme(budget: Budget, *arguments: Any) -> Any:
        if len(arguments) == 1 and type(arguments[0]) not in _NUMBERS and not isinstance(arguments[0], (list, bytes)):
            return arguments[0]
        best = None
        for number in _flat_numbers(budget, arguments, 0):
            if best is None or is_worse(best, number):
                best = number
        return best

    return extreme


def _flat_numbers(budget: Budget, values: Any, depth: int) -> list[int | float]:
    if depth > _MAX_DEPTH:
        raise Failure("the list is nested too deeply")
    budget.spend(len(values))
    numbers: list[int | float] = []
    for value in values:
        if type(value) in _NUMBERS:
            numbers.append(value)
        elif isinstance(value, (list, bytes)):
            numbers += _flat_numbers(budget, value, depth + 1)
        else:
            raise Failure(f"expected numbers, got {type_name(value)}")
    return numbers


def _mean(budget: Budget, *arguments: Any) -> float:
    numbers = _flat_numbers(budget, arguments, 0)
    total = 0.0
    for number in numbers:
        total += number
    return total / len(numbers) if numbers else 0.0


def _median(budget: Budget, *arguments: Any) -> float:
    numbers = sorted(float(number) for number in _flat_numbers(budget, arguments, 0))
    if not numbers:
        return 0.0
    middle = len(numbers) // 2
    return numbers[middle] if len(numbers) % 2 else (numbers[middle - 1] + numbers[middle]) / 2


def _number_result(name: str) -> Callable[[tuple[Type, ...]], Type]:
    def result_of(arguments: tuple[Type, ...]) -> Type:
        expect_count(arguments, 1)
        if not (arguments[0].is_number or arguments[0].is_unknown):
            raise ArgumentFault(f"{name} takes a number, got {arguments[0]}")
        return arguments[0] if name == "abs" else FLOAT

    return result_of


def _aggregate_result(name: str) -> Callable[[tuple[Type, ...]], Type]:
    def result_of(arguments: tuple[Type, ...]) -> Type:
        if not arguments:
            raise ArgumentFault(f"{name} needs an argument")
        for argument in arguments:
            if argument.is_unknown or is_list(argument):
                return ANY
            if not argument.is_number:
                raise ArgumentFault(f"{name} takes numbers and arrays of numbers, got {argument}")
        return arguments[0]

    return result_of


def _bits(change: Callable[[int, int], int]) -> Callable[[Budget, Any, Any], int]:
    def changed(_: Budget, left: Any, right: Any) -> int:
        return wrapped(change(strict_integer_of(left), strict_integer_of(right)))

    return changed


def _shift(change: Callable[[int, int], int]) -> Callable[[Budget, Any, Any], int]:
    def shifted(_: Budget, number: Any, distance: Any) -> int:
        value, count = strict_integer_of(number), strict_integer_of(distance)
        if count < 0:
            raise Failure(f"cannot shift by {count} bits")
        return wrapped(change(value, min(count, _WORD)))

    return shifted


def _not(_: Budget, number: Any) -> int:
    return ~strict_integer_of(number)


_NUMBER = parameter("number", NUMBER)
_VALUES = parameter("numbers", ANY, repeats=True)
_LEFT, _RIGHT = parameter("left", INTEGER), parameter("right", INTEGER)
_TWO_INTEGERS = (signature(INTEGER, _LEFT, _RIGHT),)
_SHIFT = (signature(INTEGER, parameter("number", INTEGER), parameter("bits", INTEGER)),)

NUMBER_FUNCTIONS = (
    Function(
        "abs",
        (signature(NUMBER, _NUMBER),),
        "The number without its sign.",
        "abs(-5) == 5",
        _abs,
        _number_result("abs"),
    ),
    Function(
        "ceil",
        (signature(FLOAT, _NUMBER),),
        "The number rounded up, as a float.",
        "ceil(1.5) == 2.0",
        _rounder(math.ceil),
        _number_result("ceil"),
    ),
    Function(
        "floor",
        (signature(FLOAT, _NUMBER),),
        "The number rounded down, as a float.",
        "floor(1.5) == 1.0",
        _rounder(math.floor),
        _number_result("floor"),
    ),
    Function(
        "round",
        (signature(FLOAT, _NUMBER),),
        "The nearest whole number, as a float; halves away from zero.",
        "round(1.5) == 2.0",
        _rounder(_half_away),
        _number_result("round"),
    ),
    Function(
        "max",
        (signature(NUMBER, _VALUES),),
        "The greatest of the numbers; arrays count as the numbers in them.",
        "max(5, 7) == 7",
        _extreme(less),
        _aggregate_result("max"),
    ),
    Function(
        "min",
        (signature(NUMBER, _VALUES),),
        "The least of the numbers; arrays count as the numbers in them.",
        "min(5, 7) == 5",
        _extreme(greater),
        _aggregate_result("min"),
    ),
    Function(
        "mean",
        (signature(FLOAT, _VALUES),),
        "The average of the numbers; 0.0 of none.",
        "mean([1, 2, 3]) == 2.0",
        _mean,
        _aggregate_result("mean"),
    ),
    Function(
        "median",
        (signature(FLOAT, _VALUES),),
        "The middle of the numbers; 0.0 of none.",
        "median([1, 2, 3]) == 2.0",
        _median,
        _aggregate_result("median"),
    ),
    Function(
        "bitand", _TWO_INTEGERS, "Bits set in both.", "bitand(0b1010, 0b1100) == 0b1000", _bits(lambda x, y: x & y)
    ),
    Function(
        "bitor", _TWO_INTEGERS, "Bits set in one of both.", "bitor(0b1010, 0b1100) == 0b1110", _bits(lambda x, y: x | y)
    ),
    Function(
        "bitxor", _TWO_INTEGERS, "Bits that differ.", "bitxor(0b1010, 0b1100) == 0b110", _bits(lambda x, y: x ^ y)
    ),
    Function(
        "bitnand",
        _TWO_INTEGERS,
        "Bits set on the left and not on the right.",
        "bitnand(0b1010, 0b1100) == 0b10",
        _bits(lambda x, y: x & ~y),
    ),
    Function(
        "bitnot",
        (signature(INTEGER, parameter("number", INTEGER)),),
        "All bits turned.",
        "bitnot(0b1010) == -0b1011",
        _not,
    ),
    Function(
        "bitshl", _SHIFT, "The bits shifted left.", "bitshl(0b101101, 2) == 0b10110100", _shift(lambda x, y: x << y)
    ),
    Function(
        "bitshr",
        _SHIFT,
        "The bits shifted right; the sign stays.",
        "bitshr(0b101101, 2) == 0b1011",
        _shift(lambda x, y: x >> y),
    ),
    Function(
        "bitushr",
        _SHIFT,
        "The bits shifted right; zeros come in from the left.",
        "bitushr(-0b101, 2) == 4611686018427387902",
        _shift(lambda x, y: x % 2**64 >> y),
    ),
)
