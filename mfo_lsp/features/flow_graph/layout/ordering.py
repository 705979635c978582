"""The order of vertices within rows, such that few lines cross: sweeps up and down by barycentres."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from mfo_lsp.features.flow_graph.layout.layers import Layers

_MOST_SWEEPS = 24
_FEWEST_SWEEPS = 4
_WORK = 400_000
_PATIENCE = 6


def order_rows(layers: Layers) -> None:
    """Reorder the rows in place; the best order that was seen stays."""
    _start(layers)
    best = [list(row) for row in layers.rows]
    fewest = crossings(layers)
    since_better = 0
    sweeps = max(_FEWEST_SWEEPS, min(_MOST_SWEEPS, _WORK // (layers.size + 1)))
    for sweep in range(sweeps):
        if fewest == 0 or since_better >= _PATIENCE:
            break
        _sweep(layers, downwards=sweep % 2 == 0, later_first=sweep % 4 > 1)
        count = crossings(layers)
        since_better += 1
        if count < fewest:
            fewest, since_better = count, 0
            best = [list(row) for row in layers.rows]
    layers.rows[:] = best


def crossings(layers: Layers) -> int:
    """How many pairs of lines between neighbouring rows cross."""
    return sum(_crossings_between(layers, upper, lower) for upper, lower in pairwise(layers.rows))


def _start(layers: Layers) -> None:
    """An order without crossings for trees: as a depth-first walk from the first row meets the vertices."""
    met: dict[int, None] = {}
    for root in (vertex for row in layers.rows for vertex in row):
        if layers.up[root] or root in met:
            continue
        waiting = [root]
        while waiting:
            vertex = waiting.pop()
            if vertex not in met:
                met[vertex] = None
                waiting.extend(reversed(layers.down[vertex]))
    rank = {vertex: place for place, vertex in enumerate(met)}
    for row in layers.rows:
        row.sort(key=rank.__getitem__)


def _sweep(layers: Layers, *, downwards: bool, later_first: bool) -> None:
    places = [0] * layers.size
    for row in layers.rows:
        for place, vertex in enumerate(row):
            places[vertex] = place
    rows = layers.rows if downwards else list(reversed(layers.rows))
    neighbours = layers.up if downwards else layers.down
    for row in rows[1:]:
        centres = {vertex: _barycentre(vertex, neighbours[vertex], places) for vertex in row}
        if later_first:  # equal centres change places, which finds ways out of what other sweeps keep
            row.reverse()
        row.sort(key=centres.__getitem__)
        for place, vertex in enumerate(row):
            places[vertex] = place


def _barycentre(vertex: int, neighbours: Sequence[int], places: Sequence[int]) -> float:
    if not neighbours:
        return places[vertex]
    return sum(places[other] for other in neighbours) / len(neighbours)


def _crossings_between(layers: Layers, upper: Sequence[int], lower: Sequence[int]) -> int:
    """Inversions among the lower ends of lines in the order of their upper ends, counted with a Fenwick tree."""
    places = {vertex: place for place, vertex in enumerate(lower)}
    tree = [0] * (len(lower) + 1)
    seen = count = 0
    for vertex in upper:
        ends = sorted(places[other] for other in layers.down[vertex])
        for end in ends:
            not_right = 0
            node = end + 1
            while node:
                not_right += tree[node]
                node &= node - 1
            count += seen - not_right
        for end in ends:
            node = end + 1
            while node <= len(lower):
                tree[node] += 1
                node += node & -node
            seen += 1
    return count
