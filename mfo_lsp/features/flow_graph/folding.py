"""Folding subflows: the same graph, with what is in some subflows left out; it draws nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from mfo_dialect.analysis.graph import NodeKind
from mfo_lsp.features.flow_graph.values import FlowGraph, GraphNode, Problem


def folded(graph: FlowGraph, paths: Collection[str]) -> FlowGraph:
    """The graph without what is in the subflows of these paths.

    A folded subflow says how many nodes it hides, and has their problems besides its own. Paths of no subflow change nothing.
    """
    outer = {key: _outermost(graph, node, paths) for key, node in graph.nodes.items()}
    hidden: dict[str, list[GraphNode]] = {}
    for key, owner in outer.items():
        if owner is not None and owner != key:
            hidden.setdefault(owner, []).append(graph.nodes[key])
    if not hidden:
        return graph
    shown = {
        key: _closed(node, hidden[key]) if key in hidden else node
        for key, node in graph.nodes.items()
        if outer[key] in {None, key}
    }
    groups = tuple(
        group for group in graph.groups if group.node is None or (group.node in shown and group.node not in hidden)
    )
    return replace(graph, nodes=shown, groups=groups)


def _outermost(graph: FlowGraph, node: GraphNode, paths: Collection[str]) -> str | None:
    """The key of the outermost folded subflow that a node is or stands in; None where there is none."""
    found: str | None = None
    around: GraphNode | None = node
    while around is not None:
        if around.kind is NodeKind.SUBFLOW and around.path in paths:
            found = around.key
        around = graph.nodes[around.group] if around.group is not None else None
    return found


def _closed(node: GraphNode, inside: list[GraphNode]) -> GraphNode:
    problems: tuple[Problem, ...] = tuple(problem for one in inside for problem in one.problems)
    return replace(node, problems=node.problems + problems, folded=len(inside))
