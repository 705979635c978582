"""Calls of functions: numbers and kinds of arguments, short circuits, and the piped value that comes last.

It knows nothing of how arguments are written; it gets closures that compute them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mfo_dialect.templates.execution import ITEMS_PER_STEP, Evaluate, Frame, RenderError
from mfo_dialect.templates.functions import Evaluation, Function
from mfo_dialect.templates.values import MISSING, FunctionError, Kind, kind_of, type_name
from mfo_dialect.text import Span

_SIZED = frozenset({str, list, dict})


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument: how it is computed, and where errors about it point."""

    evaluate: Evaluate
    span: Span


def compile_call(
    function: Function, name: Span, command: Span, arguments: Sequence[Argument], final: Evaluate | None
) -> Evaluate:
    """A closure for a call.

    Args:
        function: What is called.
        name: Where its name stands: errors about the number of arguments and about the piped value point there.
        command: The whole command: errors of the function point there.
        arguments: The arguments in order.
        final: Computes the value that is piped in, which comes last.
    """
    complaint = function.complaint(len(arguments) + (final is not None))
    if complaint is not None:
        return _refused(complaint, name, final)
    if function.evaluation in {Evaluation.AND, Evaluation.OR}:
        operands = [argument.evaluate for argument in arguments]
        return _short_circuit(operands, final, stops=function.evaluation is Evaluation.OR)
    if function.evaluation is Evaluation.CLOCK:
        return lambda frame, _dot: frame.run.clock()
    given = list(arguments) if final is None else [*arguments, Argument(final, name)]
    operands = [_checked(argument, function.parameter(index).kind) for index, argument in enumerate(given)]
    return _plain_call(function, operands, command, piped=final is not None)


def _refused(complaint: str, span: Span, final: Evaluate | None) -> Evaluate:
    def refuse(frame: Frame, dot: Any) -> Any:
        if final is not None:
            final(frame, dot)
        raise RenderError(complaint, span)

    return refuse


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


def _checked(argument: Argument, kind: Kind | None) -> Evaluate:
    """The value of an argument whose parameter may take one kind only."""
    evaluate, span = argument.evaluate, argument.span
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
