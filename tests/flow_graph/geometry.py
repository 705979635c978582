"""What a picture must not do: boxes on each other, lines through boxes, labels on anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mfo_lsp.features.flow_graph.layout import LABEL_HEIGHT, Box, Layout, Link, Point, Route, Shape

SLACK = 0.01
STEPS = 12


@dataclass(frozen=True)
class Area:
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Area) -> bool:
        return (
            self.left < other.right - SLACK
            and other.left < self.right - SLACK
            and self.top < other.bottom - SLACK
            and other.top < self.bottom - SLACK
        )

    def holds(self, point: Point) -> bool:
        return self.left + SLACK < point.x < self.right - SLACK and self.top + SLACK < point.y < self.bottom - SLACK


def around(centre: Point, width: float, height: float) -> Area:
    return Area(centre.x - width / 2, centre.y - height / 2, centre.x + width / 2, centre.y + height / 2)


def areas(boxes: Sequence[Box], layout: Layout) -> list[Area]:
    return [around(centre, box.width, box.height) for box, centre in zip(boxes, layout.centres, strict=True)]


def points_of(route: Route) -> Iterator[Point]:
    """Points along a path, close to each other."""
    at = route.start
    for segment in route.segments:
        first, second = segment.controls or (at, segment.end)
        for step in range(STEPS + 1):
            t = step / STEPS
            parts = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
            corners = (at, first, second, segment.end)
            yield Point(
                sum(part * corner.x for part, corner in zip(parts, corners, strict=True)),
                sum(part * corner.y for part, corner in zip(parts, corners, strict=True)),
            )
        at = segment.end


def outside(layout: Layout, area: Area) -> bool:
    return (
        area.left < -SLACK
        or area.top < -SLACK
        or area.right > layout.width + SLACK
        or area.bottom > layout.height + SLACK
    )


def faults(boxes: Sequence[Box], links: Sequence[Link], layout: Layout) -> Iterator[str]:
    """Everything that is wrong with a layout."""
    placed = areas(boxes, layout)
    labels = {
        number: around(route.label, link.label_width, LABEL_HEIGHT)
        for number, (link, route) in enumerate(zip(links, layout.routes, strict=True))
        if route.label is not None
    }
    everything = [(f"box {n}", area) for n, area in enumerate(placed)]
    everything += [(f"label {n}", area) for n, area in labels.items()]
    for number, (name, area) in enumerate(everything):
        if outside(layout, area):
            yield f"{name} is outside"
        for other_name, other in everything[number + 1 :]:
            if area.overlaps(other):
                yield f"{name} overlaps {other_name}"
    for number, (link, route) in enumerate(zip(links, layout.routes, strict=True)):
        yield from _faults_of_route(number, link, route, boxes, placed, labels)


def _faults_of_route(number, link, route, boxes, placed, labels) -> Iterator[str]:
    if route.behind:
        return
    if route.segments[-1].controls is not None:
        yield f"link {number} ends in a curve"
    for box, end in ((link.source, route.start), (link.target, route.segments[-1].end)):
        if not _on_outline(boxes[box], placed[box], end):
            yield f"link {number} does not touch box {box}"
    for point in points_of(route):
        for box, area in enumerate(placed):
            own_corner = box == link.source and boxes[box].shape is Shape.DIAMOND
            if area.holds(point) and not own_corner:
                yield f"link {number} runs through box {box}"
        for other, area in labels.items():
            if other != number and area.holds(point):
                yield f"link {number} runs through label {other}"


def _on_outline(box: Box, area: Area, point: Point) -> bool:
    x, y = point.x - (area.left + area.right) / 2, point.y - (area.top + area.bottom) / 2
    across, down = abs(x) / (box.width / 2), abs(y) / (box.height / 2)
    distance = across + down if box.shape is Shape.DIAMOND else max(across, down)
    return abs(distance - 1) < SLACK
