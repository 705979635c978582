"""The comment that suppresses a finding, as an edit: behind its line, above it, or in a list that is there."""

from __future__ import annotations

import re

from mfo_dialect.analysis.bundle import Source
from mfo_dialect.findings import Edit, Finding, Fix, Place
from mfo_dialect.rules.ourselves.unused_suppression import NEVER_SUPPRESSED
from mfo_dialect.syntax import Scalar
from mfo_dialect.syntax.navigation import walk
from mfo_dialect.syntax.tree import Style
from mfo_dialect.text import LineIndex, Span, line_break_near

_LIST = re.compile(r"#[ \t]*mfo:[ \t]*ignore[ \t]*\[([^\]]*)\]")
_UNSURE = NEVER_SUPPRESSED | {"MFO101"}
"""Findings for which no comment is offered: it would not count, or might be read as text."""
_BLOCKS = {Style.LITERAL, Style.FOLDED}


def suppress_here(finding: Finding, source: Source) -> Fix | None:
    """The fix that writes the comment; None where no comment can suppress the finding.

    Args:
        finding: a finding in ``source``.
        source: the text.
    """
    if finding.code in _UNSURE or finding.place.document != source.key or not source.is_ours:
        return None
    line = _comment_line(source, finding.place.span.start)
    lines, text = source.tree.lines, source.text
    start = lines.line_start(line)
    end = start + len(lines.line_text(line))
    if not text[start:end].strip():
        return None
    comment = next((one for one in source.tree.comments if start <= one.span.start < end), None)
    if comment is None:
        edit = Edit(Place(source.key, Span(end, end)), f"{_gap(text, end)}# mfo: ignore[{finding.code}]")
    elif listed := _LIST.match(comment.text):
        if finding.code in listed[1]:
            return None
        place = comment.span.start + listed.end(1)
        edit = Edit(Place(source.key, Span(place, place)), f", {finding.code}" if listed[1].strip() else finding.code)
    else:
        edit = _above(source, lines, line, finding.code)
    return Fix(f"Ignore {finding.code} here", (edit,))


def _comment_line(source: Source, offset: int) -> int:
    """The line on which a comment speaks of what starts at an offset: of a long text, its first or its last."""
    lines = source.tree.lines
    for document in source.tree.documents:
        for node in walk(document.root) if document.root is not None else ():
            if not isinstance(node, Scalar) or not node.span.start <= offset <= node.span.end:
                continue
            first, last = lines.line_of(node.span.start), lines.line_of(node.span.end)
            if node.style in _BLOCKS:
                return first
            if last > first:
                return last
    return lines.line_of(offset)


def _gap(text: str, end: int) -> str:
    return "" if text[end - 1 : end] in {" ", "\t"} else "  "


def _above(source: Source, lines: LineIndex, line: int, code: str) -> Edit:
    """A line of its own above one that has another comment; the list of such a line goes on."""
    written = lines.line_text(line)
    start = lines.line_start(line)
    before = next((one for one in source.tree.comments if lines.line_of(one.span.start) == line - 1), None)
    if before is not None and not lines.line_text(line - 1)[: before.span.start - lines.line_start(line - 1)].strip():
        listed = _LIST.match(before.text)
        if listed is not None:
            place = before.span.start + listed.end(1)
            return Edit(Place(source.key, Span(place, place)), f", {code}")
    indent = written[: len(written) - len(written.lstrip(" "))]
    new_line = f"{indent}# mfo: ignore[{code}]{line_break_near(source.text, start)}"
    return Edit(Place(source.key, Span(start, start)), new_line)
