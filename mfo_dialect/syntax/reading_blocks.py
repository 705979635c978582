"""A text divided into blocks, each read by itself: dividing, reading, judging, and what is kept of it.

Blocks are told apart by their lines, and read from left to right. It gives up where something crosses blocks; the whole
text is then read at once, elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from mfo_dialect.steps import Steps, at_once
from mfo_dialect.syntax.blocks import Container, Header, Leaf, PieceOrigin, Stretch, Unit, with_lead
from mfo_dialect.syntax.document import Problem
from mfo_dialect.syntax.events import Engine
from mfo_dialect.syntax.judging import BlockReader, UndividableError, sound_parts
from mfo_dialect.syntax.limits import BLOCK_LINES
from mfo_dialect.syntax.partition import ROOT, heads, opening_of, preamble_end, starts_well
from mfo_dialect.syntax.stretches import (
    ChangedBlock,
    Spare,
    base_of,
    changed_block,
    is_odd,
    key_node,
    lead_at,
    leaves_of,
    moved_problem,
    settle_all,
    spare_of,
)
from mfo_dialect.syntax.tree import Pair, Scalar
from mfo_dialect.text import Piece, PiecedText

_MAX_DEPTH = 12
_MAX_PROBLEMS = 500


class ReadBlocks:
    """The blocks of one text, as read.

    Attributes:
        pieces: the text.
        root: the map that it is.
        reader: who reads the blocks, and how much that was.
        is_written: whether an edit that was not completed has changed the text already.
        reading: what is left to be read of the first text, a block at a time.
    """

    def __init__(
        self,
        text: str,
        engine: Engine,
        block_lines: int = BLOCK_LINES,
        spare: Spare | None = None,
        *,
        in_steps: bool = False,
    ) -> None:
        """Divide and read a text.

        Args:
            text: the text.
            engine: who reads.
            block_lines: how many lines a block may have that is not divided further.
            spare: blocks that were read before, by what they depend on.
            in_steps: leave it to ``reading`` to read the text, and to raise.

        Raises:
            UndividableError: something in the text crosses its blocks, or it is short.
        """
        self.reader = BlockReader(engine)
        self.is_written = False
        self._block_lines = block_lines
        self._spare: Spare = spare or {}
        self._kept: Spare = {}  # what may be used again as soon as the long leaves can be divided
        self._long: list[Leaf] = []
        self._unsound: list[Leaf] = []
        self._harmed: list[Leaf] = []
        self._damaged: list[Container] = []
        self._anchors: Counter[str] = Counter()
        self._undefined: Counter[str] = Counter()
        self._touched: dict[int, Container] = {}
        self._gone: dict[int, tuple[Stretch, ChangedBlock]] = {}
        self._come: dict[int, Stretch] = {}
        self._remade: list[Container] = []
        self._marked: dict[int, Container] = {}
        self.reading = self._read(text)
        if not in_steps:
            at_once(self.reading)

    def _read(self, text: str) -> Steps[None]:
        start = preamble_end(text)
        if (
            start is None
            or is_odd(text)
            or text.count("\n") <= self._block_lines
            or not starts_well(ROOT, text[start:])
        ):
            raise UndividableError(None)
        self.root = Container(ROOT, None, None, 0)
        preamble = [Header(text[:start])] if start else []
        units = yield from self._units_in_steps(self.root, text[start:], 0)
        if units is None:
            raise UndividableError(None)
        self.root.put(0, 0, units)
        self.pieces = PiecedText([*preamble, *self.root.pieces])
        self._register(leaf for unit in units for leaf in leaves_of(unit))
        settle_all(self.root)
        yield
        yield from self._judge(list(self._unsound))
        self._settle()
        self._gone.clear()
        self._come.clear()
        self._remade.clear()
        self._marked.clear()
        self._spare = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, sorted by place; of broken blocks, the first few hundred."""
        found: list[Problem] = []
        broken = 0
        for leaf in sorted((leaf for leaf in self._harmed), key=base_of):
            base = leaf.base
            problems = leaf.problems
            if leaf.is_broken:
                problems = problems[: _MAX_PROBLEMS - broken]
                broken += len(problems)
            found += [moved_problem(problem, base) for problem in problems]
        return tuple(sorted(found, key=lambda problem: problem.span))

    @property
    def has_anchors(self) -> bool:
        """Whether any block has an anchor or an alias."""
        return any(count > 0 for counts in (self._anchors, self._undefined) for count in counts.values())

    def spare(self) -> Spare:
        """The blocks that can be used again wherever the same text stands."""
        return {**self._kept, **self._spare, **spare_of([self.root])}

    def _units(self, container: Container, text: str, lead: int) -> list[Unit] | None:
        """The blocks that a text divides into; None where it cannot be divided."""
        return at_once(self._units_in_steps(container, text, lead))

    def _units_in_steps(self, container: Container, text: str, lead: int) -> Steps[list[Unit] | None]:
        marks = heads(container.frame, with_lead(text, lead))
        if not marks or marks[0]:
            return None
        ends = [*marks[1:], len(text)]
        units: list[Unit] = []
        for start, end in zip(marks, ends, strict=True):
            units.append((yield from self._unit(container, text[start:end], 0 if start else lead)))
            yield
        return units

    def _unit(self, container: Container, text: str, lead: int) -> Steps[Unit]:
        if text.count("\n") > self._block_lines and container.depth < _MAX_DEPTH:
            divided = yield from self._divided(container, text, lead)
            if divided is not None:
                return divided
        key = (text, lead, container.depth, container.frame.is_list)
        known = self._spare.get(key) or self._kept.get(key)
        if known:
            leaf = known.pop()
            leaf.container = container
            return leaf
        return self.reader.leaf(text, lead, container)[0]

    def _divided(self, parent: Container, text: str, lead: int) -> Steps[Container | None]:
        opening = opening_of(parent.frame, with_lead(text, lead))
        if opening is None:
            return None
        header = None
        inner_lead = opening.lead
        if opening.header:
            header = self._header(text[: opening.header], lead, parent)
            if header is None:
                return None
            inner_lead = 0
        container = Container(opening.frame, parent, header, lead if header is not None else inner_lead)
        units = yield from self._units_in_steps(container, text[opening.header :], inner_lead)
        if units is None:
            return None
        container.put(0, 0, units)
        if header is not None:
            header.container = container
            header.parts = (Pair(key_node(header), container.node),)
        return container

    def _header(self, text: str, lead: int, parent: Container) -> Header | None:
        """The lines of a key whose value stands below; None where they hold more than that."""
        header = Header(text)
        composition = self.reader.compose(PieceOrigin(text, header), with_lead(text, lead), parent.depth)
        parts = sound_parts(composition, is_list=False)
        if parts is None or len(parts) != 1 or composition.problems or composition.anchored or composition.aliases:
            return None
        pair = parts[0]
        value = pair.value if isinstance(pair, Pair) else None
        if not isinstance(value, Scalar) or not value.is_missing or value.tag is not None:
            return None
        header.parts = parts
        return header

    def _swap(self, container: Container, low: int, high: int, units: list[Unit]) -> None:
        """Put blocks in place of others, in the tree and in the text."""
        old = container.children[low:high]
        old_pieces = [piece for unit in old for piece in unit.pieces]
        new_pieces = [piece for unit in units for piece in unit.pieces]
        kept = set(map(id, new_pieces))
        self._note(old_pieces, new_pieces)
        self._remade += [
            unit for unit in units if isinstance(unit, Container) and set(leaves_of(unit)) <= set(old_pieces)
        ]
        self._unregister(piece for piece in old_pieces if isinstance(piece, Leaf) and id(piece) not in kept)
        known = set(map(id, old_pieces))
        first, last, row = self._border(container, low, old_pieces, new_pieces)
        container.put(low, high, units)
        self.pieces.replace(first, last, row)
        self.is_written = True
        self._register(piece for piece in new_pieces if isinstance(piece, Leaf) and id(piece) not in known)
        for unit in units:
            if isinstance(unit, Container):
                settle_all(unit)
        self._touched[id(container)] = container

    @staticmethod
    def _border(
        container: Container, low: int, old: list[Stretch], new: list[Stretch]
    ) -> tuple[Stretch, Stretch, list[Piece]]:
        """The pieces to replace, and by what: where there are none, the one beside the place stays."""
        if old:
            return old[0], old[-1], [*new]
        if low:
            before = container.children[low - 1].last
            return before, before, [before, *new]
        after = container.children[0].first
        return after, after, [*new, after]

    def _finish(self, pending: list[Leaf]) -> None:
        """Judge what could not be read alone, and make the spine right."""
        at_once(self._judge(pending))
        self._settle()

    def _judge(self, pending: list[Leaf]) -> Steps[None]:
        waiting = sorted(pending, key=base_of, reverse=True)
        while waiting:
            leaf = waiting.pop()
            if not leaf.is_placed or leaf.is_sound:
                continue
            found = self._judged(leaf)
            if found:
                waiting = sorted([*(one for one in waiting if one.is_placed), *found], key=base_of, reverse=True)
            yield

    def _settle(self) -> None:
        crossing = {name for name, count in self._anchors.items() if count > 1 or name in self._undefined}
        if crossing:
            raise UndividableError(None, crossing)
        touched = {id(one): one for container in self._touched.values() for one in container.around()}
        for container in sorted(touched.values(), key=lambda one: -one.depth):
            if container.children and container.children[0].first.is_placed:
                container.settle()
        self._touched = {}
        self._mark_damage()

    def _judged(self, leaf: Leaf) -> list[Leaf]:
        """Judge one block; gives the blocks that must be judged because of it."""
        container = leaf.container
        assert container is not None
        try:
            judged = self.reader.judged(leaf, self.pieces)
        except UndividableError as error:
            if error.container is None:
                raise
            collapsed = self._collapsed(error.container)
            return [] if collapsed.is_sound else [collapsed]
        if judged.breaks > self._block_lines:
            self._long.append(judged)
        index = container.index_of(leaf)
        end = leaf.base + len(judged.text)
        last = container.index_at(end - 1)
        rest = self.pieces.slice(end, container.children[last].last.end)
        units = self._units(container, rest, 0) if rest else []
        if units is None:
            raise UndividableError(None)
        self._swap(container, index, last + 1, [judged, *units])
        return [one for unit in units for one in leaves_of(unit) if not one.is_sound]

    def _mark_damage(self) -> None:
        before = {id(one): one for one in self._damaged}
        for container in self._damaged:
            container.node.damaged = False
        damaged = {
            id(one): one
            for leaf in self._harmed
            if leaf.is_harmed and leaf.container
            for one in leaf.container.around()
        }
        self._damaged = list(damaged.values())
        for container in self._damaged:
            container.node.damaged = True
        for number in before.keys() ^ damaged.keys():
            container = before.get(number) or damaged[number]
            if self._marked.pop(number, None) is None:  # what was marked and unmarked is as it was
                self._marked[number] = container

    def _register(self, leaves: Iterable[Leaf]) -> None:
        for leaf in leaves:
            if not leaf.is_sound:
                self._unsound.append(leaf)
            if leaf.problems:
                self._harmed.append(leaf)
            if leaf.anchors or leaf.undefined:
                self._anchors.update(leaf.anchors)
                self._undefined.update(leaf.undefined)

    def _unregister(self, leaves: Iterable[Leaf]) -> None:
        for leaf in leaves:
            if not leaf.is_sound:
                self._unsound.remove(leaf)
            if leaf.problems:
                self._harmed.remove(leaf)
            if leaf.anchors or leaf.undefined:
                self._anchors -= Counter(leaf.anchors)
                self._undefined -= Counter(leaf.undefined)

    def _note(self, old: list[Stretch], new: list[Stretch]) -> None:
        """Remember what went and what came; what came back is in both."""
        kept = set(map(id, old)) & set(map(id, new))
        for stretch in old:
            if id(stretch) not in kept and self._come.pop(id(stretch), None) is None:
                self._gone[id(stretch)] = (stretch, changed_block(stretch))
        for stretch in new:
            if id(stretch) not in kept:
                self._come[id(stretch)] = stretch

    def _collapsed(self, container: Container) -> Leaf:
        """The leaf that takes the place of a collection."""
        parent = container.parent
        if parent is None:
            raise UndividableError(None)
        index = parent.index_of(container)
        leaf, _ = self.reader.leaf(container.text, lead_at(parent, index), parent)
        if leaf.breaks > self._block_lines:
            self._long.append(leaf)
            self._kept.update(spare_of([container]))
        self._swap(parent, index, index + 1, [leaf])
        return leaf
