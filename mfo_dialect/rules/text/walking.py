"""All nodes of a tree, whatever they are declared to be."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.syntax import Mapping, Node, Sequence


def mappings(snapshot: Snapshot) -> tuple[tuple[str, Mapping], ...]:
    """All maps of the home documents, each with its document's key."""
    return snapshot.every(_mappings)


def _mappings(snapshot: Snapshot) -> Iterator[tuple[str, Mapping]]:
    for document in snapshot.documents:
        for node in nodes_below(document.root) if document.root is not None else ():
            if isinstance(node, Mapping):
                yield document.key, node


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
