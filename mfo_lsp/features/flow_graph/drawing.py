"""From a graph to a picture without colours: what stands where, and which words; subflows are laid out from inside out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mfo_dialect.analysis.graph import NodeKind
from mfo_lsp.features.flow_graph.layout import Box, Layout, Link, Point, Route, Shape, lay_out
from mfo_lsp.features.flow_graph.values import EdgeKind, FlowGraph, GraphEdge, GraphGroup, GraphNode
from mfo_lsp.features.flow_graph.words import clean, counted, node_id, shorten, text_width

ID_SIZE = 13.0
TYPE_SIZE = 11.0
LABEL_SIZE = 11.0
LINE_OFFSET = 9.0
_HEADER_HEIGHT = 58.0
_TASK_HEIGHT = 46.0
_CONDITION_HEIGHT = 76.0
_LEAST_WIDTH = 96.0
_LEAST_CONDITION_WIDTH = 150.0
_SIDE = 14.0
_INSIDE = 22.0
_MAX_ID = 40
_MAX_TYPE = 40
_MAX_CONDITION = 24
_LABEL_SIDE = 14.0


@dataclass(frozen=True, slots=True)
class Words:
    """The two lines of a node."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """A node in its place.

    Attributes:
        node: the node.
        centre: its middle.
        width, height: of the box around it.
        words: what stands in it.
        depth: how many subflows are around it.
    """

    node: GraphNode
    centre: Point
    width: float
    height: float
    words: Words
    depth: int

    @property
    def left(self) -> float:
        """The left side."""
        return self.centre.x - self.width / 2

    @property
    def top(self) -> float:
        """The upper side."""
        return self.centre.y - self.height / 2


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """An edge with its way."""

    edge: GraphEdge
    route: Route


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture whose left upper corner is (0, 0).

    Attributes:
        width, height: in pixels.
        nodes: subflows before what is in them, else in document order.
        edges: outer levels first.
    """

    width: float
    height: float
    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]


def draw(graph: FlowGraph) -> Drawing:
    """Place the nodes and edges of a graph."""
    return _Drawer(graph).run()


def words_of(node: GraphNode) -> Words:
    """The two lines of a node: its id; and its type, of a condition its expression, of a subflow its name."""
    shown_id = node_id(node)
    match node.kind:
        case NodeKind.TASK:
            return Words(shorten(shown_id, _MAX_ID), shorten(clean(node.type) or "(no type)", _MAX_TYPE))
        case NodeKind.CONDITION:
            expression = clean(node.expression) or node.type
            return Words(shorten(shown_id, _MAX_CONDITION), shorten(expression, _MAX_CONDITION))
        case NodeKind.SUBFLOW:
            name = clean(node.name)
            word = f"{counted(node.folded, 'node')} folded" if node.folded else "subflow"
            return Words(shorten(shown_id, _MAX_ID), shorten(f"{word}: {name}" if name else word, _MAX_TYPE))


def label_width(text: str) -> float:
    """The room for a label of an edge; 0 for none."""
    return text_width(text, LABEL_SIZE) + _LABEL_SIDE if text else 0.0


class _Drawer:
    """The levels that are laid out so far, inner ones first."""

    def __init__(self, graph: FlowGraph) -> None:
        self.graph = graph
        self.words = {key: words_of(node) for key, node in graph.nodes.items()}
        self.sizes: dict[str, Box] = {}
        self.layouts: dict[str | None, Layout] = {}

    def run(self) -> Drawing:
        for group in reversed(self.graph.groups):
            self._lay_out(group)
        placed = list(self._place())
        by_key = {drawn.node.key: drawn for drawn in placed}
        whole = self.layouts[None]
        nodes = tuple(by_key[key] for key in self.graph.nodes)
        return Drawing(whole.width, whole.height, nodes, tuple(self._edges(by_key)))

    def _lay_out(self, group: GraphGroup) -> None:
        place = {key: number for number, key in enumerate(group.members)}
        for key in group.members:
            if key not in self.sizes:
                self.sizes[key] = self._size_of_leaf(key)
        links = [
            Link(
                place[edge.source],
                place[edge.target],
                edge.leads_back,
                label_width(edge.label),
                edge.kind is EdgeKind.DEPENDENCY,
            )
            for edge in group.edges
        ]
        layout = lay_out([self.sizes[key] for key in group.members], links)
        self.layouts[group.node] = layout
        if group.node is not None:
            self.sizes[group.node] = self._size_of_subflow(group.node, layout)

    def _size_of_leaf(self, key: str) -> Box:
        node, words = self.graph.nodes[key], self.words[key]
        text = max(text_width(words.first, ID_SIZE), text_width(words.second, TYPE_SIZE))
        if node.kind is not NodeKind.CONDITION:
            return Box(max(text + 2 * _SIDE, _LEAST_WIDTH), _TASK_HEIGHT)
        share = 1 - (LINE_OFFSET + ID_SIZE / 2) / (_CONDITION_HEIGHT / 2)
        width = max(text / share + 4, _LEAST_CONDITION_WIDTH)
        return Box(width, _CONDITION_HEIGHT, Shape.DIAMOND)

    def _size_of_subflow(self, key: str, inside: Layout) -> Box:
        words = self.words[key]
        text = max(text_width(words.first, ID_SIZE), text_width(words.second, TYPE_SIZE))
        width = max(inside.width + 2 * _INSIDE, text + 2 * _SIDE)
        return Box(width, _HEADER_HEIGHT + inside.height + _INSIDE if inside.height else _TASK_HEIGHT)

    def _corner(self, drawn: DrawnNode) -> Point:
        """Where the inside of a subflow begins."""
        inside = self.layouts[drawn.node.key]
        return Point(drawn.centre.x - inside.width / 2, drawn.top + _HEADER_HEIGHT)

    def _place(self) -> Iterator[DrawnNode]:
        corners: dict[str | None, tuple[Point, int]] = {None: (Point(0, 0), 0)}
        for group in self.graph.groups:
            corner, depth = corners[group.node]
            for key, centre in zip(group.members, self.layouts[group.node].centres, strict=True):
                size = self.sizes[key]
                middle = centre.moved(corner.x, corner.y)
                drawn = DrawnNode(self.graph.nodes[key], middle, size.width, size.height, self.words[key], depth)
                yield drawn
                if drawn.node.kind is NodeKind.SUBFLOW and not drawn.node.folded:
                    corners[key] = (self._corner(drawn), depth + 1)

    def _edges(self, placed: dict[str, DrawnNode]) -> Iterator[DrawnEdge]:
        for group in self.graph.groups:
            corner = Point(0, 0) if group.node is None else self._corner(placed[group.node])
            for edge, route in zip(group.edges, self.layouts[group.node].routes, strict=True):
                yield DrawnEdge(edge, route.moved(corner.x, corner.y))
