"""The types of operations: which operands an operator takes and what it gives. It knows no names."""

from __future__ import annotations

from collections.abc import Callable

from mfo_dialect.expressions.checking.state import State
from mfo_dialect.expressions.nodes import Binary, Comparison, Conditional, Literal, Unary
from mfo_dialect.expressions.operators import COMPARISONS
from mfo_dialect.expressions.patterns import pattern_fault
from mfo_dialect.expressions.problems import ProblemKind
from mfo_dialect.expressions.types import (
    BOOLEAN,
    DURATION,
    FLOAT,
    INTEGER,
    LIST,
    NUMBER,
    TEXT,
    TIME,
    UNKNOWN,
    Type,
    TypeKind,
    is_assignable,
    is_comparable,
    is_list,
    item_of,
    list_of,
)

_BOOLEAN = frozenset({TypeKind.BOOLEAN})
_TEXT = frozenset({TypeKind.TEXT})
_INTEGERS = frozenset({TypeKind.INTEGER, TypeKind.NUMBER})
_NUMBERS = frozenset({TypeKind.INTEGER, TypeKind.FLOAT, TypeKind.NUMBER})
_SPANS = frozenset({TypeKind.TIME, TypeKind.DURATION})


def unary(state: State, node: Unary) -> Type:
    """The type of ``-x``, ``+x``, ``not x``."""
    operand = state.visit(node.operand)
    if node.operator in {"not", "!"}:
        if operand.is_unknown or operand.kind is TypeKind.BOOLEAN:
            return BOOLEAN
    elif operand.is_unknown or operand.is_number:
        return UNKNOWN if operand.is_unknown else operand
    return state.problem(ProblemKind.TYPE, node.place, f'"{node.operator}" does not take {_article(operand)}')


def binary(state: State, node: Binary) -> Type:
    """The type of an operation; a row of operations is walked by a loop."""
    row: list[Binary] = [node]
    while isinstance(row[-1].left, Binary):
        row.append(row[-1].left)
    left = state.visit(row[-1].left)
    for operation in reversed(row):
        right = state.visit(operation.right)
        left = _operation(state, operation, left, right)
        state.types[id(operation)] = left
    return left


def _operation(state: State, node: Binary, left: Type, right: Type) -> Type:
    if node.operator == "??":
        return _coalesced(left, right)
    if node.operator == "in":
        return _membership(state, node, left, right)
    if node.operator == "matches" and isinstance(node.right, Literal) and isinstance(node.right.value, str):
        fault = pattern_fault(node.right.value)
        if fault:
            return state.problem(ProblemKind.TYPE, node.place, fault)
    result = _RESULTS[node.operator](left, right)
    return result or _mismatch(state, node, left, right)


def _mismatch(state: State, node: Binary, left: Type, right: Type) -> Type:
    message = f'"{node.operator}" does not take {_article(left)} and {_article(right)}'
    return state.problem(ProblemKind.TYPE, node.place, message)


def _article(known: Type) -> str:
    if known.kind is TypeKind.NIL:
        return "nil"
    name = str(known)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def comparison(state: State, node: Comparison) -> Type:
    """The type of a chain of comparisons."""
    left = state.visit(node.operands[0])
    for operator, place, operand in zip(node.operators, node.places, node.operands[1:], strict=True):
        right = state.visit(operand)
        if _compared(left, right) is None:
            message = f'"{operator}" does not take {_article(left)} and {_article(right)}'
            state.problem(ProblemKind.TYPE, place, message)
        left = right
    return BOOLEAN


def conditional(state: State, node: Conditional) -> Type:
    """The type of ``c ? a : b``."""
    condition = state.visit(node.condition)
    if not condition.is_unknown and condition.kind is not TypeKind.BOOLEAN:
        return state.problem(
            ProblemKind.TYPE, node.condition.place, f"the condition is {_article(condition)}, not a bool"
        )
    then = condition if node.then is node.condition else state.visit(node.then)
    otherwise = state.visit(node.otherwise)
    if TypeKind.NIL in {then.kind, otherwise.kind}:
        return otherwise if then.kind is TypeKind.NIL else then
    if not is_assignable(then, otherwise):
        return UNKNOWN
    if is_list(then) and is_list(otherwise):
        one, two = item_of(then), item_of(otherwise)
        if not (is_assignable(one, two) and is_assignable(two, one)):
            return LIST
    return then


def _maybe(left: Type, right: Type, kinds: frozenset[TypeKind]) -> bool:
    if left.is_unknown:
        return right.is_unknown or right.kind in kinds
    return right.is_unknown and left.kind in kinds


def _coalesced(left: Type, right: Type) -> Type:
    if left.kind is TypeKind.NIL:
        return right
    if right.kind is TypeKind.NIL or is_assignable(right, left):
        return left
    return UNKNOWN


def _membership(state: State, node: Binary, left: Type, right: Type) -> Type:
    if right.kind is TypeKind.MAP:
        if left.is_unknown or is_assignable(left, right.key or UNKNOWN):
            return BOOLEAN
        return state.problem(ProblemKind.TYPE, node.place, f"{_article(left)} cannot be a key of the map")
    if is_list(right):
        if is_comparable(left, item_of(right)):
            return BOOLEAN
        message = f"{_article(left)} cannot be an item of an array of {item_of(right)}"
        return state.problem(ProblemKind.TYPE, node.place, message)
    if right.is_unknown or (left.is_unknown and right.kind in {TypeKind.TEXT, TypeKind.TIME}):
        return BOOLEAN
    if left.kind is TypeKind.TEXT and right.kind is TypeKind.TIME:
        return BOOLEAN
    return _mismatch(state, node, left, right)


def _promoted(left: Type, right: Type) -> Type:
    kinds = {left.kind, right.kind}
    return FLOAT if TypeKind.FLOAT in kinds else NUMBER if TypeKind.NUMBER in kinds else INTEGER


def _equated(left: Type, right: Type) -> Type | None:
    return BOOLEAN if is_comparable(left, right) else None


def _logical(left: Type, right: Type) -> Type | None:
    both = left.kind is TypeKind.BOOLEAN and right.kind is TypeKind.BOOLEAN
    return BOOLEAN if both or _maybe(left, right, _BOOLEAN) else None


def _compared(left: Type, right: Type) -> Type | None:
    if (left.is_number and right.is_number) or (left.kind is right.kind and left.kind in _TEXT | _SPANS):
        return BOOLEAN
    return BOOLEAN if _maybe(left, right, _NUMBERS | _TEXT | _SPANS) else None


def _difference(left: Type, right: Type) -> Type | None:
    if left.is_number and right.is_number:
        return _promoted(left, right)
    match left.kind, right.kind:
        case TypeKind.TIME, TypeKind.TIME:
            return DURATION
        case TypeKind.TIME, TypeKind.DURATION:
            return TIME
        case TypeKind.DURATION, TypeKind.DURATION:
            return DURATION
        case _:
            return UNKNOWN if _maybe(left, right, _NUMBERS | _SPANS) else None


def _product(left: Type, right: Type) -> Type | None:
    if left.is_number and right.is_number:
        return _promoted(left, right)
    kinds = {left.kind, right.kind}
    if TypeKind.DURATION in kinds and kinds <= _NUMBERS | {TypeKind.DURATION}:
        return DURATION
    return UNKNOWN if _maybe(left, right, _NUMBERS | {TypeKind.DURATION}) else None


def _quotient(left: Type, right: Type) -> Type | None:
    both = left.is_number and right.is_number
    return FLOAT if both or _maybe(left, right, _NUMBERS) else None


def _remainder(left: Type, right: Type) -> Type | None:
    both = left.is_integer and right.is_integer
    return INTEGER if both or _maybe(left, right, _INTEGERS) else None


def _total(left: Type, right: Type) -> Type | None:
    if left.is_number and right.is_number:
        return _promoted(left, right)
    match left.kind, right.kind:
        case TypeKind.TEXT, TypeKind.TEXT:
            return TEXT
        case (TypeKind.TIME, TypeKind.DURATION) | (TypeKind.DURATION, TypeKind.TIME):
            return TIME
        case TypeKind.DURATION, TypeKind.DURATION:
            return DURATION
        case _:
            return UNKNOWN if _maybe(left, right, _NUMBERS | _TEXT | _SPANS) else None


def _matched(left: Type, right: Type) -> Type | None:
    both = left.kind in {TypeKind.TEXT, TypeKind.BYTES} and right.kind is TypeKind.TEXT
    return BOOLEAN if both or _maybe(left, right, _TEXT) else None


def _searched(left: Type, right: Type) -> Type | None:
    both = left.kind is TypeKind.TEXT and right.kind is TypeKind.TEXT
    return BOOLEAN if both or _maybe(left, right, _TEXT) else None


def _ranged(left: Type, right: Type) -> Type | None:
    both = left.is_integer and right.is_integer
    return list_of(INTEGER) if both or _maybe(left, right, _INTEGERS) else None


_RESULTS: dict[str, Callable[[Type, Type], Type | None]] = {
    "==": _equated,
    "!=": _equated,
    "or": _logical,
    "||": _logical,
    "and": _logical,
    "&&": _logical,
    **dict.fromkeys(COMPARISONS, _compared),
    "-": _difference,
    "*": _product,
    "/": _quotient,
    "**": _quotient,
    "^": _quotient,
    "%": _remainder,
    "+": _total,
    "matches": _matched,
    "contains": _searched,
    "startsWith": _searched,
    "endsWith": _searched,
    "..": _ranged,
}
