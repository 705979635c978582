"""Reading a text as if some stretches of it were written otherwise.

The nodes are those of the other text, at the places where they stand in this one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

from mfo_dialect.syntax.composing import Composition, compose
from mfo_dialect.syntax.events import Engine, StandIns
from mfo_dialect.syntax.navigation import children_of
from mfo_dialect.syntax.tree import Node, Origin
from mfo_dialect.text import Span


@dataclass(frozen=True, slots=True, order=True)
class Replacement:
    """``text[start:end]`` is read as ``by``."""

    start: int
    end: int
    by: str


class Replaced:
    """A text with replacements, which must not overlap."""

    def __init__(self, text: str, replacements: Iterable[Replacement]) -> None:
        """Replace parts of ``text``."""
        self._starts: list[int] = [0]
        self._origins: list[tuple[int, int]] = [(0, len(text))]
        pieces: list[str] = []
        length = place = 0
        for one in sorted(replacements):
            pieces += (text[place : one.start], one.by)
            length += one.start - place
            self._add(length, one.start, one.start)
            length += len(one.by)
            self._add(length, one.end, len(text))
            place = one.end
        self.text = "".join((*pieces, text[place:]))

    def _add(self, start: int, origin: int, last: int) -> None:
        self._starts.append(start)
        self._origins.append((origin, last))

    def origin_of(self, offset: int) -> int:
        """The offset in the original text; what was put in stands where it begins."""
        piece = bisect_right(self._starts, offset) - 1
        origin, last = self._origins[piece]
        return min(origin + offset - self._starts[piece], last)

    def compose(self, written: Origin, engine: Engine, stand_ins: StandIns | None) -> Composition:
        """Read the replaced text; nodes, problems and the starts of documents are moved to the text as ``written``."""
        composition = compose(Origin(self.text), engine, stand_ins)
        composition.documents = [(root, self.origin_of(start)) for root, start in composition.documents]
        waiting = [root for root, _ in composition.documents if root is not None]
        while waiting:
            node = waiting.pop()
            waiting += children_of(node)
            self._move(node, written)
        composition.problems = [
            replace(problem, span=Span(*map(self.origin_of, problem.span)).shifted(written.base))
            for problem in composition.problems
        ]
        return composition

    def _move(self, node: Node, written: Origin) -> None:
        start, end = self.origin_of(node.start), self.origin_of(node.end)
        node.start, node.end, node.origin = start, max(start, end), written
