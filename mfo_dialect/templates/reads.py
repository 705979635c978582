"""The variables that a template reads, whatever its engine."""

from __future__ import annotations

from dataclasses import dataclass

from mfo_dialect.text import Span

ELEMENT = "*"


@dataclass(frozen=True, slots=True)
class VariableRead:
    """One place where a template reads a variable that it must be given.

    Attributes:
        name: The variable: a key at the top of the data.
        path: What is read below it, name by name; ``*`` is any element of a list or map, an empty name at the end one
            that is still to be typed.
        span: The place in the source.
        guarded: Whether the template copes with the variable's absence: it is only tested, stands inside an ``if``,
            ``with`` or ``range`` over it, or has a default.
    """

    name: str
    path: tuple[str, ...]
    span: Span
    guarded: bool


@dataclass(frozen=True, slots=True)
class Reads:
    """All reads of a template, in the order of the source.

    Attributes:
        variables: The places.
        everything: Whether the data as a whole is used too, so that any variable may be read.
    """

    variables: tuple[VariableRead, ...]
    everything: bool
