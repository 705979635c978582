"""Which stretch of its text a comment speaks of, by where it stands; it knows no rule and does not read the comment."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Sequence as SequenceOf
from itertools import islice
from typing import TypeVar

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.model.project import Project
from mfo_dialect.syntax.tree import Mapping, Node, Pair, Scalar, Sequence, Style
from mfo_dialect.text import LineIndex, Span

_PROPERTIES = re.compile(r"(?:(?:[&!][^\s]*|\?)[ \t]+)*")
_BLANK = " \t\ufeff"


class YamlLayout:
    """Where the entries, items and long scalars of one text stand; looked for around the lines that are asked for."""

    def __init__(self, source: Source) -> None:
        """Look at the documents of ``source``."""
        self.text = source.text
        self.lines: LineIndex = source.tree.lines
        self._roots = [document.root for document in source.tree.documents if document.root is not None]
        starts = (root.span.start for root in self._roots if root.start < root.end)
        self.first_key = min(starts, default=len(self.text) + 1)

    def covered_by(self, comment: Span) -> Span:
        """What a comment covers that stands on a line, or alone on one."""
        line = self.lines.line_of(comment.start)
        start = self.lines.line_start(line)
        if self.text[start : comment.start].strip(_BLANK):
            around = self._line(line)
            spans = [around, *_Surroundings(self._roots, around, self.lines).long.get(line, ())]
            return Span(min(span.start for span in spans), max(span.end for span in spans))
        below = line + 1
        while below < self.lines.line_count and self.lines.line_text(below).lstrip(_BLANK).startswith("#"):
            below += 1
        return Span(start, max(self._line(below).end, self._end_of_node(below)))

    def _line(self, line: int) -> Span:
        start = self.lines.line_start(line)
        return Span(start, start + len(self.lines.line_text(line)))

    def _end_of_node(self, line: int) -> int:
        """Where the outermost entry or item ends that is the first thing on a line; 0 where there is none."""
        around = _Surroundings(self._roots, self._line(line), self.lines)
        written = self.lines.line_text(line)
        column = len(written) - len(written.lstrip(_BLANK))
        start = self.lines.line_start(line) + column
        if written[column : column + 1] == "-" and not written[column + 1 : column + 2].strip():
            items = sorted(around.items)
            index = bisect_right(items, (start, len(self.text), 0))
            is_item = index < len(items) and items[index][1] == column
            return items[index][2] if is_item else 0
        properties = _PROPERTIES.match(self.text, start)
        return around.ends.get(properties.end() if properties else start, 0)


class _Surroundings:
    """The entries and items of a text that touch a line.

    Attributes:
        ends: by where an entry starts, or an item in brackets, where it ends; of several that of the outermost.
        items: of each item behind a dash, where it starts, the column of its dash, and where it ends.
        long: scalars of several lines by the lines on which a comment can speak of them.
    """

    def __init__(self, roots: Iterable[Node], line: Span, lines: LineIndex) -> None:
        """Go down from ``roots`` to what touches ``line``."""
        self.ends: dict[int, int] = {}
        self.items: list[tuple[int, int, int]] = []
        self.long: defaultdict[int, list[Span]] = defaultdict(list)
        self._lines = lines
        waiting = list(roots)
        waiting.reverse()
        while waiting:
            node = waiting.pop()
            if isinstance(node, Mapping):
                inner = [one for pair in self._take_pairs(node, line) for one in (pair.key, pair.value)]
            elif isinstance(node, Sequence):
                inner = self._take_items(node, line)
            else:
                continue
            inner.reverse()
            waiting += inner

    def _take_pairs(self, node: Mapping, line: Span) -> list[Pair]:
        found = _touching(node.pairs, line)
        for pair in found:
            span = pair.span
            self.ends.setdefault(span.start, span.end)
            self._take_scalar(pair.value, span.start)
        return found

    def _take_items(self, node: Sequence, line: Span) -> list[Node]:
        found = _touching(node.items, line)
        column = self._lines.position(node.span.start).column
        for item in found:
            span = item.span
            if node.flow:
                self.ends.setdefault(span.start, span.end)
            else:
                self.items.append((span.start, column, span.end))
            self._take_scalar(item, span.start)
        return found

    def _take_scalar(self, node: Node, key: int) -> None:
        """Keep a scalar of several lines under the lines on which a comment can speak of it."""
        if not isinstance(node, Scalar):
            return
        span = node.span
        first, last = self._lines.line_of(span.start), self._lines.line_of(span.end)
        if first == last and self._lines.line_of(key) == first:
            return
        lines = {self._lines.line_of(key), first}
        if node.style is not Style.LITERAL and node.style is not Style.FOLDED:
            lines.add(last)
        for line in lines:
            self.long[line].append(span)


_Part = TypeVar("_Part", Pair, Node)


def _touching(parts: SequenceOf[_Part], line: Span) -> list[_Part]:
    """Those of some pairs or items, in the order of the text, that touch a line, and the next one behind them."""
    first = bisect_left(parts, line.start, key=lambda part: part.span.end)
    found: list[_Part] = []
    for part in islice(parts, first, None):
        found.append(part)
        if part.span.start > line.end:
            break
    return found


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
