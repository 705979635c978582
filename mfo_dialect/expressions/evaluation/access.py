"""Closures of names, pointers, members, slices and literals."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from mfo_dialect.expressions.checking.access import ENVIRONMENT
from mfo_dialect.expressions.evaluation.frame import Closure, Frame
from mfo_dialect.expressions.evaluation.rewriting import ConstantList
from mfo_dialect.expressions.functions import FUNCTIONS, Function
from mfo_dialect.expressions.functions.loops import NO_ITEM
from mfo_dialect.expressions.functions.methods import METHODS_BY_CLASS
from mfo_dialect.expressions.functions.values import integer_of
from mfo_dialect.expressions.nodes import (
    Chain,
    Let,
    ListLiteral,
    Literal,
    MapLiteral,
    Member,
    Name,
    NilLiteral,
    Pointer,
    Slice,
)
from mfo_dialect.expressions.problems import shown
from mfo_dialect.expressions.values import AnyMap, Groups, NilList, Pair, is_nil, type_name
from mfo_dialect.expressions.values.budget import Failure
from mfo_dialect.expressions.values.collections import UNHASHABLE, stored_key

if TYPE_CHECKING:
    from mfo_dialect.expressions.evaluation.compiler import Compiler

STOPPED = object()
_ABSENT = object()


class BoundMethod(NamedTuple):
    """A method of a value, named and not called yet."""

    function: Function
    target: Any


def nil(_: Compiler, __: NilLiteral) -> Closure:
    """The closure of ``nil``."""
    return lambda _frame: None


def literal(_: Compiler, node: Literal) -> Closure:
    """The closure of a literal."""
    value = node.value
    return lambda _frame: value


def constant_list(compiler: Compiler, node: ConstantList) -> Closure:
    """The closure of a list of literals; a copy leaves the evaluation, so that nothing can change the one list."""
    compiler.makes_values = True
    value = node.value
    return lambda _frame: value


def name(compiler: Compiler, node: Name) -> Closure:
    """The closure of a name."""
    wanted = node.name
    slot = compiler.slot_of(wanted)
    if slot is not None:
        return lambda frame: frame.variables[slot]
    if wanted == ENVIRONMENT:
        return lambda frame: frame.environment
    if wanted in FUNCTIONS or not compiler.must_names_exist:
        return lambda frame: frame.environment.get(wanted)
    span = node.span

    def run(frame: Frame) -> Any:
        value = frame.environment.get(wanted, _ABSENT)
        if value is _ABSENT:
            raise Failure(f"there is no {shown(wanted)}", span)
        return value

    return run


def pointer(_: Compiler, node: Pointer) -> Closure:
    """The closure of ``#``, ``#index``, ``#acc``."""
    place = node.place

    def item(frame: Frame) -> Any:
        assert frame.loop is not None
        value = frame.loop.item
        if value is NO_ITEM:
            raise Failure("the items of a map have no numbers; use keys() or values()", place)
        return value

    def index(frame: Frame) -> Any:
        assert frame.loop is not None
        return frame.loop.index

    def accumulator(frame: Frame) -> Any:
        assert frame.loop is not None
        return frame.loop.accumulator

    return {"": item, "index": index, "acc": accumulator}[node.name]


def let(compiler: Compiler, node: Let) -> Closure:
    """The closure of ``let``."""
    value = compiler.closure(node.value)
    slot = compiler.open_slot(node.name)
    body = compiler.closure(node.body)
    compiler.close_slot()

    def run(frame: Frame) -> Any:
        frame.variables[slot] = value(frame)
        return body(frame)

    return run


def chain(compiler: Compiler, node: Chain) -> Closure:
    """The closure of an access with ``?.`` in it."""
    body = compiler.closure(node.body)

    def run(frame: Frame) -> Any:
        value = body(frame)
        return None if value is STOPPED or type(value) is NilList else value

    return run


def member(compiler: Compiler, node: Member) -> Closure:
    """The closure of ``target.key``; inside a chain it stops where the target stopped."""
    target, place, is_optional = compiler.closure(node.target), node.place, node.optional
    if isinstance(node.key, Literal) and type(node.key.value) is str:
        return _field(target, node.key.value, node)
    key = compiler.closure(node.key)

    def run(frame: Frame) -> Any:
        value = target(frame)
        if value is STOPPED or (is_optional and is_nil(value)):
            return STOPPED
        wanted = key(frame)
        try:
            return fetch(value, wanted)
        except Failure as failure:
            raise failure.at(place) from None

    return run


def _field(target: Closure, wanted: str, node: Member) -> Closure:
    place, is_optional = node.place, node.optional

    def run(frame: Frame) -> Any:
        value = target(frame)
        if type(value) is dict:
            return value.get(wanted)
        if value is STOPPED or (is_optional and is_nil(value)):
            return STOPPED
        try:
            return fetch(value, wanted)
        except Failure as failure:
            raise failure.at(place) from None

    return run


def fetch(value: Any, key: Any) -> Any:
    """The item or field that ``value[key]`` reads.

    Raises:
        Failure: the value has no items, or none of that number.
    """
    if isinstance(value, AnyMap):
        if isinstance(key, UNHASHABLE):
            raise Failure(f"{type_name(key)} cannot be a key")
        found = value.get(stored_key(key), _ABSENT)
        if found is _ABSENT:
            return NilList() if isinstance(value, Groups) else None
        return found
    if isinstance(value, dict):
        if key is None:
            return value.get("")
        if type(key) is not str:
            raise Failure(f"keys are strings, not {type_name(key)}")
        return value.get(key)
    if isinstance(value, str):
        value = value.encode("utf-8", "replace")
    if isinstance(value, (list, bytes)):
        return _item(value, integer_of(key))
    method = METHODS_BY_CLASS.get(type(value), {}).get(key) if type(key) is str else None
    if method is not None:
        return BoundMethod(method, value)
    shown = key if isinstance(key, (str, int)) else type_name(key)
    raise Failure(f"cannot read {str(shown)[:40]} of {type_name(value)}")


def _item(items: list[Any] | bytes, number: int) -> Any:
    length = len(items)
    index = number + length if number < 0 else number
    if 0 <= index < length:
        return items[index]
    raise Failure(f"there is no item {number}: the array has {length}")


def slice_(compiler: Compiler, node: Slice) -> Closure:
    """The closure of ``target[start:stop]``."""
    target, place = compiler.closure(node.target), node.place
    start: Closure = compiler.closure(node.start) if node.start else lambda _frame: 0
    stop: Callable[[Frame], Any] | None = compiler.closure(node.stop) if node.stop else None

    def run(frame: Frame) -> Any:
        value = target(frame)
        last = stop(frame) if stop else None
        first = start(frame)
        try:
            return _cut(value, first, last)
        except Failure as failure:
            raise failure.at(place) from None

    return run


def _cut(value: Any, first: Any, last: Any) -> Any:
    items: Any = value.encode("utf-8", "replace") if isinstance(value, str) else value
    if not isinstance(items, (list, bytes)):
        raise Failure(f"{type_name(value)} cannot be sliced")
    length = len(items)
    start, stop = integer_of(first), length if last is None else integer_of(last)
    start = max(start + length if start < 0 else start, 0)
    stop = min(max(stop + length if stop < 0 else stop, 0), length)
    part: Any = items[min(start, stop) : stop]
    if isinstance(value, str):
        return part.decode("utf-8", "replace")
    return list(part) if type(items) is Pair else part


def list_literal(compiler: Compiler, node: ListLiteral) -> Closure:
    """The closure of a list."""
    compiler.makes_values = True
    items, place = [compiler.closure(item) for item in node.items], node.place

    def run(frame: Frame) -> list[Any]:
        try:
            frame.budget.take(len(items))
        except Failure as failure:
            raise failure.at(place) from None
        return [item(frame) for item in items]

    return run


def map_literal(compiler: Compiler, node: MapLiteral) -> Closure:
    """The closure of a map; of two equal keys the first one's value stays, as in the reference."""
    compiler.makes_values = True
    pairs = [(compiler.closure(pair.key), compiler.closure(pair.value)) for pair in node.pairs]
    place = node.place

    def run(frame: Frame) -> dict[str, Any]:
        made: list[tuple[Any, Any]] = [(key(frame), value(frame)) for key, value in pairs]
        try:
            frame.budget.take(len(made))
        except Failure as failure:
            raise failure.at(place) from None
        for key, _ in made:
            if type(key) is not str:
                raise Failure(f"a key is a string, not {type_name(key)}", place)
        result: dict[str, Any] = {}
        for key, value in made:
            result.setdefault(key, value)
        return result

    return run
