"""What every fix has in common before anybody is offered it: line ends as around it, and comments that stay.

Rules write LF and think of keys and values; here their edits get the document's line ends, and comments inside a stretch
that goes are put where it was.
"""

from __future__ import annotations

from dataclasses import replace

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.suppressions import is_directive
from mfo_dialect.findings import Edit, Fix
from mfo_dialect.rules.layout import line_start
from mfo_dialect.syntax.comments import Comment
from mfo_dialect.text import Span, line_break_near, with_line_breaks


def finished(fix: Fix, bundle: Bundle) -> Fix | None:
    """A fix as it can be offered; None where it would lose a comment for which there is no place.

    Comments that suppress findings go with what they stand at.
    """
    edits: list[Edit] = []
    for edit in fix.edits:
        text = bundle.text_of(edit.place.document)
        kept = _with_comments(edit, _lost(edit, fix, bundle), text)
        if kept is None:
            return None
        edits.append(_in_line_ends(kept, text))
    return fix if tuple(edits) == fix.edits else replace(fix, edits=tuple(edits))


def _in_line_ends(edit: Edit, text: str) -> Edit:
    if "\r" not in text and "\r" not in edit.new_text:
        return edit
    line_break = line_break_near(text, edit.place.span.start)
    return replace(edit, new_text=with_line_breaks(edit.new_text, line_break))


def _lost(edit: Edit, fix: Fix, bundle: Bundle) -> tuple[Comment, ...]:
    """The comments that an edit takes away and that no edit of the fix brings back."""
    span, source = edit.place.span, bundle.sources.get(edit.place.document)
    if source is None or "#" not in source.text[span.start : span.end]:
        return ()
    brought = [line.rstrip("\r") for other in fix.edits for line in other.new_text.split("\n")]
    lost: list[Comment] = []
    for comment in source.tree.comments:
        if not span.start <= comment.span.start < span.end or is_directive(comment):
            continue
        again = next((line for line in brought if line.endswith(comment.text)), None)
        if again is None:
            lost.append(comment)
        else:
            brought.remove(again)  # one line brings one comment back
    return tuple(lost)


def _with_comments(edit: Edit, lost: tuple[Comment, ...], text: str) -> Edit | None:
    """The edit with the comments on lines of their own; None where it does not end with whole lines."""
    if not lost:
        return edit
    span = edit.place.span
    if not (span.end == len(text) or line_start(text, span.end) == span.end):
        return None
    indent = _indent(text, span)
    lines = "".join(f"{indent}{comment.text}\n" for comment in lost)
    if line_start(text, span.start) == span.start:
        return replace(edit, new_text=lines + edit.new_text)
    return None


def _indent(text: str, span: Span) -> str:
    line = text[line_start(text, span.start) : span.end]
    return line[: len(line) - len(line.lstrip(" "))]
