"""The blocks of a text that was divided: leaves, which are read alone, and the collections around them, the spine.

Leaves and headers are pieces of the text, so that they and all nodes in them are moved by moving the piece. It knows
where blocks stand and which nodes they hold, not how they are read.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, TypeAlias, TypeVar, cast

from mfo_dialect.syntax.comments import Comment, find_comments
from mfo_dialect.syntax.document import Problem
from mfo_dialect.syntax.partition import Frame
from mfo_dialect.syntax.tree import Mapping, Node, Origin, Pair, Sequence
from mfo_dialect.text import Piece

Part: TypeAlias = Node | Pair
_T = TypeVar("_T")


class PieceOrigin(Origin):
    """A stretch of a piece of text, which moves with the piece."""

    __slots__ = ("piece", "within")

    def __init__(self, text: str, piece: Piece, within: int = 0) -> None:
        """Take ``text``, which stands at the offset ``within`` of ``piece``."""
        self.text = text
        self.piece = piece
        self.within = within

    @property
    def base(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride] - nobody moves an origin but its piece
        """Where the stretch stands in the text."""
        piece = self.piece
        return piece.run.start + piece.start + self.within

    def part(self, start: int, end: int) -> Origin:
        """A stretch of this one, in its offsets."""
        return PieceOrigin(self.text[start:end], self.piece, self.within + start)


class Stretch(Piece):
    """A piece of the text of a divided document.

    Attributes:
        parts: the nodes that it adds to its list, or the pairs that it adds to its map.
        container: the collection that it is a block of, or that it opens.
    """

    __slots__ = ("_comments", "_kept", "container", "parts")

    def __init__(self, text: str, container: Container | None = None) -> None:
        """Make a stretch that stands nowhere yet."""
        super().__init__(text)
        self.container = container
        self.parts: tuple[Part, ...] = ()
        self._comments: tuple[Comment, ...] | None = None
        self._kept: dict[object, Any] | None = None

    def kept(self, find: Callable[[Stretch], _T]) -> _T:
        """What ``find`` says of it, wherever it stands; found on demand, once.

        Args:
            find: says something that follows from what is written in it, with places that count from its own start.
        """
        if self._kept is None:
            self._kept = {}
        if find not in self._kept:
            self._kept[find] = find(self)
        return self._kept[find]

    @property
    def comments(self) -> tuple[Comment, ...]:
        """Its comments, found on demand; their spans count from its own start."""
        if self._comments is None:
            self._comments = find_comments(self.text, self._nodes, self.base)
        return self._comments

    @property
    def _nodes(self) -> Iterator[Node]:
        """The nodes that are written in it."""
        return nodes_of(self.parts)


class Header(Stretch):
    """The lines before the first block of a collection: those of its key, or what stands before the first key of all."""

    __slots__ = ()

    @property
    def _nodes(self) -> Iterator[Node]:
        return (part.key for part in self.parts if isinstance(part, Pair))


class Leaf(Stretch):
    """One block that is not divided further; several where a text in quotes or brackets runs over their borders.

    Attributes:
        lead: how many characters of its first line belong to collections around it: their margin and dashes.
        end_place: the offset within it where its last node ends; -1 if it holds none.
        problems: what is wrong in it; their spans count from its own start.
        is_sound: whether it is one block that can be read alone, whatever stands around it.
        is_broken: whether it cannot be read as it stands.
        is_harmed: whether something in it damages what is around it.
        seen: how many characters from its start on its reading depends on.
        awaited: a quote whose absence from the rest of the text its reading depends on; or nothing.
        anchors: the names of the anchors in it.
        undefined: the names of the aliases in it that mean no anchor of its own.
    """

    __slots__ = (
        "anchors",
        "awaited",
        "end_place",
        "is_broken",
        "is_harmed",
        "is_sound",
        "lead",
        "problems",
        "seen",
        "undefined",
    )

    def __init__(self, text: str, lead: int, container: Container) -> None:
        """Make a leaf that has not been read yet."""
        super().__init__(text, container)
        self.lead = lead
        self.end_place = -1
        self.problems: tuple[Problem, ...] = ()
        self.is_sound = False
        self.is_broken = False
        self.is_harmed = False
        self.seen = 0
        self.awaited = ""
        self.anchors: tuple[str, ...] = ()
        self.undefined: tuple[str, ...] = ()

    @property
    def readable(self) -> str:
        """Its text with spaces for what belongs to the collections around it."""
        return with_lead(self.text, self.lead)

    @property
    def first(self) -> Stretch:
        """The first piece of it: itself."""
        return self

    @property
    def last(self) -> Stretch:
        """The last piece of it: itself."""
        return self

    @property
    def pieces(self) -> list[Stretch]:
        """Its pieces: itself."""
        return [self]

    @property
    def end_offset(self) -> int:
        """The offset in the text where its last node ends; -1 if it holds none."""
        return self.base + self.end_place if self.end_place >= 0 else -1


class Container:
    """A block collection that was divided into blocks.

    Attributes:
        frame: how its lines look.
        parent: the collection that it is a block of; None at the root.
        header: the lines of its key; None where it starts on the line of a dash, and at the root.
        lead: how many characters of its first block's first line belong to what is around it.
        depth: the number of collections around it.
        children: its blocks.
        node: its node, the same as long as it is divided.
        uneven: those of its blocks that do not add exactly one node or pair.
    """

    __slots__ = ("_items", "children", "depth", "frame", "header", "lead", "node", "parent", "uneven")

    def __init__(self, frame: Frame, parent: Container | None, header: Header | None, lead: int) -> None:
        """Make a collection without blocks."""
        self.frame = frame
        self.parent = parent
        self.header = header
        self.lead = lead
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.children: list[Unit] = []
        self._items: list[Node] = []  # as the node's, to be changed in place
        origin = SpineOrigin(self)
        self.node: Sequence | Mapping = (
            Sequence(origin, 0, 0, (), flow=False) if frame.is_list else Mapping(origin, 0, 0, (), flow=False)
        )
        self.uneven: list[Unit] = []

    @property
    def parts(self) -> tuple[Part, ...]:
        """What it adds to the collection around it: its node, or the pair of its key and it."""
        return self.header.parts if self.header is not None else (self.node,)

    @property
    def first(self) -> Stretch:
        """The first piece of it."""
        return self.header or self.children[0].first

    @property
    def last(self) -> Stretch:
        """The last piece of it."""
        return self.children[-1].last

    @property
    def pieces(self) -> list[Stretch]:
        """Its pieces."""
        found: list[Stretch] = [] if self.header is None else [self.header]
        for child in self.children:
            if isinstance(child, Leaf):
                found.append(child)
            else:
                found += child.pieces
        return found

    @property
    def base(self) -> int:
        """Where it starts in the text."""
        return self.first.base

    @property
    def text(self) -> str:
        """All of it, as written."""
        return "".join([piece.text for piece in self.pieces])

    @property
    def end_offset(self) -> int:
        """The offset in the text where its node ends."""
        return self.node.span.end

    @property
    def breaks(self) -> int:
        """The number of line breaks in it."""
        last = self.last
        return last.first_line + last.breaks - self.first.first_line

    def around(self) -> Iterator[Container]:
        """The collection and those around it, from the inside to the root."""
        container: Container | None = self
        while container is not None:
            yield container
            container = container.parent

    def index_of(self, unit: Unit) -> int:
        """The place of one of its blocks among them."""
        return bisect_right(self.children, unit.base, key=_base) - 1

    def index_at(self, offset: int) -> int:
        """The place of its block that holds an offset; the first or last one outside it."""
        return max(bisect_right(self.children, offset, key=_base) - 1, 0)

    def place_of_part(self, index: int) -> int:
        """The place among the node's items or pairs of the first one of the block at ``index``."""
        if not self.uneven:
            return index
        base = self.children[index].base if index < len(self.children) else self.last.end
        return index + sum(len(unit.parts) - 1 for unit in self.uneven if unit.base < base)

    def put(self, low: int, high: int, units: list[Unit]) -> None:
        """Put ``units`` in place of the blocks from ``low`` up to ``high``; the pieces are still those of before."""
        removed = self.children[low:high]
        start = self.place_of_part(low)
        end = start + sum(len(unit.parts) for unit in removed)
        new = tuple(chain.from_iterable(unit.parts for unit in units))
        if self.uneven:
            gone = set(map(id, removed))
            self.uneven = [unit for unit in self.uneven if id(unit) not in gone]
        self.uneven += [unit for unit in units if len(unit.parts) != 1]
        self.children[low:high] = units
        self.put_parts(start, end, new)

    def put_parts(self, start: int, end: int, new: tuple[Part, ...]) -> None:
        """Put new items or pairs into the node, in place of those from ``start`` up to ``end``."""
        node = self.node
        if isinstance(node, Sequence):
            self._items[start:end] = cast("tuple[Node, ...]", new)
            node.items = tuple(self._items)
        else:
            node.replace_pairs(start, end, cast("tuple[Pair, ...]", new))

    def settle(self) -> None:
        """Make the node's own place right, after its pieces have found theirs."""
        first = self.children[0].first
        base = self.node.origin.base
        start = first.base + self.frame.indent
        end = start + 1
        for child in reversed(self.children):
            place = child.end_offset
            if place >= 0:
                end = max(end, place)
                break
        self.node.start, self.node.end = start - base, end - base

    def path(self) -> tuple[Node, ...]:
        """The nodes of the collections from the root to this one, which is the last."""
        return tuple(container.node for container in self.around())[::-1]


Unit: TypeAlias = Leaf | Container


class SpineOrigin(Origin):
    """The text of a collection that was divided; it starts where its first piece starts."""

    __slots__ = ("container",)

    def __init__(self, container: Container) -> None:
        """Take the text of ``container``, whatever it is later."""
        self.container = container

    @property
    def base(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride] - nobody moves it but its pieces
        """Where the collection's first piece starts."""
        return self.container.children[0].first.base

    @property
    def text(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """The collection as written, its key left out; joined on demand."""
        return "".join([piece.text for child in self.container.children for piece in child.pieces])


def with_lead(text: str, lead: int) -> str:
    """``text`` with spaces for its first ``lead`` characters."""
    return " " * lead + text[lead:] if lead else text


def block_of(node: Node) -> Stretch | None:
    """The block that a node was read in; None of a collection that was divided, and in a text that is read whole."""
    origin = node.origin
    return origin.piece if isinstance(origin, PieceOrigin) and isinstance(origin.piece, Stretch) else None


def nodes_of(parts: tuple[Part, ...]) -> Iterator[Node]:
    """The nodes that parts consist of."""
    for part in parts:
        if isinstance(part, Pair):
            yield part.key
            yield part.value
        else:
            yield part


def _base(unit: Unit) -> int:
    return unit.base
