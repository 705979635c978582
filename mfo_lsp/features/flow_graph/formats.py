"""The formats that a graph can be written in: one function from graph to text each."""

from __future__ import annotations

from collections.abc import Callable

from mfo_lsp.features.flow_graph.dot import to_dot
from mfo_lsp.features.flow_graph.html_page import to_html
from mfo_lsp.features.flow_graph.json_form import to_json
from mfo_lsp.features.flow_graph.mermaid import to_mermaid
from mfo_lsp.features.flow_graph.svg import to_svg
from mfo_lsp.features.flow_graph.values import FlowGraph

Format = Callable[[FlowGraph], str]
FORMATS: dict[str, Format] = {
    "svg": to_svg,
    "dot": to_dot,
    "mermaid": to_mermaid,
    "json": to_json,
    "html": to_html,
}
