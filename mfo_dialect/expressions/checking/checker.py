"""The check itself: one handler for each kind of node, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mfo_dialect.expressions import nodes
from mfo_dialect.expressions.checking import access, calls, operations
from mfo_dialect.expressions.checking.state import State
from mfo_dialect.expressions.nodes import Node
from mfo_dialect.expressions.problems import Problem
from mfo_dialect.expressions.types import LIST, MAP, NIL, UNKNOWN, Type, TypeKind, list_of, of_value, to_shape
from mfo_dialect.shapes import Shape


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check has found.

    Attributes:
        problems: what is wrong, problems of form first; the first is what decides.
        result: the shape of the expression's value.
        types: the type of each node that was reached, by ``id`` of the node.
    """

    problems: tuple[Problem, ...]
    result: Shape
    types: Mapping[int, Type]

    def type_of(self, node: Node) -> Type:
        """The type of a node of the checked tree; unknown where the check did not reach it."""
        return self.types.get(id(node), UNKNOWN)

    def shape_of(self, node: Node) -> Shape:
        """The shape of a node's value."""
        return to_shape(self.type_of(node))


def check_tree(
    tree: Node,
    names: Mapping[str, Type] | None,
    *,
    unknown_names_allowed: bool = False,
    syntax_problems: tuple[Problem, ...] = (),
) -> Checked:
    """Check a tree over the types of its names; without names, nothing is known of the environment."""
    known: Mapping[str, Type] = {} if names is None else names
    state = State(known, _visit, are_names_known=names is not None, are_unknown_allowed=unknown_names_allowed)
    result = state.visit(tree)
    return Checked((*syntax_problems, *state.problems), to_shape(result), state.types)


def _visit(state: State, node: Node) -> Type:
    known = _HANDLERS[type(node)](state, node)
    state.types[id(node)] = known
    return known


def _nil(_: State, __: nodes.NilLiteral) -> Type:
    return NIL


def _literal(_: State, node: nodes.Literal) -> Type:
    return of_value(node.value)


def _body(state: State, node: nodes.Chain | nodes.Predicate) -> Type:
    return state.visit(node.body)


def _sequence(state: State, node: nodes.Sequence) -> Type:
    return [state.visit(part) for part in node.nodes][-1]


_GO_KINDS = {
    TypeKind.UNKNOWN: "nothing",
    TypeKind.NIL: "nothing",
    TypeKind.BYTES: "array",
    TypeKind.MONTH: "int",
    TypeKind.WEEKDAY: "int",
}


def _list(state: State, node: nodes.ListLiteral) -> Type:
    known = [state.visit(item) for item in node.items]
    kinds = {_GO_KINDS.get(one.kind, one.kind.value) for one in known}
    return LIST if len(kinds) > 1 else list_of(known[-1] if known else UNKNOWN)


def _map(state: State, node: nodes.MapLiteral) -> Type:
    for pair in node.pairs:
        state.visit(pair)
    return MAP


def _parts(state: State, node: nodes.Pair | nodes.Broken) -> Type:
    for part in nodes.children(node):
        state.visit(part)
    return UNKNOWN


def _missing(_: State, __: nodes.Missing) -> Type:
    return UNKNOWN


_HANDLERS: dict[type, Callable[[State, Any], Type]] = {
    nodes.NilLiteral: _nil,
    nodes.Literal: _literal,
    nodes.Name: access.name_type,
    nodes.Pointer: access.pointer_type,
    nodes.Unary: operations.unary,
    nodes.Binary: operations.binary,
    nodes.Comparison: operations.comparison,
    nodes.Member: access.member_type,
    nodes.Chain: _body,
    nodes.Slice: access.slice_type,
    nodes.Call: calls.call_type,
    nodes.Builtin: calls.builtin_type,
    nodes.Predicate: _body,
    nodes.Let: access.let_type,
    nodes.Sequence: _sequence,
    nodes.Conditional: operations.conditional,
    nodes.ListLiteral: _list,
    nodes.Pair: _parts,
    nodes.MapLiteral: _map,
    nodes.Missing: _missing,
    nodes.Broken: _parts,
}
