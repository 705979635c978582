"""A node as plain Python data; it knows the tree and no text."""

from __future__ import annotations

from typing import Any

from mfo_dialect.syntax.tree import Mapping, Node, Scalar, Sequence, follow

MAX_NODES = 100_000
_MAX_DEPTH = 200


class TooManyNodesError(ValueError):
    """Following the aliases of a node gives more values than anybody wrote."""


def to_value(node: Node | None) -> Any:
    """A node as None, bool, int, float, str, list or dict: aliases followed, merges applied, the first of two keys.

    Keys are texts; a pair whose key is a list or a map is left out. A half-written node gives what there is of it.

    Raises:
        TooManyNodesError: aliases multiply the node to more than ``MAX_NODES`` values, or into itself.
    """
    return _Plain().convert(node, 0)


class _Plain:
    def __init__(self) -> None:
        self._left = MAX_NODES

    def convert(self, node: Node | None, depth: int) -> Any:
        self._left -= 1
        if self._left < 0 or depth > _MAX_DEPTH:
            raise TooManyNodesError(f"aliases multiply this value to more than {MAX_NODES} values")
        node = follow(node) if node is not None else None
        match node:
            case Scalar():
                return node.value
            case Sequence():
                items: list[Any] = []
                for item in node.items:
                    items.append(self.convert(item, depth + 1))  # noqa: PERF401 - a comprehension doubles the frames
                return items
            case Mapping():
                result: dict[str, Any] = {}
                for pair in node.effective_pairs():
                    if pair.name is not None and pair.name not in result:
                        result[pair.name] = self.convert(pair.value, depth + 1)
                return result
            case _:
                return None
