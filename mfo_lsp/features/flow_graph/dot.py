r"""The graph in the language of Graphviz, for people who want its layouts or their own colours.

Every text is a quoted string with ``\`` and ``"`` escaped, which leaves Graphviz no escape of its own to find in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.graph import NodeKind
from mfo_lsp.features.flow_graph.values import EdgeKind, FlowGraph, GraphEdge, GraphGroup, GraphNode
from mfo_lsp.features.flow_graph.words import clean, counted, flow_title, node_id, node_title, shorten, shown, worst

_MAX_WORDS = 60
_EDGE_STYLES = {
    EdgeKind.DEPENDENCY: {},
    EdgeKind.BRANCH: {"style": "dashed", "color": "#9a6700", "fontcolor": "#9a6700"},
    EdgeKind.LOOP: {"style": "dotted", "penwidth": "2", "color": "#8250df", "fontcolor": "#8250df"},
    EdgeKind.CYCLE: {"style": "bold", "color": "#d1242f"},
}


def to_dot(graph: FlowGraph) -> str:
    """A ``digraph``; subflows are clusters."""
    return "\n".join(_Writer(graph).lines()) + "\n"


def quoted(text: str) -> str:
    """A quoted string of the language; line ends become its own."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n") + '"'


class _Writer:
    """The graph with the levels inside its subflows."""

    def __init__(self, graph: FlowGraph) -> None:
        self.graph = graph
        self.inside = {group.node: group for group in graph.groups}

    def lines(self) -> Iterator[str]:
        yield f"digraph {quoted(flow_title(self.graph))} {{"
        yield '  graph [compound=true fontname="monospace" fontsize=11]'
        yield '  node [fontname="monospace" fontsize=11 shape=box style=rounded]'
        yield '  edge [fontname="monospace" fontsize=10]'
        yield from self._level(self.inside[None])
        yield "}"

    def _level(self, top: GraphGroup) -> Iterator[str]:
        """The nodes of a level and of those inside it, then the edges of all."""
        waiting: list[tuple[int, str | None]] = [(1, key) for key in reversed(top.members)]
        while waiting:
            depth, key = waiting.pop()
            indent = "  " * depth
            if key is None:
                yield f"{indent}}}"
                continue
            node = self.graph.nodes[key]
            if node.kind is not NodeKind.SUBFLOW:
                yield f"{indent}{key} [{_attributes(_node(node))}]"
                continue
            yield f"{indent}subgraph cluster_{key} {{"
            yield f"{indent}  {'; '.join(_listed(_cluster(node)))}"
            members = self.inside[key].members
            if not members:
                yield f'{indent}  {key} [label="" shape=point style=invis]'
            waiting.append((depth, None))
            waiting.extend((depth + 1, member) for member in reversed(members))
        for edge in self.graph.edges:
            yield f"  {self._end(edge.source, last=True)} -> {self._end(edge.target, last=False)}{self._style(edge)}"

    def _end(self, key: str, *, last: bool) -> str:
        """A node; for a cluster one inside it, since the language has no edges to clusters."""
        while self.graph.nodes[key].kind is NodeKind.SUBFLOW and self.inside[key].members:
            key = self.inside[key].members[-1 if last else 0]
        return key

    def _style(self, edge: GraphEdge) -> str:
        attributes = dict(_EDGE_STYLES[edge.kind])
        if edge.label:
            attributes["label"] = f" {edge.label} "
        if edge.leads_back:
            attributes["constraint"] = "false"
        for name, end in (("ltail", edge.source), ("lhead", edge.target)):
            if self.graph.nodes[end].kind is NodeKind.SUBFLOW:
                attributes[name] = f"cluster_{end}"
        return f" [{_attributes(attributes)}]" if attributes else ""


def _node(node: GraphNode) -> dict[str, str]:
    if node.kind is NodeKind.CONDITION:
        words = {"label": _label(node, node.expression or node.type), "shape": "diamond", "style": "solid"}
    else:
        words = {"label": _label(node, node.type)}
    return words | _colour(node) | {"tooltip": node_title(node)}


def _cluster(node: GraphNode) -> dict[str, str]:
    return {"label": _label(node, node.name), "style": "rounded"} | _colour(node) | {"tooltip": node_title(node)}


def _label(node: GraphNode, second: str) -> str:
    count = len(shown(node.problems))
    lines = [shorten(node_id(node), _MAX_WORDS), shorten(clean(second), _MAX_WORDS)]
    return "\n".join(line for line in [*lines, counted(count, "problem") if count else ""] if line)


def _colour(node: GraphNode) -> dict[str, str]:
    weight = worst(node.problems)
    return {"color": {1: "#d1242f", 2: "#9a6700"}.get(weight, "#0969da")} if weight is not None else {}


def _listed(attributes: dict[str, str]) -> list[str]:
    return [f"{name}={quoted(value)}" for name, value in attributes.items()]


def _attributes(attributes: dict[str, str]) -> str:
    return " ".join(_listed(attributes))
