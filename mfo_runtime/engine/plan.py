"""A taskflow laid out for running: all levels in flat tables, and the settings of the run; it holds no run's state.

Nodes of all levels are numbered in document order, a subflow before the nodes inside it, so that a subflow and all in it
are one range of numbers. Everything that the machine looks up while it runs is worked out here, once.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from mfo_dialect.analysis.graph import Level, NodeKind

NOWHERE = -1


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How a taskflow is to run (``config`` of dialect section 2).

    Attributes:
        max_concurrency: how many nodes run at a time, at least 1.
        max_iterations: how often one condition may take its loop edge.
        grace: seconds that running tasks get when the run stops early.
        timeout: seconds that the whole run may take; None for any time.
        goes_on: ``on_failure: continue``: independent branches go on after a failure.
    """

    max_concurrency: int = 4
    max_iterations: int = 100
    grace: float = 5.0
    timeout: float | None = None
    goes_on: bool = False


class NodeRun(NamedTuple):
    """The identity of one execution of a node.

    Attributes:
        number: the number of the node in the plan.
        path: the ids of the subflows around it and its own; ``loop[2]/draft`` is in the third run of ``loop``.
        iteration: how often the loops of its own level have armed it again; 0 at first.
    """

    number: int
    path: str
    iteration: int

    def __str__(self) -> str:
        return f"{self.path}[{self.iteration}]" if self.iteration else self.path


@dataclass(frozen=True, slots=True)
class LoopPlan:
    """One loop; numbers are those of nodes, but for ``parent`` and ``nested``, which are those of loops.

    Attributes:
        head: the node that every loop edge leads to.
        body: the nodes of the loop at its own level.
        parent: the loop directly around it; ``NOWHERE`` for none.
        nested: itself and the loops inside it, at its own level.
        parts: how many things must end before it has: nodes that are in no inner loop, and direct inner loops.
        released: the nodes after it that wait for its end.
        rearmed: for each node of the body, how much of the body it waits for.
        forgotten: the conditions whose loop edges it counts anew, those inside subflows apart.
    """

    head: int
    body: tuple[int, ...]
    parent: int
    nested: tuple[int, ...]
    parts: int
    released: tuple[int, ...]
    rearmed: tuple[tuple[int, int], ...]
    forgotten: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LevelPlan:
    """One level: its graph, the plan's numbers of its nodes and loops, and how many parts must end before it has.

    ``subflow`` is the subflow around it, ``NOWHERE`` for the taskflow's own level.
    """

    graph: Level
    subflow: int
    numbers: tuple[int, ...]
    loops: tuple[int, ...]
    parts: int


@dataclass(slots=True)
class RunPlan:
    """The tables; each list has an entry for every node.

    Attributes:
        settings: how the taskflow is to run.
        levels: the taskflow's own level first.
        loops: the loops of all levels.
        number_of: node id -> number; ids are unique in a taskflow.
        paths: ids joined by ``/``, without iterations.
        place: the number at the node's own level.
        level_of: the level that the node belongs to.
        level_in: of a subflow, the level inside; else ``NOWHERE``.
        parent: the subflow around it; ``NOWHERE`` at the top.
        end: one past the last number inside it.
        key: sorts ready nodes by priority, then by document order; modulo the number of nodes it is the number.
        holds_slot: whether it counts against ``max_concurrency``.
        feeds: the nodes that wait for it alone, not for the end of a loop around it.
        waits_for: how many nodes and loops it waits for at first.
        loop_edges: of a condition: the target of each loop edge -> the loop.
        first_runs: its identity, as long as nothing around it went round.
    """

    settings: RunSettings
    levels: list[LevelPlan] = field(default_factory=list[LevelPlan])
    loops: list[LoopPlan] = field(default_factory=list[LoopPlan])
    number_of: dict[str, int] = field(default_factory=dict[str, int])
    ids: list[str] = field(default_factory=list[str])
    paths: list[str] = field(default_factory=list[str])
    kinds: list[NodeKind] = field(default_factory=list[NodeKind])
    place: list[int] = field(default_factory=list[int])
    level_of: list[int] = field(default_factory=list[int])
    level_in: list[int] = field(default_factory=list[int])
    parent: list[int] = field(default_factory=list[int])
    end: list[int] = field(default_factory=list[int])
    key: list[int] = field(default_factory=list[int])
    holds_slot: list[bool] = field(default_factory=list[bool])
    predecessors: list[tuple[int, ...]] = field(default_factory=list[tuple[int, ...]])
    guards: list[tuple[int, ...]] = field(default_factory=list[tuple[int, ...]])
    branches: list[tuple[int, ...]] = field(default_factory=list[tuple[int, ...]])
    feeds: list[tuple[int, ...]] = field(default_factory=list[tuple[int, ...]])
    waits_for: list[int] = field(default_factory=list[int])
    loop_of: list[int] = field(default_factory=list[int])
    loop_edges: list[dict[int, int]] = field(default_factory=list[dict[int, int]])
    first_runs: list[NodeRun] = field(default_factory=list[NodeRun])


def make_plan(
    level: Level,
    settings: RunSettings | None = None,
    *,
    without_slot: Collection[str] = (),
) -> RunPlan:
    """Lay out a taskflow for running.

    Args:
        level: the taskflow's own level.
        settings: how it is to run.
        without_slot: ids of tasks that wait for somebody (``ask_user``) and hold no slot.

    Raises:
        ValueError: a level has a cycle, or a node id occurs twice; ``check`` reports both with their places.
    """
    plan = RunPlan(settings or RunSettings())
    _number_nodes(plan, level)
    count = len(plan.ids)
    for level_number in range(len(plan.levels)):
        _lay_out(plan, level_number)
    for number, name in enumerate(plan.ids):
        node = plan.levels[plan.level_of[number]].graph.nodes[plan.place[number]]
        plan.key.append(node.priority * count + number)
        plan.holds_slot.append(node.kind is not NodeKind.SUBFLOW and name not in without_slot)
        plan.first_runs.append(NodeRun(number, plan.paths[number], 0))
    return plan


def _number_nodes(plan: RunPlan, root: Level) -> None:
    """Number all nodes in document order, without recursion, and make an entry for every level."""
    pending: list[tuple[Level, int, int, list[int]]] = [(root, 0, NOWHERE, [])]
    levels: list[tuple[Level, int, list[int]]] = [(root, NOWHERE, pending[0][3])]
    while pending:
        level, level_number, parent, numbers = pending[-1]
        place = len(numbers)
        if place:
            plan.end[numbers[-1]] = len(plan.ids)
        if place == len(level.nodes):
            pending.pop()
            continue
        node, inner = level.nodes[place], level.inner[place]
        number = len(plan.ids)
        if level.cycles or plan.number_of.setdefault(node.id, number) != number:
            raise ValueError(f"the taskflow cannot run: {node.id} occurs twice, or its level has a cycle")
        numbers.append(number)
        plan.ids.append(node.id)
        plan.paths.append(f"{plan.paths[parent]}/{node.id}" if parent >= 0 else node.id)
        plan.kinds.append(node.kind)
        plan.place.append(place)
        plan.level_of.append(level_number)
        plan.level_in.append(len(levels) if inner is not None else NOWHERE)
        plan.parent.append(parent)
        plan.end.append(number + 1)
        if inner is not None:
            pending.append((inner, len(levels), number, []))
            levels.append((inner, number, pending[-1][3]))
    for level, subflow, numbers in levels:
        first = len(plan.loops) + sum(len(made.loops) for made in plan.levels)
        loops = tuple(range(first, first + len(level.loops)))
        outermost = sum(loop.parent is None for loop in level.loops)
        parts = outermost + sum(loop is None for loop in level.loop_of)
        plan.levels.append(LevelPlan(level, subflow, tuple(numbers), loops, parts))
    for table in (plan.predecessors, plan.guards, plan.branches, plan.feeds):
        table.extend(() for _ in plan.ids)
    plan.waits_for.extend(0 for _ in plan.ids)
    plan.loop_of.extend(NOWHERE for _ in plan.ids)
    plan.loop_edges.extend({} for _ in plan.ids)


def _lay_out(plan: RunPlan, level_number: int) -> None:
    level = plan.levels[level_number]
    graph, numbers = level.graph, level.numbers
    for place, number in enumerate(numbers):
        around = set(graph.loops_around(place))
        alone = [target for target in graph.successors[place] if around <= set(graph.loops_around(target))]
        plan.feeds[number] = tuple(numbers[target] for target in alone)
        plan.predecessors[number] = tuple(numbers[source] for source in graph.predecessors[place])
        plan.guards[number] = tuple(numbers[condition] for condition in graph.guards[place])
        plan.branches[number] = tuple(
            NOWHERE if target is None else numbers[target] for target in graph.branches[place]
        )
        plan.waits_for[number] += len(graph.gates[place])
        for target in plan.feeds[number]:
            plan.waits_for[target] += 1
        innermost = graph.loop_of[place]
        plan.loop_of[number] = NOWHERE if innermost is None else level.loops[innermost]
    for place in range(len(graph.loops)):
        plan.loops.append(_loop_plan(level, place))
        for condition in graph.loops[place].conditions:
            plan.loop_edges[numbers[condition]][numbers[graph.loops[place].head]] = level.loops[place]


def _loop_plan(level: LevelPlan, place: int) -> LoopPlan:
    graph, numbers = level.graph, level.numbers
    loop = graph.loops[place]
    body = frozenset(loop.body)
    nested = [other for other in range(place, len(graph.loops)) if graph.loops[other].head in body]
    inner_heads = [other for other in nested if graph.loops[other].parent == place]
    rearmed: list[tuple[int, int]] = []
    for node in loop.body:
        around = set(graph.loops_around(node))
        sources = [source for source in graph.predecessors[node] if source in body]
        alone = sum(set(graph.loops_around(source)) <= around for source in sources)
        rearmed.append((numbers[node], alone + sum(gate in nested for gate in graph.gates[node])))
    outer = {
        condition
        for other in range(len(graph.loops))
        if other not in nested[1:]
        for condition in graph.loops[other].conditions
    }
    return LoopPlan(
        head=numbers[loop.head],
        body=tuple(numbers[node] for node in loop.body),
        parent=NOWHERE if loop.parent is None else level.loops[loop.parent],
        nested=tuple(level.loops[other] for other in nested),
        parts=len(inner_heads) + sum(graph.loop_of[node] == place for node in loop.body),
        released=tuple(numbers[node] for node, gates in enumerate(graph.gates) if place in gates),
        rearmed=tuple(rearmed),
        forgotten=tuple(
            numbers[node] for node in loop.body if graph.nodes[node].kind is NodeKind.CONDITION and node not in outer
        ),
    )
