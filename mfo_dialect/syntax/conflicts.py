"""Conflict markers that version control leaves in a text; it knows lines, not YAML."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from mfo_dialect.syntax.document import Problem, ProblemKind
from mfo_dialect.text import Span

if TYPE_CHECKING:
    from mfo_dialect.syntax.outline import Line

_MARKER = re.compile(r"(?:<{7}|>{7}|\|{7})(?=[ \t\r\n]|\Z)|={7}(?=[ \t]*(?:\r|\n|\Z))")
_MAX_PROBLEMS = 100
_WHOLE = "unresolved merge conflict: choose one side and remove the markers"
_STRAY = "a marker of a merge conflict was left here"


def has_conflict_markers(text: str) -> bool:
    """Whether a line of the text looks like a marker; cheap."""
    return any(mark in text for mark in ("<<<<<<<", ">>>>>>>", "======="))


def is_conflict_marker(line: str) -> bool:
    """Whether one line starts with a marker."""
    return _MARKER.match(line) is not None


def without_conflicts(lines: list[Line]) -> tuple[list[Line], list[Problem]]:
    """Keep the first side of every conflict and blank the markers and the other sides.

    Returns:
        The lines, as many as before, and one problem for each conflict or stray marker.
    """
    kept: list[Line] = []
    problems: list[Problem] = []
    opened: Line | None = None
    dropping = False
    for place, line in enumerate(lines):
        marker = _MARKER.match(line.text)
        mark = marker[0][0] if marker else ""
        if not mark:
            kept.append(line.blanked() if dropping else line)
            continue
        kept.append(line.blanked())
        if mark == "<" and opened is None and _closes(lines, place):
            opened = line
        elif opened is not None and mark in "|=":
            dropping = True
        elif opened is not None and mark == ">":
            problems.append(_problem(_WHOLE, opened.start, line))
            opened, dropping = None, False
        elif opened is None:
            problems.append(_problem(_STRAY, line.start, line))
    return kept, problems[:_MAX_PROBLEMS]


def _closes(lines: list[Line], place: int) -> bool:
    for line in islice(lines, place + 1, None):
        if line.text.startswith(">>>>>>>"):
            return True
        if line.text.startswith("<<<<<<<"):
            return False
    return False


def _problem(message: str, start: int, last: Line) -> Problem:
    return Problem(ProblemKind.CONFLICT_MARKER, message, Span(start, last.start + len(last.text.rstrip("\r\n"))))
