"""Equality and order of values. It knows values and nothing of expressions."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import Any

from mfo_dialect.expressions.values.budget import Budget, Failure
from mfo_dialect.expressions.values.collections import NilList, Pair, Pairs, is_nil, type_name
from mfo_dialect.expressions.values.duration import Duration
from mfo_dialect.expressions.values.moment import Moment

_NUMBERS = frozenset({int, float})
_PLAIN_LISTS = frozenset({list, NilList})
_ORDERED = frozenset({str, Duration})


def equal(left: Any, right: Any, budget: Budget) -> bool:
    """Whether ``==`` holds: numbers by value, lists item by item, maps only with values of the same types."""
    kind, other = type(left), type(right)
    if kind in _NUMBERS and other in _NUMBERS:
        return left == right
    if kind in _PLAIN_LISTS and other in _PLAIN_LISTS:
        if len(left) != len(right):
            return False
        budget.spend(len(left))
        return all(equal(one, two, budget) for one, two in zip(left, right, strict=True))
    if is_nil(left) and is_nil(right):
        return True
    return identical(left, right, budget)


def identical(left: Any, right: Any, budget: Budget) -> bool:
    """Whether two values are of the same type and alike all the way down."""
    kind = type(left)
    if kind is not type(right):
        return False
    if kind in {list, Pair, Pairs, NilList}:
        if len(left) != len(right):
            return False
        budget.spend(len(left))
        return all(identical(one, two, budget) for one, two in zip(left, right, strict=True))
    if isinstance(left, dict):
        if len(left) != len(right):
            return False
        budget.spend(len(left))
        return all(key in right and identical(value, right[key], budget) for key, value in left.items())
    return left == right


def _comparer(sign: str, compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compared(left: Any, right: Any) -> bool:
        kind, other = type(left), type(right)
        if (kind in _NUMBERS and other in _NUMBERS) or (kind is other and kind in _ORDERED):
            return compare(left, right)
        if kind is Moment and other is Moment:
            return compare(left.total, right.total)
        raise Failure(f"cannot compare {type_name(left)} {sign} {type_name(right)}")

    return compared


less = _comparer("<", lt)
greater = _comparer(">", gt)
less_or_equal = _comparer("<=", le)
greater_or_equal = _comparer(">=", ge)
COMPARERS = {"<": less, ">": greater, "<=": less_or_equal, ">=": greater_or_equal}
