"""Pipelines, commands and operands compiled to closures that compute their values.

Every closure takes the frame and the cursor. A null that comes out of a pipeline is MISSING, as in Go, where an empty
interface is opened. It knows nothing of statements.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mfo_dialect.templates import nodes
from mfo_dialect.templates.access import field_chain, first_field, place, read_field
from mfo_dialect.templates.calls import Argument, compile_call
from mfo_dialect.templates.execution import UNSET, Evaluate, Frame, RenderError
from mfo_dialect.templates.functions import FUNCTIONS
from mfo_dialect.templates.values import MISSING, Kind, kind_of
from mfo_dialect.text import Span


@dataclass(slots=True)
class Scope:
    """Which variables are visible while a template is compiled, innermost last, and how many slots they need."""

    visible: list[tuple[str, int]] = field(default_factory=lambda: [("$", 0)])
    size: int = 1

    def declare(self, name: str) -> int:
        """A new slot for a variable."""
        slot = self.size
        self.size += 1
        self.visible.append((name, slot))
        return slot

    def slot(self, name: str) -> int | None:
        """The slot of the innermost variable of that name."""
        return next((slot for known, slot in reversed(self.visible) if known == name), None)


def compile_pipeline(pipeline: nodes.Pipeline, scope: Scope, *, is_kept: bool = True) -> Evaluate:
    """A closure for a pipeline: its value, after its variables are set.

    Args:
        pipeline: The pipeline; not empty.
        scope: The variables that it sees; its own are added.
        is_kept: Whether fields of the value may be read later; a value that is only written, tested or looped over may
            be None instead of MISSING.
    """
    evaluate = _commands(pipeline, scope)
    if (is_kept or pipeline.declarations) and _gives_null(pipeline.commands[-1]):
        evaluate = _opened(evaluate)
    if not pipeline.declarations:
        return evaluate
    end = last_place(pipeline)
    slots: list[tuple[int | None, str]] = []
    for name in pipeline.declarations:
        slot = scope.slot(name.text) if pipeline.assigns else scope.declare(name.text)
        slots.append((slot, name.text))

    def declare(frame: Frame, dot: Any) -> Any:
        value = evaluate(frame, dot)
        for slot, name in slots:
            if slot is None or (pipeline.assigns and frame.variables[slot] is UNSET):
                raise RenderError(f"undefined variable: {name}", end)
            frame.variables[slot] = value
        return value

    return declare


def last_place(pipeline: nodes.Pipeline) -> Span:
    """Where Go stands after evaluating a pipeline: at its last operand."""
    operand = pipeline.commands[-1].operands[-1]
    while isinstance(operand, nodes.Group) and operand.pipeline.commands:
        operand = operand.pipeline.commands[-1].operands[-1]
    return place(operand)


def _commands(pipeline: nodes.Pipeline, scope: Scope) -> Evaluate:
    evaluate = compile_command(pipeline.commands[0], scope, None)
    for command in pipeline.commands[1:]:
        evaluate = compile_command(command, scope, _opened(evaluate))
    return evaluate


def _gives_null(command: nodes.Command) -> bool:
    return not isinstance(command.operands[0], nodes.Constant | nodes.Group)


def _opened(evaluate: Evaluate) -> Evaluate:
    def opened(frame: Frame, dot: Any) -> Any:
        value = evaluate(frame, dot)
        return MISSING if value is None else value

    return opened


def compile_command(command: nodes.Command, scope: Scope, final: Evaluate | None) -> Evaluate:
    """A closure for a command; ``final`` computes the value that is piped into it."""
    first, *arguments = command.operands
    match first:
        case nodes.Function():
            function = FUNCTIONS.get(first.name)
            if function is None:
                return _failing(f'"{first.name}" is not a defined function', first.span)
            given = [Argument(compile_operand(argument, scope), place(argument)) for argument in arguments]
            return compile_call(function, first.span, command.span, given, final)
        case nodes.Field() | nodes.Chain():
            if arguments or final is not None:
                return _fields_with_arguments(first, scope, final)
            return compile_operand(first, scope)
        case nodes.Variable() if first.names and (arguments or final is not None):
            return _fields_with_arguments(first, scope, final)
        case nodes.Nil():
            return _failing("nil is not a command", first.span)
        case _:
            evaluate = compile_operand(first, scope)
            if arguments or final is not None:
                shown = "value" if isinstance(first, nodes.Group) else _shown(first)
                return _after(final, _failing(f"can't give argument to non-function {shown}", first.span))
            return evaluate


def _after(final: Evaluate | None, evaluate: Evaluate) -> Evaluate:
    """The value of ``evaluate``, computed after the piped value."""
    if final is None:
        return evaluate
    earlier = final

    def both(frame: Frame, dot: Any) -> Any:
        earlier(frame, dot)
        return evaluate(frame, dot)

    return both


def _shown(operand: nodes.Operand) -> str:
    match operand:
        case nodes.Constant():
            return operand.source
        case nodes.Variable():
            return operand.name.text
        case _:
            return "."


def _failing(message: str, span: Span) -> Evaluate:
    def fail(_frame: Frame, _dot: Any) -> Any:
        raise RenderError(message, span)

    return fail


def compile_operand(operand: nodes.Operand, scope: Scope) -> Evaluate:
    """A closure for an operand that stands alone or as an argument."""
    match operand:
        case nodes.Dot():
            return lambda _frame, dot: dot
        case nodes.Nil():
            return lambda _frame, _dot: None
        case nodes.Constant():
            return _constant(operand)
        case nodes.Field():
            return _field(operand)
        case nodes.Variable():
            return _variable(operand, scope)
        case nodes.Group():
            return _or_failing(operand.pipeline, scope)
        case nodes.Chain():
            return field_chain(_chain_start(operand, scope), operand.names, place(operand))
        case nodes.Function():
            return compile_command(nodes.Command(operand.span, (operand,)), scope, None)


def _or_failing(pipeline: nodes.Pipeline, scope: Scope) -> Evaluate:
    return compile_pipeline(pipeline, scope) if pipeline.commands else _failing("missing value", pipeline.span)


def _constant(operand: nodes.Constant) -> Evaluate:
    value = operand.value
    if value is None:
        return _failing(f"{operand.source} overflows int", operand.span)
    return lambda _frame, _dot: value


def _chain_start(operand: nodes.Chain, scope: Scope) -> Evaluate:
    return compile_operand(operand.operand, scope)


def _field(operand: nodes.Field) -> Evaluate:
    span = place(operand)
    first = first_field(operand.names[0].text, span)
    return field_chain(first, operand.names[1:], span) if len(operand.names) > 1 else first


def _variable(operand: nodes.Variable, scope: Scope) -> Evaluate:
    name = operand.name.text
    slot = scope.slot(name)
    if slot is None:
        return _failing(f"undefined variable: {name}", operand.span)

    def read(frame: Frame, _dot: Any) -> Any:
        value = frame.variables[slot]
        if value is UNSET:
            raise RenderError(f"undefined variable: {name}", operand.span)
        return value

    return field_chain(read, operand.names, place(operand)) if operand.names else read


def _fields_with_arguments(
    operand: nodes.Field | nodes.Variable | nodes.Chain, scope: Scope, final: Evaluate | None
) -> Evaluate:
    """Fields as the first word of a command: the last one would have to be a method."""
    last = operand.names[-1].text
    span = place(operand)
    receiver = _receiver(operand, scope)

    def refuse(frame: Frame, dot: Any) -> Any:
        value = receiver(frame, dot)
        if kind_of(value) is Kind.MAP:
            raise RenderError(f"{last} is not a method but has arguments", span)
        return read_field(value, last, frame.absent, span)

    return _after(final, refuse)


def _receiver(operand: nodes.Field | nodes.Variable | nodes.Chain, scope: Scope) -> Evaluate:
    names = operand.names[:-1]
    match operand:
        case nodes.Field():
            return _field(nodes.Field(operand.span, names)) if names else lambda _frame, dot: dot
        case nodes.Variable():
            return _variable(nodes.Variable(operand.span, operand.name, names), scope)
        case nodes.Chain():
            start = _chain_start(operand, scope)
            return field_chain(start, names, place(operand)) if names else start
