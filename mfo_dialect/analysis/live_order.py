"""An order in which each node stands behind those that lead to it, kept while edges come and go.

Every node has a label, a number; edges lead from smaller labels to larger ones. Taking an edge away never touches the
order. Adding one that leads backwards moves only the nodes between its ends that depend on each other (the method of
Pearce and Kelly, "A dynamic topological sort algorithm for directed acyclic graphs", 2007). Labels are facts, so an
answer that was found with their help is looked for again when they move.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

from mfo_dialect.facts import Facts, FactTable

_Node = TypeVar("_Node", bound=Hashable)
_GAP = 1 << 32


class LiveOrder(Generic[_Node]):
    """The order of the nodes of one graph without cycles.

    Attributes:
        labels: the labels now, for who keeps nothing that follows from them.
    """

    def __init__(
        self,
        facts: Facts,
        predecessors: Callable[[_Node], Iterable[_Node]],
        successors: Callable[[_Node], Iterable[_Node]],
    ) -> None:
        """Start without nodes.

        Args:
            facts: where labels are kept.
            predecessors: the nodes with an edge to a node, among those that the order respects.
            successors: the nodes that a node has such an edge to.
        """
        self._labels: FactTable[_Node, int] = FactTable(facts)
        self.labels = self._labels.known
        self._predecessors = predecessors
        self._successors = successors
        self._sorted: list[int] = []
        self._at: dict[int, _Node] = {}

    def __contains__(self, node: _Node) -> bool:
        """Whether the node has a label now."""
        return node in self.labels

    @property
    def is_empty(self) -> bool:
        """Whether no node has a label."""
        return not self._sorted

    def label(self, node: _Node) -> int:
        """The node's label; whoever is being computed depends on it.

        Raises:
            KeyError: the node is not there.
        """
        label = self._labels.get(node)
        if label is None:
            raise KeyError(node)
        return label

    def append(self, node: _Node) -> None:
        """Put a node behind all others."""
        self._place(node, (self._sorted[-1] if self._sorted else 0) + _GAP)

    def insert(self, node: _Node, after: Iterable[_Node], before: Iterable[_Node]) -> None:
        """Put a node where most of its edges already lead the right way.

        Args:
            node: a new node.
            after: the nodes that will lead to it.
            before: the nodes that it will lead to; where there are any, it is put just before the first of them.
        """
        following = [self.label(one) for one in before]
        leading = [self.label(one) for one in after]
        if following:
            self._squeeze(node, bisect_left(self._sorted, min(following)))
        elif leading:
            self._squeeze(node, bisect_left(self._sorted, max(leading)) + 1)
        else:
            self.append(node)

    def _squeeze(self, node: _Node, place: int) -> None:
        if place == len(self._sorted):
            self.append(node)
            return
        low = self._sorted[place - 1] if place else 0
        high = self._sorted[place]
        if high - low < 2:  # noqa: PLR2004 - no number between two neighbours
            self._spread()
            self._squeeze(node, place)
            return
        self._place(node, (low + high) // 2)

    def _place(self, node: _Node, label: int) -> None:
        insort(self._sorted, label)
        self._at[label] = node
        self._labels.set(node, label)

    def _spread(self) -> None:
        """Give all nodes new labels, far from each other."""
        nodes = [self._at[label] for label in self._sorted]
        self._sorted = [_GAP * (place + 1) for place in range(len(nodes))]
        self._at = dict(zip(self._sorted, nodes, strict=True))
        for label, node in self._at.items():
            self._labels.set(node, label)

    def remove(self, node: _Node) -> None:
        """Take a node out, whose edges are gone.

        Raises:
            KeyError: the node is not there.
        """
        label = self.label(node)
        del self._sorted[bisect_left(self._sorted, label)]
        del self._at[label]
        self._labels.set(node, None)

    def allow(self, source: _Node, target: _Node) -> bool:
        """Make room for an edge that is about to be added; false where it would close a cycle."""
        low, high = self.label(target), self.label(source)
        if high < low:
            return True
        if source == target:
            return False
        behind = self._reachable(target, self._successors, lambda label: label <= high)
        if source in behind:
            return False
        ahead = self._reachable(source, self._predecessors, lambda label: label >= low)
        moved = sorted(ahead, key=self.label) + sorted(behind, key=self.label)
        labels = sorted(map(self.label, moved))
        for node, label in zip(moved, labels, strict=True):
            self._at[label] = node
            self._labels.set(node, label)
        return True

    def _reachable(
        self, start: _Node, further: Callable[[_Node], Iterable[_Node]], is_between: Callable[[int], bool]
    ) -> set[_Node]:
        found = {start}
        waiting = [start]
        while waiting:
            for node in further(waiting.pop()):
                if node not in found and is_between(self.label(node)):
                    found.add(node)
                    waiting.append(node)
        return found


def sorted_by_edges(sources: Sequence[Sequence[int]]) -> list[int]:
    """Numbered nodes, each behind its sources; those of cycles, and behind them, are left out."""
    missing = [len(one) for one in sources]
    targets: list[list[int]] = [[] for _ in sources]
    for node, one in enumerate(sources):
        for source in one:
            targets[source].append(node)
    found = [node for node, count in enumerate(missing) if not count]
    for node in found:
        for target in targets[node]:
            missing[target] -= 1
            if not missing[target]:
                found.append(target)
    return found
