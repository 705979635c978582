"""Texts with marks: a cursor, and findings that are expected at a place.

A cursor is ``<|>``. A line ``#  ^^^^ CODE words`` speaks of the line above it: the carets stand below the text that the
finding underlines, and the words are a part of its message. Marked lines are taken out before anything reads the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mfo_dialect.text import LineIndex, Span

_MARK = re.compile(r"[ ]*#[ ]*(?P<carets>\^+)[ ]+(?P<code>[A-Z]+\d+)(?:[ ]+(?P<words>.*))?")
_FENCE = re.compile(r"^```\w+[ ]*(?P<name>[\w./-]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
CURSOR = "<|>"


@dataclass(frozen=True)
class Expected:
    """A finding that a marked text asks for."""

    document: str
    code: str
    span: Span
    words: str


def read_marks(text: str, document: str = "workflow.yml") -> tuple[str, list[Expected]]:
    """The text without its marks, and what they ask for."""
    kept: list[str] = []
    asked: list[tuple[int, int, int, str, str]] = []
    for line in text.split("\n"):
        mark = _MARK.fullmatch(line)
        if mark is None:
            kept.append(line)
        else:
            start, end = mark.span("carets")
            asked.append((len(kept) - 1, start, end, mark["code"], mark["words"] or ""))
    plain = "\n".join(kept)
    lines = LineIndex(plain)
    return plain, [
        Expected(document, code, Span(lines.line_start(row) + start, lines.line_start(row) + end), words)
        for row, start, end, code, words in asked
    ]


def read_cursor(text: str) -> tuple[str, int]:
    """The text without its cursor, and the cursor's offset."""
    before, mark, after = text.partition(CURSOR)
    assert mark, "the text has no cursor"
    return before + after, len(before)


def fenced_files(markdown: str) -> dict[str, str]:
    """The files that the fenced blocks of a Markdown text hold, by the name behind the fence's language."""
    return {match["name"] or "workflow.yml": match["text"] for match in _FENCE.finditer(markdown)}


def section(markdown: str, heading: str) -> str:
    """What stands under one ``##`` heading."""
    match = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", markdown, re.MULTILINE | re.DOTALL)
    return match.group(1) if match else ""
