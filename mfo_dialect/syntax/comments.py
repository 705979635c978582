"""Comments: where they stand and what they say; it knows scalars only as places where a ``#`` is no comment."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from mfo_dialect.records import record
from mfo_dialect.syntax.navigation import walk
from mfo_dialect.syntax.tree import Node, Scalar, Style
from mfo_dialect.text import Span

_MARK = re.compile(r"(?<![^\s\ufeff])#[^\r\n]*")
_LINE_BREAK = re.compile(r"[\r\n]|\Z")


@record
class Comment:
    """``# text`` from the mark to the line's end."""

    span: Span
    text: str


def find_comments(text: str, roots: Iterable[Node | None], base: int = 0) -> tuple[Comment, ...]:
    """The comments of ``text`` in the order in which they are written, their spans in offsets of ``text``.

    Args:
        text: where to look.
        roots: the nodes in it.
        base: where ``text`` stands in the document in whose offsets the nodes give their spans.
    """
    if "#" not in text:
        return ()
    taken = sorted(_taken(text, roots, base))
    starts = [span.start for span in taken]
    found: list[Comment] = []
    place = 0
    while match := _MARK.search(text, place):
        before = bisect_right(starts, match.start()) - 1
        if before >= 0 and match.start() < taken[before].end:
            place = taken[before].end
        else:
            found.append(Comment(Span(*match.span()), match[0]))
            place = match.end()
    return tuple(found)


def _taken(text: str, roots: Iterable[Node | None], base: int) -> Iterator[Span]:
    """The places that scalars take; of a block scalar, all but its first line, where a comment may stand."""
    for root in roots:
        for node in walk(root) if root is not None else ():
            if not isinstance(node, Scalar):
                continue
            span = node.span.shifted(-base) if base else node.span
            if node.style is Style.LITERAL or node.style is Style.FOLDED:
                line_end = _LINE_BREAK.search(text, span.start)
                span = Span(min(line_end.start() if line_end else span.end, span.end), span.end)
            if span.end > span.start:
                yield span
