"""Boxes in rows, and links that lead from each row to the next: long ones pass through points of their own.

The first step of the layout of Sugiyama, Tagawa and Toda. Where boxes stand within their row is not known here.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mfo_lsp.features.flow_graph.layout.values import Box, Link

_MAX_IN_ROW = 12
_POINT_WIDTH = 10.0
_LABEL_MARGIN = 12.0
_MAX_POINTS_FOR_EACH = 20
_SPARE_POINTS = 4_000
_MAX_POINTS = 24_000


@dataclass
class Layers:
    """Vertices in rows: first the boxes by their numbers, then the points that long links pass through.

    Attributes:
        boxes: the boxes.
        row_of: the row of each vertex, from 0.
        rows: the vertices of each row; their order is what later steps decide.
        widths: of each vertex.
        up, down: the neighbours of each vertex in the row above and below.
        paths: for each link the vertices that it passes, its ends among them; of a backward link from the target down
            to the source; None where there is no room for a way of its own.
        beside: for points at the ends of backward links, the box that they stand beside.
        connected: the pairs of vertices that are neighbours, the upper one first.
    """

    boxes: Sequence[Box]
    row_of: list[int]
    rows: list[list[int]]
    widths: list[float]
    up: list[list[int]]
    down: list[list[int]]
    paths: list[list[int] | None]
    beside: dict[int, int] = field(default_factory=dict[int, int])
    connected: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])

    @property
    def size(self) -> int:
        """How many vertices there are."""
        return len(self.row_of)

    def is_box(self, vertex: int) -> bool:
        """Whether a vertex is a box, not a point."""
        return vertex < len(self.boxes)

    def add_point(self, row: int, width: float = _POINT_WIDTH) -> int:
        """A new point in a row."""
        self.row_of.append(row)
        self.widths.append(width)
        self.up.append([])
        self.down.append([])
        self.rows[row].append(len(self.row_of) - 1)
        return len(self.row_of) - 1

    def connect(self, path: Sequence[int]) -> None:
        """Make each vertex of a path that leads down a neighbour of the next."""
        for upper, lower in pairwise(path):
            if (upper, lower) not in self.connected:
                self.connected.add((upper, lower))
                self.down[upper].append(lower)
                self.up[lower].append(upper)


def layers_of(boxes: Sequence[Box], links: Sequence[Link]) -> Layers:
    """Put boxes in rows, below everything that leads to them.

    Raises:
        ValueError: the links, backward ones turned round, lead in a circle.
    """
    downward = [(link.target, link.source) if link.backward else (link.source, link.target) for link in links]
    row_of = _rows(len(boxes), downward)
    rows: list[list[int]] = [[] for _ in range(max(row_of, default=-1) + 1)]
    for box, row in enumerate(row_of):
        rows[row].append(box)
    layers = Layers(
        boxes,
        row_of,
        rows,
        [box.width for box in boxes],
        [[] for _ in boxes],
        [[] for _ in boxes],
        [None for _ in links],
    )
    _add_paths(layers, links, downward)
    return layers


def _rows(count: int, downward: Sequence[tuple[int, int]]) -> list[int]:
    above: list[list[int]] = [[] for _ in range(count)]
    below: list[list[int]] = [[] for _ in range(count)]
    for upper, lower in downward:
        below[upper].append(lower)
        above[lower].append(upper)
    order = _topological(above, below)
    row_of = [0] * count
    taken: Counter[int] = Counter()
    free_from: dict[int, int] = {}
    for box in order:
        row = max((row_of[other] + 1 for other in above[box]), default=0)
        row = _first_free(row, taken, free_from)
        row_of[box] = row
        taken[row] += 1
    for box in reversed(order):
        lowest = min((row_of[other] - 1 for other in below[box]), default=row_of[box])
        if len(below[box]) > len(above[box]) and lowest > row_of[box] and taken[lowest] < _MAX_IN_ROW:
            taken[row_of[box]] -= 1
            taken[lowest] += 1
            row_of[box] = lowest
    first = min(row_of, default=0)
    return [row - first for row in row_of]


def _first_free(row: int, taken: Counter[int], free_from: dict[int, int]) -> int:
    """The first row from ``row`` on with room; ``free_from`` remembers what was found for full ones."""
    passed: list[int] = []
    while taken[row] >= _MAX_IN_ROW:
        passed.append(row)
        row = free_from.get(row, row + 1)
    for full in passed:
        free_from[full] = row
    return row


def _topological(above: Sequence[Sequence[int]], below: Sequence[Sequence[int]]) -> list[int]:
    missing = [len(others) for others in above]
    ready = [box for box, left in enumerate(missing) if left == 0]
    order: list[int] = []
    while ready:
        box = heapq.heappop(ready)
        order.append(box)
        for other in below[box]:
            missing[other] -= 1
            if missing[other] == 0:
                heapq.heappush(ready, other)
    if len(order) < len(above):
        raise ValueError("the links lead in a circle")
    return order


def _add_paths(layers: Layers, links: Sequence[Link], downward: Sequence[tuple[int, int]]) -> None:
    """Give each link its way, short links first, as long as there are points to be had."""
    points_left = min(_SPARE_POINTS + _MAX_POINTS_FOR_EACH * (len(layers.boxes) + len(links)), _MAX_POINTS)
    lengths = [layers.row_of[lower] - layers.row_of[upper] for upper, lower in downward]
    trunks = _Trunks(layers, [(link, length) for link, length in zip(links, lengths, strict=True) if length > 1])
    for number in sorted(range(len(links)), key=lambda number: (lengths[number], number)):
        link, (upper, lower) = links[number], downward[number]
        if lengths[number] > 1 and layers.size - len(layers.boxes) + lengths[number] > points_left:
            continue
        between = range(layers.row_of[upper] + 1, layers.row_of[lower])
        if link.bundled and not link.backward:
            middle = trunks.points(link, between)
        else:
            middle = [layers.add_point(row) for row in between]
        path = [upper, *middle, lower]
        layers.paths[number] = path
        if not link.backward or middle:
            layers.connect(path)


class _Trunks:
    """The points that bundled links share: with the links of their source or of their target, whichever are more."""

    def __init__(self, layers: Layers, long_links: Iterable[tuple[Link, int]]) -> None:
        self.layers = layers
        bundled = [link for link, _ in long_links if link.bundled and not link.backward]
        self.leaving = Counter(link.source for link in bundled)
        self.arriving = Counter(link.target for link in bundled)
        self.known: dict[tuple[bool, int, int], int] = {}

    def points(self, link: Link, between: range) -> list[int]:
        by_source = self.leaving[link.source] >= self.arriving[link.target]
        end = link.source if by_source else link.target
        found: list[int] = []
        for row in between:
            key = (by_source, end, row)
            if key not in self.known:
                self.known[key] = self.layers.add_point(row)
            found.append(self.known[key])
        return found


def add_ends_of_backward_links(layers: Layers, links: Sequence[Link]) -> None:
    """Once rows are in order: give backward links a point beside each of their ends, on the side that their way is."""
    for number, link in enumerate(links):
        path = layers.paths[number]
        if not link.backward or path is None:
            continue
        head, *middle, tail = path
        if middle:
            layers.down[head].remove(middle[0])
            layers.up[middle[0]].remove(head)
            layers.down[middle[-1]].remove(tail)
            layers.up[tail].remove(middle[-1])
        right_of_head = _is_right(layers, middle[:1], layers.down[head])
        right_of_tail = _is_right(layers, middle[-1:], layers.up[tail])
        first = _add_beside(layers, head, right=right_of_head)
        width = max(2 * link.label_width + _LABEL_MARGIN, _POINT_WIDTH) if link.label_width else _POINT_WIDTH
        last = _add_beside(layers, tail, right=right_of_tail, width=width)
        ends = [first, *middle, last]
        layers.connect(ends)
        layers.paths[number] = ends


def _is_right(layers: Layers, point: Sequence[int], others: Sequence[int]) -> bool:
    """Whether a point stands right of the mean place of others in its row; true where there is nothing to compare."""
    if not point or not others:
        return True
    row = layers.rows[layers.row_of[point[0]]]
    places = {vertex: place for place, vertex in enumerate(row)}
    return places[point[0]] * len(others) > sum(places[other] for other in others)


def _add_beside(layers: Layers, box: int, *, right: bool, width: float = _POINT_WIDTH) -> int:
    row = layers.rows[layers.row_of[box]]
    point = layers.add_point(layers.row_of[box], width)
    row.remove(point)
    row.insert(row.index(box) + right, point)
    layers.beside[point] = box
    return point
