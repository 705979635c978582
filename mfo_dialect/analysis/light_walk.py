"""Walking a tree beside its declaration for those values alone that somebody may have a word to say of.

Of most values nobody has: they are surely right (``sure_values``), and their declaration says no more of them than what they
look like. ``PartedWalk`` gives these, too; here nothing is made for them, and what maps with the same keys have in common is
worked out once for all texts.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from typing import Generic, TypeVar

from mfo_dialect.analysis.layouts import Child, Layout, child_at, child_of, is_notable, layout_of
from mfo_dialect.analysis.sure_values import doubtful_among, is_right_below, is_right_list, is_surely_right
from mfo_dialect.analysis.visits import MAX_DEPTH, Visit, choose, known_keys
from mfo_dialect.catalogue.values import AnyType, EitherType, ListType, MapType
from mfo_dialect.syntax import Mapping, Node, Pair, Scalar, Sequence, Style, follow

_Part = TypeVar("_Part")
_PLAIN = Style.PLAIN


class Remarkable:
    """The values of one part that somebody may have a word to say of, parents first.

    Attributes:
        doubtful: those that are not surely right.
        notable: those whose declaration is notable.
    """

    __slots__ = ("doubtful", "notable")

    def __init__(self, visits: Iterable[Visit] = ()) -> None:
        """Choose from all values of a part."""
        visits = [*visits]
        self.doubtful = doubtful_among(visits)
        self.notable = [visit for visit in visits if is_notable(visit.type, visit.key)]


class LightWalk(Generic[_Part]):
    """As ``PartedWalk``, for a text without anchors, with what is remarkable alone.

    Attributes:
        by_part: what is remarkable in each part.
    """

    __slots__ = ("_borders", "_depth", "_document", "_own", "by_part")

    def __init__(self, first: Visit, part: _Part, borders: MappingOf[int, _Part]) -> None:
        """Walk.

        Args:
            first: the value to start with.
            part: the part of what stands outside of all borders.
            borders: the parts by the identity of the nodes that they start at.
        """
        self._document = first.document
        self._borders = borders
        self._own = Remarkable()
        self._depth = 0
        self.by_part: dict[_Part, Remarkable] = {borders.get(id(first.node), part): self._own}
        self._take(first.node, child_of(first.type), None, None)

    def _take(self, node: Node, child: Child, pair: Pair | None, container: Node | None) -> None:
        """Look at one value, and at what stands below it."""
        declared, is_told = child.declared, child.is_notable
        if type(declared) is EitherType:
            declared = choose(declared, node)
            is_told = is_notable(declared, child.key)
        if type(declared) is MapType and isinstance(node, Mapping):
            around = self._own
            part = self._borders.get(id(node))
            if part is not None:
                self._own = self.by_part.setdefault(part, Remarkable())
            pairs = node.plain_pairs()
            layout = layout_of(node, tuple(pairs), declared) if pairs is not None else None
            if is_told or layout is None or not layout.is_right:
                self._look_at(Visit(self._document, node, declared, child.key, pair, container))
            if layout is None or pairs is None:
                self._take_odd_map(node, declared)
            else:
                self._take_pairs(node, pairs, layout)
            self._own = around
        elif type(declared) is ListType and isinstance(node, Sequence):
            if is_told or not is_right_list(node, declared, child.key, pair):
                self._look_at(Visit(self._document, node, declared, child.key, pair, container))
            self._take_items(node, declared)
        elif is_told or not (type(declared) is AnyType and is_right_below(node, child.key, pair)):
            self._look_at(Visit(self._document, node, declared, child.key, pair, container))

    def _look_at(self, visit: Visit) -> None:
        if not is_surely_right(visit):
            self._own.doubtful.append(visit)
        if is_notable(visit.type, visit.key):
            self._own.notable.append(visit)

    def _take_pairs(self, node: Mapping, pairs: MappingOf[str, Pair], layout: Layout) -> None:
        """Look at the values of a map without any oddity; written out, as it is the way to nearly every value."""
        if self._depth >= MAX_DEPTH:
            return
        self._depth += 1
        for pair, child in zip(pairs.values(), layout.children, strict=True):
            if child is None:
                continue
            value = pair.value
            if type(value) is not Scalar:
                self._take(follow(value), child, pair, node)
                continue
            is_right: bool | None = False
            if value.tag is None:
                is_right = (child.of_plain if value.style is _PLAIN else child.of_quoted).get(value.text)
                if is_right is None:
                    is_right = child.verdicts.judge(value)
            if is_right and not child.is_notable:
                continue
            visit = Visit(self._document, value, child.of_scalar, child.key, pair, node)
            if not is_right:
                self._own.doubtful.append(visit)
            if child.is_notable:
                self._own.notable.append(visit)
        self._depth -= 1

    def _take_odd_map(self, node: Mapping, declared: MapType) -> None:
        """The same of one with merged keys, doubles, slips or keys that are no texts."""
        if self._depth >= MAX_DEPTH:
            return
        self._depth += 1
        keys = known_keys(node, declared)
        for name, pair in node.named_pairs():
            child = child_at(name or "", keys, declared)
            if child is not None:
                self._take(follow(pair.value), child, pair, node)
        self._depth -= 1

    def _take_items(self, node: Sequence, declared: ListType) -> None:
        if self._depth >= MAX_DEPTH:
            return
        self._depth += 1
        child = child_of(declared.item)
        for item in node:
            if not (type(item) is Scalar and not child.is_notable and child.verdicts.of(item)):
                self._take(item, child, None, node)
        self._depth -= 1
