"""Ways through a tree: down to an offset, and over all nodes. It changes nothing and reads no text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from enum import Enum
from operator import attrgetter
from typing import TYPE_CHECKING

from mfo_dialect.records import record
from mfo_dialect.syntax.tree import Mapping, Node, Pair, Scalar, Sequence

if TYPE_CHECKING:
    from mfo_dialect.syntax.document import SyntaxTree

_PLACE = attrgetter("place")


class Part(Enum):
    """Which part of a collection a step leads into."""

    KEY = "key"
    VALUE = "value"
    ITEM = "item"


@record
class Step:
    """One step down from a collection.

    Attributes:
        parent: the collection.
        part: whether the step leads into a key, a value or an item.
        key: the key's text (None where the key is a collection), or the item's index.
        node: where it leads; an alias is not followed.
        pair: the pair, unless it is an item.
    """

    parent: Mapping | Sequence
    part: Part
    key: str | int | None
    node: Node
    pair: Pair | None = None


def path_at(tree: SyntaxTree | Node, offset: int) -> tuple[Step, ...]:
    """The steps from the root to the innermost node that a cursor at ``offset`` touches.

    Empty where the cursor touches the root alone, or nothing. A node is touched at both of its ends.
    """
    node = tree if isinstance(tree, Node) else _root_at(tree, offset)
    steps: list[Step] = []
    while node is not None and node.is_touched_at(offset):
        step = _step(node, offset)
        if step is None:
            break
        steps.append(step)
        node = step.node
    return tuple(steps)


def _root_at(tree: SyntaxTree, offset: int) -> Node | None:
    return next((one.root for one in tree.documents if one.root is not None and one.root.is_touched_at(offset)), None)


def _step(node: Node, offset: int) -> Step | None:
    if isinstance(node, Sequence):
        index = bisect_right(node.items, offset, key=_PLACE) - 1
        if index >= 0 and node.items[index].is_touched_at(offset):
            return Step(node, Part.ITEM, index, node.items[index])
    if isinstance(node, Mapping):
        index = bisect_right(node.pairs, offset, key=_key_start) - 1
        if index < 0:
            return None
        pair = node.pairs[index]
        if pair.key.is_touched_at(offset):
            return Step(node, Part.KEY, pair.name, pair.key, pair)
        if pair.value.is_touched_at(offset):
            return Step(node, Part.VALUE, pair.name, pair.value, pair)
    return None


def _key_start(pair: Pair) -> int:
    """Where a pair starts: with its value, where that is a Markdown template's front matter, in which its id stands."""
    key, value = pair.key, pair.value
    if key.origin is value.origin and key.start <= value.start:
        return key.place
    return min(key.place, value.place)


def children_of(node: Node) -> tuple[Node, ...]:
    """The nodes directly below: items, or keys and values in turn; aliases are not followed."""
    if isinstance(node, Sequence):
        return node.items
    if isinstance(node, Mapping):
        return tuple(part for pair in node.pairs for part in (pair.key, pair.value))
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes below it, in the order in which they are written; aliases are not followed."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(children_of(node))


def scalars(node: Node) -> Iterator[Scalar]:
    """The scalars at and below a node, keys included; aliases are not followed."""
    return (found for found in walk(node) if isinstance(found, Scalar))
