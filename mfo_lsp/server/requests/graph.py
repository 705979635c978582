"""``mfo/graph``: a taskflow as a graph, with the problems and the last states of its nodes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from mfo_dialect.analysis.scopes import FlowView
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.text import Span
from mfo_lsp.features.flow_graph import FORMATS, FlowGraph, flow_graph, folded, nodes_by_key
from mfo_lsp.features.flow_graph.json_form import json_value
from mfo_lsp.server.checking import checked
from mfo_lsp.server.convert import directory_of, to_key
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, view_of
from mfo_lsp.server.own_params import OwnParams
from mfo_lsp.server.protocol import INVALID_PARAMS, RefusedError


@dataclass(frozen=True, slots=True)
class Drawn:
    """A taskflow with its graph.

    Attributes:
        view: its document.
        flow: the taskflow.
        graph: the graph, problems included.
    """

    view: View
    flow: FlowView
    graph: FlowGraph


async def draw(server: Server, params: OwnParams) -> Drawn | None:
    """The taskflow that is named, else the one at the position, else the first; None for a document without taskflows.

    Raises:
        RefusedError: there is no such taskflow.
    """
    key = to_key(params.uri)
    analysis, findings = await checked(server, directory_of(key))
    view = view_of(server.session, key, analysis.snapshot)
    flow = flow_of(view, params) if view is not None else None
    if view is None or flow is None:
        return None
    return Drawn(view, flow, flow_graph(flow, view.lines, key.rsplit("/", 1)[-1], findings))


async def answer(server: Server, params: OwnParams) -> dict[str, Any] | None:
    """The graph of a taskflow: the one that is named, else the one at the position, else the first.

    Returns:
        ``graph`` as ``mfo-lsp graph --format json`` writes it; ``ranges`` (their ids), ``extents`` (all that is written of
        them) and ``states`` of the nodes by their keys; ``taskflows``, which are those of the document; and ``text`` in the
        ``format`` that was asked for, with the subflows ``folded`` closed. None for a document without taskflows.

    Raises:
        RefusedError: there is no such taskflow or format.
    """
    drawn = await draw(server, params)
    if drawn is None:
        return None
    view, flow, graph = drawn.view, drawn.flow, drawn.graph
    states = server.session.states.get((view.key, flow.taskflow.name), {})
    nodes = nodes_by_key(flow)
    flows = (one.taskflow for one in view.snapshot.flows if one.document == view.key)
    name = params.names.get("format", "")
    if name and name not in FORMATS:
        raise RefusedError(f'there is no format "{name}"{did_you_mean(name, FORMATS)}', INVALID_PARAMS)
    told = {
        "taskflow": flow.taskflow.name,
        "taskflows": [{"id": one.name, "range": _range(server, view, one.mapping.span)} for one in flows],
        "graph": json_value(graph),
        "ranges": {number: _range(server, view, node.name_span) for number, node in nodes.items()},
        "extents": {number: _range(server, view, node.node.mapping.span) for number, node in nodes.items()},
        "states": {
            number: states[path] for number, node in nodes.items() if (path := "/".join(node.id_path)) in states
        },
    }
    if name:
        told["text"] = await asyncio.to_thread(FORMATS[name], folded(graph, params.folded))
    return told


def _range(server: Server, view: View, span: Span) -> object:
    return server.protocol.plain(view.range(span))


def flow_of(view: View, params: OwnParams) -> FlowView | None:
    """The taskflow that is named, else the one at the position, else the first; None for a document without taskflows.

    Raises:
        RefusedError: the document has others, but not this one.
    """
    flows = [flow for flow in view.snapshot.flows if flow.document == view.key]
    wanted = params.names.get("taskflow")
    if wanted is not None:
        found = next((flow for flow in flows if flow.taskflow.name == wanted), None)
        if found is None:
            names = [flow.taskflow.name for flow in flows]
            raise RefusedError(f'there is no taskflow "{wanted}"{did_you_mean(wanted, names)}', INVALID_PARAMS)
        return found
    if params.position is not None:
        offset = view.offset(params.position)
        around = (flow for flow in flows if flow.taskflow.mapping.span.contains(offset))
        return next(around, flows[0] if flows else None)
    return flows[0] if flows else None
