"""Findings whose places move with the text that they are about."""

from __future__ import annotations

from typing import NamedTuple

from mfo_dialect.findings import Finding, Place, Related, Severity, Tag
from mfo_dialect.syntax import LiveTree, SyntaxTree
from mfo_dialect.text import Piece, Span


class Anchor(NamedTuple):
    """A stretch of a text, by the pieces that it starts and ends in.

    Attributes:
        document: the key of the text.
        first: the piece in which it starts; None where the text is not kept in pieces.
        start: its offset in that piece, or in the text.
        last: the piece in which it ends.
        end: the offset of its end in that piece, or in the text.
    """

    document: str
    first: Piece | None
    start: int
    last: Piece | None
    end: int

    @property
    def place(self) -> Place:
        """Where it stands now."""
        if self.first is None or self.last is None:
            return Place(self.document, Span(self.start, self.end))
        return Place(self.document, Span(self.first.base + self.start, self.last.base + self.end))

    @property
    def is_placed(self) -> bool:
        """Whether what it is about is still there."""
        return self.first is None or (self.first.is_placed and (self.last is None or self.last.is_placed))


def anchored(place: Place, tree: SyntaxTree | None) -> Anchor:
    """Take hold of a place of the moment.

    Args:
        place: the place.
        tree: the tree of its text; None of a text without one.
    """
    start, end = place.span
    if not isinstance(tree, LiveTree) or not tree.is_divided:
        return Anchor(place.document, None, start, None, end)
    first = tree.piece_at(start)
    last = first if end <= first.end else tree.piece_at(end - 1)
    return Anchor(place.document, first, start - first.base, last, end - last.base)


class Found:
    """One finding; the same object as long as it says the same of the same text, wherever that has moved.

    Attributes:
        code, name, severity, message, tags, missing: as ``Finding`` has them.
        at: where.
        related_at: the other places that matter, each with its words.
    """

    __slots__ = ("__weakref__", "at", "code", "message", "missing", "name", "related_at", "severity", "tags")

    def __init__(self, finding: Finding, at: Anchor, related_at: tuple[tuple[Anchor, str], ...]) -> None:
        """Take hold of a finding of the moment."""
        self.code = finding.code
        self.name = finding.name
        self.severity: Severity = finding.severity
        self.message = finding.message
        self.tags: tuple[Tag, ...] = finding.tags
        self.missing = finding.missing
        self.at = at
        self.related_at = related_at

    @property
    def anchor(self) -> tuple[Piece, int, int] | None:
        """The piece of the text that holds it, and where in it; None where it is not within one."""
        at = self.at
        return (at.first, at.start, at.end) if at.first is not None and at.first is at.last else None

    @property
    def document(self) -> str:
        """The key of the text."""
        return self.at.document

    @property
    def place(self) -> Place:
        """Where it stands now."""
        return self.at.place

    @property
    def span(self) -> Span:
        """The same without the document."""
        return self.at.place.span

    @property
    def related(self) -> tuple[Related, ...]:
        """The other places that matter, where they stand now."""
        return tuple(Related(anchor.place, message) for anchor, message in self.related_at)

    @property
    def is_placed(self) -> bool:
        """Whether all that it is about is still there."""
        return self.at.is_placed and all(anchor.is_placed for anchor, _ in self.related_at)

    def says_as(self, other: Found) -> bool:
        """Whether another one says the same of the same text."""
        return self.at == other.at and self.words == other.words and self.related_at == other.related_at

    @property
    def words(self) -> tuple[object, ...]:
        """All that it says, its places left out."""
        return self.code, self.name, self.severity, self.message, self.tags, self.missing

    def finding(self) -> Finding:
        """The finding at its place of the moment, without fixes."""
        return Finding(
            self.code, self.name, self.severity, self.message, self.place, self.related, (), self.tags, self.missing
        )
