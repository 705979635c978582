"""Ways through a tree: down to an offset, over all nodes, and out to plain values. It changes nothing and reads no text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from mfo_dialect.syntax.tree import Alias, Mapping, Node, Pair, Scalar, Sequence, follow

if TYPE_CHECKING:
    from mfo_dialect.syntax.document import SyntaxTree

_MAX_VALUES = 100_000
_MAX_VALUE_DEPTH = 250


class Part(Enum):
    """Which part of a collection a step leads into."""

    KEY = "key"
    VALUE = "value"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
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


class ExpansionError(ValueError):
    """A value is larger or deeper, its aliases followed, than anybody needs."""


def path_at(tree: SyntaxTree | Node, offset: int) -> tuple[Step, ...]:
    """The steps from the root to the innermost node that a cursor at ``offset`` touches.

    Empty where the cursor touches the root alone, or nothing. A node is touched at both of its ends.
    """
    node = tree if isinstance(tree, Node) else _root_at(tree, offset)
    steps: list[Step] = []
    while node is not None and node.span.contains(offset):
        step = _step(node, offset)
        if step is None:
            break
        steps.append(step)
        node = step.node
    return tuple(steps)


def _root_at(tree: SyntaxTree, offset: int) -> Node | None:
    return next((one.root for one in tree.documents if one.root is not None and one.root.span.contains(offset)), None)


def _step(node: Node, offset: int) -> Step | None:
    if isinstance(node, Sequence):
        index = _last_before([item.span.start for item in node.items], offset)
        if index is not None and node.items[index].span.contains(offset):
            return Step(node, Part.ITEM, index, node.items[index])
    if isinstance(node, Mapping):
        index = _last_before([pair.key.span.start for pair in node.pairs], offset)
        if index is None:
            return None
        pair = node.pairs[index]
        if pair.key.span.contains(offset):
            return Step(node, Part.KEY, pair.name, pair.key, pair)
        if pair.value.span.contains(offset):
            return Step(node, Part.VALUE, pair.name, pair.value, pair)
    return None


def _last_before(starts: list[int], offset: int) -> int | None:
    place = bisect_right(starts, offset) - 1
    return place if place >= 0 else None


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


def to_value(node: Node) -> Any:
    """The node as plain data: dicts, lists, and the values of YAML's core schema.

    Aliases are followed and merge keys applied; of two equal keys the first counts. A key that is a collection becomes
    its text as written, and an alias to nothing None.

    Raises:
        ExpansionError: more than 100,000 values, or more than 250 levels, come out by following aliases.
    """
    return _Expansion().value(node, 0)


class _Expansion:
    def __init__(self) -> None:
        self.left = _MAX_VALUES

    def value(self, node: Node, depth: int) -> Any:
        self.left -= 1
        if self.left < 0 or depth > _MAX_VALUE_DEPTH:
            raise ExpansionError(f"the value has more than {_MAX_VALUES} parts or {_MAX_VALUE_DEPTH} levels")
        node = follow(node)
        if isinstance(node, Scalar):
            return node.value
        if isinstance(node, Sequence):
            items: list[Any] = []
            for item in node.items:
                items.append(self.value(item, depth + 1))  # noqa: PERF401 - a comprehension doubles the frames
            return items
        if isinstance(node, Mapping):
            pairs: dict[Any, Any] = {}
            for pair in node.effective_pairs():
                key = _plain_key(pair.key)
                if key not in pairs:
                    pairs[key] = self.value(pair.value, depth + 1)
            return pairs
        return None


def _plain_key(key: Node) -> Any:
    key = follow(key)
    if isinstance(key, Scalar):
        return key.value
    return key.name if isinstance(key, Alias) else key.source
