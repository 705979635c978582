"""A text divided into blocks, each read by itself, and kept so while the text is edited.

What it holds is a function of the text alone, however the text came about: blocks are told apart by their lines, and
read from left to right. It gives up where something crosses blocks; the whole text is then read at once, elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from mfo_dialect.syntax.blocks import Container, Header, Leaf, Part, PieceOrigin, Stretch, Unit, with_lead
from mfo_dialect.syntax.document import Problem
from mfo_dialect.syntax.events import Engine, readable_text
from mfo_dialect.syntax.judging import BlockReader, UndividableError, sound_parts
from mfo_dialect.syntax.limits import BLOCK_LINES, MAX_LENGTH
from mfo_dialect.syntax.partition import (
    ROOT,
    heads,
    is_preamble,
    opening_of,
    outer_end,
    preamble_end,
    starts_well,
)
from mfo_dialect.syntax.tree import Node, Pair, Scalar
from mfo_dialect.text import Piece, PiecedText, TextEdit

_MAX_DEPTH = 12
_MAX_PROBLEMS = 500
_CONTENT = re.compile(r"^[ \t]*[^ \t\r\n#]", re.MULTILINE)
_LONE_RETURN = re.compile(r"\r(?!\n)")

_Key = tuple[str, int, int, bool]
Spare = dict[_Key, list[Leaf]]


@dataclass(frozen=True, slots=True)
class ChangedBlock:
    """A block that is there no more, or is new.

    Attributes:
        path: the nodes of the collections around it, from the root to the one that it is a part of.
        parts: its items or pairs; one, or none or several where it is broken.
    """

    path: tuple[Node, ...]
    parts: tuple[Part, ...]


class BlockTree:
    """The blocks of one text.

    Attributes:
        pieces: the text.
        root: the map that it is.
        reader: who reads the blocks, and how much that was.
        is_written: whether an edit that was not completed has changed the text already.
    """

    def __init__(self, text: str, engine: Engine, block_lines: int = BLOCK_LINES, spare: Spare | None = None) -> None:
        """Divide and read a text.

        Args:
            text: the text.
            engine: who reads.
            block_lines: how many lines a block may have that is not divided further.
            spare: blocks that were read before, by what they depend on.

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
        start = preamble_end(text)
        if start is None or _is_odd(text) or text.count("\n") <= block_lines or not starts_well(ROOT, text[start:]):
            raise UndividableError(None)
        self.root = Container(ROOT, None, None, 0)
        preamble = [Header(text[:start])] if start else []
        units = self._units(self.root, text[start:], 0)
        if units is None:
            raise UndividableError(None)
        self.root.put(0, 0, units)
        self.pieces = PiecedText([*preamble, *self.root.pieces])
        self._register(leaf for unit in units for leaf in _leaves(unit))
        _settle_all(self.root)
        self._finish(list(self._unsound))
        self._gone.clear()
        self._come.clear()
        self._spare = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, sorted by place; of broken blocks, the first few hundred."""
        found: list[Problem] = []
        broken = 0
        for leaf in sorted((leaf for leaf in self._harmed), key=_base):
            base = leaf.base
            problems = leaf.problems
            if leaf.is_broken:
                problems = problems[: _MAX_PROBLEMS - broken]
                broken += len(problems)
            found += [_moved(problem, base) for problem in problems]
        return tuple(sorted(found, key=lambda problem: problem.span))

    def spare(self) -> Spare:
        """The blocks that can be used again wherever the same text stands."""
        return {**self._kept, **self._spare, **_spare_of([self.root])}

    def taken_changes(self) -> tuple[tuple[ChangedBlock, ...], tuple[ChangedBlock, ...], bool]:
        """The blocks that went and came since this was asked last, and whether problems went or came with them."""
        gone = tuple(block for _, block in self._gone.values())
        come = tuple(_changed(stretch) for stretch in self._come.values())
        stretches = [*(stretch for stretch, _ in self._gone.values()), *self._come.values()]
        problems = any(isinstance(stretch, Leaf) and stretch.problems for stretch in stretches)
        self._gone = {}
        self._come = {}
        return gone, come, problems

    def edit(self, edit: TextEdit) -> None:
        """Change the text, and read again what that can have changed.

        Raises:
            UndividableError: something crosses the blocks now. ``is_written`` says whether the text is changed.
        """
        self.is_written = False
        start, end = edit.span
        first = last = self._stretch_at(start)
        if start == end == first.base and start and _is_between(edit.new_text):
            first = last = self._stretch_at(start - 1)
        if end > first.end:
            last = self._stretch_at(end - 1)
        text = first.text[: start - first.base] + edit.new_text + last.text[end - last.base :]
        if text and not text.endswith("\n") and last.end < self.pieces.length:
            last = self._stretch_at(last.end)
            text += last.text
        if _is_odd(text) or self.pieces.length - (end - start) + len(edit.new_text) > MAX_LENGTH:
            raise UndividableError(None)
        watchers = [leaf for leaf in self._unsound if _depends(leaf, start, edit.new_text)]
        pending = self._header_edited(first, text) if first is last and isinstance(first, Header) else None
        if pending is None:
            pending = self._region_edited(first, last, text)
        for leaf in watchers:
            if not leaf.is_placed or leaf.container is None or leaf in pending:  # it was read again already
                continue
            if leaf.is_broken:
                pending.append(leaf)
            else:
                index = leaf.container.index_of(leaf)
                pending += self._reworked(leaf.container, index, index + 1, leaf.text)
        self._finish(pending)
        self._long = [leaf for leaf in self._long if leaf.is_placed]
        if not self._long:
            self._kept = {}

    def _stretch_at(self, offset: int) -> Stretch:
        piece = self.pieces.piece_at(offset)
        assert isinstance(piece, Stretch)
        return piece

    def _header_edited(self, header: Header, text: str) -> list[Leaf] | None:
        """Change nothing but a header, and perhaps put blocks before it; None if that is not all.

        Returns:
            The new blocks that must be judged.
        """
        container = header.container
        if container is None:
            if text and not is_preamble(text):
                return None
            self.pieces.replace(header, header, [Header(text)] if text else [])
            self.is_written = True
            return []
        parent = container.parent
        assert parent is not None
        index = parent.index_of(container)
        readable = with_lead(text, container.lead)
        marks = heads(parent.frame, readable) if text[: container.lead] == header.text[: container.lead] else None
        if not marks or marks[0] or (index == 0 and not starts_well(parent.frame, readable)):
            return None
        lead = 0 if marks[-1] else container.lead
        opening = opening_of(parent.frame, readable[marks[-1] :] + container.children[0].first.text)
        if opening is None or (opening.frame, opening.header) != (container.frame, len(text) - marks[-1]):
            return None
        is_same = (text[marks[-1] :], lead) == (header.text, container.lead)
        new = header if is_same else self._header(text[marks[-1] :], lead, parent)
        units = self._units(parent, text[: marks[-1]], container.lead) if marks[-1] else []
        if new is None or units is None:
            return None
        if new is not header:
            new.container = container
            new.parts = (Pair(_key_of(new), container.node),)
            place = parent.place_of_part(index)
            parent.put_parts(place, place + 1, new.parts)
            container.header, container.lead = new, lead
            self._note([header], [new])
            self.pieces.replace(header, header, [new])
        if units:
            self._swap(parent, index, index, units)
        self.is_written = True
        self._touched[id(parent)] = parent
        return [leaf for unit in units for leaf in _leaves(unit) if not leaf.is_sound]

    def _region_edited(self, first: Stretch, last: Stretch, text: str) -> list[Leaf]:
        container = _shared(_outside(first), _outside(last))
        if container is None:
            raise UndividableError(None)
        low, high = container.index_at(first.base), container.index_at(last.base)
        inner = first.container
        is_tail = inner is not container and container.children[high].last is last
        if is_tail and inner is not None and isinstance(first, Leaf) and text:
            return self._tail_edited(inner, container, first, high, text)
        before = _pieces_until(container.children[low], first)
        behind = _pieces_behind(container.children[high], last)
        return self._reworked(container, low, high + 1, before + text + behind)

    def _tail_edited(self, inner: Container, container: Container, first: Leaf, high: int, text: str) -> list[Leaf]:
        """Put ``text`` where the end of a collection and the blocks behind it up to ``high`` of an outer one stand."""
        place = inner.index_of(first)
        joined = Leaf(text, _lead_at(inner, place), inner)
        self._swap(inner, place, len(inner.children), [joined])
        around = inner
        while around is not container and around.parent is not None:
            index = around.parent.index_of(around) + 1
            end = high + 1 if around.parent is container else len(around.parent.children)
            if index < end:
                self._swap(around.parent, index, end, [])
            around = around.parent
        return self._reworked(inner, place, place + 1, text)

    def _reworked(self, container: Container, low: int, high: int, text: str) -> list[Leaf]:
        """Put what ``text`` divides into in place of some blocks; gives those that must be judged."""
        while True:
            children = container.children
            lead = _lead_at(container, low)
            fits = text[:lead] == children[0].first.text[:lead]
            marks = heads(container.frame, with_lead(text, lead)) if fits else None
            if marks is not None and text and (not marks or marks[0]):
                if low and isinstance(children[low - 1], Container):
                    return self._moved_into(_last_inside(children[low - 1]), container, low, high, text)
                if low:
                    low -= 1
                    text = children[low].text + text
                    continue
            elif marks is not None and self._begins_well(container, low, high, text):
                self._spare = _spare_of(children[low:high])
                units = self._units(container, text, lead) if text else []
                if units is not None:
                    break
            elif marks is None and fits and high == len(children):
                pending = self._moved_behind(container, low, high, text)
                if pending is not None:
                    return pending
            if container.parent is None:
                raise UndividableError(None)
            head = [] if container.header is None else [container.header.text]
            text = "".join([*head, *map(_text, children[:low]), text, *map(_text, children[high:])])
            low = container.parent.index_of(container)
            container, high = container.parent, low + 1
        self._swap(container, low, high, units)
        long = [unit for unit in units if isinstance(unit, Leaf) and unit.breaks > self._block_lines]
        if long:
            self._long += long
            self._kept.update({key: leaves for key, leaves in self._spare.items() if leaves})
        self._spare = {}
        small = [one for one in container.around() if one.breaks <= self._block_lines]
        if small:
            return [self._collapsed(small[-1])]
        pending = [leaf for unit in units for leaf in _leaves(unit) if not leaf.is_sound]
        only = container.children[0]
        if len(container.children) == 1 and isinstance(only, Leaf) and only.is_broken:
            pending.append(only)
        return pending

    def _begins_well(self, container: Container, low: int, high: int, text: str) -> bool:
        """Whether a collection still begins as one does after ``text`` has taken the place of some of its blocks."""
        if low:
            return True
        if text:
            return starts_well(container.frame, with_lead(text, _lead_at(container, 0)))
        rest = container.children[high:]
        return bool(rest) and not _lead_at(container, 0) and starts_well(container.frame, rest[0].first.text)

    def _moved_into(self, inner: Container, container: Container, low: int, high: int, text: str) -> list[Leaf]:
        """Give ``text``, which starts with lines of the block before it, to the collection at the end of that block."""
        last = inner.children[-1]
        place = len(inner.children) - 1
        self._kept.update(_spare_of(container.children[low:high]))
        joined = Leaf(last.text + text, _lead_at(inner, place), inner)
        self._swap(inner, place, place + 1, [joined])
        self._swap(container, low, high, [])
        return self._reworked(inner, place, place + 1, joined.text)

    def _moved_behind(self, container: Container, low: int, high: int, text: str) -> list[Leaf] | None:
        """Give the lines at the end of ``text`` that are outside a collection to the one around it; None if none are."""
        lead = _lead_at(container, low)
        end = outer_end(container.frame, with_lead(text, lead))
        parent = container.parent
        if parent is None or end == len(text) or (end == 0 and low == 0):
            return None
        inside = heads(container.frame, with_lead(text[:end], lead))
        if end and (not inside or inside[0] or not self._begins_well(container, low, high, text[:end])):
            return None
        marks = heads(parent.frame, text[end:])
        if marks is not None and (not marks or marks[0]):
            return None
        outside = Leaf(text[end:], 0, parent)
        index = parent.index_of(container) + 1
        self._swap(parent, index, index, [outside])
        self._swap(container, low, high, [Leaf(text[:end], lead, container)] if end else [])
        pending = self._reworked(container, low, low + 1, text[:end]) if end else []
        if outside.is_placed:
            index = parent.index_of(outside)
            pending += self._reworked(parent, index, index + 1, outside.text)
        return pending

    def _collapsed(self, container: Container) -> Leaf:
        """The leaf that takes the place of a collection."""
        parent = container.parent
        if parent is None:
            raise UndividableError(None)
        index = parent.index_of(container)
        leaf, _ = self.reader.leaf(container.text, _lead_at(parent, index), parent)
        if leaf.breaks > self._block_lines:
            self._long.append(leaf)
            self._kept.update(_spare_of([container]))
        self._swap(parent, index, index + 1, [leaf])
        return leaf

    def _units(self, container: Container, text: str, lead: int) -> list[Unit] | None:
        """The blocks that a text divides into; None where it cannot be divided."""
        marks = heads(container.frame, with_lead(text, lead))
        if not marks or marks[0]:
            return None
        ends = [*marks[1:], len(text)]
        return [
            self._unit(container, text[start:end], 0 if start else lead) for start, end in zip(marks, ends, strict=True)
        ]

    def _unit(self, container: Container, text: str, lead: int) -> Unit:
        if text.count("\n") > self._block_lines and container.depth < _MAX_DEPTH:
            divided = self._divided(container, text, lead)
            if divided is not None:
                return divided
        key = (text, lead, container.depth, container.frame.is_list)
        known = self._spare.get(key) or self._kept.get(key)
        if known:
            leaf = known.pop()
            leaf.container = container
            return leaf
        return self.reader.leaf(text, lead, container)[0]

    def _divided(self, parent: Container, text: str, lead: int) -> Container | None:
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
        units = self._units(container, text[opening.header :], inner_lead)
        if units is None:
            return None
        container.put(0, 0, units)
        if header is not None:
            header.container = container
            header.parts = (Pair(_key_of(header), container.node),)
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
        self._unregister(piece for piece in old_pieces if isinstance(piece, Leaf) and id(piece) not in kept)
        known = set(map(id, old_pieces))
        first, last, row = self._border(container, low, old_pieces, new_pieces)
        container.put(low, high, units)
        self.pieces.replace(first, last, row)
        self.is_written = True
        self._register(piece for piece in new_pieces if isinstance(piece, Leaf) and id(piece) not in known)
        for unit in units:
            if isinstance(unit, Container):
                _settle_all(unit)
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
        waiting = sorted(pending, key=_base, reverse=True)
        while waiting:
            leaf = waiting.pop()
            if not leaf.is_placed or leaf.is_sound:
                continue
            found = self._judged(leaf)
            if found:
                waiting = sorted([*(one for one in waiting if one.is_placed), *found], key=_base, reverse=True)
        if any(count > 1 for count in self._anchors.values()) or self._anchors.keys() & self._undefined.keys():
            raise UndividableError(None)
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
        return [one for unit in units for one in _leaves(unit) if not one.is_sound]

    def _mark_damage(self) -> None:
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
        """Remember what went and what came, but for what did both."""
        kept = set(map(id, old)) & set(map(id, new))
        for stretch in old:
            if id(stretch) not in kept and self._come.pop(id(stretch), None) is None:
                self._gone[id(stretch)] = (stretch, _changed(stretch))
        for stretch in new:
            if id(stretch) not in kept and self._gone.pop(id(stretch), None) is None:
                self._come[id(stretch)] = stretch


def _is_odd(text: str) -> bool:
    """Whether a text holds characters or line breaks that not everybody reads alike."""
    return readable_text(text)[1] is not None or ("\r" in text and _LONE_RETURN.search(text) is not None)


def _is_between(text: str) -> bool:
    """Whether a text is nothing but whole lines that are blank or comments."""
    return text.endswith("\n") and not _CONTENT.search(text)


def _last_inside(unit: Unit) -> Container:
    """The innermost collection at the end of one."""
    assert isinstance(unit, Container)
    while isinstance(unit.children[-1], Container):
        unit = unit.children[-1]
    return unit


def _depends(leaf: Leaf, offset: int, new_text: str) -> bool:
    """Whether the reading of a block may change when ``new_text`` is put at ``offset``."""
    base = leaf.base
    if offset < base:
        return False
    return offset <= base + leaf.seen or (bool(leaf.awaited) and leaf.awaited in new_text)


def _outside(stretch: Stretch) -> Container | None:
    """The collection that a leaf is a block of, or that the collection of a header is a block of."""
    container = stretch.container
    return container.parent if isinstance(stretch, Header) and container is not None else container


def _shared(one: Container | None, other: Container | None) -> Container | None:
    around = set(map(id, other.around())) if other is not None else set[int]()
    return next((container for container in one.around() if id(container) in around), None) if one else None


def _pieces_until(unit: Unit, stretch: Stretch) -> str:
    found: list[str] = []
    for piece in unit.pieces:
        if piece is stretch:
            break
        found.append(piece.text)
    return "".join(found)


def _pieces_behind(unit: Unit, stretch: Stretch) -> str:
    if unit is stretch:
        return ""
    pieces = unit.pieces
    place = next(index for index, piece in enumerate(pieces) if piece is stretch)
    return "".join([piece.text for piece in pieces[place + 1 :]])


def _lead_at(container: Container, index: int) -> int:
    return container.lead if index == 0 and container.header is None else 0


def _settle_all(container: Container) -> None:
    for child in container.children:
        if isinstance(child, Container):
            _settle_all(child)
    container.settle()


def _leaves(unit: Unit) -> Iterator[Leaf]:
    return (piece for piece in unit.pieces if isinstance(piece, Leaf))


def _spare_of(units: list[Unit]) -> Spare:
    found: Spare = {}
    for unit in units:
        for leaf in _leaves(unit):
            if leaf.is_sound:
                found.setdefault(_key(leaf), []).append(leaf)
    return found


def _key(leaf: Leaf) -> _Key:
    assert leaf.container is not None
    return leaf.text, leaf.lead, leaf.container.depth, leaf.container.frame.is_list


def _key_of(header: Header) -> Node:
    pair = header.parts[0]
    assert isinstance(pair, Pair)
    return pair.key


def _text(unit: Unit) -> str:
    return unit.text


def _base(unit: Unit) -> int:
    return unit.base


def _changed(stretch: Stretch) -> ChangedBlock:
    container = _outside(stretch)
    return ChangedBlock(container.path() if container is not None else (), stretch.parts)


def _moved(problem: Problem, distance: int) -> Problem:
    related = tuple((span.shifted(distance), words) for span, words in problem.related)
    return replace(problem, span=problem.span.shifted(distance), related=related)
