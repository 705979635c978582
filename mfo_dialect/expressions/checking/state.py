"""What a check has learnt so far: types of nodes, names in reach, problems. It knows no rule of the language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mfo_dialect.expressions.nodes import Node
from mfo_dialect.expressions.problems import Problem, ProblemKind
from mfo_dialect.expressions.types import UNKNOWN, Type
from mfo_dialect.text import Span


@dataclass(frozen=True, slots=True)
class LoopScope:
    """What ``#`` and its named forms are inside one predicate."""

    collection: Type
    pointers: Mapping[str, Type]


class State:
    """One check under way.

    Attributes:
        names: the names of the environment; empty where it is not known.
        are_names_known: whether ``names`` are all there are, so that others are unknown names.
        are_unknown_allowed: whether an unknown bare name is silent.
        types: the type of each node, by the node's identity.
        variables: ``let`` variables in reach, innermost last.
        loops: predicates around the node, innermost last.
    """

    def __init__(
        self,
        names: Mapping[str, Type],
        visit: Callable[[State, Node], Type],
        *,
        are_names_known: bool,
        are_unknown_allowed: bool,
    ) -> None:
        """Start a check; ``visit`` gives the type of any node."""
        self.names = names
        self.are_names_known = are_names_known
        self.are_unknown_allowed = are_unknown_allowed
        self.types: dict[int, Type] = {}
        self.variables: list[tuple[str, Type]] = []
        self.loops: list[LoopScope] = []
        self.problems: list[Problem] = []
        self._visit = visit

    def visit(self, node: Node) -> Type:
        """The type of a node, after checking all below it."""
        return self._visit(self, node)

    def problem(self, kind: ProblemKind, span: Span, message: str, suggestions: tuple[str, ...] = ()) -> Type:
        """Report a problem; what is wrong has an unknown type."""
        self.problems.append(Problem(message, span, kind, suggestions))
        return UNKNOWN

    def variable(self, name: str) -> Type | None:
        """The type of a ``let`` variable in reach."""
        return next((known for other, known in reversed(self.variables) if other == name), None)
