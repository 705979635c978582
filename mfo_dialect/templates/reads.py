"""The variables that a template reads, whatever its engine."""

from __future__ import annotations

from mfo_dialect.records import record
from mfo_dialect.text import Span

ELEMENT = "*"

Origin = tuple[str, ...] | None
"""A path from the top of the data, ``*`` for any element; None where it is not known."""


@record
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


@record
class Reads:
    """All reads of a template, in the order of the source.

    Attributes:
        variables: The places.
        everything: Whether the data as a whole is used too, so that any variable may be read.
    """

    variables: tuple[VariableRead, ...]
    everything: bool


@record
class VisibleScope:
    """What can be named at a place of a Go template.

    Attributes:
        dot: Where the cursor comes from.
        variables: The variables with their ``$``, each once, and where their values come from.
    """

    dot: Origin
    variables: tuple[tuple[str, Origin], ...]
