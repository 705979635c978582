"""The graph of one level: nodes, edges, branches, loops and order (dialect sections 3 and 4.0).

A level is one taskflow's, or one subflow's, own nodes. The input is plain declarations, so this module knows no
document, no position and no finding. Nodes are numbered by their place in the document; ids come back in answers that
people read.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field
from enum import Enum, IntEnum

from mfo_dialect.analysis.loops import Loop, enclosing_loops, find_loops
from mfo_dialect.kept import kept_property
from mfo_dialect.records import record


class NodeKind(Enum):
    """The three kinds of nodes."""

    TASK = "task"
    CONDITION = "condition"
    SUBFLOW = "subflow"


class Priority(IntEnum):
    """Which of several ready nodes starts first; a smaller number goes first."""

    HIGH = 0
    NORMAL = 1
    LOW = 2


@record(guarded=False)
class NodeDeclaration:
    """One node as the document declares it.

    Attributes:
        id: its name, unique in the taskflow; where it is not, edges by that name mean the first node that has it.
        kind: task, condition or subflow.
        dependencies: ids of the nodes it waits for, as written.
        successors: ids of the nodes that wait for it, as written; of a condition, its branches in order.
        priority: which of several ready nodes starts first.
        inner: of a subflow, its own nodes in document order.
    """

    id: str
    kind: NodeKind = NodeKind.TASK
    dependencies: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()
    priority: Priority = Priority.NORMAL
    inner: tuple[NodeDeclaration, ...] = ()


@record
class Cycle:
    """A cycle that no condition can leave: an error before anything runs.

    Attributes:
        path: ids in the direction of the edges, the first in the document first; the last leads back to the first.
    """

    path: tuple[str, ...]


@record(slots=False, guarded=False)
class Level:
    """The graph of one level. All numbers are places of nodes in ``nodes``, but those of ``loops``.

    Attributes:
        nodes: the declarations in document order.
        position: the number of the first node with that id.
        edges: all edges, loop edges too, by source and then target; none twice, none from a node to itself.
        branches: of a condition, the node that each branch leads to, None where no other node has that id; else empty.
        loops: outer loops before those inside them.
        loop_of: the innermost loop that each node is in, as an index of ``loops``; None where it is in none.
        cycles: cycles without a head. One edge of each is left out below, so that there is an order all the same.
        predecessors: without loop edges, in document order.
        successors: without loop edges, in document order.
        gates: the loops that must be over before the node is decided, because it is fed from inside them.
        order: the nodes in an order in which they can be decided, ties in document order.
        inner: the level inside each subflow; None for other nodes.
    """

    nodes: tuple[NodeDeclaration, ...]
    position: Mapping[str, int]
    edges: tuple[tuple[int, int], ...]
    branches: tuple[tuple[int | None, ...], ...]
    loops: tuple[Loop, ...]
    loop_of: tuple[int | None, ...]
    cycles: tuple[Cycle, ...]
    predecessors: tuple[tuple[int, ...], ...]
    successors: tuple[tuple[int, ...], ...]
    gates: tuple[tuple[int, ...], ...]
    order: tuple[int, ...]
    inner: tuple[Level | None, ...] = field(repr=False)

    @kept_property
    def entries(self) -> tuple[int, ...]:
        """The nodes that wait for nothing, in document order."""
        return tuple(node for node, sources in enumerate(self.predecessors) if not sources)

    @kept_property
    def guards(self) -> tuple[tuple[int, ...], ...]:
        """For each node the conditions that have it as a branch, by edges that are no loop edges."""
        guards: list[list[int]] = [[] for _ in self.nodes]
        for condition, branches in enumerate(self.branches):
            for target in dict.fromkeys(branches):
                if target is not None and condition in self.predecessors[target]:
                    guards[target].append(condition)
        return tuple(tuple(conditions) for conditions in guards)

    @kept_property
    def ancestors(self) -> tuple[int, ...]:
        """For each node the nodes that lead to it without loop edges, as a bit set (bit n is node n)."""
        ancestors = [0] * len(self.nodes)
        for node in self.order:
            reached = 0
            for source in self.predecessors[node]:
                reached |= ancestors[source] | (1 << source)
            ancestors[node] = reached
        return tuple(ancestors)

    @kept_property
    def ended_before(self) -> tuple[int, ...]:
        """For each node the nodes that have surely ended when it is decided, as a bit set.

        Its ancestors, and whole loops that it, or an ancestor, is fed from.
        """
        if not self.loops:
            return self.ancestors
        ended = [0] * len(self.nodes)
        for node in self.order:
            reached = 0
            for source in self.predecessors[node]:
                reached |= ended[source] | (1 << source)
            for gate in self.gates[node]:
                for member in self.loops[gate].body:
                    reached |= ended[member] | (1 << member)
            ended[node] = reached
        return tuple(ended)

    def loops_around(self, node: int) -> tuple[int, ...]:
        """The loops that a node is in, from the innermost out, as indexes of ``loops``."""
        return tuple(enclosing_loops(self.loops, self.loop_of[node]))

    def innermost_common_loop(self, one: int, other: int) -> int | None:
        """The innermost loop whose body holds both nodes; None where there is none."""
        around = self.loops_around(other)
        return next((loop for loop in self.loops_around(one) if loop in around), None)

    def is_ancestor(self, node: int, of: int) -> bool:
        """Whether a path without loop edges leads from ``node`` to ``of``."""
        return bool(self.ancestors[of] >> node & 1)

    def is_loop_edge(self, source: int, target: int) -> bool:
        """Whether the edge sends a loop round again."""
        return any(
            self.loops[loop].head == target and source in self.loops[loop].conditions
            for loop in self.loops_around(target)
        )


def build_level(declarations: Sequence[NodeDeclaration]) -> Level:
    """Build the graph of a level and of all levels inside its subflows.

    Names that no node of the level has are ignored, and so are edges from a node to itself: rules report both.
    """
    built: dict[int, Level] = {}
    waiting: list[tuple[Sequence[NodeDeclaration], bool]] = [(declarations, False)]
    while waiting:
        nodes, inner_built = waiting.pop()
        if inner_built:
            built[id(nodes)] = _build_one(
                nodes, [built[id(node.inner)] if node.kind is NodeKind.SUBFLOW else None for node in nodes]
            )
            continue
        waiting.append((nodes, True))
        waiting.extend((node.inner, False) for node in nodes if node.kind is NodeKind.SUBFLOW)
    return built[id(declarations)]


def walk_levels(level: Level) -> Iterator[tuple[tuple[str, ...], Level]]:
    """A level and all levels inside it, outer ones first, each with the ids of the subflows that lead to it."""
    waiting: list[tuple[tuple[str, ...], Level]] = [((), level)]
    while waiting:
        path, current = waiting.pop()
        yield path, current
        for node, inner in reversed(list(zip(current.nodes, current.inner, strict=True))):
            if inner is not None:
                waiting.append(((*path, node.id), inner))


def _build_one(nodes: Sequence[NodeDeclaration], inner: list[Level | None]) -> Level:
    position: dict[str, int] = {}
    for number, node in enumerate(nodes):
        position.setdefault(node.id, number)
    all_successors = _edges(nodes, position)
    found = find_loops(all_successors, [node.kind is NodeKind.CONDITION for node in nodes])
    successors = _without(found.removed, all_successors)
    predecessors: list[list[int]] = [[] for _ in nodes]
    for source, targets in enumerate(successors):
        for target in targets:
            predecessors[target].append(source)
    loop_of: list[int | None] = [None] * len(nodes)
    for number, loop in enumerate(found.loops):
        for member in loop.body:
            loop_of[member] = number
    gates = _gates(predecessors, found.loops, loop_of)
    return Level(
        nodes=tuple(nodes),
        position=position,
        edges=tuple([(source, target) for source, targets in enumerate(all_successors) for target in targets]),
        branches=tuple(
            [
                _branches(number, node, position) if node.kind is NodeKind.CONDITION else ()
                for number, node in enumerate(nodes)
            ]
        ),
        loops=found.loops,
        loop_of=tuple(loop_of),
        cycles=tuple(Cycle(tuple(nodes[member].id for member in cycle)) for cycle in found.cycles),
        predecessors=tuple(map(tuple, predecessors)),
        successors=tuple(successors),
        gates=gates,
        order=_order(successors, predecessors, found.loops, loop_of, gates),
        inner=tuple(inner),
    )


def _edges(nodes: Sequence[NodeDeclaration], position: Mapping[str, int]) -> list[list[int]]:
    targets: list[set[int]] = [set() for _ in nodes]
    for number, node in enumerate(nodes):
        if node.successors:
            targets[number].update(position[name] for name in node.successors if name in position)
        for name in node.dependencies:
            if name in position:
                targets[position[name]].add(number)
    for number, reached in enumerate(targets):
        reached.discard(number)
    return [sorted(reached) for reached in targets]


def _without(removed: Collection[tuple[int, int]], successors: list[list[int]]) -> list[tuple[int, ...]]:
    if not removed:
        return [tuple(targets) for targets in successors]
    return [
        tuple(target for target in targets if (source, target) not in removed)
        for source, targets in enumerate(successors)
    ]


def _branches(number: int, node: NodeDeclaration, position: Mapping[str, int]) -> tuple[int | None, ...]:
    targets = (position.get(name) for name in node.successors)
    return tuple(None if target == number else target for target in targets)


def _gates(
    predecessors: Sequence[Sequence[int]], loops: Sequence[Loop], loop_of: Sequence[int | None]
) -> tuple[tuple[int, ...], ...]:
    if not loops:
        return ((),) * len(predecessors)
    gates: list[tuple[int, ...]] = []
    for node, sources in enumerate(predecessors):
        own = set(enclosing_loops(loops, loop_of[node]))
        left = (min(set(enclosing_loops(loops, loop_of[source])) - own, default=None) for source in sources)
        gates.append(tuple(dict.fromkeys(loop for loop in left if loop is not None)))
    return tuple(gates)


def _order(
    successors: Sequence[Sequence[int]],
    predecessors: Sequence[Sequence[int]],
    loops: Sequence[Loop],
    loop_of: Sequence[int | None],
    gates: Sequence[Sequence[int]],
) -> tuple[int, ...]:
    """Kahn's algorithm with a heap; the end of loop n takes part as node ``count + n``, before any node."""
    count = len(successors)
    if not loops and all(not targets or targets[0] > source for source, targets in enumerate(successors)):
        return tuple(range(count))  # all edges lead down the document, as most authors write
    following: list[list[int]] = [list(targets) for targets in successors] + [[] for _ in loops]
    missing = [len(sources) + len(gates[node]) for node, sources in enumerate(predecessors)] + [0 for _ in loops]
    for node, loop in enumerate(loop_of):
        if loop is not None:
            following[node].append(count + loop)
            missing[count + loop] += 1
        for gate in gates[node]:
            following[count + gate].append(node)
    for number, loop in enumerate(loops):
        if loop.parent is not None:
            following[count + number].append(count + loop.parent)
            missing[count + loop.parent] += 1
    ready = [node for node, left in enumerate(missing) if left == 0]
    order: list[int] = []
    while ready:
        node = heapq.heappop(ready)
        if node >= 0:
            order.append(node)
        for target in following[node]:
            missing[target] -= 1
            if missing[target] == 0:
                # An end of a loop is pushed by its place from the back, a negative number, to be the smallest.
                heapq.heappush(ready, target if target < count else target - len(following))
    return tuple(order)
