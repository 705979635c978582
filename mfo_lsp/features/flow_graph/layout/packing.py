"""The one thing that others call: separate parts of a graph are laid out apart, and then put on shelves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from mfo_lsp.features.flow_graph.layout.coordinates import BOX_DISTANCE, place
from mfo_lsp.features.flow_graph.layout.layers import add_ends_of_backward_links, layers_of
from mfo_lsp.features.flow_graph.layout.ordering import order_rows
from mfo_lsp.features.flow_graph.layout.routing import route
from mfo_lsp.features.flow_graph.layout.values import Box, Layout, Link, Point, Route

_SHELF_DISTANCE = 44.0
_SHAPE = 1.6
_NOWHERE = Point(0, 0)
_KEPT = 64


def lay_out(boxes: Sequence[Box], links: Sequence[Link]) -> Layout:
    """Place boxes so that links lead down, and find ways for the links.

    The same input gives the same layout. Time grows with the number of boxes and links, and little more.

    Raises:
        ValueError: the links, backward ones turned round, lead in a circle.
    """
    return _lay_out(tuple(boxes), tuple(links))


@lru_cache(maxsize=_KEPT)
def _lay_out(boxes: tuple[Box, ...], links: tuple[Link, ...]) -> Layout:
    """Kept, as most edits of a document change no box and no link."""
    parts = _parts(len(boxes), links)
    links_of: dict[int, list[int]] = {}
    part_of = {box: number for number, part in enumerate(parts) for box in part}
    for number, link in enumerate(links):
        links_of.setdefault(part_of[link.source], []).append(number)
    layouts = [
        _lay_out_part(boxes, part, [links[link] for link in links_of.get(number, ())])
        for number, part in enumerate(parts)
    ]
    centres = [_NOWHERE] * len(boxes)
    routes = [Route(_NOWHERE, ())] * len(links)
    corners, width, height = _shelve(layouts)
    for number, (part, layout, corner) in enumerate(zip(parts, layouts, corners, strict=True)):
        for box, centre in zip(part, layout.centres, strict=True):
            centres[box] = centre.moved(corner.x, corner.y)
        for link, found in zip(links_of.get(number, ()), layout.routes, strict=True):
            routes[link] = found.moved(corner.x, corner.y)
    return Layout(width, height, tuple(centres), tuple(routes))


def _lay_out_part(boxes: Sequence[Box], part: Sequence[int], links: Sequence[Link]) -> Layout:
    own = {box: number for number, box in enumerate(part)}
    inside = [Link(own[link.source], own[link.target], link.backward, link.label_width, link.bundled) for link in links]
    layers = layers_of([boxes[box] for box in part], inside)
    order_rows(layers)
    add_ends_of_backward_links(layers, inside)
    return route(layers, inside, place(layers))


def _parts(count: int, links: Sequence[Link]) -> list[list[int]]:
    """The connected parts, by their first boxes."""
    neighbours: list[list[int]] = [[] for _ in range(count)]
    for link in links:
        neighbours[link.source].append(link.target)
        neighbours[link.target].append(link.source)
    seen = [False] * count
    parts: list[list[int]] = []
    for first in range(count):
        if seen[first]:
            continue
        seen[first] = True
        part = [first]
        for box in part:
            for other in neighbours[box]:
                if not seen[other]:
                    seen[other] = True
                    part.append(other)
        parts.append(sorted(part))
    return parts


def _shelve(layouts: Sequence[Layout]) -> tuple[list[Point], float, float]:
    """The left upper corner of each layout, and how wide and high they are together."""
    area = sum((layout.width + BOX_DISTANCE) * (layout.height + _SHELF_DISTANCE) for layout in layouts)
    most = max([math.sqrt(area) * _SHAPE, *(layout.width for layout in layouts)])
    corners: list[Point] = []
    x = y = height = width = 0.0
    for layout in layouts:
        if x and x + layout.width > most:
            x, y, height = 0.0, y + height + _SHELF_DISTANCE, 0.0
        corners.append(Point(x, y))
        width = max(width, x + layout.width)
        height = max(height, layout.height)
        x += layout.width + BOX_DISTANCE
    return corners, width, y + height
