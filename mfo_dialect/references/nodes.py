"""A reference as written."""

from __future__ import annotations

from enum import Enum

from mfo_dialect.kept import kept_property
from mfo_dialect.records import record
from mfo_dialect.text import Span

_NOWHERE = Span(0, 0)


class Spelling(Enum):
    """How a reference is written."""

    DOLLAR = "${path}"
    ANGLE = "$<path>"
    BARE = "path"


@record
class Segment:
    """One step of a path.

    Attributes:
        name: the key or index as text; quotes and brackets taken away.
        span: of the name itself, without dot, brackets or quotes; relative to the scalar's text.
        bracketed: written as ``[0]`` or ``["key"]``.
    """

    name: str
    span: Span
    bracketed: bool = False


@record(slots=False)
class Reference:
    """A path in one of the three spellings.

    Attributes:
        segments: the root first; empty only where nothing is written.
        span: the whole reference with its marks; relative to the scalar's text.
        spelling: how it is written.
        problem: why it is not a path, in a person's words; empty for a good one.
        problem_span: where, for a bad one.
    """

    segments: tuple[Segment, ...]
    span: Span
    spelling: Spelling
    problem: str = ""
    problem_span: Span = _NOWHERE

    @kept_property
    def root(self) -> str:
        """The first name, or an empty text."""
        return self.segments[0].name if self.segments else ""

    @kept_property
    def path(self) -> tuple[str, ...]:
        """The names below the root."""
        return self.names[1:]

    @kept_property
    def names(self) -> tuple[str, ...]:
        """All names, the root first."""
        return tuple([segment.name for segment in self.segments])

    def __str__(self) -> str:
        """The path in its plainest spelling: ``root.name.0["any key"]``."""
        return self.root + "".join(_step(segment.name) for segment in self.segments[1:])


def _step(name: str) -> str:
    if name.replace("_", "a").replace("-", "a").isalnum():
        return f".{name}"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'
