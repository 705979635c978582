"""Pipelines, commands and operands compiled to closures that compute their values.

Every closure takes the frame and the cursor. A pipeline never gives None: a null that comes out of one is MISSING, as
in Go, where an empty interface is opened. It knows nothing of statements.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mfo_dialect.templates import nodes
from mfo_dialect.templates.execution import ITEMS_PER_STEP, UNSET, Frame, RenderError
from mfo_dialect.templates.functions import FUNCTIONS, Evaluation, Function
from mfo_dialect.templates.values import (
    MISSING,
    REFUSED,
    Absence,
    FunctionError,
    Kind,
    as_map,
    kind_of,
    type_name,
)
from mfo_dialect.text import Span

Evaluate = Callable[[Frame, Any], Any]

_SIZED = frozenset({str, list, dict})


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


def compile_pipeline(pipeline: nodes.Pipeline, scope: Scope) -> Evaluate:
    """A closure for a pipeline: its value, after its variables are set."""
    evaluate = _commands(pipeline, scope)
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


def place(operand: nodes.Operand) -> Span:
    """The span that errors about an operand point at; its start is where Go says that the operand is."""
    match operand:
        case nodes.Field() if len(operand.names) > 1:
            return Span(operand.names[1].span.start - 1, operand.span.end)
        case nodes.Variable() | nodes.Chain() if operand.names:
            return Span(operand.names[0].span.start - 1, operand.span.end)
        case _:
            return operand.span


def _commands(pipeline: nodes.Pipeline, scope: Scope) -> Evaluate:
    evaluate = compile_command(pipeline.commands[0], scope, None)
    for command in pipeline.commands[1:]:
        evaluate = compile_command(command, scope, _opened(evaluate))
    if _gives_null(pipeline.commands[-1]):
        return _opened(evaluate)
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
            return _call(function, first, command.span, [*arguments], scope, final)
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
            return _chain(_chain_start(operand, scope), operand.names, place(operand))
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
    first = _first_field(operand.names[0].text, span)
    return _chain(first, operand.names[1:], span) if len(operand.names) > 1 else first


def _first_field(name: str, span: Span) -> Evaluate:
    def read(frame: Frame, dot: Any) -> Any:
        if type(dot) is dict:
            value = dot.get(name, frame.absent)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            if value is REFUSED:
                raise RenderError(f'map has no entry for key "{name}"', span)
            return value  # pyright: ignore[reportUnknownVariableType]
        return read_field(dot, name, frame.absent, span)

    return read


def _chain(start: Evaluate, names: Sequence[nodes.Name], span: Span) -> Evaluate:
    if len(names) == 1:
        return _one_more(start, names[0].text, span)
    path = tuple(name.text for name in names)

    def read(frame: Frame, dot: Any) -> Any:
        value = start(frame, dot)
        for name in path:
            value = read_field(value, name, frame.absent, span)
        return value

    return read


def _one_more(start: Evaluate, name: str, span: Span) -> Evaluate:
    def read(frame: Frame, dot: Any) -> Any:
        value = start(frame, dot)
        if type(value) is dict:
            found = value.get(name, frame.absent)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            if found is not REFUSED:
                return found  # pyright: ignore[reportUnknownVariableType]
        return read_field(value, name, frame.absent, span)

    return read


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

    return _chain(read, operand.names, place(operand)) if operand.names else read


def read_field(value: Any, name: str, absent: Absence | None, span: Span) -> Any:
    """The field of a value: an entry of a map, or one of the few parts of a time.

    Raises:
        RenderError: The value has no fields, or no such field where that is refused.
    """
    match kind_of(value):
        case Kind.MAP:
            found = as_map(value).get(name, absent)
            if found is REFUSED:
                raise RenderError(f'map has no entry for key "{name}"', span)
            return found
        case Kind.NIL if value is MISSING:
            if absent is REFUSED:
                raise RenderError(f'nil data; no entry for key "{name}"', span)
            return MISSING
        case Kind.NIL:
            raise RenderError(f"nil pointer evaluating interface {{}}.{name}", span)
        case _:
            raise RenderError(f"can't evaluate field {name} in type {type_name(value)}", span)


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
            return _chain(start, names, place(operand)) if names else start


def _call(
    function: Function,
    name: nodes.Function,
    span: Span,
    arguments: Sequence[nodes.Operand],
    scope: Scope,
    final: Evaluate | None,
) -> Evaluate:
    """A call: Go points at the name where the arguments do not fit, at the whole command where the call fails."""
    complaint = function.complaint(len(arguments) + (final is not None))
    if complaint is not None:
        return _after(final, _failing(complaint, name.span))
    operands = [compile_operand(argument, scope) for argument in arguments]
    places = [place(argument) for argument in arguments]
    if function.evaluation in {Evaluation.AND, Evaluation.OR}:
        return _short_circuit(operands, final, stops=function.evaluation is Evaluation.OR)
    if function.evaluation is Evaluation.CLOCK:
        return lambda frame, _dot: frame.run.clock()
    if final is not None:
        operands, places = [*operands, final], [*places, name.span]
    if any(parameter.kind for parameter in function.parameters):
        operands = [
            _checked(operand, function.parameter(index).kind, places[index]) for index, operand in enumerate(operands)
        ]
    return _plain_call(function, operands, span, piped=final is not None)


def _plain_call(function: Function, operands: list[Evaluate], span: Span, *, piped: bool) -> Evaluate:
    implementation = function.implementation
    if piped and len(operands) > 1:
        *front, last = operands

        def values(frame: Frame, dot: Any) -> list[Any]:
            piped_value = last(frame, dot)
            return [*[operand(frame, dot) for operand in front], piped_value]
    else:

        def values(frame: Frame, dot: Any) -> list[Any]:
            return [operand(frame, dot) for operand in operands]

    def call(frame: Frame, dot: Any) -> Any:
        arguments = values(frame, dot)
        for index, argument in enumerate(arguments):
            if argument is MISSING:
                arguments[index] = None
            elif type(argument) in _SIZED and len(argument) > ITEMS_PER_STEP:
                frame.run.spend(len(argument) // ITEMS_PER_STEP, span)
        try:
            result = implementation(*arguments)
        except FunctionError as error:
            raise RenderError(f"error calling {function.name}: {error}", span) from None
        if type(result) is str:
            frame.run.count_text(len(result), span)
        return result

    return call


def _checked(evaluate: Evaluate, kind: Kind | None, span: Span) -> Evaluate:
    """The value of an argument whose parameter takes one kind only."""
    if kind is None:
        return evaluate

    def checked(frame: Frame, dot: Any) -> Any:
        value = evaluate(frame, dot)
        found = kind_of(value)
        if found is Kind.NIL:
            raise RenderError(f"invalid value; expected {kind.value}", span)
        if found is not kind:
            raise RenderError(f"wrong type for value; expected {kind.value}; got {type_name(value)}", span)
        return value

    return checked


def _short_circuit(operands: list[Evaluate], final: Evaluate | None, *, stops: bool) -> Evaluate:
    """``and`` and ``or``: the first value whose truth is ``stops``, else the last."""

    def choose(frame: Frame, dot: Any) -> Any:
        piped = None if final is None else final(frame, dot)
        value: Any = MISSING
        for operand in operands:
            value = operand(frame, dot)
            if bool(value) is stops:
                return value
        return value if final is None else piped

    return choose
