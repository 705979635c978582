"""Replacing stretches of a text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mfo_dialect.text.span import Span


class TextEdit(NamedTuple):
    """Put ``new_text`` where ``span`` is; an empty span inserts."""

    span: Span
    new_text: str


def apply_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """The text after all edits, whose spans speak of the text before any of them.

    Insertions at one place keep the order in which they are given.

    Raises:
        ValueError: two edits overlap, or one lies outside the text.
    """
    pieces: list[str] = []
    done = 0
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)):
        if edit.span.start < done or edit.span.end < edit.span.start or edit.span.end > len(text):
            raise ValueError(f"edit {edit.span} overlaps another one or lies outside the text")
        pieces += [text[done : edit.span.start], edit.new_text]
        done = edit.span.end
    pieces.append(text[done:])
    return "".join(pieces)
