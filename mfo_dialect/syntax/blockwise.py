"""A text divided into blocks, and kept so while the text is edited.

What it holds is a function of the text alone, however the text came about.
"""

from __future__ import annotations

from mfo_dialect.syntax.blocks import Container, Header, Leaf, Stretch, with_lead
from mfo_dialect.syntax.judging import UndividableError
from mfo_dialect.syntax.limits import MAX_LENGTH
from mfo_dialect.syntax.partition import heads, is_preamble, opening_of, outer_end, starts_well
from mfo_dialect.syntax.reading_blocks import ReadBlocks
from mfo_dialect.syntax.stretches import (
    ChangedBlock,
    changed_block,
    container_around,
    depends_on,
    is_between,
    is_odd,
    key_node,
    last_inside,
    lead_at,
    leaves_of,
    pieces_behind,
    pieces_until,
    shared_container,
    spare_of,
    text_of,
)
from mfo_dialect.syntax.tree import Node, Pair
from mfo_dialect.text import TextEdit


class BlockTree(ReadBlocks):
    """The blocks of one text that is being edited."""

    def taken_changes(self) -> tuple[tuple[ChangedBlock, ...], tuple[ChangedBlock, ...], bool, tuple[Node, ...]]:
        """The blocks that went and came since this was asked last, whether problems went or came with them, and marks.

        The last are the collections around blocks that count as damaged now and did not, or the other way round.
        """
        for number in self._gone.keys() & self._come.keys():  # what came back to where it was has not changed
            if _is_same_way(self._gone[number][1].path, changed_block(self._come[number]).path):
                del self._gone[number], self._come[number]
        gone = tuple(block for _, block in self._gone.values())
        come = tuple(changed_block(stretch) for stretch in self._come.values())
        # collections that were made anew, though all that is in them stayed; what they were before is not known any more
        gone += tuple(ChangedBlock(one.path()[:-1], ()) for one in self._remade)
        come += tuple(ChangedBlock(one.path()[:-1], (one.node,)) for one in self._remade)
        stretches = [*(stretch for stretch, _ in self._gone.values()), *self._come.values()]
        problems = any(isinstance(stretch, Leaf) and stretch.problems for stretch in stretches)
        marked = tuple(container.node for container in self._marked.values())
        self._gone = {}
        self._come = {}
        self._remade = []
        self._marked = {}
        return gone, come, problems, marked

    def edit(self, edit: TextEdit) -> None:
        """Change the text, and read again what that can have changed.

        Raises:
            UndividableError: something crosses the blocks now. ``is_written`` says whether the text is changed.
        """
        self.is_written = False
        start, end = edit.span
        first = last = self._stretch_at(start)
        if start == end == first.base and start and is_between(edit.new_text):
            first = last = self._stretch_at(start - 1)
        if end > first.end:
            last = self._stretch_at(end - 1)
        text = first.text[: start - first.base] + edit.new_text + last.text[end - last.base :]
        if text and not text.endswith("\n") and last.end < self.pieces.length:
            last = self._stretch_at(last.end)
            text += last.text
        if is_odd(text) or self.pieces.length - (end - start) + len(edit.new_text) > MAX_LENGTH:
            raise UndividableError(None)
        watchers = [leaf for leaf in self._unsound if depends_on(leaf, start, edit.new_text)]
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
            new.parts = (Pair(key_node(new), container.node),)
            place = parent.place_of_part(index)
            parent.put_parts(place, place + 1, new.parts)
            container.header, container.lead = new, lead
            self._note([header], [new])
            self.pieces.replace(header, header, [new])
        if units:
            self._swap(parent, index, index, units)
        self.is_written = True
        self._touched[id(parent)] = parent
        return [leaf for unit in units for leaf in leaves_of(unit) if not leaf.is_sound]

    def _region_edited(self, first: Stretch, last: Stretch, text: str) -> list[Leaf]:
        container = shared_container(container_around(first), container_around(last))
        if container is None:
            raise UndividableError(None)
        low, high = container.index_at(first.base), container.index_at(last.base)
        inner = first.container
        is_tail = inner is not container and container.children[high].last is last
        if is_tail and inner is not None and isinstance(first, Leaf) and text:
            lead = lead_at(inner, inner.index_of(first))
            if text[:lead] == first.text[:lead]:  # else the dash that makes it an item of its own is gone
                return self._tail_edited(inner, container, first, high, text)
        before = pieces_until(container.children[low], first)
        behind = pieces_behind(container.children[high], last)
        return self._reworked(container, low, high + 1, before + text + behind)

    def _tail_edited(self, inner: Container, container: Container, first: Leaf, high: int, text: str) -> list[Leaf]:
        """Put ``text`` where the end of a collection and the blocks behind it up to ``high`` of an outer one stand."""
        place = inner.index_of(first)
        joined = Leaf(text, lead_at(inner, place), inner)
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
            lead = lead_at(container, low)
            fits = text[:lead] == children[0].first.text[:lead]
            marks = heads(container.frame, with_lead(text, lead)) if fits else None
            if marks is not None and text and (not marks or marks[0]):
                if low and isinstance(children[low - 1], Container):
                    return self._moved_into(last_inside(children[low - 1]), container, low, high, text)
                if low:
                    low -= 1
                    text = children[low].text + text
                    continue
            elif marks is not None and self._begins_well(container, low, high, text):
                self._spare = spare_of(children[low:high])
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
            text = "".join([*head, *map(text_of, children[:low]), text, *map(text_of, children[high:])])
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
        pending = [leaf for unit in units for leaf in leaves_of(unit) if not leaf.is_sound]
        only = container.children[0]
        if len(container.children) == 1 and isinstance(only, Leaf) and only.is_broken:
            pending.append(only)
        return pending

    def _begins_well(self, container: Container, low: int, high: int, text: str) -> bool:
        """Whether a collection still begins as one does after ``text`` has taken the place of some of its blocks."""
        if low:
            return True
        rest = container.children[high:]
        if text:
            behind = rest[0].first.text if rest else ""
            return starts_well(container.frame, with_lead(text, lead_at(container, 0)) + behind)
        return bool(rest) and not lead_at(container, 0) and starts_well(container.frame, rest[0].first.text)

    def _moved_into(self, inner: Container, container: Container, low: int, high: int, text: str) -> list[Leaf]:
        """Give ``text``, which starts with lines of the block before it, to the collection at the end of that block."""
        last = inner.children[-1]
        place = len(inner.children) - 1
        self._kept.update(spare_of(container.children[low:high]))
        joined = Leaf(last.text + text, lead_at(inner, place), inner)
        self._swap(inner, place, place + 1, [joined])
        self._swap(container, low, high, [])
        return self._reworked(inner, place, place + 1, joined.text)

    def _moved_behind(self, container: Container, low: int, high: int, text: str) -> list[Leaf] | None:
        """Give the lines at the end of ``text`` that are outside a collection to the one around it; None if none are."""
        lead = lead_at(container, low)
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
        inside = [Leaf(text[:end], lead, container)] if end else []
        index = parent.index_of(container) + 1
        self._swap(parent, index, index, [outside])
        self._swap(container, low, high, [*inside])
        pending = self._reworked(parent, index, index + 1, outside.text)  # first, as it may belong further out still
        if not _stands(container):  # what is around it was divided anew
            return pending
        if inside:
            return pending + self._reworked(container, low, low + 1, text[:end])
        return [*pending, self._collapsed(container)] if container.breaks <= self._block_lines else pending


def _stands(container: Container) -> bool:
    """Whether a collection is still one of those that the text is divided into."""
    leaf = next(iter(leaves_of(container)), None)
    if leaf is None or leaf.container is None or not leaf.is_placed:
        return False
    return any(around is container for around in leaf.container.around())


def _is_same_way(one: tuple[Node, ...], other: tuple[Node, ...]) -> bool:
    return len(one) == len(other) and all(node is way for node, way in zip(one, other, strict=True))
