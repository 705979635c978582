"""A small, slow interpreter of dialect section 4, to compare the engine with.

It keeps one dictionary from node id to state and works everything out anew, from the declarations, whenever something
has happened: which loops there are, what may be decided, what may start. Nothing is counted and nothing remembered that
can be found by looking.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mfo_dialect.analysis.graph import NodeDeclaration, NodeKind

ENDED = {"succeeded", "failed", "skipped", "upstream_failed"}  # and "cancelled", from which nothing follows
BROKEN = {"failed", "upstream_failed"}


@dataclass
class Loop:
    head: str
    body: set[str]
    conditions: set[str]


def reach(start: str, edges: set[tuple[str, str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        node = waiting.pop()
        for source, target in edges:
            if source == node and target not in found:
                found.add(target)
                waiting.append(target)
    return found


@dataclass
class Graph:
    """One level: its edges, and its loops by rule 0, outer ones first."""

    nodes: list[NodeDeclaration]
    edges: set[tuple[str, str]] = field(default_factory=set)
    loops: list[Loop] = field(default_factory=list)

    def __post_init__(self):
        ids = [node.id for node in self.nodes]
        for node in self.nodes:
            self.edges |= {(node.id, name) for name in node.successors if name in ids and name != node.id}
            self.edges |= {(name, node.id) for name in node.dependencies if name in ids and name != node.id}
        self.conditions = {node.id for node in self.nodes if node.kind is NodeKind.CONDITION}
        found = True
        while found:
            found = self._take_away_one_loop(ids)

    def _take_away_one_loop(self, ids: list[str]) -> bool:
        for name in ids:
            component = {other for other in reach(name, self.edges) if name in reach(other, self.edges)}
            if not component:
                continue
            heads = [
                node
                for node in ids
                if node in component
                and all(
                    source in self.conditions for source, target in self.edges if target == node and source in component
                )
            ]
            entered = [
                node
                for node in heads
                if any(target == node and source not in component for source, target in self.edges)
            ]
            head = (entered or heads)[0]
            loop_edges = {(source, target) for source, target in self.edges if target == head and source in component}
            self.edges -= loop_edges
            self.loops.append(Loop(head, component, {source for source, _ in loop_edges}))
            return True
        return False

    def before(self, name: str) -> set[str]:
        """What has surely ended when the node is decided."""
        found: set[str] = set()
        for source, target in self.edges:
            if target == name:
                ended = {source}
                for loop in self.loops:
                    if source in loop.body and name not in loop.body:
                        ended |= loop.body
                found |= ended
        for other in list(found):
            found |= self.before(other) if other != name else set()
        return found


class Interpreter:
    def __init__(self, nodes, *, max_concurrency, max_iterations, goes_on, value_of, without_slot=()):
        self.graphs: dict[str | None, Graph] = {}
        self.around: dict[str, str | None] = {}
        self.nodes: dict[str, NodeDeclaration] = {}
        self._collect(nodes, None)
        self.document = list(self.nodes)
        self.max_concurrency, self.max_iterations, self.goes_on = max_concurrency, max_iterations, goes_on
        self.value_of, self.without_slot = value_of, without_slot
        self.states = dict.fromkeys(self.nodes, "pending")
        self.iteration = dict.fromkeys(self.nodes, 0)
        self.taken = dict.fromkeys(self.nodes, 0)
        self.outputs = dict.fromkeys(self.nodes)
        self.choice: dict[str, str | None] = {}
        self.head_start: set[str] = set()
        self.paused: dict[str, str] = {}
        self.rounds: list[tuple[set[str], dict]] = []
        self.failure: str | None = None
        self.stopping = False
        self.spoilt: set[str] = set()  # subflows in which a node failed, be it in a past iteration
        self.log: list[tuple[str, str]] = []
        self.carry_on()

    def _collect(self, nodes, around):
        self.graphs[around] = Graph(list(nodes))
        for node in nodes:
            self.nodes[node.id] = node
            self.around[node.id] = around
            if node.kind is NodeKind.SUBFLOW:
                self._collect(node.inner, node.id)

    def path(self, name: str, *, own_iteration: bool = True) -> str:
        around = self.around[name]
        text = name if around is None else f"{self.path(around)}/{name}"
        return f"{text}[{self.iteration[name]}]" if own_iteration and self.iteration[name] else text

    def inside(self, name: str) -> list[str]:
        found = [name]
        if self.nodes[name].kind is NodeKind.SUBFLOW:
            for inner in self.graphs[name].nodes:
                found += self.inside(inner.id)
        return found

    # What happens from outside.

    def succeed(self, name: str, outputs):
        self.end(name, "succeeded")
        self.outputs[name] = outputs
        self.carry_on()

    def fail(self, name: str):
        self._failed(name)
        self.carry_on()

    def pause(self, name: str):
        self.paused[name] = "waits"
        self.carry_on()

    def want_slot(self, name: str):
        self.paused[name] = "wants"
        self.carry_on()

    def cancelled(self, name: str):
        self.end(name, "cancelled")
        self.carry_on()

    def running(self) -> list[str]:
        return [n for n in self.nodes if self.states[n] == "running" and self.nodes[n].kind is NodeKind.TASK]

    def is_over(self) -> bool:
        return all(self.states[node.id] in ENDED for node in self.graphs[None].nodes) or (
            self.stopping and not self.running()
        )

    # What follows from it.

    def carry_on(self):
        while self._go_round() or self._end_subflow() or self._decide() or self._start():
            pass
        if self.is_over():
            self._finish()

    def open_levels(self):
        for around, graph in self.graphs.items():
            if around is None or self.states[around] == "running":
                yield graph

    def ended(self, loop: Loop) -> bool:
        return all(self.states[name] in ENDED for name in loop.body)

    def goes_again(self, graph: Graph, loop: Loop) -> bool:
        """Whether a condition took this loop's edge, and none in it that of a loop further out (rule 4)."""
        chosen = {self.choice.get(name) for name in loop.body}
        outer = {other.head for other in graph.loops if loop.body < other.body}
        jumps_out = any(
            self.choice.get(name) == other.head and name in other.conditions
            for other in graph.loops
            if loop.body < other.body
            for name in loop.body
        )
        took = any(self.choice.get(name) == loop.head for name in loop.conditions)
        assert not jumps_out or outer & chosen
        return took and not jumps_out and not self.stopping

    def _go_round(self) -> bool:
        for graph in self.open_levels():
            for loop in sorted(graph.loops, key=lambda loop: len(loop.body)):  # inner ones first
                if self.ended(loop) and self.goes_again(graph, loop):
                    cleared = {inner for name in loop.body for inner in self.inside(name)}
                    self.rounds.append((cleared, dict(self.outputs)))
                    for name in cleared:
                        self.states[name] = "pending"
                        self.choice.pop(name, None)
                        self.head_start.discard(name)
                        mine = [other for other in graph.loops if name in other.conditions]
                        if name not in loop.body or all(other.body < loop.body for other in mine):
                            self.taken[name] = 0
                        self.iteration[name] = self.iteration[name] + 1 if name in loop.body else 0
                    self.head_start.add(loop.head)
                    return True
        return False

    def _end_subflow(self) -> bool:
        for name, graph in self.graphs.items():
            if name is not None and self.states[name] == "running":
                states = [self.states[node.id] for node in graph.nodes]
                if all(state in ENDED for state in states):
                    self.end(name, "failed" if name in self.spoilt else "succeeded")
                    return True
        return False

    def _decide(self) -> bool:
        for graph in self.open_levels():
            for node in graph.nodes:
                if self.states[node.id] == "pending" and self._may_be_decided(graph, node.id):
                    how = self._decision(graph, node.id)
                    if how == "ready":
                        self.states[node.id] = how
                    else:
                        for inner in self.inside(node.id):
                            self.end(inner, how)
                    return True
        return False

    def _may_be_decided(self, graph: Graph, name: str) -> bool:
        for source, target in graph.edges:
            if target == name:
                left = [loop for loop in graph.loops if source in loop.body and name not in loop.body]
                if self.states[source] not in ENDED or not all(
                    self.ended(loop) and not self.goes_again(graph, loop) for loop in left
                ):
                    return False
        return True

    def _decision(self, graph: Graph, name: str) -> str:
        sources = [source for source, target in graph.edges if target == name]
        guards = [s for s in sources if s in graph.conditions and name in self.nodes[s].successors]
        states = [self.states[source] for source in sources]
        selected = name in self.head_start or any(self.choice.get(guard) == name for guard in guards)
        if guards and not selected:  # rule 2
            return "upstream_failed" if any(self.states[guard] in BROKEN for guard in guards) else "skipped"
        if any(state in BROKEN for state in states):  # rule 1, in its order
            return "upstream_failed"
        if not states or "succeeded" in states or name in self.head_start:
            return "ready"
        return "skipped"

    def _start(self) -> bool:
        if self.stopping:
            return False
        used = sum(name not in self.without_slot and name not in self.paused for name in self.running())
        ready = [
            name
            for name in self.document
            if (self.states[name] == "ready" or self.paused.get(name) == "wants")
            and (used < self.max_concurrency or name in self.without_slot or self.nodes[name].kind is NodeKind.SUBFLOW)
        ]
        if not ready:
            return False
        name = min(ready, key=lambda name: self.nodes[name].priority)  # the first of the document among equals
        if self.states[name] == "running":
            self.log.append(("resumed", self.path(name)))
            del self.paused[name]
            return True
        self.states[name] = "running"
        self.log.append(("running", self.path(name)))
        if self.nodes[name].kind is NodeKind.CONDITION:
            self._evaluate(name)
        elif self.nodes[name].kind is NodeKind.SUBFLOW:
            self.spoilt.discard(name)
            value = self.value_of(self.path(name))
            if value == "fail":
                for inner in self.inside(name)[1:]:
                    self.end(inner, "upstream_failed")
                self._failed(name)
        return True

    def _evaluate(self, name: str):
        value = self.value_of(self.path(name))
        branches = self.nodes[name].successors
        if value is True or value is False:
            number = 0 if value else 1
        elif isinstance(value, int):
            number = value
        else:
            return self._failed(name)
        if value is False and len(branches) == 1:
            self.choice[name] = None
            return self.end(name, "succeeded")
        if not 0 <= number < len(branches):
            return self._failed(name)
        target = branches[number]
        if target == name or target not in [node.id for node in self.graphs[self.around[name]].nodes]:
            return self._failed(name)
        loops = self.graphs[self.around[name]].loops
        if any(name in loop.conditions and loop.head == target for loop in loops):
            if self.taken[name] >= self.max_iterations:
                return self._failed(name)
            self.taken[name] += 1
        self.choice[name] = target
        return self.end(name, "succeeded")

    def end(self, name: str, how: str):
        self.states[name] = how
        self.outputs[name] = None
        self.paused.pop(name, None)
        self.log.append((how, self.path(name)))
        if how in BROKEN and self.around[name] is not None:
            self.spoilt.add(self.around[name])

    def _failed(self, name: str):
        self.end(name, "failed")
        self.failure = self.failure or self.path(name)
        self.stopping = self.stopping or not self.goes_on

    def _finish(self):
        again = True
        while again:
            again = False
            for name in reversed(self.document):
                if self.states[name] == "running" and name in self.spoilt:
                    self.end(name, "failed")
                    while self._end_subflow() or self._decide():
                        pass
                    again = True
                    break
        for name in self.document:
            if self.states[name] not in ENDED and self.states[name] != "cancelled":
                self.end(name, "cancelled")

    # What a node reads.

    def read(self, reader: str, producer: str):
        chain, other = [reader], [producer]
        while self.around[chain[0]] is not None:
            chain.insert(0, self.around[chain[0]])
        while self.around[other[0]] is not None:
            other.insert(0, self.around[other[0]])
        level = None
        while chain and other and chain[0] == other[0]:
            level = chain.pop(0)
            other.pop(0)
        if chain and other and other[0] in self.graphs[level].before(chain[0]):
            return self.outputs[producer]
        both = [outputs for cleared, outputs in self.rounds if reader in cleared and producer in cleared]
        return both[-1][producer] if both else None
