"""Who stands before whom on one level, asked node by node; ``live_wiring`` answers for one that is being edited.

The answers leave out edges that send a loop round again. A level without cycle, loop and double id is *plain*; of
others the whole graph (``whole``) has more to say.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, Protocol, TypeVar

from mfo_dialect.analysis.graph import Level
from mfo_dialect.kept import kept_property

_Node = TypeVar("_Node", bound=Hashable)


class Wiring(Protocol[_Node]):
    """The questions. Nodes come in the order of the document."""

    @property
    def is_plain(self) -> bool:
        """Whether there is no cycle, no loop and no id that is used twice."""
        ...

    @property
    def has_cycle(self) -> bool:
        """Whether nodes wait for each other in a circle that no condition leaves."""
        ...

    @property
    def whole(self) -> Level:
        """The graph with everything in it; who asks depends on every edge of the level."""
        ...

    def predecessors(self, node: _Node) -> tuple[_Node, ...]:
        """The nodes that lead to a node."""
        ...

    def successors(self, node: _Node) -> tuple[_Node, ...]:
        """The nodes that a node leads to."""
        ...

    def guards(self, node: _Node) -> tuple[_Node, ...]:
        """The conditions that have a node as a branch."""
        ...

    def branches(self, node: _Node) -> tuple[_Node | None, ...]:
        """Of a condition, where each branch leads on to; None for one that leads nowhere, or back. Else empty."""
        ...

    def leads_to(self, node: _Node, target: _Node, *, without_branches: bool = False) -> bool:
        """Whether a path of edges leads from ``node`` to ``target``.

        Args:
            node: where the path starts.
            target: where it ends; false where both are the same.
            without_branches: only paths count on which no node, the target included, is a branch of a condition, and
                which leave and enter no loop.
        """
        ...

    def runs_always(self, node: _Node) -> bool:
        """Whether a path without branches leads to a node from one that waits for nothing."""
        ...

    def is_unconditional(self, node: _Node) -> bool:
        """Whether neither a node nor any that leads to it is a branch."""
        ...

    def in_loop(self, node: _Node) -> bool:
        """Whether a condition can send a node round again."""
        ...

    def same_loop(self, node: _Node, other: _Node) -> bool:
        """Whether the innermost loops of two nodes are one, or both are in none."""
        ...


class BuiltWiring(Generic[_Node]):
    """The answers for a level that was read once."""

    def __init__(self, nodes: Sequence[_Node], graph: Level, place: Callable[[_Node], int]) -> None:
        """Answer for a level.

        Args:
            nodes: its nodes.
            graph: the graph of the same nodes.
            place: the number of a node in both.
        """
        self.whole = graph
        self.is_plain = not graph.cycles and not graph.loops and len(graph.position) == len(graph.nodes)
        self.has_cycle = bool(graph.cycles)
        self._nodes = nodes
        self._place = place

    def _at(self, places: Iterable[int]) -> tuple[_Node, ...]:
        nodes = self._nodes
        return tuple([nodes[place] for place in places])

    def predecessors(self, node: _Node) -> tuple[_Node, ...]:
        """See ``Wiring``."""
        return self._at(self.whole.predecessors[self._place(node)])

    def successors(self, node: _Node) -> tuple[_Node, ...]:
        """See ``Wiring``."""
        return self._at(self.whole.successors[self._place(node)])

    def guards(self, node: _Node) -> tuple[_Node, ...]:
        """See ``Wiring``."""
        return self._at(self.whole.guards[self._place(node)])

    def branches(self, node: _Node) -> tuple[_Node | None, ...]:
        """See ``Wiring``."""
        place = self._place(node)
        onwards = self.whole.successors[place]
        targets = self.whole.branches[place]
        return tuple([None if one is None or one not in onwards else self._nodes[one] for one in targets])

    def leads_to(self, node: _Node, target: _Node, *, without_branches: bool = False) -> bool:
        """See ``Wiring``."""
        reached = self._steady_ancestors if without_branches else self.whole.ancestors
        return bool(reached[self._place(target)] >> self._place(node) & 1)

    @kept_property
    def _steady_ancestors(self) -> list[int]:
        """For each node the nodes that make it run when they have run, by ways without branches, as a bit set."""
        graph = self.whole
        reached = [0] * len(graph.nodes)
        for node in graph.order:
            for source in graph.predecessors[node] if not graph.guards[node] else ():
                if graph.loop_of[source] == graph.loop_of[node]:
                    reached[node] |= reached[source] | (1 << source)
        return reached

    def runs_always(self, node: _Node) -> bool:
        """See ``Wiring``."""
        return self._always[self._place(node)]

    @kept_property
    def _always(self) -> list[bool]:
        graph = self.whole
        always = [False] * len(graph.nodes)
        for node in graph.order:
            sources = graph.predecessors[node]
            always[node] = not graph.guards[node] and (not sources or any(always[source] for source in sources))
        return always

    def is_unconditional(self, node: _Node) -> bool:
        """See ``Wiring``."""
        return self._unconditional[self._place(node)]

    @kept_property
    def _unconditional(self) -> list[bool]:
        graph = self.whole
        free = [False] * len(graph.nodes)
        for node in graph.order:
            free[node] = not graph.guards[node] and all(free[source] for source in graph.predecessors[node])
        return free

    def in_loop(self, node: _Node) -> bool:
        """See ``Wiring``."""
        return self.whole.loop_of[self._place(node)] is not None

    def same_loop(self, node: _Node, other: _Node) -> bool:
        """See ``Wiring``."""
        return self.whole.loop_of[self._place(node)] == self.whole.loop_of[self._place(other)]
