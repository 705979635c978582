"""Whether one node has surely, perhaps or never run when another one starts; knows only the graph, no text.

What is assumed: every condition may take any of its branches (one that has a single branch may also take none), and no
node fails, since a failure ends the run. A node that was skipped has not run. From dialect section 4, rules 1 and 2,
it follows that a node runs exactly when a *way* of open edges leads to it from an entry: a node that is a branch is
entered through its conditions only, another one through any of its predecessors, and the edge of a condition to one of
its branches is open when the condition takes that branch. All answers are about such ways:

- The producer can be *avoided* from a node when the conditions after the node can be set so that no way leads on to the
  producer. One setting serves all such nodes at once. So the producer surely ran before the reader unless it can be
  avoided from every entry, and some way to the reader passes only nodes from which it can be avoided.
- Both can run when two ways, one to each, agree on the branches of the conditions that they share.

Without loops the answers are exact. A loop edge may start the head of its loop again, so a head counts as an entry that
may or may not run; and a condition may have taken a loop edge, so none of its branches, while its loop goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Sequence
from enum import Enum
from typing import TypeVar

from mfo_dialect.analysis.graph import Level
from mfo_dialect.analysis.loops import enclosing_loops
from mfo_dialect.records import record

NodePath = tuple[str, ...]

_MAX_PAIRS = 100_000
_Node = TypeVar("_Node", bound=Hashable)


class RanBefore(Enum):
    """Whether the producer has run when the reader starts, given that the reader starts."""

    SURELY = "surely"
    PERHAPS = "perhaps"
    NEVER = "never"


class Why(Enum):
    """What makes it so."""

    ORDER = "the reader waits for it, and it always runs then"
    BRANCH = "it runs only when a condition takes certain branches"
    PREVIOUS_ITERATION = "both are in one loop: what is read is the previous iteration's value, null in the first"
    NOT_BEFORE = "nothing makes the reader wait for it"
    OTHER_BRANCH = "it runs only on branches on which the reader does not"


@record
class RunOrder:
    """The answer for one reader and one producer.

    Attributes:
        verdict: whether the producer has run.
        why: what makes it so.
        condition: the path of the condition that decides, for BRANCH and OTHER_BRANCH.
        branches: the branches of that condition on which the producer can run.
        dependent: for NOT_BEFORE, the path of the node that would have to wait; None where reader and producer are the
            same node or one is inside the other.
        dependency: for NOT_BEFORE, the path of the node to wait for; at the same level as ``dependent``.
        makes_cycle: for NOT_BEFORE, whether that dependency would close a cycle.
    """

    verdict: RanBefore
    why: Why
    condition: NodePath | None = None
    branches: tuple[int, ...] = ()
    dependent: NodePath | None = None
    dependency: NodePath | None = None
    makes_cycle: bool = False


class RunOrders:
    """Answers about the nodes of a taskflow and all levels inside it; keeps what it worked out for the next question.

    Nodes are named by their path: the ids of the subflows around them from the outside in, and their own.
    """

    def __init__(self, root: Level) -> None:
        self._root = root
        self._levels: dict[int, _LevelOrder] = {}

    def ran_before(self, reader: NodePath, producer: NodePath) -> RunOrder:
        """Whether ``producer`` has run when ``reader`` starts.

        Raises:
            KeyError: one of the paths leads to no node.
        """
        depth = _common_length(reader, producer)
        levels = self._levels_along(producer)
        self._levels_along(reader)
        if depth in {len(reader), len(producer)}:
            along = [(level, level.level.position[name]) for level, name in zip(levels, producer, strict=False)]
            around = along[:depth]
            if any(level.level.loop_of[node] is not None for level, node in around):
                return RunOrder(RanBefore.PERHAPS, Why.PREVIOUS_ITERATION)
            return RunOrder(RanBefore.NEVER, Why.NOT_BEFORE, makes_cycle=True)
        level = levels[depth].level
        reading, producing = level.position[reader[depth]], level.position[producer[depth]]
        prefix = producer[:depth]
        if level.ended_before[reading] >> producing & 1:
            answer = levels[depth].compare(reading, producing, prefix)
            return answer if answer.verdict is RanBefore.NEVER else self._inside(producer, depth + 1, answer)
        enclosing = zip(levels, prefix, strict=False)
        if level.innermost_common_loop(reading, producing) is not None or any(
            outer.level.loop_of[outer.level.position[name]] is not None for outer, name in enclosing
        ):
            return RunOrder(RanBefore.PERHAPS, Why.PREVIOUS_ITERATION)
        return RunOrder(
            RanBefore.NEVER,
            Why.NOT_BEFORE,
            dependent=reader[: depth + 1],
            dependency=producer[: depth + 1],
            makes_cycle=level.is_ancestor(reading, of=producing),
        )

    def ran_by_the_end(self, producer: NodePath) -> RunOrder:
        """Whether ``producer`` has run when the taskflow has ended well, in the last iteration of its loops.

        Raises:
            KeyError: the path leads to no node.
        """
        return self._inside(producer, 0, RunOrder(RanBefore.SURELY, Why.ORDER))

    def _inside(self, producer: NodePath, depth: int, answer: RunOrder) -> RunOrder:
        """The answer once the levels of ``producer`` from ``depth`` on are looked at too; the outermost doubt stays."""
        for place, level in enumerate(self._levels_along(producer)):
            if place >= depth and answer.verdict is RanBefore.SURELY:
                answer = level.when_level_runs(level.level.position[producer[place]], producer[:place])
        return answer

    def _levels_along(self, path: NodePath) -> list[_LevelOrder]:
        found: list[_LevelOrder] = []
        level: Level | None = self._root
        for name in path:
            if level is None:
                raise KeyError(path)
            if id(level) not in self._levels:
                self._levels[id(level)] = _LevelOrder(level)
            found.append(self._levels[id(level)])
            level = level.inner[level.position[name]]
        return found


class _LevelOrder:
    """Answers about the nodes of one level."""

    def __init__(self, level: Level) -> None:
        self.level = level
        self.place = {node: place for place, node in enumerate(level.order)}
        self.sources = [guards or sources for guards, sources in zip(level.guards, level.predecessors, strict=True)]
        self.heads = {loop.head for loop in level.loops}
        self.always = self._always()
        self._forced: dict[tuple[int, int | None], frozenset[int]] = {}

    def compare(self, reader: int, producer: int, prefix: NodePath) -> RunOrder:
        """The answer for two nodes of which the producer has ended, run or skipped, when the reader is decided."""
        if self.always[producer] or self._only_way_leads_through(reader, producer):
            return RunOrder(RanBefore.SURELY, Why.ORDER)
        forced = self._forcing(producer, self.level.loop_of[reader])
        if any(entry in forced for entry in self.level.entries) or not has_way_around(
            reader, forced, self.sources.__getitem__, self._is_start
        ):
            return RunOrder(RanBefore.SURELY, Why.ORDER)
        if self._both_can_run(reader, producer):
            return self._decided(RanBefore.PERHAPS, Why.BRANCH, producer, reader, prefix)
        return self._decided(RanBefore.NEVER, Why.OTHER_BRANCH, producer, reader, prefix)

    def when_level_runs(self, node: int, prefix: NodePath) -> RunOrder:
        """Whether a node runs whenever its level does, in the last iteration of its loops."""
        if self.always[node] or not self._forcing(node, None).isdisjoint(self.level.entries):
            return RunOrder(RanBefore.SURELY, Why.ORDER)
        return self._decided(RanBefore.PERHAPS, Why.BRANCH, node, None, prefix)

    def _always(self) -> list[bool]:
        """Nodes that an unguarded way leads to from an entry: they run whatever the conditions say."""
        always = [False] * len(self.level.nodes)
        for node in self.level.order:
            sources = self.level.predecessors[node]
            always[node] = not self.level.guards[node] and (not sources or any(always[source] for source in sources))
        return always

    def _only_way_leads_through(self, reader: int, producer: int) -> bool:
        node = reader
        while node != producer and len(self.sources[node]) == 1 and node not in self.heads:
            node = self.sources[node][0]
        return node == producer

    def _forcing(self, producer: int, reader_loop: int | None) -> frozenset[int]:
        """The nodes after which the producer runs whatever the conditions say, itself among them."""
        key = (producer, reader_loop)
        if key not in self._forced:
            forced: set[int] = set()
            for node in sorted(self._leading_to(producer), key=self.place.__getitem__, reverse=True):
                if node == producer or self._forces(node, forced, reader_loop):
                    forced.add(node)
            self._forced[key] = frozenset(forced)
        return self._forced[key]

    def _forces(self, node: int, forced: set[int], reader_loop: int | None) -> bool:
        targets = self.level.successors[node]
        if any(target in forced and not self.level.guards[target] for target in targets):
            return True
        outcomes = self._outcomes(node, reader_loop)
        return bool(outcomes) and all(target in forced for target in outcomes)

    def _outcomes(self, node: int, reader_loop: int | None) -> list[int | None]:
        """Where a condition can lead: a node, or None for nowhere; empty for other nodes."""
        branches = self.level.branches[node]
        outcomes: list[int | None] = [None] if len(branches) == 1 else []
        for target in branches:
            if target is None or not self.level.is_loop_edge(node, target):
                outcomes.append(target)
            elif self._is_going_on(target, reader_loop):
                outcomes.append(None)
        return outcomes

    def _is_going_on(self, head: int, reader_loop: int | None) -> bool:
        """Whether a reader in ``reader_loop`` can start while a loop with this head is to go round again."""
        return reader_loop is not None and any(
            self.level.loops[loop].head == head for loop in enclosing_loops(self.level.loops, reader_loop)
        )

    def _leading_to(self, node: int) -> set[int]:
        """The nodes on ways to a node, itself among them."""
        found = {node}
        waiting = [node]
        while waiting:
            for source in self.sources[waiting.pop()]:
                if source not in found:
                    found.add(source)
                    waiting.append(source)
        return found

    def _is_start(self, node: int) -> bool:
        """Whether a way may begin at a node."""
        return not self.sources[node] or node in self.heads

    def _both_can_run(self, one: int, other: int) -> bool:
        return ways_agree(
            one,
            other,
            sources=self.sources.__getitem__,
            guards=self.level.guards.__getitem__,
            is_behind=lambda node, rest: self.place[node] > self.place[rest],
            is_settled=lambda node, _branch, _rest, _rest_branch: self._is_start(node),
        )

    def _decided(self, verdict: RanBefore, why: Why, producer: int, reader: int | None, prefix: NodePath) -> RunOrder:
        """The answer with the condition that tells best: near the producer, with branches that do not lead to it."""
        to_producer = self._leading_to(producer)
        to_reader = self._leading_to(reader) if reader is not None else set[int]()
        best: tuple[tuple[bool, bool, int], int, tuple[int, ...]] | None = None
        for condition in to_producer:
            branches = self.level.branches[condition]
            leading = tuple(number for number, target in enumerate(branches) if target in to_producer)
            if not leading:
                continue
            elsewhere = len(leading) < max(len(branches), 2)
            parts = not any(branches[number] in to_reader for number in leading)
            rank = (elsewhere, parts, self.place[condition])
            if best is None or rank > best[0]:
                best = (rank, condition, leading)
        if best is None:
            return RunOrder(verdict, why)
        return RunOrder(verdict, why, (*prefix, self.level.nodes[best[1]].id), best[2])


def has_way_around(
    reader: _Node,
    nodes: Container[_Node],
    sources: Callable[[_Node], Iterable[_Node]],
    is_start: Callable[[_Node], bool],
) -> bool:
    """Whether a way leads from a start to the reader that passes none of some nodes.

    Args:
        reader: where the way ends.
        nodes: those that it may not pass.
        sources: the nodes by which a way leads to a node.
        is_start: whether a way may begin at a node.
    """
    seen = {reader}
    waiting = [reader]
    while waiting:
        node = waiting.pop()
        if is_start(node):
            return True
        for source in sources(node):
            if source not in seen and source not in nodes:
                seen.add(source)
                waiting.append(source)
    return False


def ways_agree(
    one: _Node,
    other: _Node,
    *,
    sources: Callable[[_Node], Iterable[_Node]],
    guards: Callable[[_Node], Container[_Node]],
    is_behind: Callable[[_Node, _Node], bool],
    is_settled: Callable[[_Node, _Node | None, _Node, _Node | None], bool],
) -> bool:
    """Whether two ways, walked backwards with the later node first, reach an entry or meet in agreement.

    Two ways that meet at a condition after taking branches of it took different ones, or they had met before.
    True too where that would take too long to find out.

    Args:
        one: where one way ends.
        other: where the other one ends.
        sources: the nodes by which a way leads to a node.
        guards: the conditions that a node is a branch of.
        is_behind: whether the first of two nodes surely stands behind the second.
        is_settled: whether the ways agree from here on: the node whose sources are next and the branch taken to it,
            then those of the other way.
    """
    waiting: list[tuple[_Node, _Node | None, _Node, _Node | None]] = [(one, None, other, None)]
    seen = set(waiting)
    while waiting and len(seen) < _MAX_PAIRS:
        node, branch, rest, rest_branch = waiting.pop()
        if is_behind(rest, node):
            node, branch, rest, rest_branch = rest, rest_branch, node, branch
        if is_settled(node, branch, rest, rest_branch):
            return True
        for source in sources(node):
            taken = node if source in guards(node) else None
            if source == rest:
                if taken is None or rest_branch is None:
                    return True
                continue
            pair = (source, taken, rest, rest_branch)
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)
    return bool(waiting)


def _common_length(one: Sequence[str], other: Sequence[str]) -> int:
    for place, (name, other_name) in enumerate(zip(one, other, strict=False)):
        if name != other_name:
            return place
    return min(len(one), len(other))
