"""The heights of rows, and the paths of links: straight beside boxes, curved only between rows, so through no box."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from mfo_lsp.features.flow_graph.layout.layers import Layers
from mfo_lsp.features.flow_graph.layout.values import Box, Layout, Link, Point, Route, Segment, Shape, extent

LABEL_HEIGHT = 18.0
_ARROW = 10.0
_LABEL_ZONE = LABEL_HEIGHT + 8
_LEAST_GAP = 30.0
_MOST_GAP = 120.0
_GAP_FOR_WIDTH = 0.12
_SLOT_GAP = 8.0
_LEAST_SLOT = 14.0
_TURN = 8.0


def route(layers: Layers, links: Sequence[Link], x: Sequence[float]) -> Layout:
    """The layout, once every vertex has its row and its middle."""
    return _Routing(layers, links, x).run()


class _Routing:
    """Rows with their heights."""

    def __init__(self, layers: Layers, links: Sequence[Link], x: Sequence[float]) -> None:
        self.layers = layers
        self.links = links
        self.x = x
        self.ports = self._ports()
        self.zones = self._zones()
        self.tops: list[float] = []
        self.bottoms: list[float] = []
        top = 0.0
        reaches = self._reaches()
        for number, row in enumerate(layers.rows):
            height = max((layers.boxes[vertex].height for vertex in row if layers.is_box(vertex)), default=0.0)
            self.tops.append(top)
            self.bottoms.append(top + height)
            gap = min(max(_LEAST_GAP, _GAP_FOR_WIDTH * reaches[number]), _MOST_GAP)
            top += height + self.zones[number] + gap + _ARROW

    def run(self) -> Layout:
        left, right = self._sides()
        self.x = [x - left for x in self.x]
        return Layout(
            right - left,
            self.bottoms[-1] if self.bottoms else 0.0,
            tuple(self.centre(box) for box in range(len(self.layers.boxes))),
            tuple(self._route(number) for number in range(len(self.links))),
        )

    def centre(self, box: int) -> Point:
        row = self.layers.row_of[box]
        return Point(self.x[box], (self.tops[row] + self.bottoms[row]) / 2)

    def _ports(self) -> dict[int, float]:
        """How far from the middle of its source a link starts: side by side where one of them has a label."""
        leaving: dict[int, list[int]] = {}
        labelled: set[int] = set()
        for number, link in enumerate(self.links):
            path = self.layers.paths[number]
            if not link.backward and path is not None:
                leaving.setdefault(link.source, []).append(number)
                if link.label_width:
                    labelled.add(link.source)
        ports: dict[int, float] = {}
        for source in labelled:
            ordered = sorted(leaving[source], key=self._first_step)
            slots = [max(self.links[number].label_width + _SLOT_GAP, _LEAST_SLOT) for number in ordered]
            slack = max(self._room(self.layers.boxes[source]) - sum(slots), 0) / len(slots)
            at = -(sum(slots) + slack * len(slots)) / 2
            for number, slot in zip(ordered, slots, strict=True):
                ports[number] = at + (slot + slack) / 2
                at += slot + slack
        return ports

    def _first_step(self, number: int) -> tuple[float, int]:
        path = self.layers.paths[number] or [0]
        return (self.x[path[1 if len(path) > 1 else 0]], number)

    def _room(self, box: Box) -> float:
        """How wide the ports of a box are spread, if labels do not need more."""
        return box.width * (0.6 if box.shape is Shape.DIAMOND else 0.5)

    def _zones(self) -> list[float]:
        """The room for labels below each row, in which lines go straight down."""
        zones = [0.0] * len(self.layers.rows)
        for number in self.ports:
            zones[self.layers.row_of[self.links[number].source]] = _LABEL_ZONE
        return zones

    def _reaches(self) -> list[float]:
        """How far lines go to the side below each row."""
        reaches = [0.0] * len(self.layers.rows)
        for upper, others in enumerate(self.layers.down):
            row = self.layers.row_of[upper]
            reaches[row] = max([reaches[row], *(abs(self.x[upper] - self.x[lower]) for lower in others)])
        return reaches

    def _route(self, number: int) -> Route:
        link, path = self.links[number], self.layers.paths[number]
        if path is None:
            return self._behind(link)
        return self._backward(link, path) if link.backward else self._forward(number, link, path)

    def _forward(self, number: int, link: Link, path: Sequence[int]) -> Route:
        source, *middle, target = path
        port = self.ports.get(number, 0.0)
        box, centre = self.layers.boxes[source], self.centre(source)
        start = Point(centre.x + port, centre.y + _outline(box, port))
        end = Point(self.x[target], self.centre(target).y - self.layers.boxes[target].height / 2)
        pen = _Pen(start)
        pen.down_to(self._below(source))
        for vertex in middle:
            self._pass_down(pen, vertex)
        pen.curve_to(Point(end.x, self._above(target)))
        pen.line_to(end)
        label = Point(start.x, centre.y + box.height / 2 + _LABEL_ZONE / 2) if link.label_width else None
        return Route(start, tuple(pen.segments), label)

    def _pass_down(self, pen: _Pen, vertex: int) -> None:
        pen.curve_to(Point(self.x[vertex], self._above(vertex)))
        pen.down_to(self._below(vertex))

    def _below(self, vertex: int) -> float:
        """Where curves may begin below a vertex."""
        row = self.layers.row_of[vertex]
        return self.bottoms[row] + self.zones[row]

    def _above(self, vertex: int) -> float:
        """Where curves must have ended above a vertex."""
        return self.tops[self.layers.row_of[vertex]] - _ARROW

    def _backward(self, link: Link, path: Sequence[int]) -> Route:
        """Out of the side of the source, up along its points, and into the side of the target."""
        last, first = path[-1], path[0]
        source, target = self.centre(link.source), self.centre(link.target)
        out = 1 if self.x[last] > source.x else -1
        into = 1 if self.x[first] > target.x else -1
        start = source.moved(out * self.layers.boxes[link.source].width / 2, 0)
        end = target.moved(into * self.layers.boxes[link.target].width / 2, 0)
        pen = _Pen(start)
        pen.line_to(Point(self.x[last] - out * _TURN, start.y))
        pen.turn_to(Point(self.x[last], start.y - _TURN), Point(self.x[last], start.y))
        for lower, upper in pairwise(reversed(path)):
            pen.down_to(self._above(lower))
            pen.curve_to(Point(self.x[upper], self._below(upper)))
        corner = Point(self.x[first], end.y)
        pen.down_to(end.y + _TURN)
        pen.turn_to(Point(corner.x - into * _TURN, corner.y), corner)
        pen.line_to(end)
        label = Point(self.x[last], start.y - _TURN - LABEL_HEIGHT / 2 - 2) if link.label_width else None
        return Route(start, tuple(pen.segments), label)

    def _behind(self, link: Link) -> Route:
        source, target = self.centre(link.source), self.centre(link.target)
        sign = -1 if link.backward else 1
        start = source.moved(0, sign * self.layers.boxes[link.source].height / 2)
        end = target.moved(0, -sign * self.layers.boxes[link.target].height / 2)
        pen = _Pen(start)
        pen.curve_to(end.moved(0, -sign * _ARROW))
        pen.line_to(end)
        return Route(start, tuple(pen.segments), None, behind=True)

    def _sides(self) -> tuple[float, float]:
        """How far everything reaches; the labels of backward links stand within their points."""
        x, widths = self.x, self.layers.widths
        at = [x[vertex] + sign * widths[vertex] / 2 for vertex in range(self.layers.size) for sign in (-1, 1)]
        for number, port in self.ports.items():
            link = self.links[number]
            at += [x[link.source] + port + sign * link.label_width / 2 for sign in (-1, 1)]
        return extent(at)


def _outline(box: Box, port: float) -> float:
    """How far below the middle of a box its outline is, ``port`` beside the middle."""
    if box.shape is Shape.RECTANGLE:
        return box.height / 2
    return box.height / 2 * max(1 - abs(port) / (box.width / 2), 0)


class _Pen:
    """Draws a path."""

    def __init__(self, start: Point) -> None:
        self.at = start
        self.segments: list[Segment] = []
        self.is_upright = False

    def line_to(self, end: Point) -> None:
        """A line; it goes on with the last one where both are upright."""
        if end == self.at:
            return
        if self.is_upright and end.x == self.at.x:
            self.segments.pop()
        self.is_upright = end.x == self.at.x
        self.segments.append(Segment(end))
        self.at = end

    def down_to(self, y: float) -> None:
        self.line_to(Point(self.at.x, y))

    def curve_to(self, end: Point) -> None:
        """A curve that begins and ends upright; a line where the end is straight below or above."""
        if abs(end.x - self.at.x) < 0.5:  # noqa: PLR2004 - half a pixel
            self.line_to(end)
            return
        middle = (self.at.y + end.y) / 2
        self._curve(end, Point(self.at.x, middle), Point(end.x, middle))

    def turn_to(self, end: Point, corner: Point) -> None:
        """A rounded corner."""
        self._curve(end, corner, corner)

    def _curve(self, end: Point, first: Point, second: Point) -> None:
        self.segments.append(Segment(end, (first, second)))
        self.at = end
        self.is_upright = False
