"""Where places of a text are after edits: what lets findings of before and after be compared."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate

from mfo_dialect.findings import Edit, Finding


class MovedPlaces:
    """The findings of before, where they would stand after edits."""

    def __init__(self, findings: Iterable[Finding], edits: Iterable[Edit]) -> None:
        """Keep both; places of both speak of the texts before."""
        by_document: defaultdict[str, list[Edit]] = defaultdict(list)
        for edit in dict.fromkeys(edits):
            by_document[edit.place.document].append(edit)
        self._findings = tuple(findings)
        self._moves = {document: _Moves(found) for document, found in by_document.items()}

    def key(self, finding: Finding) -> tuple[str, str, int]:
        """A finding of before by its code and by where it would start."""
        document = finding.place.document
        return (finding.code, document, self.offset(document, finding.place.span.start))

    def offset(self, document: str, offset: int) -> int:
        """Where an offset of before is after the edits; inside a replaced stretch, where the new text starts."""
        moves = self._moves.get(document)
        return moves.moved(offset) if moves is not None else offset

    @cached_property
    def known(self) -> frozenset[tuple[str, str, int]]:
        """All findings of before by ``key``."""
        return frozenset(self.key(finding) for finding in self._findings)


class _Moves:
    def __init__(self, edits: Iterable[Edit]) -> None:
        ordered = sorted(edits, key=lambda edit: edit.place.span)
        self._starts = [edit.place.span.start for edit in ordered]
        self._ends = [edit.place.span.end for edit in ordered]
        sizes = (len(edit.new_text) - (edit.place.span.end - edit.place.span.start) for edit in ordered)
        self._shifts = [0, *accumulate(sizes)]

    def moved(self, offset: int) -> int:
        """An insertion at the offset itself pushes it on; a replacement that starts there does not."""
        index = bisect_right(self._starts, offset)
        if index and self._ends[index - 1] > offset:
            return self._starts[index - 1] + self._shifts[index - 1]
        return offset + self._shifts[index]
