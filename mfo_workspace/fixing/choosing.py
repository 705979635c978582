"""Which fixes can be applied together, and which findings share one."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from mfo_dialect.findings import Edit, Finding, Fix

Choose = Callable[[Finding], Fix | None]
_HEAD = re.compile(r"[^:=]*")


@dataclass(frozen=True, slots=True)
class Mending:
    """A fix, and the findings that ask for it."""

    fix: Fix
    findings: tuple[Finding, ...]


def mendings(findings: Iterable[Finding], choose: Choose) -> tuple[Mending, ...]:
    """The chosen fixes in the order of their findings; findings that ask for the same edits share one."""
    by_edits: dict[tuple[Edit, ...], tuple[Fix, list[Finding]]] = {}
    for finding in findings:
        fix = choose(finding)
        if fix is not None and fix.edits:
            by_edits.setdefault(fix.edits, (fix, []))[1].append(finding)
    return tuple(Mending(fix, tuple(asking)) for fix, asking in by_edits.values())


def disjoint(wanted: Iterable[Mending]) -> Iterator[Mending]:
    """Those whose edits leave the edits of all earlier ones alone; two that want the same edit share it."""
    taken: defaultdict[str, _Taken] = defaultdict(_Taken)
    for mending in wanted:
        edits = mending.fix.edits
        if all(taken[edit.place.document].leaves_room(edit) for edit in edits):
            for edit in edits:
                taken[edit.place.document].add(edit)
            yield mending


class _Taken:
    """The edits of one document that are to be applied together, sorted; none of them overlaps another."""

    def __init__(self) -> None:
        self._edits: list[tuple[int, int, str]] = []

    def add(self, edit: Edit) -> None:
        one = _plain(edit)
        if one not in self._around(edit):
            insort(self._edits, one)

    def leaves_room(self, edit: Edit) -> bool:
        one = _plain(edit)
        return all(one == other or not _collide(one, other) for other in self._around(edit))

    def _around(self, edit: Edit) -> Iterator[tuple[int, int, str]]:
        """The edits from the one that starts before this one up to those that start where it ends."""
        start, end = edit.place.span
        index = max(bisect_left(self._edits, (start,)) - 1, 0)
        while index < len(self._edits) and self._edits[index][0] <= end:
            yield self._edits[index]
            index += 1


def _plain(edit: Edit) -> tuple[int, int, str]:
    return (edit.place.span.start, edit.place.span.end, edit.new_text)


def _collide(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    """Whether two edits overlap, or insert the same key, or the same item, at the same place."""
    if one[:2] == other[:2] and one[0] == one[1]:
        return _head(one[2]) == _head(other[2])
    if one[:2] == other[:2]:
        return True
    return one[0] < other[1] and other[0] < one[1]


def _head(text: str) -> str:
    """What an insertion starts with, up to the end of its first key; all of it where it has none."""
    found = _HEAD.match(text)
    return found.group().strip() if found is not None else ""
