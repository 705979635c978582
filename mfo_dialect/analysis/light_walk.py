"""Walking a tree beside its declaration for those values alone that somebody may have a word to say of.

Of most values nobody has: they are surely right (``sure_values``), and their declaration says no more of them than what they
look like. ``PartedWalk`` gives these, too; here nothing is made for them, and what maps with the same keys have in common is
worked out once for all texts.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from typing import Generic, NamedTuple, TypeVar

from mfo_dialect.analysis.sure_values import (
    are_plain_names,
    are_right_names,
    doubtful_among,
    is_right_below,
    is_right_list,
    is_surely_right,
    verdicts_on,
)
from mfo_dialect.analysis.visits import MAX_DEPTH, Visit, choose, known_keys
from mfo_dialect.catalogue.values import (
    AnyType,
    EitherType,
    Format,
    Key,
    ListType,
    MapType,
    Names,
    SchemaType,
    TextType,
    ValueType,
)
from mfo_dialect.syntax import Mapping, Node, Origin, Pair, Scalar, Sequence, Style, follow

_Part = TypeVar("_Part")
_MOST_KEPT = 20_000
_PLAIN = Style.PLAIN
_NOTABLE_NAMES = frozenset(
    {
        Names.TASK_TYPE,
        Names.PROMPT_TEMPLATE,
        Names.ERROR_TEMPLATE,
        Names.AGENT,
        Names.TOOL,
        Names.CAPABILITY,
        Names.SECRET,
    }
)
_NOTABLE_FORMATS = frozenset({Format.TEMPLATE, Format.CRON, Format.TIMEZONE})
ADDRESSES = frozenset({"url", "base_url"})
"""The keys whose texts are addresses."""


def is_notable(declared: ValueType, key: Key | None) -> bool:
    """Whether a declaration says so much of a value that somebody looks at each value that is declared so.

    Args:
        declared: what the value may be.
        key: the key under which it stands.
    """
    if key is not None and key.replacement:
        return True
    if isinstance(declared, TextType):
        is_address = key is not None and key.name in ADDRESSES
        return is_address or declared.names in _NOTABLE_NAMES or declared.format in _NOTABLE_FORMATS
    return isinstance(declared, SchemaType) or (isinstance(declared, MapType) and declared.title == "schema")


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


class _Child:
    """What is declared for the values under one key, or in one list.

    Attributes:
        declared: what they may be.
        key: the key.
        of_scalar: of several options, the one for scalars.
        verdicts: what was said of scalars.
        is_notable: whether scalars are notable, and all others where there are no options.
    """

    __slots__ = ("declared", "is_notable", "key", "of_plain", "of_quoted", "of_scalar", "verdicts")

    def __init__(self, declared: ValueType, key: Key | None) -> None:
        """Look at a declaration."""
        self.declared = declared
        self.key = key
        self.of_scalar = choose(declared, _SOME_SCALAR)
        self.verdicts = verdicts_on(self.of_scalar)
        self.of_plain, self.of_quoted = self.verdicts.of_plain, self.verdicts.of_quoted
        self.is_notable = is_notable(self.of_scalar, key)


_SOME_SCALAR = Scalar(Origin(""), 0, 0, "", _PLAIN)


class _Layout(NamedTuple):
    """What maps have in common that are declared alike and have the same keys.

    Attributes:
        is_right: whether the keys are right.
        children: what is declared for the values, in the order of the keys; None where nothing is.
        keys: the keys that such a map may have; kept, so that no others have their identity.
    """

    is_right: bool
    children: tuple[_Child | None, ...]
    keys: MappingOf[str, Key]


_layouts: dict[tuple[int, tuple[str, ...]], _Layout] = {}
_items: dict[int, tuple[_Child, ListType]] = {}


def _layout_of(mapping: Mapping, names: tuple[str, ...], declared: MapType) -> _Layout:
    keys = known_keys(mapping, declared)
    layout = _layouts.get((id(keys), names))
    if layout is None:
        if len(_layouts) >= _MOST_KEPT:
            _layouts.clear()
        is_right = are_right_names(names, keys, declared) and (declared.key_names is None or are_plain_names(names))
        children = tuple(_child_at(name, keys, declared) for name in names)
        layout = _layouts[id(keys), names] = _Layout(is_right, children, keys)
    return layout


def _child_at(name: str, keys: MappingOf[str, Key], declared: MapType) -> _Child | None:
    key = keys.get(name)
    child_type = key.type if key is not None else declared.others
    return _Child(child_type, key) if child_type is not None else None


def _item_of(declared: ListType) -> _Child:
    known = _items.get(id(declared))
    if known is None:
        if len(_items) >= _MOST_KEPT:
            _items.clear()
        known = _items[id(declared)] = _Child(declared.item, None), declared  # which is kept, as above
    return known[0]


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
        self._take(first.node, _Child(first.type, None), None, None)

    def _take(self, node: Node, child: _Child, pair: Pair | None, container: Node | None) -> None:
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
            layout = _layout_of(node, tuple(pairs), declared) if pairs is not None else None
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

    def _take_pairs(self, node: Mapping, pairs: MappingOf[str, Pair], layout: _Layout) -> None:
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
            child = _child_at(name or "", keys, declared)
            if child is not None:
                self._take(follow(pair.value), child, pair, node)
        self._depth -= 1

    def _take_items(self, node: Sequence, declared: ListType) -> None:
        if self._depth >= MAX_DEPTH:
            return
        self._depth += 1
        child = _item_of(declared)
        for item in node:
            if not (type(item) is Scalar and not child.is_notable and child.verdicts.of(item)):
                self._take(item, child, None, node)
        self._depth -= 1
