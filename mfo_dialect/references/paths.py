"""Reading ``root.name[0]["any key"]``."""

from __future__ import annotations

import re
from typing import NamedTuple

from mfo_dialect.references.nodes import Segment
from mfo_dialect.text import Span

_ROOT = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NAME = re.compile(r"[\w-]+")
_INDEX = re.compile(r"\[\s*(\d+)\s*\]")
_QUOTED = re.compile(r"""\[\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*\]""")
_ESCAPE = re.compile(r"\\(.)")
_MAX_SEGMENTS = 100


class ParsedPath(NamedTuple):
    """What was read: the segments, where reading stopped, and why it stopped there (empty: the path is whole)."""

    segments: tuple[Segment, ...]
    end: int
    problem: str


def parse_path(text: str, start: int, end: int) -> ParsedPath:
    """Read a path from ``text[start:end]``; spans are relative to ``text``.

    Reading stops at the first character that cannot belong to a path; ``end`` of the result says where.
    """
    root = _ROOT.match(text, start, end)
    if root is None:
        return ParsedPath((), start, "a reference starts with the name of a node or a root such as INPUT")
    segments = [Segment(root.group(), Span(*root.span()))]
    at = root.end()
    while at < end and len(segments) < _MAX_SEGMENTS:
        step = _step(text, at, end)
        if step is None:
            return ParsedPath(tuple(segments), at, _problem_at(text, at, end))
        segment, at = step
        segments.append(segment)
    return ParsedPath(tuple(segments), at, "" if at >= end else "the path is too long")


def _step(text: str, at: int, end: int) -> tuple[Segment, int] | None:
    if text[at] == ".":
        name = _NAME.match(text, at + 1, end)
        return None if name is None else (Segment(name.group(), Span(*name.span())), name.end())
    index = _INDEX.match(text, at, end)
    if index is not None:
        return Segment(index.group(1), Span(*index.span(1)), bracketed=True), index.end()
    quoted = _QUOTED.match(text, at, end)
    if quoted is not None:
        group = 1 if quoted.group(1) is not None else 2
        return Segment(_ESCAPE.sub(r"\1", quoted.group(group)), Span(*quoted.span(group)), bracketed=True), quoted.end()
    return None


def _problem_at(text: str, at: int, end: int) -> str:
    match text[at]:
        case ".":
            return "a name is missing after the dot"
        case "[":
            return 'brackets hold an index or a quoted key: [0], ["any key"]'
        case " " | "\t" | "\n":
            return "a reference has no spaces"
        case character:
            return f'"{character}" cannot stand in a reference' if at < end else ""
