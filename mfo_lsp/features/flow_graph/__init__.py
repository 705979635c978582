"""The graph of a taskflow: as a value, and as text in several formats; knows no protocol and no terminal."""

from mfo_lsp.features.flow_graph.building import flow_graph, nodes_by_key
from mfo_lsp.features.flow_graph.folding import folded
from mfo_lsp.features.flow_graph.formats import FORMATS, Format
from mfo_lsp.features.flow_graph.html_page import to_html
from mfo_lsp.features.flow_graph.values import FlowGraph

__all__ = ["FORMATS", "FlowGraph", "Format", "flow_graph", "folded", "nodes_by_key", "to_html"]
