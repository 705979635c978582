"""Whether nodes of a level can run as one subflow without changing what runs, and when it is told apart.

A subflow is decided by what any of its nodes waited for, and what waited for one of its nodes then waits for all of
them (dialect section 4, rules 1, 2 and 7). Nothing else may change: neither which nodes run nor what they can read. It
knows the graph alone, no text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from mfo_dialect.analysis.graph import Level, NodeDeclaration, NodeKind, build_level
from mfo_dialect.analysis.run_order import RanBefore, RunOrders


def obstacle_to_grouping(level: Level, chosen: Collection[int], *, goes_on: bool) -> str:
    """Why nodes cannot become one subflow, in one sentence; empty where they can.

    Args:
        level: the graph of their level, without cycles that no condition can leave.
        chosen: the numbers of the nodes.
        goes_on: whether other branches go on when a node has failed, so that it counts who waits for whom.
    """
    return next(_obstacles(_Group(level, frozenset(chosen)), goes_on=goes_on), "")


class _Group:
    """Some nodes of a level, and what leads into them and out of them."""

    def __init__(self, level: Level, chosen: frozenset[int]) -> None:
        self.level = level
        self.chosen = chosen
        self.waits_for = {node: frozenset(level.predecessors[node]) - chosen for node in chosen}
        self.guarded_by = {node: frozenset(level.guards[node]) - chosen for node in chosen}
        self.first = [node for node in sorted(chosen) if not frozenset(level.predecessors[node]) & chosen]
        self.behind = sorted({target for node in chosen for target in level.successors[node]} - chosen)
        self.outside = frozenset[int]().union(*self.waits_for.values())
        self.inside = build_level([_only(level.nodes[node], self.names) for node in sorted(chosen)])

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.level.nodes[node].id for node in self.chosen)

    def name(self, node: int) -> str:
        return f'"{self.level.nodes[node].id}"'

    def runs_with_group(self, node: int) -> bool:
        """Whether a chosen node runs whenever the subflow does."""
        return surely_runs(self.inside, self.inside.position[self.level.nodes[node].id])


def _only(node: NodeDeclaration, names: frozenset[str]) -> NodeDeclaration:
    """A declaration with the edges to some names alone."""
    dependencies = tuple(name for name in node.dependencies if name in names)
    successors = tuple(name for name in node.successors if name in names)
    return NodeDeclaration(node.id, node.kind, dependencies, successors, node.priority, node.inner)


def surely_runs(level: Level, node: int) -> bool:
    """Whether a node runs whenever its level does."""
    return RunOrders(level).ran_by_the_end((level.nodes[node].id,)).verdict is RanBefore.SURELY


def _obstacles(group: _Group, *, goes_on: bool) -> Iterator[str]:
    yield from _ways_around(group)
    yield from _split_conditions(group)
    yield from _split_loops(group)
    yield from _differing_starts(group, goes_on=goes_on)
    yield from _differing_ends(group, goes_on=goes_on)


def _ways_around(group: _Group) -> Iterator[str]:
    level = group.level
    for node in range(len(level.nodes)):
        if node not in group.chosen and any(level.is_ancestor(one, of=node) for one in group.chosen):
            later = next((one for one in sorted(group.chosen) if level.is_ancestor(node, of=one)), None)
            if later is not None:
                yield f"{group.name(node)} runs between them: it waits for a selected node, and {group.name(later)} waits for it."


def _split_conditions(group: _Group) -> Iterator[str]:
    level = group.level
    for node, declared in enumerate(level.nodes):
        if declared.kind is not NodeKind.CONDITION:
            continue
        branches = {target for target in level.branches[node] if target is not None}
        if node in group.chosen and branches - group.chosen:
            other = group.name(min(branches - group.chosen))
            yield f"The condition {group.name(node)} leads to {other}, which is not selected, and no branch leads out of a subflow."
        if node not in group.chosen and len(branches & group.chosen) > 1:
            yield f"The condition {group.name(node)} chooses between selected nodes: select it too."


def _split_loops(group: _Group) -> Iterator[str]:
    for loop in group.level.loops:
        body = frozenset(loop.body)
        ends = {loop.head, *loop.conditions}
        if not group.chosen & body or body <= group.chosen or (group.chosen <= body and not group.chosen & ends):
            continue
        yield f"The loop that starts at {group.name(loop.head)} would be cut in two: select all of it, or nodes between its ends."


def _differing_starts(group: _Group, *, goes_on: bool) -> Iterator[str]:
    """Nodes that would run when they did not, or the other way round."""
    alike = len({(group.waits_for[node], group.guarded_by[node]) for node in group.first}) == 1
    lone = all(not group.waits_for[node] for node in group.chosen - set(group.first))
    if alike and lone:
        return
    if goes_on:
        yield "With on_failure: continue, selected nodes that wait for different nodes would wait for all of them."
        return
    doubtful = [node for node in sorted(group.outside) if not surely_runs(group.level, node)]
    if doubtful:
        yield f"{group.name(doubtful[0])}, which some of the selected nodes wait for, may be skipped: the others would be too."
    if any(group.guarded_by.values()):
        branch = next(node for node in sorted(group.chosen) if group.guarded_by[node])
        yield f"{group.name(branch)} is a branch of a condition, and not all of the selected nodes are."
    for node in sorted(group.chosen - set(group.first)):
        if group.waits_for[node] and not group.level.guards[node] and not group.runs_with_group(node):
            yield f"{group.name(node)} runs even if the selected nodes before it are skipped, as it waits for others too."


def _differing_ends(group: _Group, *, goes_on: bool) -> Iterator[str]:
    """Nodes behind that would run when they did not, or the other way round."""
    for target in group.behind:
        last = [node for node in sorted(group.chosen) if node in group.level.predecessors[target]]
        skippable = [node for node in last if not group.runs_with_group(node)]
        if len(skippable) == len(last):
            yield f"{group.name(skippable[0])} may be skipped, and {group.name(target)} with it: it would then run."
        if goes_on:
            alone = [node for node in group.chosen if not group.level.is_ancestor(node, of=target)]
            if alone:
                yield f"With on_failure: continue, {group.name(target)} runs even if {group.name(min(alone))} has failed: it would not."
