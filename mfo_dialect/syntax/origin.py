"""Where a stretch of text stands that was read in one go."""

from __future__ import annotations


class Origin:
    """A stretch of text that was composed in one go: ``text`` stands at offset ``base`` of the document."""

    __slots__ = ("base", "text")

    def __init__(self, text: str, base: int = 0) -> None:
        """Remember the stretch."""
        self.text = text
        self.base = base

    def part(self, start: int, end: int) -> Origin:
        """A stretch of this one, in its offsets."""
        return Origin(self.text[start:end], self.base + start)
