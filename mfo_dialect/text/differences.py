"""Where two texts differ, as edits: line by line, or as the one stretch that holds every difference."""

from __future__ import annotations

import re
from collections.abc import Callable
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
    from difflib import SequenceMatcher  # noqa: PLC0415 - a check compares nothing

    matcher = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail])
    return tuple(
        TextEdit(Span(starts[head + first], starts[head + last]), "".join(new[head + start : head + end]))
        for kind, first, last, start, end in matcher.get_opcodes()
        if kind != "equal"
    )


def _common(one: list[str], other: list[str]) -> int:
    """How many lines at the start are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def edit_between(before: str, after: str) -> TextEdit:
    """The one edit that turns a text into another one, as short as possible: for who is told all of the new text."""
    most = min(len(before), len(after))
    start = _longest(most, lambda length: before[:length] == after[:length])
    end = _longest(most - start, lambda length: before[len(before) - length :] == after[len(after) - length :])
    return TextEdit(Span(start, len(before) - end), after[start : len(after) - end])


def _longest(most: int, holds: Callable[[int], bool]) -> int:
    """The greatest length up to ``most`` for which something holds that holds for all shorter ones."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low
