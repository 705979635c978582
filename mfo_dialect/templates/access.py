"""Fields of values: entries of maps, and what Go says where there are none.

The closures compute a value first and read its fields then; they know nothing of how that value is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mfo_dialect.templates import nodes
from mfo_dialect.templates.execution import Evaluate, Frame, RenderError
from mfo_dialect.templates.values import MISSING, REFUSED, Absence, Kind, as_map, kind_of, type_name
from mfo_dialect.text import Span


def place(operand: nodes.Operand) -> Span:
    """The span that errors about an operand point at; its start is where Go says that the operand is."""
    match operand:
        case nodes.Field() if len(operand.names) > 1:
            return Span(operand.names[1].span.start - 1, operand.span.end)
        case nodes.Variable() | nodes.Chain() if operand.names:
            return Span(operand.names[0].span.start - 1, operand.span.end)
        case _:
            return operand.span


def first_field(name: str, span: Span) -> Evaluate:
    """A closure for a field of the cursor."""

    def read(frame: Frame, dot: Any) -> Any:
        if type(dot) is dict:
            value = dot.get(name, frame.absent)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            if value is REFUSED:
                raise RenderError(f'map has no entry for key "{name}"', span)
            return value  # pyright: ignore[reportUnknownVariableType]
        return read_field(dot, name, frame.absent, span)

    return read


def field_chain(start: Evaluate, names: Sequence[nodes.Name], span: Span) -> Evaluate:
    """A closure for fields of the value that ``start`` computes."""
    if len(names) == 1:
        return _one_field(start, names[0].text, span)
    path = tuple(name.text for name in names)

    def read(frame: Frame, dot: Any) -> Any:
        value = start(frame, dot)
        for name in path:
            value = read_field(value, name, frame.absent, span)
        return value

    return read


def _one_field(start: Evaluate, name: str, span: Span) -> Evaluate:
    def read(frame: Frame, dot: Any) -> Any:
        value = start(frame, dot)
        if type(value) is dict:
            found = value.get(name, frame.absent)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            if found is not REFUSED:
                return found  # pyright: ignore[reportUnknownVariableType]
        return read_field(value, name, frame.absent, span)

    return read


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
