"""A small layered layout: boxes in rows, links that lead down and pass beside boxes; it knows nothing of flows."""

from mfo_lsp.features.flow_graph.layout.packing import lay_out
from mfo_lsp.features.flow_graph.layout.routing import LABEL_HEIGHT
from mfo_lsp.features.flow_graph.layout.values import Box, Layout, Link, Point, Route, Segment, Shape

__all__ = ["LABEL_HEIGHT", "Box", "Layout", "Link", "Point", "Route", "Segment", "Shape", "lay_out"]
