"""Closures of calls: builtin functions, loops with predicates, methods."""

# Values are of any type here; what they are is looked at one by one.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mfo_dialect.expressions.evaluation.access import STOPPED, BoundMethod
from mfo_dialect.expressions.evaluation.frame import Closure, Frame
from mfo_dialect.expressions.evaluation.rewriting import FusedLoop, size
from mfo_dialect.expressions.functions import FUNCTIONS
from mfo_dialect.expressions.functions.loops import Loop
from mfo_dialect.expressions.nodes import Builtin, Call, Node, Predicate
from mfo_dialect.expressions.values import type_name
from mfo_dialect.expressions.values.budget import Budget, Failure
from mfo_dialect.text import Span

if TYPE_CHECKING:
    from mfo_dialect.expressions.evaluation.compiler import Compiler

_TEXT_CHARGE = 16
_SIZED = frozenset({list, dict})


def call(compiler: Compiler, node: Call) -> Closure:
    """The closure of a call of a method, or of something that is no function."""
    arguments = [compiler.closure(argument) for argument in node.arguments]
    callee, place = compiler.closure(node.callee), node.place

    def run(frame: Frame) -> Any:
        given = [argument(frame) for argument in arguments]
        called = callee(frame)
        if called is STOPPED:
            return STOPPED
        if not isinstance(called, BoundMethod):
            raise Failure(f"{type_name(called)} is no function", place)
        try:
            return called.function.implementation(frame.budget, called.target, *given)
        except Failure as failure:
            raise failure.at(place) from None

    return run


def builtin(compiler: Compiler, node: Builtin) -> Closure:
    """The closure of a call of a builtin function."""
    function = FUNCTIONS[node.name]
    compiler.makes_values = True
    if not function.takes(len(node.arguments)):
        return _wrong_count(node)
    if function.takes_predicate:
        return _builtin_loop(compiler, node)
    implementation, place = function.implementation, node.place
    arguments = [compiler.closure(argument) for argument in node.arguments]
    if len(arguments) == 1:
        [only] = arguments

        def run_one(frame: Frame) -> Any:
            value = only(frame)
            try:
                _charge(value, frame.budget)
                return implementation(frame.budget, value)
            except Failure as failure:
                raise failure.at(place) from None

        return run_one

    def run(frame: Frame) -> Any:
        given = [argument(frame) for argument in arguments]
        try:
            for value in given:
                _charge(value, frame.budget)
            return implementation(frame.budget, *given)
        except Failure as failure:
            raise failure.at(place) from None

    return run


def _wrong_count(node: Builtin) -> Closure:
    name, count, place = node.name, len(node.arguments), node.place

    def run(frame: Frame) -> Any:
        _ = frame
        raise Failure(f"{name} does not take {count} arguments", place)

    return run


def _charge(value: Any, budget: Budget) -> None:
    """Count the size of an argument as work, since a function may look at all of it."""
    kind = type(value)
    if kind is str:
        budget.spend(len(value) // _TEXT_CHARGE)
    elif kind in _SIZED:
        budget.spend(len(value))


def _builtin_loop(compiler: Compiler, node: Builtin) -> Closure:
    collection, *rest = node.arguments
    implementation = FUNCTIONS[node.name].implementation
    predicate = rest[0] if rest else None
    more = [compiler.closure(argument) for argument in rest[1:]]
    return _loop(compiler, collection, predicate, implementation, node.place, more)


def fused_loop(compiler: Compiler, node: FusedLoop) -> Closure:
    """The closure of a loop that does the work of what stood around it."""
    implementation, options = FUNCTIONS[node.name].implementation, node.options

    def run(loop: Loop) -> Any:
        return implementation(loop, **options)

    return _loop(compiler, node.collection, node.predicate, run, node.place, [])


def _item(frame: Frame) -> Any:
    assert frame.loop is not None
    return frame.loop.current()


def _loop(
    compiler: Compiler,
    collection_node: Node,
    predicate: Node | None,
    implementation: Callable[..., Any],
    place: Span,
    more: list[Closure],
) -> Closure:
    collection = compiler.closure(collection_node)
    compiler.makes_values = True
    body = compiler.closure(predicate.body) if isinstance(predicate, Predicate) else _item
    cost = size(predicate) if predicate is not None else 1

    def run(frame: Frame) -> Any:
        value = collection(frame)
        given = [argument(frame) for argument in more]
        outer = frame.loop
        try:
            frame.loop = loop = Loop(value, lambda: body(frame), frame.budget, cost)
            result = implementation(loop, *given)
        except Failure as failure:
            raise failure.at(place) from None
        frame.loop = outer
        return result

    return run
