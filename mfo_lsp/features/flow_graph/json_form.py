"""The graph as JSON, version 1, for programs: texts as written, lines and columns from 1, columns in code points."""

from __future__ import annotations

import json
from typing import Any

from mfo_lsp.features.flow_graph.values import (
    FlowGraph,
    GraphEdge,
    GraphGroup,
    GraphLoop,
    GraphNode,
    Location,
    Problem,
)

VERSION = 1


def to_json(graph: FlowGraph) -> str:
    """The whole graph as one object."""
    return json.dumps(json_value(graph), indent=2, ensure_ascii=True) + "\n"


def json_value(graph: FlowGraph) -> dict[str, Any]:
    """The object that is written."""
    places = {problem: place for place, problem in enumerate(graph.problems)}
    return {
        "version": VERSION,
        "taskflow": {"id": graph.id, "name": graph.name, **_location(graph.location)},
        "nodes": [_node(node, places) for node in graph.nodes.values()],
        "edges": [_edge(edge) for edge in graph.edges],
        "groups": [_group(group) for group in graph.groups if group.node is not None],
        "loops": [_loop(loop) for group in graph.groups for loop in group.loops],
        "findings": [_problem(problem) for problem in graph.problems],
    }


def _location(location: Location) -> dict[str, Any]:
    return {"file": location.file, "line": location.line, "column": location.column}


def _node(node: GraphNode, places: dict[Problem, int]) -> dict[str, Any]:
    return {
        "key": node.key,
        "path": node.path,
        "id": node.id,
        "kind": node.kind.value,
        "type": node.type,
        "name": node.name,
        "expression": node.expression,
        "group": node.group,
        **_location(node.location),
        "findings": [places[problem] for problem in node.problems],
    }


def _edge(edge: GraphEdge) -> dict[str, Any]:
    return {
        "source": edge.source,
        "target": edge.target,
        "kind": edge.kind.value,
        "branches": list(edge.branches),
        "label": edge.label,
    }


def _group(group: GraphGroup) -> dict[str, Any]:
    return {"node": group.node, "nodes": list(group.members)}


def _loop(loop: GraphLoop) -> dict[str, Any]:
    return {"head": loop.head, "body": list(loop.body), "conditions": list(loop.conditions)}


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "name": problem.name,
        "severity": problem.severity.word,
        "message": problem.message,
        "node": problem.node,
        **_location(problem.location),
    }
