"""Loops of a directed graph of numbered nodes: their heads, bodies and loop edges; knows nothing of tasks or files.

The rule is dialect section 4.0. A strongly connected component is a loop when one of its nodes, the *head*, is entered
from inside by conditions only. The edges from inside to the head are the loop edges; without them the search goes on
in what is left of the component, which finds nested loops. A component in which every node is also entered from a
node that is no condition has no head; following those edges backwards leads round a cycle that no condition can leave.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mfo_dialect.records import record

_ROUNDS = 64
_SPARE_WORK = 50_000
_CLOSED = 1 << 62


@record
class Loop:
    """A part of a level that a condition can send round again.

    Attributes:
        head: the node that runs first in each iteration.
        body: all nodes of the loop in document order, the head among them, and those of nested loops too.
        conditions: the sources of the loop edges, in document order.
        parent: the index of the loop that directly encloses this one; None for an outermost loop.
    """

    head: int
    body: tuple[int, ...]
    conditions: tuple[int, ...]
    parent: int | None


@record
class LoopStructure:
    """What the search found.

    Attributes:
        loops: outer loops before the loops inside them.
        cycles: for each cycle without a head, its nodes in the direction of the edges, the first in the document first.
        removed: the edges that are left out of the acyclic rest: loop edges, and one edge of each illegal cycle.
    """

    loops: tuple[Loop, ...]
    cycles: tuple[tuple[int, ...], ...]
    removed: frozenset[tuple[int, int]]


def find_loops(successors: Sequence[Sequence[int]], is_condition: Sequence[bool]) -> LoopStructure:
    """Find loops and illegal cycles; nodes are numbered in document order and have no edge to themselves.

    The time is bounded by a multiple of the size of the graph: what is nested deeper than that is reported as a cycle.
    """
    if all(source < target for source, targets in enumerate(successors) for target in targets):
        return LoopStructure((), (), frozenset())  # all edges lead down the document, as most authors write
    return _LoopSearch(successors, is_condition).run()


class _LoopSearch:
    """The state of one search; ``successors`` and ``predecessors`` shrink as edges are removed."""

    def __init__(self, successors: Sequence[Sequence[int]], is_condition: Sequence[bool]) -> None:
        self.is_condition = is_condition
        self.successors = [list(targets) for targets in successors]
        self.predecessors: list[list[int]] = [[] for _ in successors]
        for source, targets in enumerate(successors):
            for target in targets:
                self.predecessors[target].append(source)
        self.loops: list[Loop] = []
        self.cycles: list[tuple[int, ...]] = []
        self.removed: set[tuple[int, int]] = set()
        size = len(successors) + sum(len(targets) for targets in successors)
        self.work_left = _ROUNDS * size + _SPARE_WORK

    def run(self) -> LoopStructure:
        waiting: list[tuple[list[int], int | None]] = [(list(range(len(self.successors))), None)]
        while waiting:
            nodes, parent = waiting.pop()
            components = [found for found in strong_components(nodes, self.successors) if len(found) > 1]
            waiting.extend((component, self._open(component, parent)) for component in components)
        return LoopStructure(tuple(self.loops), tuple(sorted(self.cycles)), frozenset(self.removed))

    def _open(self, component: list[int], parent: int | None) -> int | None:
        """Remove the loop edges of a component, or one edge of a cycle in it; the loop that encloses what is left."""
        inside = set(component)
        self.work_left -= sum(1 + len(self.successors[node]) for node in component)
        head = self._head(component, inside)
        if head is None or self.work_left < 0:
            self._report_cycle(component, inside)
            return parent
        conditions = [source for source in self.predecessors[head] if source in inside]
        for condition in conditions:
            self._remove(condition, head)
        self.loops.append(Loop(head, tuple(component), tuple(sorted(conditions)), parent))
        return len(self.loops) - 1

    def _head(self, component: list[int], inside: set[int]) -> int | None:
        candidates = [
            node
            for node in component
            if all(self.is_condition[source] for source in self.predecessors[node] if source in inside)
        ]
        entered = (node for node in candidates if any(source not in inside for source in self.predecessors[node]))
        return next(entered, candidates[0] if candidates else None)

    def _report_cycle(self, component: list[int], inside: set[int]) -> None:
        cycle = self._cycle_backwards(component[0], inside)
        self.cycles.append(cycle)
        self._remove(cycle[-1], cycle[0])
        if self.work_left < 0:
            for node in component:
                for target in [target for target in self.successors[node] if target in inside and target < node]:
                    self._remove(node, target)

    def _cycle_backwards(self, start: int, inside: set[int]) -> tuple[int, ...]:
        trail: dict[int, int] = {}
        node = start
        while node not in trail:
            trail[node] = len(trail)
            sources = [source for source in self.predecessors[node] if source in inside]
            node = min(sources, key=lambda source: (self.is_condition[source], source))
        cycle = [member for member, place in trail.items() if place >= trail[node]]
        cycle.reverse()
        first = cycle.index(min(cycle))
        return tuple(cycle[first:] + cycle[:first])

    def _remove(self, source: int, target: int) -> None:
        self.successors[source].remove(target)
        self.predecessors[target].remove(source)
        self.removed.add((source, target))


def enclosing_loops(loops: Sequence[Loop], innermost: int | None) -> Iterator[int]:
    """A loop and those around it, from the inside out, as indexes of ``loops``; nothing for None."""
    loop = innermost
    while loop is not None:
        yield loop
        loop = loops[loop].parent


def strong_components(nodes: Iterable[int], successors: Sequence[Sequence[int]]) -> list[list[int]]:
    """The strongly connected components of the part of a graph that ``nodes`` spans, each sorted (Tarjan's algorithm).

    Edges that leave ``nodes`` are not followed. No recursion: a chain may be as long as memory allows.
    """
    unseen = set(nodes)
    lowest: dict[int, int] = {}
    stack: list[int] = []
    components: list[list[int]] = []
    for root in sorted(unseen):
        path = [(root, len(lowest), iter(successors[root]))] if root in unseen else []
        while path:
            node, number, targets = path[-1]
            if node in unseen:
                unseen.discard(node)
                lowest[node] = number
                stack.append(node)
            fresh = _next_unseen(targets, unseen, node, lowest)
            if fresh is not None:
                path.append((fresh, len(lowest), iter(successors[fresh])))
                continue
            path.pop()
            if path:
                above = path[-1][0]
                lowest[above] = min(lowest[above], lowest[node])
            if lowest[node] == number:
                components.append(_cut(stack, node, lowest))
    return components


def _next_unseen(targets: Iterator[int], unseen: set[int], node: int, lowest: dict[int, int]) -> int | None:
    for target in targets:
        if target in unseen:
            return target
        if target in lowest:
            lowest[node] = min(lowest[node], lowest[target])
    return None


def _cut(stack: list[int], node: int, lowest: dict[int, int]) -> list[int]:
    component: list[int] = []
    while not component or component[-1] != node:
        component.append(stack.pop())
        lowest[component[-1]] = _CLOSED
    component.sort()
    return component
