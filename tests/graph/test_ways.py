"""Questions that are answered near the node: on plain levels they are those of the whole level's order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.analysis.graph import Level, NodeDeclaration, NodeKind, build_level
from mfo_dialect.analysis.run_order import RanBefore, RunOrders
from mfo_dialect.analysis.ways import one_surely_runs, ran_before, surely_runs
from mfo_dialect.analysis.wiring import BuiltWiring
from tests.effort import examples

TASK, CONDITION = NodeKind.TASK, NodeKind.CONDITION


@st.composite
def levels(draw: st.DrawFn) -> Level:
    """A level without loops: edges lead to nodes with higher numbers, which are written in any order."""
    count = draw(st.integers(2, 9))
    nodes: list[NodeDeclaration] = []
    for number in range(count):
        earlier = [f"n{one}" for one in range(number)]
        later = [f"n{one}" for one in range(number + 1, count)]
        dependencies = draw(st.lists(st.sampled_from(earlier), max_size=2)) if earlier else []
        successors = draw(st.lists(st.sampled_from(later), max_size=3)) if later else []
        kind = draw(st.sampled_from([TASK, TASK, CONDITION]))
        nodes.append(NodeDeclaration(f"n{number}", kind, tuple(dependencies), tuple(successors)))
    return build_level(draw(st.permutations(nodes)))


def wiring_of(level: Level) -> BuiltWiring[int]:
    return BuiltWiring(range(len(level.nodes)), level, int)


@given(levels())
@settings(max_examples=examples(300), deadline=None)
def test_whether_one_node_ran_before_another_is_what_the_order_of_the_whole_level_says(level: Level) -> None:
    wiring, orders = wiring_of(level), RunOrders(level)
    for reader, reading in enumerate(level.nodes):
        for producer, producing in enumerate(level.nodes):
            if level.is_ancestor(producer, of=reader):
                wanted = orders.ran_before((reading.id,), (producing.id,)).verdict
                assert ran_before(reader, producer, wiring) is wanted


@given(levels())
@settings(max_examples=examples(300), deadline=None)
def test_what_surely_runs_is_what_the_whole_level_says(level: Level) -> None:
    wiring, orders = wiring_of(level), RunOrders(level)
    for number, node in enumerate(level.nodes):
        surely = orders.ran_by_the_end((node.id,)).verdict is RanBefore.SURELY
        assert one_surely_runs((number,), wiring) == surely
        assert surely_runs(number, wiring) == (surely and not wiring.guards(number))


def test_of_the_branches_of_one_condition_one_surely_runs() -> None:
    both = NodeDeclaration("asks", CONDITION, (), ("yes", "no"))
    level = build_level(
        [both, NodeDeclaration("yes"), NodeDeclaration("no"), NodeDeclaration("join", TASK, ("yes", "no"))]
    )
    wiring = wiring_of(level)
    assert not one_surely_runs((1,), wiring)
    assert one_surely_runs((1, 2), wiring)
    assert surely_runs(3, wiring)
    assert not surely_runs(1, wiring)
