"""Finding references in a text: ``${path}``, ``$<path>``, escapes, and the bare candidate."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from mfo_dialect.references.nodes import Reference, Spelling
from mfo_dialect.references.paths import ParsedPath, parse_path
from mfo_dialect.text import Span

Piece: TypeAlias = str | Reference
RESERVED_ROOTS = ("INPUT", "TRIGGER", "TASKFLOW", "TASKID", "SYSTEM", "SECRET", "ENV")
_INSIDE = re.compile(r"""\[[ \t]*(?:"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*')|\}|\n|\$\{""")
_LONGEST_KEPT, _MOST_KEPT = 200, 2048
_END_OF_ANGLE = re.compile(r"[>\n$]")
_END_OF_UNCLOSED = re.compile(r"[\s{}\"']")
_MARK = re.compile(r"\$\$\{|\$\$<|\$\{|\$<(?=[A-Za-z_][A-Za-z0-9_-]*[.\[])")


def scan(text: str, is_root: Callable[[str], bool] | None = None) -> tuple[Piece, ...]:
    """The text as literal pieces (escapes undone) and marked references, in order.

    A ``${`` always starts a reference, a good or a bad one; ``$<`` only before a root that is followed by a dot or
    bracket and has its ``>`` (dialect section 6). Bare references are not looked for.

    Args:
        text: the text.
        is_root: whether a name is a root or a node in scope: behind ``$<`` such a name starts a bad reference where
            the path is broken or not closed. Nothing is known of names where it is not given.
    """
    if "$" not in text:
        return (text,) if text else ()
    if len(text) <= _LONGEST_KEPT and "$<" not in text:  # then it does not matter what is a root
        return _kept_pieces(text)
    return _pieces(text, is_root)


def _pieces(text: str, is_root: Callable[[str], bool] | None = None) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    literal: list[str] = []
    at = 0
    while (mark := _MARK.search(text, at)) is not None:
        literal.append(text[at : mark.start()])
        at = mark.end()
        if mark.group() in {"$${", "$$<"}:
            literal.append(mark.group()[1:])
            continue
        reference = _dollar(text, mark.start()) if mark.group() == "${" else _angle(text, mark.start(), is_root)
        if reference is None:
            literal.append(mark.group())
            continue
        if any(literal):
            pieces.append("".join(literal))
        literal = []
        pieces.append(reference)
        at = reference.span.end
    literal.append(text[at:])
    if any(literal):
        pieces.append("".join(literal))
    return tuple(pieces)


_kept_pieces = lru_cache(_MOST_KEPT)(_pieces)
"""Documents say the same again and again: ``${INPUT.text}``."""


def _dollar(text: str, start: int) -> Reference:
    close = _closing_brace(text, start + 2)
    if close is None:
        end = _end_of_unclosed(text, start + 2)
        parsed = parse_path(text, start + 2, end)
        span = Span(start, parsed.end)
        return Reference(parsed.segments, span, Spelling.DOLLAR, "the reference is not closed: } is missing", span)
    inner_start, inner_end = _trimmed(text, start + 2, close)
    span = Span(start, close + 1)
    if inner_start == inner_end:
        return Reference((), span, Spelling.DOLLAR, "the reference is empty", span)
    parsed = parse_path(text, inner_start, inner_end)
    if parsed.problem:
        return Reference(parsed.segments, span, Spelling.DOLLAR, parsed.problem, Span(parsed.end, inner_end))
    return Reference(parsed.segments, span, Spelling.DOLLAR)


def _closing_brace(text: str, start: int) -> int | None:
    """Where the brace is that closes a reference; quoted keys may hold one, a line break or another ``${`` may not."""
    for part in _INSIDE.finditer(text, start):
        if part.group() == "}":
            return part.start()
        if part.group() in {"\n", "${"}:
            return None
    return None


def _end_of_unclosed(text: str, start: int) -> int:
    stop = _END_OF_UNCLOSED.search(text, start)
    return stop.start() if stop is not None else len(text)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in " \t":
        start += 1
    while end > start and text[end - 1] in " \t":
        end -= 1
    return start, end


def _angle(text: str, start: int, is_root: Callable[[str], bool] | None) -> Reference | None:
    parsed = parse_path(text, start + 2, len(text))
    if not parsed.segments or not text.startswith(">", parsed.end) or len(parsed.segments) == 1:
        if is_root is None or not parsed.segments or not is_root(parsed.segments[0].name):
            return None
        return _broken_angle(text, start, parsed)
    return Reference(parsed.segments, Span(start, parsed.end + 1), Spelling.ANGLE)


def _broken_angle(text: str, start: int, parsed: ParsedPath) -> Reference:
    close = _END_OF_ANGLE.search(text, parsed.end)
    if close is None or close.group() != ">":
        span = Span(start, parsed.end)
        return Reference(parsed.segments, span, Spelling.ANGLE, "the reference is not closed: > is missing", span)
    problem_span = Span(parsed.end, max(close.start(), parsed.end + 1))
    return Reference(parsed.segments, Span(start, close.end()), Spelling.ANGLE, parsed.problem, problem_span)


def bare_reference(text: str) -> Reference | None:
    """The whole text as a path, white space around it ignored, or None where it has not that form.

    Whether it *is* a reference depends on the roots and nodes in scope, which the caller knows; one segment alone
    never is, and the id of a node only before a dot: ``notes[1]`` is text.
    """
    if ("." not in text and "[" not in text) or text.startswith("$"):
        return None
    return _kept_bare(text) if len(text) <= _LONGEST_KEPT else _bare(text)


def _bare(text: str) -> Reference | None:
    start, end = 0, len(text)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end or not (text[start].isalpha() or text[start] == "_"):
        return None
    parsed = parse_path(text, start, end)
    if parsed.problem or len(parsed.segments) == 1:
        return None
    if parsed.segments[1].bracketed and parsed.segments[0].name not in RESERVED_ROOTS:
        return None
    return Reference(parsed.segments, Span(start, end), Spelling.BARE)


_kept_bare = lru_cache(_MOST_KEPT)(_bare)


def unescape_bare(text: str) -> str | None:
    """What ``$$path`` stands for: the text of a path that is not to be read as a reference; None for other texts."""
    stripped = text.strip()
    if not stripped.startswith("$$") or bare_reference(stripped[2:]) is None:
        return None
    return stripped[2:]
