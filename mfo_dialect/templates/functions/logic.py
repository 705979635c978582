"""Truth and comparison: ``and or not eq ne lt le gt ge``."""

from __future__ import annotations

from typing import Any

from mfo_dialect.templates.functions.declarations import Evaluation, Function, Parameter
from mfo_dialect.templates.values import FunctionError, Kind, kind_of, to_bytes, type_name

_ORDERED = frozenset({Kind.INT, Kind.BYTE, Kind.FLOAT, Kind.STRING})
_BASIC = _ORDERED | {Kind.BOOL, Kind.COMPLEX}
_INTEGERS = frozenset({Kind.INT, Kind.BYTE})


def _choose(*values: object) -> object:
    return values[-1]


def _not(value: object) -> bool:
    return not value


def _eq(first: object, *others: object) -> bool:
    if not others:
        raise FunctionError("missing argument for comparison")
    return any(_equal(first, other) for other in others)


def _equal(left: object, right: object) -> bool:
    left_kind, right_kind = kind_of(left), kind_of(right)
    if left_kind is Kind.NIL or right_kind is Kind.NIL:
        return left_kind is right_kind
    if left_kind not in _BASIC and right_kind not in _BASIC:
        if left_kind is Kind.TIME and right_kind is Kind.TIME:
            return left == right
        raise FunctionError(f"non-comparable type {type_name(left)}")
    if left_kind is not right_kind and not {left_kind, right_kind} <= _INTEGERS:
        raise FunctionError("incompatible types for comparison")
    return left == right


def _ne(left: object, right: object) -> bool:
    return not _equal(left, right)


def _lt(left: Any, right: Any) -> bool:
    left_kind, right_kind = kind_of(left), kind_of(right)
    if left_kind not in _BASIC or right_kind not in _BASIC:
        raise FunctionError("invalid type for comparison")
    if left_kind is not right_kind and not {left_kind, right_kind} <= _INTEGERS:
        raise FunctionError("incompatible types for comparison")
    if left_kind not in _ORDERED:
        raise FunctionError("invalid type for comparison")
    if left_kind is Kind.STRING and not (left.isascii() and right.isascii()):
        return to_bytes(left) < to_bytes(right)
    return bool(left < right)


def _le(left: object, right: object) -> bool:
    return _lt(left, right) or _equal(left, right)


def _gt(left: object, right: object) -> bool:
    return not _le(left, right)


def _ge(left: object, right: object) -> bool:
    return not _lt(left, right)


_VALUES = (Parameter("value"), Parameter("more", repeats=True))
_PAIR = (Parameter("left"), Parameter("right"))

LOGIC = (
    Function(
        "and", _VALUES, "any",
        "The first empty argument, or the last one. The arguments after an empty one are not evaluated.",
        "{{ if and .ready .items }}", _choose, evaluation=Evaluation.AND,
    ),
    Function(
        "or", _VALUES, "any",
        "The first argument that is not empty, or the last one. The arguments after it are not evaluated.",
        '{{ or .name "nobody" }}', _choose, evaluation=Evaluation.OR,
    ),
    Function(
        "not", (Parameter("value"),), "bool",
        "Whether the argument is empty: false, 0, nil, or a text, list or map of length zero.",
        "{{ if not .items }}", _not,
    ),
    Function(
        "eq", (Parameter("left"), Parameter("right", repeats=True)), "bool",
        "Whether the first argument equals one of the others. Integers, decimals and texts do not mix.",
        '{{ if eq .state "open" "new" }}', _eq,
    ),
    Function("ne", _PAIR, "bool", "Whether the arguments differ.", '{{ if ne .state "done" }}', _ne),
    Function("lt", _PAIR, "bool", "Whether the first argument is less than the second.", "{{ if lt .n 10 }}", _lt),
    Function(
        "le", _PAIR, "bool", "Whether the first argument is less than the second, or equal.", "{{ if le .n 10 }}", _le
    ),
    Function("gt", _PAIR, "bool", "Whether the first argument is greater than the second.", "{{ if gt .n 10 }}", _gt),
    Function(
        "ge", _PAIR, "bool", "Whether the first argument is greater than the second, or equal.",
        "{{ if ge .n 10 }}", _ge,
    ),
)  # fmt: skip
