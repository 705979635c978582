"""Statements in a row and in loops, as closures that write.

Closures that leave a loop say so by their result; only bodies that hold a ``break`` or ``continue`` look at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

from mfo_dialect.templates import nodes
from mfo_dialect.templates.execution import Evaluate, Frame
from mfo_dialect.templates.values import Kind, as_list, as_map, kind_of, sorted_keys
from mfo_dialect.text import Span


class Signal(Enum):
    """How a statement ended a pass through a loop."""

    BREAK = "break"
    CONTINUE = "continue"


Write = Callable[[Frame, Any], Signal | None]
"""Writes from the frame and the cursor; only jumps give a signal."""


def write_loop(
    body: Write, slots: list[int], cost: int, place: Span, *, may_jump: bool
) -> Callable[[Frame, Any], None]:
    """A closure that runs ``body`` for every element of a list or map.

    Args:
        body: What is written for an element.
        slots: Where the variables are: the element's, or the index's and the element's.
        cost: The steps of one pass.
        place: Where errors about the loop point.
        may_jump: Whether the body may end the loop early.
    """
    element_slot = slots[-1] if slots else None
    index_slot = slots[-2] if len(slots) > 1 else None

    def simple_loop(frame: Frame, value: Any) -> None:
        frame.run.spend(cost * len(value), place)
        for _, element in _elements(value):
            body(frame, element)

    def loop(frame: Frame, value: Any) -> None:
        variables = frame.variables
        if not may_jump:
            frame.run.spend(cost * len(value), place)
        for index, element in _elements(value):
            if element_slot is not None:
                variables[element_slot] = element
                if index_slot is not None:
                    variables[index_slot] = index
            if may_jump:
                frame.run.spend(cost, place)
            if body(frame, element) is Signal.BREAK:
                return

    return loop if slots or may_jump else simple_loop


def _elements(value: Any) -> Iterator[tuple[Any, Any]]:
    if kind_of(value) is Kind.LIST:
        return enumerate(as_list(value))
    mapping = as_map(value)
    return ((key, mapping[key]) for key in sorted_keys(mapping))


def write_nothing(_frame: Frame, _dot: Any) -> None:
    """Write nothing at all."""


def write_text(text: str) -> Write:
    """A closure that writes a text."""

    def write(frame: Frame, _dot: Any) -> None:
        frame.write(text)

    return write


def evaluate_only(evaluate: Evaluate) -> Write:
    """A closure that computes a value, for the variables that it sets."""

    def run(frame: Frame, dot: Any) -> None:
        evaluate(frame, dot)

    return run


def write_all(statements: list[Write]) -> Write:
    """A closure that runs statements of which none jumps."""
    match statements:
        case []:
            return write_nothing
        case [only]:
            return only
        case [first, second]:

            def two(frame: Frame, dot: Any) -> None:
                first(frame, dot)
                second(frame, dot)

            return two
        case _:

            def run(frame: Frame, dot: Any) -> None:
                for statement in statements:
                    statement(frame, dot)

            return run


def write_until_jump(statements: list[Write]) -> Write:
    """A closure that runs statements up to the first that jumps, and passes its signal on."""

    def run(frame: Frame, dot: Any) -> Signal | None:
        for statement in statements:
            signal = statement(frame, dot)
            if signal is not None:
                return signal
        return None

    return run


def jumps(statement: nodes.Statement) -> bool:
    """Whether a statement can end the pass through the loop around it."""
    match statement:
        case nodes.Break() | nodes.Continue():
            return True
        case nodes.If():
            bodies = [*(branch.body for branch in statement.branches), statement.otherwise]
        case nodes.With():
            bodies = [statement.body, statement.otherwise]
        case nodes.Range():
            bodies = [statement.otherwise]
        case _:
            return False
    return any(jumps(inner) for body in bodies if body is not None for inner in body.statements)


def cost_of(body: nodes.Body) -> int:
    """How many statements and operands one pass through a body runs at most, loops counted once."""
    return sum(isinstance(node, nodes.Text | nodes.Command) for node in nodes.walk(body)) + 1
