"""From a checked tree to a program: one handler for each kind of node, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from mfo_dialect.expressions import nodes
from mfo_dialect.expressions.evaluation import access, calls, operations, rewriting
from mfo_dialect.expressions.evaluation.frame import Closure, Frame
from mfo_dialect.expressions.evaluation.results import finished
from mfo_dialect.expressions.problems import ExpressionError, Problem, ProblemKind
from mfo_dialect.expressions.types import UNKNOWN, Type
from mfo_dialect.expressions.values.budget import Budget, Clock, Failure, system_clock
from mfo_dialect.text import Span


class Compiler:
    """The making of one program.

    Attributes:
        must_names_exist: whether reading a name that the environment has not is a failure; else it is nil.
        makes_values: whether the program can make lists, maps and values that need looking at before they leave it.
        slots: how many variables it has.
    """

    def __init__(self, types: Mapping[int, Type], *, must_names_exist: bool) -> None:
        """Start with the types of the tree's nodes."""
        self.must_names_exist = must_names_exist
        self.makes_values = False
        self.slots = 0
        self._types = types
        self._open: list[tuple[str, int]] = []

    def closure(self, node: Any) -> Closure:
        """The closure that gives the node's value."""
        return _HANDLERS[type(node)](self, node)

    def type_of(self, node: Any) -> Type:
        """What the check knows of the node's value."""
        return self._types.get(id(node), UNKNOWN)

    def slot_of(self, name: str) -> int | None:
        """The slot of a variable in reach."""
        return next((slot for other, slot in reversed(self._open) if other == name), None)

    def open_slot(self, name: str) -> int:
        """A slot for a new variable, in reach until closed."""
        self._open.append((name, self.slots))
        self.slots += 1
        return self.slots - 1

    def close_slot(self) -> None:
        """Put the innermost variable out of reach."""
        self._open.pop()


class Program:
    """A compiled expression; evaluating it changes nothing in it."""

    __slots__ = ("_makes_values", "_root", "_slots", "_span")

    def __init__(self, root: Closure, slots: int, span: Span, *, makes_values: bool) -> None:
        """Make a program of its outermost closure."""
        self._root = root
        self._slots = slots
        self._span = span
        self._makes_values = makes_values

    def evaluate(self, env: Mapping[str, Any], *, clock: Clock = system_clock) -> Any:
        """The value over the names of ``env``; ``clock`` is what ``now()`` reads, in nanoseconds since 1970.

        Raises:
            ExpressionError: of stage ``run``.
        """
        budget = Budget(clock)
        frame = Frame(cast("dict[str, Any]", env) if type(env) is dict else dict(env), self._slots, budget)
        try:
            value = self._root(frame)
            return finished(value, budget) if self._makes_values else value
        except Failure as failure:
            problem = Problem(failure.message, failure.span or self._span, ProblemKind.TYPE)
        except RecursionError:
            problem = Problem("a value is nested too deeply", self._span, ProblemKind.TYPE)
        raise ExpressionError("run", (problem,))


def compile_tree(tree: nodes.Node, types: Mapping[int, Type], *, must_names_exist: bool) -> Program:
    """The program of a tree that has no problems.

    Raises:
        ExpressionError: of stage ``compile``; a remainder by a constant zero.
    """
    known = dict(types)
    rewritten = rewriting.rewrite(tree, known)
    compiler = Compiler(known, must_names_exist=must_names_exist)
    root = compiler.closure(rewritten)
    return Program(root, compiler.slots, tree.span, makes_values=compiler.makes_values)


def _sequence(compiler: Compiler, node: nodes.Sequence) -> Closure:
    *before, last = [compiler.closure(part) for part in node.nodes]

    def run(frame: Frame) -> Any:
        for part in before:
            part(frame)
        return last(frame)

    return run


_HANDLERS: dict[type, Callable[[Compiler, Any], Closure]] = {
    nodes.NilLiteral: access.nil,
    nodes.Literal: access.literal,
    nodes.Name: access.name,
    nodes.Pointer: access.pointer,
    nodes.Unary: operations.unary,
    nodes.Binary: operations.binary,
    nodes.Comparison: operations.comparison,
    nodes.Member: access.member,
    nodes.Chain: access.chain,
    nodes.Slice: access.slice_,
    nodes.Call: calls.call,
    nodes.Builtin: calls.builtin,
    nodes.Let: access.let,
    nodes.Sequence: _sequence,
    nodes.Conditional: operations.conditional,
    nodes.ListLiteral: access.list_literal,
    nodes.MapLiteral: access.map_literal,
    rewriting.ConstantList: access.constant_list,
    rewriting.InRange: operations.in_range,
    rewriting.FusedLoop: calls.fused_loop,
}
