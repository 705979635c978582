"""The types of calls: builtin functions, predicates, methods. It knows functions by their declarations only."""

from __future__ import annotations

from collections.abc import Callable

from mfo_dialect.expressions.checking.access import ENVIRONMENT
from mfo_dialect.expressions.checking.state import LoopScope, State
from mfo_dialect.expressions.functions import FUNCTIONS, METHODS, Function, Signature
from mfo_dialect.expressions.functions.declaration import ArgumentFault
from mfo_dialect.expressions.nodes import Builtin, Call, Literal, Member, Missing, Name, Node, Predicate
from mfo_dialect.expressions.problems import Problem, ProblemKind, shown
from mfo_dialect.expressions.types import (
    BOOLEAN,
    GROUPS,
    INTEGER,
    LIST,
    UNKNOWN,
    Type,
    TypeKind,
    is_assignable,
    is_list,
    item_of,
    list_of,
)
from mfo_dialect.suggestions import did_you_mean, nearest

_MOST_SUGGESTIONS = 3
_POINTERS = {"map": {"index": INTEGER}, "reduce": {"index": INTEGER, "acc": UNKNOWN}}
_DECIDING = frozenset(
    {"all", "any", "none", "one", "filter", "find", "findLast", "findIndex", "findLastIndex", "count"}
)


def call_type(state: State, node: Call) -> Type:
    """The type of a call of anything but a builtin function."""
    callee = node.callee
    if isinstance(callee, Name):
        if callee.name == ENVIRONMENT:
            return state.problem(ProblemKind.TYPE, node.place, f"{ENVIRONMENT} is no function")
        if _is_unknown_function(state, callee):
            for argument in node.arguments:
                state.visit(argument)
            wrong = callee.name
            message = f"unknown function {shown(wrong)}{did_you_mean(wrong, FUNCTIONS)}"
            suggestions = tuple(nearest(wrong, FUNCTIONS, _MOST_SUGGESTIONS))
            return state.problem(ProblemKind.UNKNOWN_FUNCTION, callee.span, message, suggestions)
    known = state.visit(callee)
    if known.is_unknown:
        return UNKNOWN
    method = _method(state, callee)
    if method is not None:
        return _by_signatures(state, method, node, node.arguments)
    return state.problem(ProblemKind.TYPE, node.place, f"{known} is no function")


def _is_unknown_function(state: State, callee: Name) -> bool:
    return state.are_names_known and callee.name not in state.names and state.variable(callee.name) is None


def _method(state: State, callee: Node) -> Function | None:
    if isinstance(callee, Member) and isinstance(callee.key, Literal):
        target = state.types.get(id(callee.target), UNKNOWN)
        return METHODS.get(target.kind, {}).get(str(callee.key.value))
    return None


def builtin_type(state: State, node: Builtin) -> Type:
    """The type of a call of a builtin function."""
    function = FUNCTIONS[node.name]
    if node.name in state.names and not node.qualified:
        for argument in node.arguments:
            if not isinstance(argument, Predicate):
                state.visit(argument)
        message = f"{shown(node.name)} is a value here and no function; the builtin one is ::{node.name}(...)"
        return state.problem(ProblemKind.TYPE, node.place, message)
    if not node.closed and not node.arguments:
        return UNKNOWN
    if function.takes_predicate:
        return _loop(state, node)
    if node.name == "get":
        return _get(state, node)
    if function.result_of is not None:
        given = tuple(state.visit(argument) for argument in node.arguments)
        try:
            return function.result_of(given)
        except ArgumentFault as fault:
            return state.problem(ProblemKind.ARGUMENTS, node.place, str(fault))
    return _by_signatures(state, function, node, node.arguments)


def _by_signatures(state: State, function: Function, node: Node, arguments: tuple[Node, ...]) -> Type:
    given = [state.visit(argument) for argument in arguments]
    faults: list[Problem] = []
    for signature in function.signatures:
        fault = _fault(function.name, signature, node, arguments, given)
        if fault is None:
            return signature.result
        if len(signature.parameters) == len(given):
            faults.insert(0, fault)
        else:
            faults.append(fault)
    state.problems.append(faults[0])
    return UNKNOWN


def _fault(
    name: str, signature: Signature, node: Node, arguments: tuple[Node, ...], given: list[Type]
) -> Problem | None:
    wanted = signature.parameters
    if len(given) != len(wanted):
        message = f"{name} takes {len(wanted)} {'argument' if len(wanted) == 1 else 'arguments'}, got {len(given)}"
        return Problem(message, node.place, ProblemKind.ARGUMENTS)
    for argument, kind, parameter in zip(arguments, given, wanted, strict=True):
        if not (kind.is_unknown or is_assignable(kind, parameter.type) or isinstance(argument, Missing)):
            message = f'{name} takes a {parameter.type} as "{parameter.name}", got {kind}'
            return Problem(message, argument.place, ProblemKind.ARGUMENTS)
    return None


def _get(state: State, node: Builtin) -> Type:
    if len(node.arguments) != 2:  # noqa: PLR2004 - a collection and a key
        message = f"get takes 2 arguments, got {len(node.arguments)}"
        return state.problem(ProblemKind.ARGUMENTS, node.place, message)
    collection_node, key_node = node.arguments
    collection, key = state.visit(collection_node), state.visit(key_node)
    if isinstance(collection_node, Name) and collection_node.name == ENVIRONMENT:
        if isinstance(key_node, Literal) and isinstance(key_node.value, str):
            return state.names.get(key_node.value, UNKNOWN)
        return UNKNOWN
    if collection.is_unknown:
        return UNKNOWN
    if is_list(collection):
        if key.is_integer or key.is_unknown:
            return item_of(collection)
        message = f"items of an array have integer numbers, not {key}"
        return state.problem(ProblemKind.ARGUMENTS, key_node.place, message)
    if collection.kind is TypeKind.MAP:
        if key.is_unknown or is_assignable(key, collection.key or UNKNOWN):
            return item_of(collection)
        return state.problem(ProblemKind.ARGUMENTS, key_node.place, f"{key} cannot be a key of the map")
    return state.problem(ProblemKind.ARGUMENTS, collection_node.place, f"get takes an array or a map, got {collection}")


def _loop(state: State, node: Builtin) -> Type:
    if not node.arguments:
        return UNKNOWN
    first = node.arguments[0]
    collection = state.visit(first)
    if not (is_list(collection) or collection.is_unknown):
        state.problem(ProblemKind.ARGUMENTS, first.place, f"{node.name} takes an array, got {collection}")
        return UNKNOWN
    if len(node.arguments) == 1:
        return INTEGER if node.name == "count" else item_of(collection)
    state.loops.append(LoopScope(collection, _POINTERS.get(node.name, {})))
    predicate = state.visit(node.arguments[1])
    state.loops.pop()
    place = node.arguments[1].place
    for argument in node.arguments[2:]:
        given = state.visit(argument)
        if node.name == "sortBy" and not (given.is_unknown or given.kind is TypeKind.TEXT):
            return state.problem(ProblemKind.ARGUMENTS, argument.place, f"the order is a string, not {given}")
    if predicate.kind is TypeKind.NIL:
        return state.problem(ProblemKind.ARGUMENTS, place, "the predicate is always nil")
    if node.name in _DECIDING and not (predicate.is_unknown or predicate.kind is TypeKind.BOOLEAN):
        return state.problem(ProblemKind.ARGUMENTS, place, f"the predicate gives {predicate}, not a bool")
    return _LOOP_RESULTS[node.name](collection, predicate)


def _filtered(collection: Type, _: Type) -> Type:
    return LIST if collection.is_unknown else list_of(item_of(collection))


def _found(collection: Type, _: Type) -> Type:
    return UNKNOWN if collection.is_unknown else item_of(collection)


_LOOP_RESULTS: dict[str, Callable[[Type, Type], Type]] = {
    **dict.fromkeys(("all", "any", "none", "one"), lambda _collection, _predicate: BOOLEAN),
    **dict.fromkeys(("findIndex", "findLastIndex", "count"), lambda _collection, _predicate: INTEGER),
    **dict.fromkeys(("find", "findLast"), _found),
    "filter": _filtered,
    "map": lambda _collection, predicate: list_of(predicate),
    "sum": lambda _collection, predicate: predicate,
    "reduce": lambda _collection, predicate: predicate,
    "groupBy": lambda _collection, _predicate: GROUPS,
    "sortBy": lambda collection, _predicate: collection,
}
