"""A stretch of text, in code points."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """The half-open stretch ``text[start:end]``; both are offsets in code points, 0-based."""

    start: int
    end: int

    def contains(self, offset: int) -> bool:
        """Whether a cursor at ``offset`` touches the stretch; its end counts."""
        return self.start <= offset <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a code point, or one is empty and lies inside the other."""
        return (self.start < other.end and other.start < self.end) or self.start == other.start

    def shifted(self, distance: int) -> Span:
        """The same stretch, ``distance`` code points further on."""
        return Span(self.start + distance, self.end + distance)
