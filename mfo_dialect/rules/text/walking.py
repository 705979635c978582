"""All nodes of a tree, whatever they are declared to be."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.syntax import Mapping, Node, Scalar, Sequence


def mappings(snapshot: Snapshot) -> tuple[tuple[str, Mapping], ...]:
    """All maps of the home documents, each with its document's key."""
    return snapshot.every(_mappings)


def _mappings(snapshot: Snapshot) -> Iterator[tuple[str, Mapping]]:
    for document in snapshot.documents:
        for mapping in _mappings_below(document.root) if document.root is not None else ():
            yield document.key, mapping


def _mappings_below(root: Node) -> Iterator[Mapping]:
    """The maps among ``nodes_below``."""
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Sequence):
            stack += [item for item in reversed(node.items) if type(item) is not Scalar]
        elif isinstance(node, Mapping):
            yield node
            for pair in reversed(node.pairs):
                if type(pair.value) is not Scalar:
                    stack.append(pair.value)
                if type(pair.key) is not Scalar:
                    stack.append(pair.key)


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
