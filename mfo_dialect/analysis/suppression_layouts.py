"""Which stretch of its text a comment speaks of, by where it stands; it knows no rule and does not read the comment."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.model.project import Project
from mfo_dialect.syntax.comments import Comment
from mfo_dialect.syntax.navigation import walk
from mfo_dialect.syntax.tree import Mapping, Node, Scalar, Sequence, Style
from mfo_dialect.text import LineIndex, Span

_PROPERTIES = re.compile(r"(?:(?:[&!][^\s]*|\?)[ \t]+)*")
_BLANK = " \t\ufeff"


class YamlLayout:
    """Where the entries, items and long scalars of one text stand; read in one walk through its nodes."""

    def __init__(self, source: Source) -> None:
        """Walk through the documents of ``source``."""
        self.text = source.text
        self.lines: LineIndex = source.tree.lines
        self._below = self._lines_below(source.tree.comments)
        self._ends: dict[int, int] = {}
        self._items: list[tuple[int, int, int]] = []
        self._long: defaultdict[int, list[Span]] = defaultdict(list)
        roots = [document.root for document in source.tree.documents if document.root is not None]
        self.first_key = min((root.span.start for root in roots if root.start < root.end), default=len(self.text) + 1)
        for root in roots:
            for node in walk(root):
                self._take(node)
        self._items.sort()

    def covered_by(self, comment: Span) -> Span:
        """What a comment covers that stands on a line, or alone on one."""
        line = self.lines.line_of(comment.start)
        start = self.lines.line_start(line)
        if self.text[start : comment.start].strip(_BLANK):
            spans = [self._line(line), *self._long.get(line, ())]
            return Span(min(span.start for span in spans), max(span.end for span in spans))
        below = self._below[line]
        return Span(start, max(self._line(below).end, self._end_of_node(below)))

    def _lines_below(self, comments: Iterable[Comment]) -> dict[int, int]:
        """For each line that is a comment alone, the first line below it that is none."""
        below: dict[int, int] = {}
        for line in sorted({self.lines.line_of(comment.span.start) for comment in comments}, reverse=True):
            if self.lines.line_text(line).lstrip(_BLANK).startswith("#"):
                below[line] = below.get(line + 1, line + 1)
        return below

    def _line(self, line: int) -> Span:
        start = self.lines.line_start(line)
        return Span(start, start + len(self.lines.line_text(line)))

    def _end_of_node(self, line: int) -> int:
        """Where the outermost entry or item ends that is the first thing on a line; 0 where there is none."""
        written = self.lines.line_text(line)
        column = len(written) - len(written.lstrip(_BLANK))
        start = self.lines.line_start(line) + column
        if written[column : column + 1] == "-" and not written[column + 1 : column + 2].strip():
            index = bisect_right(self._items, (start, len(self.text), 0))
            is_item = index < len(self._items) and self._items[index][1] == column
            return self._items[index][2] if is_item else 0
        properties = _PROPERTIES.match(self.text, start)
        return self._ends.get(properties.end() if properties else start, 0)

    def _take(self, node: Node) -> None:
        if isinstance(node, Mapping):
            for pair in node.pairs:
                span = pair.span
                self._ends.setdefault(span.start, span.end)
                self._take_scalar(pair.value, span.start)
        elif isinstance(node, Sequence):
            column = self.lines.position(node.span.start).column
            for item in node.items:
                span = item.span
                if node.flow:
                    self._ends.setdefault(span.start, span.end)
                else:
                    self._items.append((span.start, column, span.end))
                self._take_scalar(item, span.start)

    def _take_scalar(self, node: Node, key: int) -> None:
        """Keep a scalar of several lines under the lines on which a comment can speak of it."""
        if not isinstance(node, Scalar):
            return
        span = node.span
        first, last = self.lines.line_of(span.start), self.lines.line_of(span.end)
        if first == last and self.lines.line_of(key) == first:
            return
        lines = {self.lines.line_of(key), first}
        if node.style is not Style.LITERAL and node.style is not Style.FOLDED:
            lines.add(last)
        for line in lines:
            self._long[line].append(span)


class TomlLayout:
    """The lines of the project file."""

    def __init__(self, project: Project) -> None:
        self.text = project.text
        self._lines = project.lines
        written = (line for line in range(self._lines.line_count) if not self._is(line, ("", "#")))
        self.first_key = self._lines.line_start(next(written, self._lines.line_count))

    def covered_by(self, comment: Span) -> Span:
        """The line of a comment; where nothing else stands on it, down to the next line that is no comment."""
        first = last = self._lines.line_of(comment.start)
        while last < self._lines.line_count and self._is(last, ("#",)):
            last += 1
        return Span(self._lines.line_start(first), self._lines.line_start(last) + len(self._lines.line_text(last)))

    def _is(self, line: int, starts: tuple[str, ...]) -> bool:
        """Whether a line starts with one of these, an empty one standing for an empty line."""
        return self._lines.line_text(line).strip(_BLANK)[:1] in starts
