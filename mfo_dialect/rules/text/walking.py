"""All nodes of a tree, whatever they are declared to be."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Document
from mfo_dialect.analysis.parts import WRITTEN, Part, document_key, root_of
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.rules.select import Selector
from mfo_dialect.syntax import Mapping, Node, Sequence


def _mappings(part: Part, snapshot: Snapshot) -> tuple[tuple[str, Mapping], ...]:
    return snapshot.kept(part, _mappings_of)


def _mappings_of(part: Part, snapshot: Snapshot) -> tuple[tuple[str, Mapping], ...]:
    root = part.root if isinstance(part, Document) else root_of(part)
    key, borders = document_key(part), snapshot.borders
    if root is None or key is None or borders.get(id(root)) is not part:
        return ()
    return tuple((key, node) for node in _nodes_within(root, borders) if isinstance(node, Mapping))


def _nodes_within(root: Node, borders: dict[int, Part]) -> Iterator[Node]:
    """The nodes of one part."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Sequence):
            stack.extend(item for item in reversed(node.items) if id(item) not in borders)
        elif isinstance(node, Mapping):
            for pair in reversed(node.pairs):
                if id(pair.value) not in borders:
                    stack.append(pair.value)
                stack.append(pair.key)


mappings = Selector(WRITTEN, _mappings)
"""The maps as they are written, each with its document's key; aliases are not followed."""


def nodes_below(root: Node) -> Iterator[Node]:
    """A node and all nodes below it in document order, keys too; aliases are not followed."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Sequence):
            stack.extend(reversed(node.items))
        elif isinstance(node, Mapping):
            for pair in reversed(node.pairs):
                stack.append(pair.value)
                stack.append(pair.key)
