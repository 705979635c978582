"""One text and all that was read from it: its YAML documents, its problems and its comments."""

from __future__ import annotations

from enum import Enum

from mfo_dialect.records import record
from mfo_dialect.syntax.comments import Comment, find_comments
from mfo_dialect.syntax.tree import Mapping, Node, Scalar, Sequence
from mfo_dialect.text import LineIndex, Span


class ProblemKind(Enum):
    """What sort of mistake stands in the text; each is the business of one rule."""

    SYNTAX = "syntax"
    CONFLICT_MARKER = "conflict-marker"
    TAB = "tab"
    UNQUOTED_TEMPLATE = "unquoted-template"
    UNDEFINED_ALIAS = "undefined-alias"
    DUPLICATE_ANCHOR = "duplicate-anchor"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"


@record
class Problem:
    """One thing that YAML does not allow, placed where the mistake is, in a person's words."""

    kind: ProblemKind
    message: str
    span: Span
    related: tuple[tuple[Span, str], ...] = ()


@record
class YamlDocument:
    """One document of a stream; ``root`` is None where nothing is written or readable."""

    root: Node | None
    span: Span


class SyntaxTree:
    """What one text holds. Made by ``parse``; never changed afterwards."""

    __slots__ = ("_comments", "_is_plain", "_lines", "documents", "problems", "text")

    def __init__(
        self, text: str, documents: tuple[YamlDocument, ...], problems: tuple[Problem, ...], *, is_plain: bool = False
    ) -> None:
        """Keep what was read from ``text``."""
        self.text = text
        self._is_plain = is_plain
        self.documents = documents
        self.problems = problems
        self._lines: LineIndex | None = None
        self._comments: tuple[Comment, ...] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether every map is surely plain (``Mapping.is_plain``); false where nobody has looked at all of them."""
        return self._is_plain

    @property
    def lines(self) -> LineIndex:
        """The text's lines, indexed on demand."""
        if self._lines is None:
            self._lines = LineIndex(self.text)
        return self._lines

    @property
    def comments(self) -> tuple[Comment, ...]:
        """The comments in the order in which they are written, found on demand."""
        if self._comments is None:
            self._comments = find_comments(self.text, (document.root for document in self.documents))
        return self._comments

    def comments_between(self, start: int, end: int) -> tuple[Comment, ...]:
        """The comments that ``text[start:end]`` touches, perhaps with others near them."""
        return tuple(one for one in self.comments if one.span.start <= end and start <= one.span.end)


__all__ = [
    "Comment",
    "Mapping",
    "Node",
    "Problem",
    "ProblemKind",
    "Scalar",
    "Sequence",
    "SyntaxTree",
    "YamlDocument",
]
