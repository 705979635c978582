"""The YAML tree: what was written and where, whatever it means.

Nodes keep their place relative to an origin (the stretch of text that was composed in one go), so that a stretch can
be composed alone or moved without touching its nodes. Everybody else asks a node for ``span``, which is in offsets of
the whole document. The tree knows nothing of the dialect.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, KeysView
from collections.abc import Sequence as SequenceOf

from mfo_dialect.syntax.core_schema import CoreValue, resolve_plain, resolve_tagged
from mfo_dialect.syntax.origin import Origin
from mfo_dialect.syntax.scalars import Style, value_offsets
from mfo_dialect.text import Span


class Node:
    """A value in the tree.

    Attributes:
        origin: the stretch of text that the node was composed from.
        start: where it starts, relative to the origin; a block collection starts at its first key or dash.
        end: where it ends, relative to the origin; trailing blank lines and comments do not belong to it.
        tag: the explicit tag as written (``!!str``, ``!custom``), or None.
        anchor: the name after ``&``, or None.
        damaged: something inside could not be read, so what seems missing may only be unreadable.
    """

    __slots__ = ("anchor", "damaged", "end", "origin", "start", "tag")

    def __init__(self, origin: Origin, start: int, end: int, tag: str | None = None, anchor: str | None = None) -> None:
        """Make a node of ``origin.text[start:end]``."""
        self.origin = origin
        self.start = start
        self.end = end
        self.tag = tag
        self.anchor = anchor
        self.damaged = False

    @property
    def span(self) -> Span:
        """Where the node stands in the document."""
        base = self.origin.base
        return Span(base + self.start, base + self.end)

    @property
    def place(self) -> int:
        """Where the node starts in the document; quicker than to ask its span."""
        return self.origin.base + self.start

    def is_touched_at(self, offset: int) -> bool:
        """Whether a cursor at ``offset`` stands in the node or at one of its ends; quicker than to ask its span."""
        return self.start <= offset - self.origin.base <= self.end

    @property
    def source(self) -> str:
        """The node as written, quotes and indicators included."""
        return self.origin.text[self.start : self.end]


class Scalar(Node):
    """One value: a string, number, boolean or null.

    Attributes:
        text: the content after YAML's unescaping, folding and chomping; always a string.
        style: how it is written.
    """

    __slots__ = ("_offsets", "style", "text")

    def __init__(  # noqa: PLR0913 - a node's parts
        self,
        origin: Origin,
        start: int,
        end: int,
        text: str,
        style: Style,
        tag: str | None = None,
        anchor: str | None = None,
    ) -> None:
        """Make a scalar; ``text`` is what the YAML parser decoded."""
        # written out in each class, as there are many nodes and a call of the parent's costs as much as all else
        self.origin = origin
        self.start = start
        self.end = end
        self.tag = tag
        self.anchor = anchor
        self.damaged = False
        self.text = text
        self.style = style
        self._offsets: SequenceOf[int] | None = None

    @property
    def value(self) -> CoreValue:
        """The value that YAML 1.2's core schema gives it: None, bool, int, float or str."""
        if self.tag is not None:
            return resolve_tagged(self.text, self.tag, plain=self.style is Style.PLAIN)
        return resolve_plain(self.text) if self.style is Style.PLAIN else self.text

    def leave_out(self, characters: Container[str]) -> None:
        """Read the text without some characters; what is left keeps its places."""
        places = [self.offset_at(index) - self.origin.base - self.start for index in range(len(self.text) + 1)]
        kept = [index for index, character in enumerate(self.text) if character not in characters]
        self.text = "".join(self.text[index] for index in kept)
        self._offsets = [*(places[index] for index in kept), places[-1]]

    def read_at(self, offsets: SequenceOf[int]) -> None:
        """Say where the code points of the text are written, and where they end, relative to the scalar's start."""
        self._offsets = offsets

    @property
    def is_missing(self) -> bool:
        """Nothing is written here, as after ``key:``."""
        return self.start == self.end

    @property
    def content_span(self) -> Span:
        """The span of the content, quotes and block headers left out."""
        return self.span_of(Span(0, len(self.text)))

    def offset_at(self, index: int) -> int:
        """The document offset at which the ``index``-th code point of ``text`` is written.

        ``index`` may be ``len(text)``: the place after the last code point. Indexes outside count as the ends.
        """
        if self._offsets is None:
            self._offsets = value_offsets(self.source, self.text, self.style.value)
        index = min(max(index, 0), len(self.text))
        return self.origin.base + self.start + self._offsets[index]

    def span_of(self, within: Span) -> Span:
        """The document span of ``text[within.start:within.end]``; ends before folded white space that follows."""
        offsets = self._offsets
        if offsets is None:
            offsets = self._offsets = value_offsets(self.source, self.text, self.style.value)
        if type(offsets) is range and 0 <= within.start < within.end < len(offsets):  # written as it is read
            first = self.origin.base + self.start + offsets.start
            return Span(first + within.start, first + within.end)
        start = self.offset_at(within.start)
        if within.end <= within.start:
            return Span(start, start)
        last = self.offset_at(within.end - 1)
        return Span(start, max(last + 1, min(self.offset_at(within.end), last + self._written_length(within.end - 1))))

    def index_at(self, offset: int) -> int:
        """The index into ``text`` of what is written at a document offset; the nearest one before it."""
        low, high = 0, len(self.text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.offset_at(middle) <= offset:
                low = middle
            else:
                high = middle - 1
        return low

    def _written_length(self, index: int) -> int:
        """How many code points the ``index``-th one takes as written: more than one for an escape."""
        gap = self.offset_at(index + 1) - self.offset_at(index)
        return gap if self.style in {Style.DOUBLE_QUOTED, Style.SINGLE_QUOTED} and gap > 0 else 1


class Alias(Node):
    """``*name``: the value of the anchor of that name, where there is one before it."""

    __slots__ = ("name", "target")

    def __init__(self, origin: Origin, start: int, end: int, name: str, target: Node | None) -> None:
        """Make an alias; ``target`` is None where no such anchor stands before it."""
        super().__init__(origin, start, end)
        self.name = name
        self.target = target


class Sequence(Node):
    """A list; ``flow`` says whether it is written in brackets."""

    __slots__ = ("flow", "items")

    def __init__(  # noqa: PLR0913 - a node's parts
        self,
        origin: Origin,
        start: int,
        end: int,
        items: tuple[Node, ...],
        *,
        flow: bool,
        tag: str | None = None,
        anchor: str | None = None,
    ) -> None:
        """Make a list of nodes."""
        self.origin = origin
        self.start = start
        self.end = end
        self.tag = tag
        self.anchor = anchor
        self.damaged = False
        self.items = items
        self.flow = flow

    def __iter__(self) -> Iterator[Node]:
        """The items, aliases followed."""
        items = self.items
        return iter(items) if Alias not in set(map(type, items)) else (follow(item) for item in items)


class Pair:
    """A key and its value; a value that is not written is a missing scalar behind the colon."""

    __slots__ = ("key", "value")

    def __init__(self, key: Node, value: Node) -> None:
        """Make a pair."""
        self.key = key
        self.value = value

    @property
    def name(self) -> str | None:
        """The key as text, or None where the key is a list or a map."""
        key = self.key
        if type(key) is Scalar:
            return key.text
        key = follow(key)
        return key.text if isinstance(key, Scalar) else None

    @property
    def span(self) -> Span:
        """From the key's start to the value's end."""
        return Span(self.key.span.start, max(self.value.span.end, self.key.span.end))


class Mapping(Node):
    """A map: its pairs as written, doubles included; ``flow`` says whether it is written in braces."""

    __slots__ = ("_index", "_is_plain", "_meant", "flow", "pairs")

    def __init__(  # noqa: PLR0913 - a node's parts
        self,
        origin: Origin,
        start: int,
        end: int,
        pairs: tuple[Pair, ...],
        *,
        flow: bool,
        tag: str | None = None,
        anchor: str | None = None,
    ) -> None:
        """Make a map of pairs."""
        self.origin = origin
        self.start = start
        self.end = end
        self.tag = tag
        self.anchor = anchor
        self.damaged = False
        self.pairs = pairs
        self.flow = flow
        self._index: dict[str, Pair] | None = None
        self._is_plain = False
        self._meant: dict[str, Pair] | None = None

    def pair(self, name: str) -> Pair | None:
        """The pair that counts for a key: the first one with a value, one that a merge key brings, else one meant for it."""
        found = (self._index or self._indexed()).get(name)
        return found if found is not None or self._meant is None else self._meant.get(name)

    def _indexed(self) -> dict[str, Pair]:
        """The pairs by name; remembers whether that says all: no merge key, no double, every key a scalar."""
        self.index_plain()
        if self._index is None:
            index = self._index = dict[str, Pair]()
            for pair in self.effective_pairs():
                known = index[pair.name].value if pair.name in index else None
                if pair.name is not None and (known is None or (isinstance(known, Scalar) and known.is_missing)):
                    index[pair.name] = pair
        return self._index

    def index_plain(self) -> bool:
        """Index the pairs by name if they are all that there is, and say whether they are; see ``is_plain``."""
        index = {pair.key.text: pair for pair in self.pairs if type(pair.key) is Scalar}
        self._is_plain = len(index) == len(self.pairs) and "<<" not in index
        self._index = index if self._is_plain else None
        return self._is_plain

    def forget_names(self) -> None:
        """Look at the keys again when somebody asks: one of them is read otherwise now."""
        self._index, self._is_plain = None, False

    def read_as(self, name: str, pair: Pair) -> None:
        """Let a pair, of this map or another, count for a key that is not there: its own key is a slip for it."""
        if name not in self:
            self._meant = self._meant or {}
            self._meant.setdefault(name, pair)

    def forget_meant(self) -> None:
        """Let every key count as it is written again, after pairs have come or gone."""
        self._meant = None

    def meant(self, pair: Pair) -> str | None:
        """The key that a pair of this map counts for: its own one, or the one that it is a slip for."""
        if self._meant is not None:
            for name, other in self._meant.items():
                if other is pair:
                    return name
        return pair.name

    @property
    def is_plain(self) -> bool:
        """Whether the pairs are all that there is: no key twice, none merged, each a scalar."""
        if self._index is None:
            self._indexed()
        return self._is_plain

    def named_pairs(self) -> Iterable[tuple[str | None, Pair]]:
        """``effective_pairs``, each with the key that it counts for, as ``meant`` has it."""
        index = self._index or self._indexed()
        if self._is_plain and self._meant is None:
            return index.items()
        return ((self.meant(pair), pair) for pair in self.effective_pairs())

    def plain_pairs(self) -> dict[str, Pair] | None:
        """The pairs by name where they are all that there is and each counts for its own key; else None."""
        index = self._index or self._indexed()
        return index if self._is_plain and self._meant is None else None

    def names(self) -> KeysView[str]:
        """The keys that are there, written or merged."""
        return (self._index or self._indexed()).keys()

    def get(self, name: str) -> Node | None:
        """The value that counts for a key, aliases followed; None where the key is not there."""
        pair = (self._index or self._indexed()).get(name)
        if pair is None and (self._meant is None or (pair := self._meant.get(name)) is None):
            return None
        value = pair.value
        return value if value.__class__ is not Alias else follow(value)

    def __contains__(self, name: object) -> bool:
        """Whether the key is there, written or merged; one that is only meant is not."""
        return isinstance(name, str) and name in (self._index or self._indexed())

    def replace_pairs(self, start: int, end: int, new: tuple[Pair, ...]) -> None:
        """Put ``new`` in place of the pairs from ``start`` up to ``end``."""
        old, index = self.pairs[start:end], self._index
        self.pairs = self.pairs[:start] + new + self.pairs[end:]
        if index is None:
            return
        if len(old) == len(new) == 1 and old[0].name == new[0].name is not None and not is_merge_key(old[0].key):
            if index.get(old[0].name or "") is old[0]:
                index[new[0].name or ""] = new[0]
        else:
            self.forget_names()

    def effective_pairs(self) -> Iterator[Pair]:
        """The written pairs without merge keys, then those that merge keys (``<<``) bring.

        A map that is merged many times over is visited once: what it brings again never counts.
        """
        if self._is_plain:
            return iter(self.pairs)
        return self._written_and_merged()

    def _written_and_merged(self) -> Iterator[Pair]:
        visited = {id(self)}
        waiting: list[Mapping] = [self]
        while waiting:
            merges: list[Mapping] = []
            for pair in waiting.pop().pairs:
                if is_merge_key(pair.key):
                    merges += [source for source in _merged_maps(pair.value) if id(source) not in visited]
                    visited.update(map(id, merges))
                else:
                    yield pair
            waiting += merges[::-1]


_MAX_ALIASES = 8


def follow(node: Node) -> Node:
    """The node itself, or what an alias stands for; an alias without a target stays an alias."""
    if node.__class__ is not Alias:
        return node
    for _ in range(_MAX_ALIASES):
        if not isinstance(node, Alias) or node.target is None:
            return node
        node = node.target
    return node


def _merged_maps(value: Node) -> list[Mapping]:
    value = follow(value)
    sources = list(value) if isinstance(value, Sequence) else [value]
    return [source for source in sources if isinstance(source, Mapping)]


def is_merge_key(key: Node) -> bool:
    """Whether the key is YAML's merge key."""
    return isinstance(key, Scalar) and key.text == "<<" and key.style is Style.PLAIN
