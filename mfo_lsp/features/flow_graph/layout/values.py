"""What a layout is given and what it gives: boxes, links, places and paths, in pixels; y grows downwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Shape(Enum):
    """The outline of a box: where links leave it depends on that."""

    RECTANGLE = "rectangle"
    DIAMOND = "diamond"


@dataclass(frozen=True, slots=True)
class Box:
    """Something to be placed, by its width and height."""

    width: float
    height: float
    shape: Shape = Shape.RECTANGLE


@dataclass(frozen=True, slots=True)
class Link:
    """A line to be drawn between two boxes, which are given by their numbers.

    Attributes:
        source, target: two different boxes.
        backward: it leads to a box above; without such links there is no cycle, and with them turned round neither.
        label_width: the room for its label; 0 for none.
        bundled: it may share a part of its way with other such links of its source, or of its target.
    """

    source: int
    target: int
    backward: bool = False
    label_width: float = 0
    bundled: bool = False


class Point(NamedTuple):
    """A place."""

    x: float
    y: float

    def moved(self, x: float, y: float) -> Point:
        """The place, moved."""
        return Point(self.x + x, self.y + y)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a path, from where the last one ended: straight, or a cubic curve with two control points."""

    end: Point
    controls: tuple[Point, Point] | None = None

    def moved(self, x: float, y: float) -> Segment:
        """The part, moved."""
        controls = (self.controls[0].moved(x, y), self.controls[1].moved(x, y)) if self.controls else None
        return Segment(self.end.moved(x, y), controls)


@dataclass(frozen=True, slots=True)
class Route:
    """The path of a link; its last segment is straight, for the arrow.

    Attributes:
        start: on the outline of the source.
        segments: up to the outline of the target.
        label: the middle of its label; None where it has none.
        behind: there was no room for a way of its own, so it is drawn behind the boxes.
    """

    start: Point
    segments: tuple[Segment, ...]
    label: Point | None = None
    behind: bool = False

    def moved(self, x: float, y: float) -> Route:
        """The path, moved."""
        if not x and not y:
            return self
        label = self.label.moved(x, y) if self.label else None
        return Route(
            self.start.moved(x, y), tuple(segment.moved(x, y) for segment in self.segments), label, self.behind
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is, in a picture whose left upper corner is (0, 0).

    Attributes:
        width, height: of the whole.
        centres: of the boxes, in their order.
        routes: of the links, in their order.
    """

    width: float
    height: float
    centres: tuple[Point, ...]
    routes: tuple[Route, ...]


def extent(points: Iterable[float]) -> tuple[float, float]:
    """The least and the greatest; zeros for none."""
    listed = list(points)
    return (min(listed), max(listed)) if listed else (0, 0)
