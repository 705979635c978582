"""The types of names, pointers, members and slices. It knows no calls and no operators."""

from __future__ import annotations

from mfo_dialect import shapes
from mfo_dialect.expressions.checking.state import State
from mfo_dialect.expressions.functions import FUNCTIONS, METHODS, Function
from mfo_dialect.expressions.nodes import Let, Literal, Member, Missing, Name, Node, Pointer, Slice
from mfo_dialect.expressions.problems import ProblemKind, shown
from mfo_dialect.expressions.types import (
    ANY,
    UNKNOWN,
    Type,
    TypeKind,
    from_shape,
    is_assignable,
    is_list,
    item_of,
)
from mfo_dialect.suggestions import did_you_mean, nearest

ENVIRONMENT = "$env"
_MOST_SUGGESTIONS = 3


def name_type(state: State, node: Name) -> Type:
    """The type of a name: a variable, a name of the environment, or a builtin function that is not called."""
    variable = state.variable(node.name)
    if variable is not None:
        return variable
    if node.name == ENVIRONMENT:
        return UNKNOWN
    known = state.names.get(node.name)
    if known is not None:
        return known
    if node.name in FUNCTIONS:
        return function_type(FUNCTIONS[node.name])
    if state.are_names_known and not state.are_unknown_allowed:
        return _unknown_name(state, node)
    return UNKNOWN


def _unknown_name(state: State, node: Node, name: str = "") -> Type:
    wrong = node.name if isinstance(node, Name) else name
    near = [*state.names, *(variable for variable, _ in state.variables)]
    message = f"unknown name {shown(wrong)}{did_you_mean(wrong, near)}"
    return state.problem(ProblemKind.UNKNOWN_NAME, node.place, message, tuple(nearest(wrong, near, _MOST_SUGGESTIONS)))


def function_type(function: Function) -> Type:
    """The type of a function that is named and not called; functions of one form are of one type."""
    if function.result_of is not None:
        return Type(TypeKind.FUNCTION)
    first = function.signatures[0]
    return Type(
        TypeKind.FUNCTION, f"{[str(one.type) for one in first.parameters]} {first.result} {function.takes_predicate}"
    )


def pointer_type(state: State, node: Pointer) -> Type:
    """The type of ``#``, ``#index``, ``#acc``."""
    if not state.loops:
        return state.problem(ProblemKind.TYPE, node.place, "# stands for an item only inside a predicate")
    scope = state.loops[-1]
    if not node.name:
        return item_of(scope.collection) if is_list(scope.collection) else UNKNOWN
    known = scope.pointers.get(node.name)
    if known is not None:
        return known
    return state.problem(ProblemKind.UNKNOWN_NAME, node.place, f"there is no {shown('#' + node.name)} here")


def let_type(state: State, node: Let) -> Type:
    """The type of the expression after a ``let``."""
    taken = node.name in state.names or node.name in FUNCTIONS or state.variable(node.name) is not None
    if taken and node.name:
        state.problem(ProblemKind.TYPE, node.place, f"{shown(node.name)} is taken; choose another name")
    value = state.visit(node.value)
    state.variables.append((node.name, value))
    result = state.visit(node.body)
    state.variables.pop()
    return result


def member_type(state: State, node: Member) -> Type:
    """The type of ``target.key`` and ``target[key]``."""
    text = node.key.value if isinstance(node.key, Literal) and isinstance(node.key.value, str) else None
    if isinstance(node.target, Name) and node.target.name == ENVIRONMENT:
        return _environment_member(state, node, text)
    target = state.visit(node.target)
    key = state.visit(node.key)
    if target.is_unknown or isinstance(node.key, Missing):
        return UNKNOWN
    if text is not None:
        if target.kind is TypeKind.NIL:
            return state.problem(ProblemKind.TYPE, node.place, f"nil has no field {shown(text)}")
        method = METHODS.get(target.kind, {}).get(text)
        if method is not None:
            return Type(TypeKind.FUNCTION, f"{target.kind.value}.{text}")
    match target.kind:
        case TypeKind.MAP:
            return _map_member(state, node, target, key)
        case TypeKind.LIST | TypeKind.BYTES:
            if key.is_integer or key.is_unknown:
                return item_of(target)
            return state.problem(ProblemKind.TYPE, node.key.place, f"items of an array have integer numbers, not {key}")
        case _:
            named = shown(text) if text is not None else f"[{key}]"
            return state.problem(ProblemKind.TYPE, node.place, f"{target} has no field {named}")


def _environment_member(state: State, node: Member, name: str | None) -> Type:
    if name is None:
        return UNKNOWN
    known = state.names.get(name)
    if known is not None:
        return known
    if state.are_names_known and not node.optional and not state.are_unknown_allowed:
        return _unknown_name(state, node, name)
    return UNKNOWN


def _map_member(state: State, node: Member, target: Type, key: Type) -> Type:
    if not key.is_unknown and not is_assignable(key, target.key or ANY):
        return state.problem(ProblemKind.TYPE, node.key.place, f"{key} cannot be a key of the map")
    if target.shape is None or not isinstance(node.key, Literal):
        return item_of(target)
    wrong = str(node.key.value)
    below = shapes.step(target.shape, wrong)
    if below is not None:
        known = from_shape(below)
        return ANY if known.kind is TypeKind.UNKNOWN else known
    if node.optional:
        return ANY
    fields = target.shape.fields
    message = f"unknown field {shown(wrong)}{did_you_mean(wrong, fields)}"
    suggestions = tuple(nearest(wrong, fields, _MOST_SUGGESTIONS))
    return state.problem(ProblemKind.UNKNOWN_NAME, node.key.place, message, suggestions)


def slice_type(state: State, node: Slice) -> Type:
    """The type of ``target[start:stop]``."""
    target = state.visit(node.target)
    if target.is_unknown:
        return UNKNOWN
    if not (is_list(target) or target.kind is TypeKind.TEXT):
        return state.problem(ProblemKind.TYPE, node.place, f"{target} cannot be sliced")
    for end in (node.start, node.stop):
        if end is None:
            continue
        known = state.visit(end)
        if not (known.is_integer or known.is_unknown):
            return state.problem(ProblemKind.TYPE, end.place, f"the ends of a slice are integers, not {known}")
    return target
