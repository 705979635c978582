"""Closures of operations. A row of operations is one closure that steps through it, however long it is."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mfo_dialect.expressions.evaluation.frame import Closure, Frame, Step
from mfo_dialect.expressions.evaluation.rewriting import ConstantSet, InRange
from mfo_dialect.expressions.functions.values import integer_of
from mfo_dialect.expressions.nodes import Binary, Comparison, Conditional, Literal, Unary
from mfo_dialect.expressions.patterns import PatternError, has_match
from mfo_dialect.expressions.types import TypeKind
from mfo_dialect.expressions.values import AnyMap, is_nil, type_name
from mfo_dialect.expressions.values.arithmetic import add, divide, multiply, negate, power, remainder, subtract
from mfo_dialect.expressions.values.budget import Budget, Failure
from mfo_dialect.expressions.values.collections import UNHASHABLE, stored_key
from mfo_dialect.expressions.values.comparing import COMPARERS, equal, greater_or_equal, less_or_equal
from mfo_dialect.text import Span

if TYPE_CHECKING:
    from mfo_dialect.expressions.evaluation.compiler import Compiler

_PLAIN = frozenset({int, float, str, bool, type(None)})
_TEXT_CHARGE = 16


def unary(compiler: Compiler, node: Unary) -> Closure:
    """The closure of ``-x``, ``+x``, ``not x``."""
    operand, place = compiler.closure(node.operand), node.place
    if node.operator == "+":
        return operand
    if node.operator == "-":

        def negated(frame: Frame) -> Any:
            value = operand(frame)
            try:
                return negate(value)
            except Failure as failure:
                raise failure.at(place) from None

        return negated

    def denied(frame: Frame) -> bool:
        value = operand(frame)
        if value is True:
            return False
        if value is False:
            return True
        raise Failure(f"expected a boolean, got {type_name(value)}", place)

    return denied


def binary(compiler: Compiler, node: Binary) -> Closure:
    """The closure of a row of operations."""
    row: list[Binary] = [node]
    while isinstance(row[-1].left, Binary):
        row.append(row[-1].left)
    first = compiler.closure(row[-1].left)
    steps = [_step(compiler, operation) for operation in reversed(row)]
    if len(steps) == 1:
        [only] = steps
        return lambda frame: only(first(frame), frame)

    def run(frame: Frame) -> Any:
        value = first(frame)
        for step in steps:
            value = step(value, frame)
        return value

    return run


def _step(compiler: Compiler, node: Binary) -> Step:
    if isinstance(node.right, ConstantSet):
        return _in_set(node.right, node.place)
    right = compiler.closure(node.right)
    match node.operator:
        case "and" | "&&":
            return _logical(right, node.place, decides=False)
        case "or" | "||":
            return _logical(right, node.place, decides=True)
        case "??":
            return lambda value, frame: right(frame) if is_nil(value) else value
        case "==" | "!=":
            return _equality(right, node, _common_kind(compiler, node))
        case "matches" if isinstance(node.right, Literal) and isinstance(node.right.value, str):
            return _matches_constant(node.right.value, node.place)
        case operator if operator in COMPARERS:
            return _compared(right, COMPARERS[operator], node.place)
        case operator:
            return _computed(right, _OPERATIONS[operator], node.place)


def _logical(right: Closure, place: Span, *, decides: bool) -> Step:
    goes_on = not decides

    def step(value: Any, frame: Frame) -> Any:
        if value is decides:
            return decides
        if value is goes_on:
            return right(frame)
        raise Failure(f"expected a boolean, got {type_name(value)}", place)

    return step


def _common_kind(compiler: Compiler, node: Binary) -> type | None:
    """The class that both sides surely have: the reference then compares without looking, and fails on any other."""
    left, right = compiler.type_of(node.left).kind, compiler.type_of(node.right).kind
    if left is not right:
        return None
    return {TypeKind.INTEGER: int, TypeKind.TEXT: str}.get(left)


def _equality(right: Closure, node: Binary, sure: type | None) -> Step:
    is_equal, place = node.operator == "==", node.place

    def step(left: Any, frame: Frame) -> bool:
        other = right(frame)
        kind = type(left)
        if kind is type(other) and kind in _PLAIN and (sure is None or kind is sure):
            return (left == other) is is_equal
        if sure is not None:
            message = f"expected {type_name(sure())} on both sides, got {type_name(left)} and {type_name(other)}"
            raise Failure(message, place)
        try:
            return equal(left, other, frame.budget) is is_equal
        except Failure as failure:
            raise failure.at(place) from None

    return step


def _compared(right: Closure, compare: Callable[[Any, Any], bool], place: Span) -> Step:
    def step(left: Any, frame: Frame) -> bool:
        other = right(frame)
        try:
            return compare(left, other)
        except Failure as failure:
            raise failure.at(place) from None

    return step


def _computed(right: Closure, compute: Callable[[Any, Any, Budget], Any], place: Span) -> Step:
    def step(left: Any, frame: Frame) -> Any:
        other = right(frame)
        try:
            return compute(left, other, frame.budget)
        except Failure as failure:
            raise failure.at(place) from None

    return step


def _in_set(members: ConstantSet, place: Span) -> Step:
    values, kind = members.values, str if members.is_text else int
    zero = kind()

    def step(value: Any, frame: Frame) -> bool:
        _ = frame
        if value is None:
            return zero in values
        if type(value) is not kind:
            raise Failure(f"expected {type_name(zero)}, got {type_name(value)}", place)
        return value in values

    return step


def contains_item(needle: Any, haystack: Any, budget: Budget) -> bool:
    """Whether ``needle in haystack`` holds, of a list's items or a map's keys.

    Raises:
        Failure: the haystack is neither, or the needle can be no key of it.
    """
    if haystack is None:
        return False
    if isinstance(haystack, (list, bytes)):
        budget.spend(len(haystack))
        if type(needle) is str:
            return any(type(item) is str and item == needle for item in haystack)
        return any(equal(item, needle, budget) for item in haystack)
    if isinstance(haystack, AnyMap):
        if isinstance(needle, UNHASHABLE):
            raise Failure(f"{type_name(needle)} cannot be a key")
        return stored_key(needle) in haystack
    if isinstance(haystack, dict):
        if needle is None:
            return "" in haystack
        if type(needle) is not str:
            raise Failure(f"keys are strings, not {type_name(needle)}")
        return needle in haystack
    raise Failure(f'"in" does not take {type_name(haystack)} on its right')


def in_range(compiler: Compiler, node: InRange) -> Closure:
    """The closure of ``x in 1..5``."""
    value, low, high, place = compiler.closure(node.value), node.low, node.high, node.place

    def run(frame: Frame) -> bool:
        number = value(frame)
        try:
            return greater_or_equal(number, low) and less_or_equal(number, high)
        except Failure as failure:
            raise failure.at(place) from None

    return run


def _matches_constant(pattern: str, place: Span) -> Step:
    def step(value: Any, frame: Frame) -> bool:
        if is_nil(value):
            return False
        try:
            return _matches(value, pattern, frame.budget)
        except Failure as failure:
            raise failure.at(place) from None

    return step


def _matches(text: Any, pattern: Any, budget: Budget) -> bool:
    if is_nil(text) or is_nil(pattern):
        return False
    if not isinstance(text, (str, bytes)) or not isinstance(pattern, str):
        raise Failure(f'"matches" does not take {type_name(text)} and {type_name(pattern)}')
    budget.spend(len(text))
    try:
        return has_match(pattern, text)
    except PatternError as error:
        raise Failure(str(error)) from None


def _search(operator: str, find: Callable[[str, str], bool]) -> Callable[[Any, Any, Budget], bool]:
    def search(text: Any, part: Any, budget: Budget) -> bool:
        if is_nil(text) or is_nil(part):
            return False
        if not isinstance(text, str) or not isinstance(part, str):
            raise Failure(f'"{operator}" does not take {type_name(text)} and {type_name(part)}')
        budget.spend(len(text) // _TEXT_CHARGE)
        return find(text, part)

    return search


def _range(start: Any, end: Any, budget: Budget) -> list[int]:
    first, last = integer_of(start), integer_of(end)
    if last < first:
        return []
    budget.take(last - first + 1)
    return list(range(first, last + 1))


_OPERATIONS: dict[str, Callable[[Any, Any, Budget], Any]] = {
    "+": add,
    "-": lambda left, right, _: subtract(left, right),
    "*": lambda left, right, _: multiply(left, right),
    "/": lambda left, right, _: divide(left, right),
    "%": lambda left, right, _: remainder(left, right),
    "**": lambda left, right, _: power(left, right),
    "^": lambda left, right, _: power(left, right),
    "in": contains_item,
    "matches": _matches,
    "contains": _search("contains", lambda text, part: part in text),
    "startsWith": _search("startsWith", str.startswith),
    "endsWith": _search("endsWith", str.endswith),
    "..": _range,
}


def comparison(compiler: Compiler, node: Comparison) -> Closure:
    """The closure of a chain of comparisons."""
    first = compiler.closure(node.operands[0])
    links = [
        (compiler.closure(operand), COMPARERS[operator], place)
        for operand, operator, place in zip(node.operands[1:], node.operators, node.places, strict=True)
    ]

    def run(frame: Frame) -> bool:
        left = first(frame)
        for operand, compare, place in links:
            right = operand(frame)
            try:
                if not compare(left, right):
                    return False
            except Failure as failure:
                raise failure.at(place) from None
            left = right
        return True

    return run


def conditional(compiler: Compiler, node: Conditional) -> Closure:
    """The closure of ``c ? a : b``."""
    condition, otherwise = compiler.closure(node.condition), compiler.closure(node.otherwise)
    then = None if node.then is node.condition else compiler.closure(node.then)
    place = node.condition.place

    def run(frame: Frame) -> Any:
        value = condition(frame)
        if value is True:
            return then(frame) if then else True
        if value is False:
            return otherwise(frame)
        raise Failure(f"the condition is {type_name(value)}, not a boolean", place)

    return run
