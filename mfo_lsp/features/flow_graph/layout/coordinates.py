"""Where vertices stand within their rows: near their neighbours, in the order that is given, never on each other.

Each row is placed by least squares: every vertex has a place where it would like to be, and a distance that it keeps
from the next. The exact answer is found in one pass, by pooling those that would get in each other's way. Rows are
placed again and again, down and up; then whatever can be straight is made straight.
"""

from __future__ import annotations

from collections.abc import Sequence

from mfo_lsp.features.flow_graph.layout.layers import Layers

BOX_DISTANCE = 28.0
_POINT_DISTANCE = 10.0
_MOST_ROUNDS = 12
_FEWEST_ROUNDS = 3
_WORK = 150_000
_WEIGHTS = (2.0, 1.0, 8.0)
_NEAR = 24.0
_BESIDE_WEIGHT = 4.0
_MIDDLE_WEIGHT = 0.02


def place(layers: Layers) -> list[float]:
    """The middle of each vertex, in pixels from anywhere."""
    return _Placing(layers).run()


class _Placing:
    """The places so far."""

    def __init__(self, layers: Layers) -> None:
        self.layers = layers
        self.x = [0.0] * layers.size
        self.offsets = [self._offsets(row) for row in layers.rows]
        for row, offsets in zip(layers.rows, self.offsets, strict=True):
            middle = offsets[-1] / 2 if offsets else 0
            for vertex, offset in zip(row, offsets, strict=True):
                self.x[vertex] = offset - middle

    def run(self) -> list[float]:
        rounds = max(_FEWEST_ROUNDS, min(_MOST_ROUNDS, _WORK // (self.layers.size + 1)))
        up, down = self.layers.up, self.layers.down
        numbers = range(len(self.layers.rows))
        for _ in range(rounds):
            for number in numbers:
                self._place_row(number, up)
            for number in reversed(numbers):
                self._place_row(number, down)
        for _ in range(rounds):
            for number in numbers:
                self._place_row(number, up, down)
            for number in reversed(numbers):
                self._place_row(number, up, down)
            self._straighten()
        return self.x

    def _offsets(self, row: Sequence[int]) -> list[float]:
        """How far each vertex of a row is from the first where none keeps more than its distance."""
        offsets: list[float] = []
        for number, vertex in enumerate(row):
            offsets.append(offsets[-1] + self._distance(row[number - 1], vertex) if number else 0.0)
        return offsets

    def _distance(self, left: int, right: int) -> float:
        """From middle to middle."""
        both_boxes = self.layers.is_box(left) and self.layers.is_box(right)
        gap = BOX_DISTANCE if both_boxes else _POINT_DISTANCE
        return (self.layers.widths[left] + self.layers.widths[right]) / 2 + gap

    def _place_row(self, number: int, *sides: Sequence[Sequence[int]]) -> None:
        row, offsets = self.layers.rows[number], self.offsets[number]
        pools: list[tuple[float, float, int]] = []  # where the pool wants to be, its weight, how many are in it
        for vertex, offset in zip(row, offsets, strict=True):
            wanted, weight = self._wanted(vertex, sides)
            wanted, count = wanted - offset, 1
            while pools and pools[-1][0] >= wanted:
                other, other_weight, other_count = pools.pop()
                wanted = (wanted * weight + other * other_weight) / (weight + other_weight)
                weight += other_weight
                count += other_count
            pools.append((wanted, weight, count))
        placed = 0
        for wanted, _, count in pools:
            for position in range(placed, placed + count):
                self.x[row[position]] = wanted + offsets[position]
            placed += count

    def _wanted(self, vertex: int, sides: Sequence[Sequence[Sequence[int]]]) -> tuple[float, float]:
        """Where a vertex would like to be, and how much: near its neighbours, and a little near the middle, 0."""
        layers, total, weights = self.layers, 0.0, 0.0
        is_point = not layers.is_box(vertex)
        for side in sides:
            others = side[vertex]
            for other in others:
                weight = _WEIGHTS[is_point + (not layers.is_box(other))]
                if is_point and layers.is_box(other):
                    weight /= len(others)  # a trunk stays straight, however many boxes it leads to
                total += weight * self.x[other]
                weights += weight
        box = layers.beside.get(vertex)
        if box is not None:
            distance = self._distance(vertex, box)
            side_sign = 1 if self.x[vertex] >= self.x[box] else -1
            total += _BESIDE_WEIGHT * (self.x[box] + side_sign * distance)
            weights += _BESIDE_WEIGHT
        weights += _MIDDLE_WEIGHT  # a long flow would else stray to one side, a little with each row
        return total / weights, weights

    def _straighten(self) -> None:
        """Put chains of vertices that have only each other on one vertical line, as far as there is room."""
        bounds = self._bounds()
        done: set[int] = set()
        for row in self.layers.rows:
            for vertex in row:
                if vertex not in done:
                    chain = self._chain_from(vertex)
                    done.update(chain)
                    self._straighten_chain(chain, bounds)

    def _chain_from(self, vertex: int) -> list[int]:
        chain = [vertex]
        following = self._following(vertex)
        while following is not None:
            chain.append(following)
            following = self._following(following)
        return chain

    def _following(self, vertex: int) -> int | None:
        """The vertex below that ought to be straight below: the next point of a way, or the only neighbour."""
        layers, below = self.layers, self.layers.down[vertex]
        if not layers.is_box(vertex):
            point = next((other for other in below if not layers.is_box(other)), None)
            if point is not None:
                return point
        if len(below) == 1 and len(layers.up[below[0]]) == 1:
            return below[0]
        return None

    def _bounds(self) -> list[tuple[int | None, int | None]]:
        """The neighbours of each vertex in its row, left and right."""
        bounds: list[tuple[int | None, int | None]] = [(None, None)] * self.layers.size
        for row in self.layers.rows:
            for number, vertex in enumerate(row):
                left = row[number - 1] if number else None
                right = row[number + 1] if number + 1 < len(row) else None
                bounds[vertex] = (left, right)
        return bounds

    def _straighten_chain(self, chain: Sequence[int], bounds: Sequence[tuple[int | None, int | None]]) -> None:
        run: list[int] = []
        low, high = float("-inf"), float("inf")
        for vertex in chain:
            left, right = bounds[vertex]
            least = self.x[left] + self._distance(left, vertex) if left is not None else float("-inf")
            most = self.x[right] - self._distance(vertex, right) if right is not None else float("inf")
            if max(low, least) > min(high, most):
                self._align(run, low, high)
                run, low, high = [], least, most
            run.append(vertex)
            low, high = max(low, least), min(high, most)
        self._align(run, low, high)

    def _align(self, run: Sequence[int], low: float, high: float) -> None:
        if not run:
            return
        if any(map(self.layers.is_box, run)):
            wanted = sorted(self.x[vertex] for vertex in run)[len(run) // 2]
        else:
            wanted = self._wanted_by_ends(run)
        for vertex in run:
            self.x[vertex] = min(max(wanted, low), high)

    def _wanted_by_ends(self, run: Sequence[int]) -> float:
        """Where a line of points is near what it leads from and to; straight with one end of it, if that is near."""
        layers = self.layers
        ends = [
            self.x[other]
            for side in (layers.up, layers.down)
            for point in run
            for other in side[point]
            if layers.is_box(other)
        ]
        here = sum(self.x[vertex] for vertex in run) / len(run)
        if not ends:
            return here
        middle = sum(ends) / len(ends)
        return min(
            (end for end in ends if abs(end - middle) <= _NEAR), key=lambda end: abs(end - middle), default=middle
        )
