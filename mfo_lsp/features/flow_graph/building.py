"""From a taskflow and what the checker found to the graph value; it draws and writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView
from mfo_dialect.findings import Finding
from mfo_dialect.model.access import text_at
from mfo_dialect.model.workflow import Condition, Subflow, Task
from mfo_dialect.text import LineIndex, Span
from mfo_lsp.features.flow_graph.problems import problems_of
from mfo_lsp.features.flow_graph.values import (
    EdgeKind,
    FlowGraph,
    GraphEdge,
    GraphGroup,
    GraphLoop,
    GraphNode,
    Location,
    Problem,
)

_BOOLEAN = ("true", "false")


def flow_graph(flow: FlowView, lines: LineIndex, file: str, findings: Iterable[Finding] = ()) -> FlowGraph:
    """The graph of a taskflow.

    Args:
        flow: the taskflow.
        lines: the lines of its document.
        file: the document's name as a reader sees it.
        findings: what the checker found, in whichever documents.
    """
    return _Builder(flow, lines, file).build(findings)


def nodes_by_key(flow: FlowView) -> dict[str, NodeView]:
    """The nodes of a taskflow by the keys that its graph gives them."""
    return {f"n{number}": view for number, view in enumerate(_in_document_order(flow), 1)}


class _Builder:
    """The taskflow with the keys of its nodes."""

    def __init__(self, flow: FlowView, lines: LineIndex, file: str) -> None:
        self.flow = flow
        self.lines = lines
        self.file = file
        self.keys = {view: key for key, view in nodes_by_key(flow).items()}

    def build(self, findings: Iterable[Finding]) -> FlowGraph:
        taskflow = self.flow.taskflow
        problems = problems_of(self.flow, self.keys, findings, self.location)
        of_nodes: dict[str | None, list[Problem]] = {}
        for problem in problems:
            of_nodes.setdefault(problem.node, []).append(problem)
        name = text_at(taskflow.mapping, "name", "workflow_name")
        start = taskflow.id.content_span if taskflow.id is not None else taskflow.mapping.span
        return FlowGraph(
            taskflow.name,
            name.text if name is not None else "",
            self.location(start),
            {key: self.node(view, tuple(of_nodes.get(key, ()))) for view, key in self.keys.items()},
            tuple(self.group(level) for level in self.flow.levels),
            problems,
        )

    def location(self, span: Span) -> Location:
        position = self.lines.position(span.start)
        return Location(self.file, position.line + 1, position.column + 1)

    def node(self, view: NodeView, problems: tuple[Problem, ...]) -> GraphNode:
        node = view.node
        kind_word, expression = _type_and_expression(node)
        name = text_at(node.mapping, "name")
        owner = view.level.owner
        return GraphNode(
            self.keys[view],
            "/".join(view.id_path),
            node.id.text if node.id is not None else "",
            view.kind,
            kind_word,
            name.text if name is not None else "",
            expression,
            self.location(view.name_span),
            self.keys[owner] if owner is not None else None,
            problems,
        )

    def group(self, level: LevelView) -> GraphGroup:
        keys = [self.keys[view] for view in level.nodes]
        loops = tuple(
            GraphLoop(
                keys[loop.head],
                tuple(keys[member] for member in loop.body),
                tuple(keys[condition] for condition in loop.conditions),
            )
            for loop in level.graph.loops
        )
        owner = self.keys[level.owner] if level.owner is not None else None
        return GraphGroup(owner, tuple(keys), tuple(_edges(level, keys)), loops)


def _in_document_order(flow: FlowView) -> Iterator[NodeView]:
    """All nodes, subflows before what is in them."""
    waiting = list(reversed(flow.top.nodes))
    while waiting:
        view = waiting.pop()
        yield view
        if view.inner is not None:
            waiting.extend(reversed(view.inner.nodes))


def _type_and_expression(node: Task | Condition | Subflow) -> tuple[str, str]:
    match node:
        case Task():
            return node.type_name, ""
        case Condition():
            return "expr", node.expression.text if node.expression is not None else ""
        case Subflow():
            return "subflow", ""


def _edges(level: LevelView, keys: Sequence[str]) -> Iterator[GraphEdge]:
    graph = level.graph
    numbers: dict[tuple[int, int], list[int]] = {}
    for condition, branches in enumerate(graph.branches):
        for number, target in enumerate(branches):
            if target is not None:
                numbers.setdefault((condition, target), []).append(number)
    forward = [set(targets) for targets in graph.successors]
    for source, target in graph.edges:
        branches = tuple(numbers.get((source, target), ()))
        if target in forward[source]:
            kind = EdgeKind.BRANCH if branches else EdgeKind.DEPENDENCY
        else:
            kind = EdgeKind.LOOP if graph.is_loop_edge(source, target) else EdgeKind.CYCLE
        label = _label(branches, len(graph.branches[source]))
        yield GraphEdge(keys[source], keys[target], kind, branches, label)


def _label(branches: tuple[int, ...], count: int) -> str:
    """Branch numbers; with the two of a condition that has no more, what its expression gives for them."""
    if len(branches) == 1 and count <= len(_BOOLEAN):
        return f"{branches[0]} {_BOOLEAN[branches[0]]}"
    return ", ".join(map(str, branches))
