"""The graph as a Mermaid flowchart, which Markdown pages of many sites draw.

Nodes go by their keys, never by their ids; of their words, everything but plain letters is written as a number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from mfo_dialect.analysis.graph import NodeKind
from mfo_lsp.features.flow_graph.values import EdgeKind, FlowGraph, GraphEdge, GraphNode
from mfo_lsp.features.flow_graph.words import clean, counted, flow_title, node_id, shorten, shown, worst

_MAX_WORDS = 60
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _.,:-/()?!=")
_LINK_STYLES = {EdgeKind.LOOP: "stroke:#8250df", EdgeKind.CYCLE: "stroke:#d1242f"}


def to_mermaid(graph: FlowGraph) -> str:
    """A flowchart from top to bottom; subflows are subgraphs."""
    return "\n".join(_lines(graph)) + "\n"


def escaped(text: str) -> str:
    """Text for a quoted label: nothing in it is markup, an end of the label or an entity of its own."""
    return "".join(character if character in _PLAIN else f"#{ord(character)};" for character in text)


def _lines(graph: FlowGraph) -> Iterator[str]:
    yield "---"
    yield f"title: {json.dumps(flow_title(graph), ensure_ascii=False)}"
    yield "---"
    yield "flowchart TD"
    yield from _nodes(graph)
    edges = graph.edges
    for edge in edges:
        yield f"  {_edge(edge)}"
    for kind, style in _LINK_STYLES.items():
        numbers = [str(number) for number, edge in enumerate(edges) if edge.kind is kind]
        if numbers:
            yield f"  linkStyle {','.join(numbers)} {style}"
    for name, colour in (("error", "#d1242f"), ("warning", "#9a6700"), ("information", "#0969da")):
        marked = [
            node.key
            for node in graph.nodes.values()
            if (weight := worst(node.problems)) is not None and weight.word == name
        ]
        if marked:
            yield f"  classDef {name} stroke:{colour},stroke-width:2px"
            yield f"  class {','.join(marked)} {name}"


def _nodes(graph: FlowGraph) -> Iterator[str]:
    inside = {group.node: group for group in graph.groups}
    waiting: list[tuple[int, str | None]] = [(1, key) for key in reversed(inside[None].members)]
    while waiting:
        depth, key = waiting.pop()
        indent = "  " * depth
        if key is None:
            yield f"{indent}end"
            continue
        node = graph.nodes[key]
        if node.kind is not NodeKind.SUBFLOW:
            left, right = ("{", "}") if node.kind is NodeKind.CONDITION else ("(", ")")
            yield f'{indent}{key}{left}"{_label(node)}"{right}'
        elif not inside[key].members:
            yield f'{indent}{key}[["{_label(node)}"]]'
        else:
            yield f'{indent}subgraph {key}["{_label(node)}"]'
            yield f"{indent}  direction TB"
            waiting.append((depth, None))
            waiting.extend((depth + 1, member) for member in reversed(inside[key].members))


def _label(node: GraphNode) -> str:
    second = {
        NodeKind.TASK: node.type,
        NodeKind.CONDITION: node.expression or node.type,
        NodeKind.SUBFLOW: node.name,
    }[node.kind]
    count = len(shown(node.problems))
    lines = [node_id(node), clean(second), counted(count, "problem") if count else ""]
    between = " - " if node.kind is NodeKind.SUBFLOW else "<br/>"  # titles of subgraphs have room for one line
    return between.join(escaped(shorten(line, _MAX_WORDS)) for line in lines if line)


def _edge(edge: GraphEdge) -> str:
    label = f'"{escaped(edge.label)}"'
    match edge.kind:
        case EdgeKind.DEPENDENCY:
            return f"{edge.source} --> {edge.target}"
        case EdgeKind.BRANCH:
            return f"{edge.source} -. {label} .-> {edge.target}"
        case EdgeKind.LOOP:
            return f"{edge.source} == {label} ==> {edge.target}"
        case EdgeKind.CYCLE:
            return f'{edge.source} == "cycle" ==> {edge.target}'
