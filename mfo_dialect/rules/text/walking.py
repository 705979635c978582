"""All nodes of a tree, whatever they are declared to be."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Document
from mfo_dialect.analysis.parts import WRITTEN, Part, document_key, root_of
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.rules.select import Selector
from mfo_dialect.syntax import Mapping, Node, Scalar, Sequence


def _mappings(part: Part, snapshot: Snapshot) -> tuple[tuple[str, Mapping], ...]:
    return snapshot.kept(part, _mappings_of)


def _mappings_of(part: Part, snapshot: Snapshot) -> tuple[tuple[str, Mapping], ...]:
    root = part.root if isinstance(part, Document) else root_of(part)
    key, borders = document_key(part), snapshot.borders
    if root is None or key is None or borders.get(id(root)) not in {part, None}:
        return ()
    return tuple([(key, mapping) for mapping in _mappings_within(root, snapshot)])


def _mappings_within(root: Node, snapshot: Snapshot) -> list[Mapping]:
    """The maps of one part, those of parts inside it left out."""
    borders = snapshot.borders
    found: list[Mapping] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            found.append(node)
            inner: list[Node] = []
            for pair in node.pairs:
                if type(pair.key) is not Scalar:
                    inner.append(pair.key)
                if type(pair.value) is not Scalar and id(pair.value) not in borders:
                    inner.append(pair.value)
            stack += reversed(inner)
        elif isinstance(node, Sequence):
            own = [item for item in snapshot.own_items(node) if type(item) is not Scalar and id(item) not in borders]
            stack += reversed(own)
    return found


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
