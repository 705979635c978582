"""Reading a text that no engine accepts: as much of it as stands on its own, and what is wrong with the rest.

The lines are divided at the items and keys of the block they belong to, every one is composed alone, and only those
that fail are divided again. Damage so stays with the smallest key that holds it. It knows blocks and lines; what is
wrong inside one value is judged in ``mistakes``.
"""

from __future__ import annotations

from collections import Counter

from mfo_dialect.syntax.assembling import damage_at
from mfo_dialect.syntax.composing import Composition
from mfo_dialect.syntax.dividing import (
    content_span,
    continues,
    first_content,
    first_structure,
    has_own_value,
    is_crossed,
    opens_more,
    parts_of_item,
    split,
    value_start,
    without_junk,
)
from mfo_dialect.syntax.document import ProblemKind
from mfo_dialect.syntax.events import Engine, StandIns
from mfo_dialect.syntax.outline import Kind, Line, key_end, tight_colon, word_end
from mfo_dialect.syntax.salvage import INDENT_MESSAGE, UNEVEN_ITEM_MESSAGE, Salvage
from mfo_dialect.syntax.tree import Mapping, Node, Origin, Pair, Scalar, Sequence, Style
from mfo_dialect.text import Span

_MAX_LEVELS = 60
_MAX_JOINED = 8
_ENTRY_KINDS = frozenset({Kind.KEY, Kind.TIGHT_KEY, Kind.WORD})


class Mender:
    """The mending of one document.

    Attributes:
        found: what was read beside the nodes, and what is wrong.
    """

    def __init__(self, origin: Origin, engine: Engine, stand_ins: StandIns | None) -> None:
        """Mend parts of a text; lines given later are parts of it, perhaps with letters that stand in for others.

        Args:
            origin: the text; it stands at offset 0 as long as it is mended, and may be moved afterwards.
            engine: who reads.
            stand_ins: what replaces characters that the engines cannot read.
        """
        self.found = Salvage(origin, engine, stand_ins)
        self._level = 0

    def block(self, lines: list[Line]) -> Node | None:
        """The node that ``lines`` hold, whole or in part; None if nothing of them can be read."""
        if not any(line.is_content for line in lines):
            return None
        composition = self.found.compose(lines)
        if composition.failure is None:
            return self.found.adopt(composition).root
        if self._level >= _MAX_LEVELS:
            return self.found.value(lines, first_content(lines).content_start, composition)
        self._level += 1
        try:
            return self._divided(lines, composition)
        finally:
            self._level -= 1

    def items(self, lines: list[Line], indent: int) -> list[tuple[int, int, Node]]:
        """The items that the lines of one item of a list at ``indent`` hold: where each starts and ends, and its node."""
        parts = self._parts(lines)
        self._report_uneven([part[0] for part in parts if part[0].kind is Kind.DASH], indent, usual=indent)
        return [self._item(part) for part in parts]

    def entries(self, lines: list[Line]) -> list[Pair]:
        """The pairs that the lines of one entry of a map hold."""
        return self._joined([lines], 0)[0]

    def _divided(self, lines: list[Line], composition: Composition) -> Node | None:
        first = first_structure(lines)
        if first is None:
            tight = next((line for line in lines if line.kind is Kind.TIGHT_KEY), None)
            if tight is None or tight is not first_content(lines):
                return self.found.value(lines, first_content(lines).content_start, composition)
            first = tight
        return self._list(lines, first.indent) if first.kind is Kind.DASH else self._map(lines, first.indent)

    def _list(self, lines: list[Line], indent: int) -> Node:
        preamble, items = split(lines, indent, frozenset({Kind.DASH}))
        if any(line.is_structure for line in preamble):
            items.insert(0, preamble[preamble.index(first_content(preamble)) :])
        else:
            self.found.refuse(preamble)
        items = [part for item in items for part in self._parts(item)]
        self._report_uneven([item[0] for item in items if item[0].kind is Kind.DASH], indent)
        nodes = [self._item(item) for item in items]
        start, end = nodes[0][0], max(end for _, end, _ in nodes)
        node = Sequence(self.found.origin, start, end, tuple(item for _, _, item in nodes), flow=False)
        node.damaged = True
        return node

    def _parts(self, item: list[Line]) -> list[list[Line]]:
        """The items that the lines of one hold, where they cannot be read as one."""
        if item[0].kind is not Kind.DASH or self.found.compose(item).failure is None:
            return [item]
        return parts_of_item(item)

    def _item(self, lines: list[Line]) -> tuple[int, int, Node]:
        """One list item: where its dash stands, where it ends, and its node."""
        dash = lines[0].content_start
        if lines[0].kind is not Kind.DASH:
            return self._item_without_dash(lines)
        composition = self.found.compose(lines)
        root = composition.root
        if composition.failure is None and isinstance(root, Sequence) and not root.flow and len(root.items) == 1:
            self.found.adopt(composition)
            return dash, max(root.span.end, dash + 1), root.items[0]
        if lines[0].has_tab:
            lines = self.found.without_tabs(lines)
        inner = lines[0].without_dash()
        node = self.block([inner, *lines[1:]])
        if node is None:
            node = self.found.nothing(dash + 1)
            if composition.failure is not None:
                self.found.report_verdict(lines, dash + 1, composition.failure)
        return dash, max(node.span.end, dash + 1), node

    def _item_without_dash(self, lines: list[Line]) -> tuple[int, int, Node]:
        """An item whose dash is missing, or sticks to its first word."""
        head = lines[0]
        start = head.content_start
        if head.content.startswith("-"):
            self.found.report(ProblemKind.SYNTAX, "expected a space behind the dash", Span(start, start + 1))
            node = self.block([head.without_dash(), *lines[1:]])
        else:
            self.found.report(ProblemKind.SYNTAX, "expected a dash before this item", content_span(head))
            node = self.block(lines)
        node = node or self.found.nothing(start)
        node.damaged = True
        return start, max(node.span.end, start + 1), node

    def _map(self, lines: list[Line], indent: int) -> Node:
        preamble, entries = split(lines, indent, _ENTRY_KINDS)
        self.found.refuse(preamble)
        entries = self._reattached(entries)
        usual = self._report_uneven([entry[0] for entry in entries], indent)
        pairs: list[Pair] = []
        place = 0
        while place < len(entries):
            joined, used = self._joined(entries, place)
            if entries[place][0].indent != usual:
                _spoil(joined)
            pairs += joined
            place += used
        start = pairs[0].span.start if pairs else first_content(lines).content_start
        end = max((pair.span.end for pair in pairs), default=start)
        node = Mapping(self.found.origin, start, end, tuple(pairs), flow=False)
        node.damaged = True
        return node

    def _reattached(self, entries: list[list[Line]]) -> list[list[Line]]:
        """Give list items back to the entry before a key that was dedented into their middle.

        ``type: x`` in column 0 between the items of ``tasks`` has a value of its own, so that the ``- `` lines below it
        cannot be its list.
        """
        result: list[list[Line]] = []
        for entry in entries:
            stray = entry[0].kind is not Kind.KEY or has_own_value(entry[0]) or is_crossed(entry)
            if result and stray and continues(result[-1], entry):
                self.found.refuse(entry[:1])
                result[-1] = [*result[-1], entry[0].blanked(), *entry[1:]]
            else:
                result.append(entry)
        return result

    def _joined(self, entries: list[list[Line]], place: int) -> tuple[list[Pair], int]:
        """The pairs of the entry at ``place``, and how many entries they took.

        A quoted text or a flow collection may legally run over lines that look like further keys.
        """
        lines = entries[place]
        composition = self.found.compose(lines)
        pairs = self._sound_pairs(composition)
        if pairs is not None:
            return pairs, 1
        if lines[0].kind is Kind.KEY and opens_more(lines) and self.found.has_effort:
            for count in range(2, min(_MAX_JOINED, len(entries) - place) + 1):
                lines = [*lines, *entries[place + count - 1]]
                pairs = self._sound_pairs(self.found.compose(lines))
                if pairs is not None:
                    return pairs, count
        return self._entry(entries[place], composition), 1

    def _sound_pairs(self, composition: Composition) -> list[Pair] | None:
        root = composition.root
        if composition.failure is not None or not isinstance(root, Mapping) or root.flow:
            return None
        self.found.adopt(composition)
        return list(root.pairs)

    def _entry(self, lines: list[Line], composition: Composition) -> list[Pair]:
        """What can be read of an entry that cannot be read as it stands."""
        if any(line.has_tab for line in lines):
            lines = self.found.without_tabs(lines)
            composition = self.found.compose(lines)
            pairs = self._sound_pairs(composition)
            if pairs is not None:
                return _spoil(pairs)
        if lines[0].kind is not Kind.KEY:
            return self._entry_without_key(lines)
        sound, junk = without_junk(lines)
        if junk:
            composition = self.found.compose(sound)
            pairs = self._sound_pairs(composition)
            for run in junk:
                self.found.refuse(run)
            if pairs is not None:
                self._damage(pairs, junk[0][0])
                return pairs
        return self._broken_entry(sound, composition)

    def _broken_entry(self, lines: list[Line], composition: Composition) -> list[Pair]:
        colon = key_end(lines[0])
        if colon is None or lines[0].content.startswith("?"):
            return self._partial_pairs(lines, composition)
        head = lines[0]
        keep = colon - head.start
        written = head.text.rstrip("\r\n")
        bare = Line(
            head.start,
            written[:keep] + " " * (len(written) - keep) + head.text[len(written) :],
            head.indent,
            head.margin,
            head.kind,
            head.number,
        )
        key_pairs = self._sound_pairs(self.found.compose([bare]))
        if not key_pairs:
            return self._partial_pairs(lines, composition)
        key = key_pairs[0].key
        if not has_own_value(head):
            return [self._block_pair(key, lines, colon)]
        children = first_structure(lines[1:])
        if children is not None and not opens_more([head]):
            return self._entry_with_stray_lines(lines, children)
        value = self.found.value(lines, value_start(head, colon), composition)
        value = value or self.found.nothing(colon)
        value.damaged = True
        return [Pair(key, value)]

    def _block_pair(self, key: Node, lines: list[Line], colon: int) -> Pair:
        """A key whose value stands on the lines below it."""
        head = self._sound_pairs(self.found.compose(lines[:1]))
        declared = head[0].value if head else None
        value = self.block(lines[1:])
        if value is None:
            value = self.found.nothing(colon)
        if declared is not None and value.anchor is None and declared.anchor is not None:
            value.anchor = declared.anchor
            self.found.anchored = [value if node is declared else node for node in self.found.anchored]
        if declared is not None and value.tag is None:
            value.tag = declared.tag
        value.damaged = True
        return Pair(key, value)

    def _entry_with_stray_lines(self, lines: list[Line], child: Line) -> list[Pair]:
        """A key that has its value, and below it deeper lines that look like a block.

        Several keys or a list are taken for the value, which somebody has typed before; a single key, or those below
        the first key of an item, for neighbours that are indented too far.
        """
        place = next(index for index, line in enumerate(lines) if line is child)
        rest = lines[place:]
        count = sum(line.is_structure and line.indent <= child.indent for line in rest)
        head = self._sound_pairs(self.found.compose(lines[:place]))
        if head is None:
            head = self._broken_entry(lines[:place], self.found.compose(lines[:place]))
        node = self.block(rest)
        opens_item = "-" in self.found.text[lines[0].start : lines[0].content_start]
        aligned = child.indent <= lines[0].indent + 1 or opens_item
        if child.kind is Kind.DASH or (count > 1 and not aligned):
            self.found.report(
                ProblemKind.SYNTAX, "a value stands here and on the lines below: keep one of them", head[0].value.span
            )
            return _spoil([Pair(head[0].key, node or head[0].value)])
        if not child.has_tab:
            message = UNEVEN_ITEM_MESSAGE if opens_item and count > 1 else INDENT_MESSAGE
            self.found.report(ProblemKind.SYNTAX, message, content_span(child))
        return [*_spoil(head), *(node.pairs if isinstance(node, Mapping) else ())]

    def _entry_without_key(self, lines: list[Line]) -> list[Pair]:
        """A line that should be a key: ``key:value`` or a word without a colon."""
        head = lines[0]
        colon = tight_colon(head)
        if colon is not None:
            self.found.report(ProblemKind.SYNTAX, "expected a space behind the colon", Span(colon, colon + 1))
            return [self._tight_pair(head, colon, lines)]
        end = word_end(head) or head.content_start
        span = Span(head.content_start, end)
        self.found.report(
            ProblemKind.SYNTAX, f"expected a colon behind {self.found.text[span.start : span.end]!r}", span
        )
        if first_structure(lines[1:]) is None:
            return []
        key = Scalar(self.found.origin, span.start, span.end, self.found.text[span.start : span.end], Style.PLAIN)
        value = self.block(lines[1:]) or self.found.nothing(end)
        value.damaged = True
        return [Pair(key, value)]

    def _tight_pair(self, head: Line, colon: int, lines: list[Line]) -> Pair:
        key = Scalar(
            self.found.origin, head.content_start, colon, self.found.text[head.content_start : colon], Style.PLAIN
        )
        width = colon + 1 - head.start
        rest = Line(head.start, " " * width + head.text[width:], head.indent, width, Kind.OTHER, head.number)
        value = self.block([rest, *lines[1:]]) or self.found.nothing(colon + 1)
        value.damaged = True
        return Pair(key, value)

    def _partial_pairs(self, lines: list[Line], composition: Composition) -> list[Pair]:
        value = self.found.value(lines, lines[0].content_start, composition)
        return list(value.pairs) if isinstance(value, Mapping) and not value.flow else []

    def _report_uneven(self, heads: list[Line], indent: int, usual: int | None = None) -> int:
        """Report the lines that start less or more deeply than most of their neighbours; returns the usual column."""
        if usual is None:
            usual = Counter(head.indent for head in heads).most_common(1)[0][0] if heads else indent
        previous = usual
        for head in heads:
            if head.indent not in {usual, previous} and not head.has_tab:
                self.found.report(ProblemKind.SYNTAX, INDENT_MESSAGE, content_span(head))
            previous = head.indent
        return usual

    def _damage(self, pairs: list[Pair], line: Line) -> None:
        for pair in pairs:
            damage_at(pair.value, Span(line.content_start, line.content_start))


def _spoil(pairs: list[Pair]) -> list[Pair]:
    for pair in pairs:
        pair.value.damaged = True
    return pairs
