"""The lines in which two texts differ, as edits."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import accumulate, takewhile

from mfo_dialect.text.edits import TextEdit
from mfo_dialect.text.span import Span

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


def line_edits(before: str, after: str) -> tuple[TextEdit, ...]:
    """Edits of whole lines that turn one text into the other; they neither overlap nor touch, and stand in order."""
    old, new = _LINE.findall(before), _LINE.findall(after)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    starts = [0, *accumulate(map(len, old))]
    matcher = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail])
    return tuple(
        TextEdit(Span(starts[head + first], starts[head + last]), "".join(new[head + start : head + end]))
        for kind, first, last, start, end in matcher.get_opcodes()
        if kind != "equal"
    )


def _common(one: list[str], other: list[str]) -> int:
    """How many lines at the start are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
