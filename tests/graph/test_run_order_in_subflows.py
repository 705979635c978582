"""What has run before a node starts, across the borders of subflows: all outcomes of small graphs played through."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.analysis.graph import Level, NodeKind, build_level
from mfo_dialect.analysis.run_order import RanBefore, RunOrders, Why
from tests.effort import examples
from tests.graph.test_run_order import acyclic_levels, all_runs

Path = tuple[str, ...]
SEEN = {RanBefore.SURELY: {True}, RanBefore.NEVER: {False}, RanBefore.PERHAPS: {True, False}}
MOST_NODES = 4


def _inner(level: Level) -> Level:
    renamed = [
        replace(
            node,
            id=f"i{node.id}",
            dependencies=tuple(f"i{name}" for name in node.dependencies),
            successors=tuple(f"i{name}" for name in node.successors),
        )
        for node in level.nodes[:MOST_NODES]
    ]
    known = {node.id for node in renamed}
    return build_level(
        [
            replace(
                node,
                dependencies=tuple(name for name in node.dependencies if name in known),
                successors=tuple(name for name in node.successors if name in known),
            )
            for node in renamed
        ]
    )


@st.composite
def levels_with_a_subflow(draw: st.DrawFn) -> Level:
    outer, inner = draw(acyclic_levels()), _inner(draw(acyclic_levels()))
    nodes = list(outer.nodes)
    place = draw(st.integers(0, len(nodes) - 1))
    nodes[place] = replace(nodes[place], kind=NodeKind.SUBFLOW, inner=tuple(inner.nodes))
    return build_level(nodes)


def runs_of(level: Level) -> Iterator[set[Path]]:
    """The paths of the nodes that run, for every outcome of all conditions, those inside the subflow included."""
    place = next(number for number, inner in enumerate(level.inner) if inner is not None)
    inner = level.inner[place]
    assert inner is not None
    name = level.nodes[place].id
    inner_runs = list({frozenset(ran) for ran in all_runs(inner)})
    for ran in {frozenset(ran) for ran in all_runs(level)}:
        outside = {(level.nodes[node].id,) for node in ran}
        for within in inner_runs if place in ran else [frozenset[int]()]:
            yield outside | {(name, inner.nodes[node].id) for node in within}


def paths_of(level: Level) -> list[Path]:
    found: list[Path] = [(node.id,) for node in level.nodes]
    for node, inner in zip(level.nodes, level.inner, strict=True):
        if inner is not None:
            found += [(node.id, one.id) for one in inner.nodes]
    return found


def waits_for(level: Level, reader: Path, producer: Path) -> bool:
    """Whether the reader, or the subflow around it, waits for the producer, or for the subflow around that."""
    depth = next((at for at, (one, other) in enumerate(zip(reader, producer, strict=False)) if one != other), -1)
    if depth < 0:
        return False
    around: Level | None = level
    for name in reader[:depth]:
        assert around is not None
        around = around.inner[around.position[name]]
    assert around is not None
    return bool(around.ancestors[around.position[reader[depth]]] >> around.position[producer[depth]] & 1)


@settings(max_examples=examples(60), deadline=None)
@given(levels_with_a_subflow())
def test_subflows_exactly(level: Level) -> None:
    runs = list(runs_of(level))
    orders = RunOrders(level)
    for reader, producer in itertools.permutations(paths_of(level), 2):
        answer = orders.ran_before(reader, producer)
        if not waits_for(level, reader, producer):
            assert (answer.verdict, answer.why) == (RanBefore.NEVER, Why.NOT_BEFORE), (reader, producer)
            continue
        seen = {producer in ran for ran in runs if reader in ran}
        assert seen == SEEN[answer.verdict], (reader, producer, answer)
    for producer in paths_of(level):
        surely = all(producer in ran for ran in runs)
        assert (orders.ran_by_the_end(producer).verdict is RanBefore.SURELY) == surely, producer
