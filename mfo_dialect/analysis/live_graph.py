"""The graph of one level while its nodes are being edited: names, edges and order, each kept by what changed.

It answers for levels without cycles, loops through conditions included, and without an id that is used twice: such a
level is *plain*. For the others ``graph.build_level`` has the answers, from all nodes at once.

Questions are facts: who asks depends on the edges and labels that were looked at, and on nothing else.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, TypeVar

from mfo_dialect.analysis.graph import NodeDeclaration, NodeKind
from mfo_dialect.analysis.live_order import LiveOrder, sorted_by_edges
from mfo_dialect.facts import Fact, Facts, FactTable, Input
from mfo_dialect.steps import Steps, at_once

_Node = TypeVar("_Node", bound=Hashable)
_MAX_LOOKED_AT = 64


class LiveGraph(Generic[_Node]):
    """The graph of one level. Nodes are any values; their declarations come and change.

    Attributes:
        version: a number that grows with every change of an edge, a branch or an id.
        is_plain: whether there is no cycle and no id that is used twice.
        unknown_dependencies: the names that nodes wait for and no node has.
        unknown_successors: the names that nodes lead to and no node has.
    """

    def __init__(self, facts: Facts) -> None:
        """Start without nodes."""
        self.version: Input[int] = facts.input(0)
        self.is_plain: Input[bool] = facts.input(True)
        self.unknown_dependencies: Input[frozenset[str]] = facts.input(frozenset())
        self.unknown_successors: Input[frozenset[str]] = facts.input(frozenset())
        self._facts = facts
        self._declared: dict[_Node, NodeDeclaration] = {}
        self._named: defaultdict[str, dict[_Node, None]] = defaultdict(dict)
        self._waiting_for: defaultdict[str, dict[_Node, None]] = defaultdict(dict)
        self._leading_to: defaultdict[str, dict[_Node, None]] = defaultdict(dict)
        self._sources: FactTable[_Node, tuple[_Node, ...]] = FactTable(facts)
        self._targets: FactTable[_Node, tuple[_Node, ...]] = FactTable(facts)
        self._guards: FactTable[_Node, tuple[_Node, ...]] = FactTable(facts)
        self._branches: FactTable[_Node, tuple[_Node | None, ...]] = FactTable(facts)
        self._always: FactTable[_Node, bool] = FactTable(facts)
        self._unconditional: FactTable[_Node, bool] = FactTable(facts)
        self._conditions: FactTable[str, bool] = FactTable(facts)
        self._asked_edges: dict[tuple[_Node, _Node], Fact[None]] = {}
        self._backwards: dict[tuple[_Node, _Node], None] = {}
        self._repeated: dict[str, None] = {}
        self._order: LiveOrder[_Node] = LiveOrder(facts, self._ordered_sources, self._ordered_targets)

    def predecessors(self, node: _Node) -> tuple[_Node, ...]:
        """The nodes that lead to a node, in no particular order."""
        return self._sources.get(node) or ()

    def successors(self, node: _Node) -> tuple[_Node, ...]:
        """The nodes that a node leads to, in no particular order."""
        return self._targets.get(node) or ()

    def guards(self, node: _Node) -> tuple[_Node, ...]:
        """The conditions that have a node as a branch."""
        return self._guards.get(node) or ()

    def branches(self, node: _Node) -> tuple[_Node | None, ...]:
        """Of a condition, where each branch leads to, None for one that leads to no other node; else empty."""
        return self._branches.get(node) or ()

    def runs_always(self, node: _Node) -> bool:
        """Whether a path without branches leads to a node from one that waits for nothing; for plain levels."""
        return node in self._always

    def is_unconditional(self, node: _Node) -> bool:
        """Whether neither a node nor any that leads to it is a branch; for plain levels."""
        return node in self._unconditional

    def has_condition(self, name: str) -> bool:
        """Whether a condition has an id."""
        return name in self._conditions

    def _ordered_sources(self, node: _Node) -> Iterator[_Node]:
        return (source for source in self.predecessors(node) if (source, node) not in self._backwards)

    def _ordered_targets(self, node: _Node) -> Iterator[_Node]:
        return (target for target in self.successors(node) if (node, target) not in self._backwards)

    def update(self, changes: Iterable[tuple[_Node, NodeDeclaration | None]]) -> None:
        """Take new declarations of nodes; None for a node that has gone."""
        at_once(self.updating(changes))

    def updating(self, changes: Iterable[tuple[_Node, NodeDeclaration | None]]) -> Steps[None]:
        """The same, a few nodes at a time; nothing may be asked before it is done."""
        touched: dict[_Node, None] = {}
        names: dict[str, None] = {}
        for node, declaration in changes:
            before = self._declared.get(node)
            if declaration != before:
                names.update(dict.fromkeys(_names_in(before, declaration)))
                self._touch(node, before, touched)
                self._declare(node, before, declaration)
                self._touch(node, declaration, touched)
                yield
        if touched:
            self._find_unknown(names)
            yield from self._connect(touched)
            self.version.set(self.version.get() + 1)
            self.is_plain.set(not self._backwards and not self._repeated)

    def _find_unknown(self, names: Iterable[str]) -> None:
        """Bring up to date which of these names are named and not there."""
        for fact, index in (
            (self.unknown_dependencies, self._waiting_for),
            (self.unknown_successors, self._leading_to),
        ):
            found = {name for name in names if name in index and name not in self._named}
            fact.set(fact.get().difference(names) | found)

    def _touch(self, node: _Node, declaration: NodeDeclaration | None, touched: dict[_Node, None]) -> None:
        """Note every node whose incoming edges this declaration has a part in."""
        touched[node] = None
        if declaration is not None:
            touched.update(self._waiting_for.get(declaration.id, {}))
            touched.update(self._leading_to.get(declaration.id, {}))
            for name in declaration.successors:
                touched.update(self._named.get(name, {}))

    def _declare(self, node: _Node, before: NodeDeclaration | None, now: NodeDeclaration | None) -> None:
        if before is not None:
            _withdraw(self._named, before.id, node)
            for name in before.dependencies:
                _withdraw(self._waiting_for, name, node)
            for name in before.successors:
                _withdraw(self._leading_to, name, node)
            del self._declared[node]
        if now is not None:
            self._declared[node] = now
            self._named[now.id][node] = None
            for name in now.dependencies:
                self._waiting_for[name][node] = None
            for name in now.successors:
                self._leading_to[name][node] = None
        names = {one.id for one in (before, now) if one is not None}
        for name in names:
            if len(self._named.get(name, ())) > 1:
                self._repeated[name] = None
            else:
                self._repeated.pop(name, None)
        if any(one is not None and one.kind is NodeKind.CONDITION for one in (before, now)):
            for name in names:
                kinds = (self._declared[one].kind for one in self._named.get(name, ()))
                self._conditions.set(name, any(kind is NodeKind.CONDITION for kind in kinds) or None)

    def _connect(self, touched: dict[_Node, None]) -> Steps[None]:
        """Bring the edges to these nodes, and the order, up to date."""
        known, declared = self._sources.known, self._declared
        wanted = {node: self._wanted_sources(node) for node in touched}
        yield
        self._disconnect(
            [(source, node) for node, found in wanted.items() for source in known.get(node, ()) if source not in found]
        )
        for node in touched:
            if node not in declared and node in self._order:
                self._order.remove(node)
        self._take_in([node for node in touched if node in declared and node not in self._order], wanted)
        yield
        self._add_edges(
            [(source, node) for node, found in wanted.items() for source in found if source not in known.get(node, ())]
        )
        for node, sources in wanted.items():
            declaration = declared.get(node)
            self._guards.set(node, tuple(self._wanted_guards(declaration, sources)) or None)
            self._branches.set(node, self._wanted_branches(node, declaration) or None)
            yield
        yield from self._pass_on([*touched, *self._retry()])

    def _take_in(self, new: list[_Node], wanted: dict[_Node, dict[_Node, None]]) -> None:
        """Give new nodes their place in the order; those of a whole level at once, behind each other."""
        if self._order.is_empty:
            number = {node: index for index, node in enumerate(new)}
            for index in sorted_by_edges([[number[source] for source in wanted[node]] for node in new]):
                self._order.append(new[index])
        for node in new:
            if node not in self._order:
                self._place(node, wanted[node])

    def _wanted_sources(self, node: _Node) -> dict[_Node, None]:
        declaration = self._declared.get(node)
        if declaration is None:
            return {}
        found: dict[_Node, None] = {}
        for name in declaration.dependencies:
            for first in self._named.get(name, ()):
                found[first] = None
                break
        if declaration.id in self._leading_to:
            found.update(self._leading_to[declaration.id])
        found.pop(node, None)
        return found

    def _wanted_guards(self, declaration: NodeDeclaration | None, sources: Iterable[_Node]) -> list[_Node]:
        """The conditions among the sources of a node that have it as a branch."""
        if declaration is None:
            return []
        declared = self._declared
        conditions = [source for source in sources if declared[source].kind is NodeKind.CONDITION]
        return [source for source in conditions if declaration.id in declared[source].successors]

    def _wanted_branches(self, node: _Node, declaration: NodeDeclaration | None) -> tuple[_Node | None, ...]:
        if declaration is None or declaration.kind is not NodeKind.CONDITION:
            return ()
        targets = (next(iter(self._named.get(name, ())), None) for name in declaration.successors)
        return tuple(None if target == node else target for target in targets)

    def _pass_on(self, changed: list[_Node]) -> Steps[None]:
        """Bring up to date what follows for each node from those before it: whether it runs in any case."""
        for node in changed:
            if node not in self._order:
                self._always.set(node, None)
                self._unconditional.set(node, None)
        labels, always, unconditional = self._order.labels, self._always.known, self._unconditional.known
        waiting = [(labels[node], node) for node in changed if node in labels]
        seen = {label for label, _ in waiting}
        heapq.heapify(waiting)
        while waiting:
            label, node = heapq.heappop(waiting)
            seen.discard(label)
            before = node in always, node in unconditional
            now = self._runs_in_any_case(node)
            if now != before:
                self._always.set(node, now[0] or None)
                self._unconditional.set(node, now[1] or None)
                for target in self._ordered_targets(node):
                    following = labels[target]
                    if following not in seen:
                        seen.add(following)
                        heapq.heappush(waiting, (following, target))
            yield

    def _runs_in_any_case(self, node: _Node) -> tuple[bool, bool]:
        """What ``runs_always`` and ``is_unconditional`` are to say of a node, from what they say of those before it."""
        if node in self._guards.known:
            return False, False
        sources = self._sources.known.get(node)
        if self._backwards:
            sources = tuple(self._ordered_sources(node))
        if not sources:
            return True, True
        return not self._always.known.keys().isdisjoint(sources), self._unconditional.known.keys() >= {*sources}

    def _place(self, node: _Node, sources: Iterable[_Node]) -> None:
        declaration = self._declared[node]
        targets = dict(self._waiting_for.get(declaration.id, {}))
        for name in declaration.successors:
            targets.update(self._named.get(name, {}))
        known = [target for target in targets if target != node and target in self._order]
        self._order.insert(node, [source for source in sources if source in self._order], known)

    def _add_edges(self, edges: list[tuple[_Node, _Node]]) -> None:
        """Add edges: first all those together that lead the right way already, then one after the other."""
        labels = self._order.labels
        others: list[tuple[_Node, _Node]] = []
        added: list[tuple[_Node, _Node]] = []
        for edge in edges:
            (added if labels[edge[0]] < labels[edge[1]] else others).append(edge)
        self._put_edges(added)
        for source, target in others:
            if not self._order.allow(source, target):
                self._backwards[source, target] = None
            self._put_edges([(source, target)])

    def _put_edges(self, edges: list[tuple[_Node, _Node]]) -> None:
        for target, sources in _by_second(edges).items():
            self._sources.set(target, (*self.predecessors(target), *sources))
        for source, targets in _by_first(edges).items():
            self._targets.set(source, (*self.successors(source), *targets))

    def _disconnect(self, edges: list[tuple[_Node, _Node]]) -> None:
        for edge in edges:
            self._backwards.pop(edge, None)
            asked = self._asked_edges.pop(edge, None)
            if asked is not None:
                asked.tell_readers()
        for target, sources in _by_second(edges).items():
            self._sources.set(target, tuple(one for one in self.predecessors(target) if one not in sources) or None)
        for source, targets in _by_first(edges).items():
            self._targets.set(source, tuple(one for one in self.successors(source) if one not in targets) or None)

    def _retry(self) -> list[_Node]:
        """Let edges that closed a cycle take part again where they no longer do; gives the nodes that they lead to."""
        allowed: list[_Node] = []
        for source, target in list(self._backwards):
            if self._order.allow(source, target):
                del self._backwards[source, target]
                allowed.append(target)
        return allowed

    def leads_to(self, node: _Node, target: _Node, *, without_branches: bool = False) -> bool:
        """Whether a path of edges leads from ``node`` to ``target``; for plain levels.

        Args:
            node: where the path starts.
            target: where it ends; false where both are the same.
            without_branches: only paths count on which no node, the target included, is a branch of a condition.
        """
        if self._has_edge(node, target) and not (without_branches and self.guards(target)):
            return True
        if not self._precedes(node, target):
            return False
        looked_at: dict[_Node, None] = {target: None}
        waiting = [target]
        while waiting and len(looked_at) < _MAX_LOOKED_AT:
            current = waiting.pop()
            if without_branches and self.guards(current):
                continue
            for source in self.predecessors(current):
                if source == node:
                    return True
                if source not in looked_at and self._precedes(node, source):
                    looked_at[source] = None
                    waiting.append(source)
        return bool(waiting) and self._leads_far(node, target, without_branches=without_branches)

    def _has_edge(self, node: _Node, target: _Node) -> bool:
        """Whether an edge leads from one node to another; where one does, whoever asks depends on that one alone.

        Where none does, what else is asked then tells whoever asks when one has come.
        """
        edge = node, target
        if node not in self._sources.known.get(target, ()):
            return False
        if self._facts.frame is not None:
            asked = self._asked_edges.get(edge)
            if asked is None:
                asked = self._asked_edges[edge] = Fact(self._facts, None)
            asked.note()
        return True

    def _precedes(self, node: _Node, other: _Node) -> bool:
        return self._order.label(node) < self._order.label(other)

    def _leads_far(self, node: _Node, target: _Node, *, without_branches: bool) -> bool:
        """The same over any distance; whoever asks depends on the whole graph, not on each node in between."""
        self.version.get()
        frame, self._facts.frame = self._facts.frame, None
        try:
            seen = {target}
            waiting = [target]
            while waiting:
                current = waiting.pop()
                if without_branches and self.guards(current):
                    continue
                for source in self.predecessors(current):
                    if source == node:
                        return True
                    if source not in seen and self._precedes(node, source):
                        seen.add(source)
                        waiting.append(source)
            return False
        finally:
            self._facts.frame = frame

    def by_label(self, nodes: Iterable[_Node]) -> list[_Node]:
        """These nodes in an order in which each stands behind those that lead to it."""
        return sorted(nodes, key=self._order.label)


def _by_first(edges: list[tuple[_Node, _Node]]) -> dict[_Node, dict[_Node, None]]:
    """The ends of edges by their starts."""
    found: dict[_Node, dict[_Node, None]] = {}
    for source, target in edges:
        found.setdefault(source, {})[target] = None
    return found


def _by_second(edges: list[tuple[_Node, _Node]]) -> dict[_Node, dict[_Node, None]]:
    """The starts of edges by their ends."""
    return _by_first([(target, source) for source, target in edges])


def _names_in(*declarations: NodeDeclaration | None) -> Iterator[str]:
    """All ids in declarations."""
    for one in declarations:
        if one is not None:
            yield one.id
            yield from one.dependencies
            yield from one.successors


def _withdraw(index: defaultdict[str, dict[_Node, None]], name: str, node: _Node) -> None:
    index[name].pop(node, None)
    if not index[name]:
        del index[name]
