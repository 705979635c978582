"""The nodes that are worth offering: all of them, or, where there are many, the nearest ones that fit what is typed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from mfo_dialect.analysis.scopes import NodeView

MOST = 100
"""How many nodes are offered at once; a taskflow with more has them chosen by what is typed and by how near they are."""


def meaning(typed: str) -> Callable[[str], bool]:
    """Says of a name whether an editor shows it for what is typed: the letters stand in it in their order."""
    letters = re.compile(".*?".join(map(re.escape, typed)), re.IGNORECASE)
    return lambda name: letters.search(name) is not None


def outwards(nodes: Sequence[NodeView], offset: int) -> tuple[Iterator[NodeView], Iterator[NodeView]]:
    """The nodes of a level before an offset and those from there on, each the nearest first.

    Args:
        nodes: in the order of the text.
        offset: a place in the same text.
    """
    at = bisect_left(nodes, offset, key=_start)
    return (nodes[index] for index in range(at - 1, -1, -1)), (nodes[index] for index in range(at, len(nodes)))


def nearest(nodes: Sequence[NodeView], offset: int) -> Iterator[NodeView]:
    """The nodes of a level, the nearest to an offset first."""
    before, behind = outwards(nodes, offset)
    left, right = next(before, None), next(behind, None)
    while left is not None or right is not None:
        if right is None or (left is not None and offset - _start(left) <= _start(right) - offset):
            assert left is not None
            yield left
            left = next(before, None)
        else:
            yield right
            right = next(behind, None)


def _start(view: NodeView) -> int:
    return view.node.mapping.place
