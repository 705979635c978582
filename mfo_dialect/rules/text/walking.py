"""All nodes of a tree, whatever they are declared to be."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.syntax import Mapping, Node, Sequence


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
