"""The graph of a level: edges, branches, loops, cycles and order, by small literal cases and by properties."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfo_dialect.analysis.graph import (
    Level,
    NodeDeclaration,
    NodeKind,
    Priority,
    build_level,
    walk_levels,
)


def level(text: str, *declarations: NodeDeclaration) -> Level:
    """A level from lines ``name: successors``; a name that ends in ``?`` is a condition, ``-`` an empty branch."""
    nodes = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, _, successors = line.partition(":")
        kind = NodeKind.CONDITION if name.endswith("?") else NodeKind.TASK
        nodes.append(NodeDeclaration(name.rstrip("?"), kind, successors=tuple(successors.split())))
    return build_level([*nodes, *declarations])


def names(level: Level, numbers) -> list[str]:
    return [level.nodes[number].id for number in numbers]


def named_loops(level: Level) -> list[tuple[str, str, str]]:
    return [
        (names(level, [loop.head])[0], " ".join(names(level, loop.body)), " ".join(names(level, loop.conditions)))
        for loop in level.loops
    ]


def test_both_spellings_of_an_edge_are_one_edge():
    built = build_level(
        [
            NodeDeclaration("a", successors=("b", "c")),
            NodeDeclaration("b", dependencies=("a",)),
            NodeDeclaration("c", dependencies=("b",)),
        ]
    )
    assert built.edges == ((0, 1), (0, 2), (1, 2))
    assert built.predecessors == ((), (0,), (0, 1))
    assert built.successors == ((1, 2), (2,), ())


def test_names_that_no_node_has_and_edges_to_itself_are_ignored():
    built = build_level([NodeDeclaration("a", dependencies=("a", "nowhere"), successors=("a", "gone"))])
    assert built.edges == ()
    assert built.cycles == ()


def test_an_id_that_occurs_twice_means_the_first():
    built = build_level([NodeDeclaration("a"), NodeDeclaration("a"), NodeDeclaration("b", dependencies=("a",))])
    assert built.edges == ((0, 2),)
    assert built.position["a"] == 0


def test_branches_keep_their_numbers_past_unknown_names():
    built = level("c?: gone yes c yes\nyes:")
    assert built.branches[0] == (None, 1, None, 1)
    assert built.guards == ((), (0,))


def test_entries_and_order_by_the_document():
    built = level("z: y\ny:\nx: w\nw: y")
    assert names(built, built.entries) == ["z", "x"]
    assert names(built, built.order) == ["z", "x", "w", "y"]


@pytest.mark.parametrize(
    ("text", "loops"),
    [
        ("a: b\nb: c\nc?: a done\ndone:", [("a", "a b c", "c")]),
        ("start: a\na: c\nc?: done a\ndone:", [("a", "a c", "c")]),
        # A task before the condition: the condition is no head, the task after it is.
        ("start: c\nc?: work done\nwork: c\ndone:", [("work", "c work", "c")]),
        # Two candidates: the one that is entered from outside, though it stands later.
        ("c?: b -\nb: d\nd?: c -\nstart: b", [("b", "c b d", "c")]),
        # Two candidates, neither or both entered from outside: the first of the document.
        ("c?: b -\nb: d\nd?: c -", [("c", "c b d", "d")]),
        ("c?: b -\nb: d\nd?: c -\nstart: b c", [("c", "c b d", "d")]),
        # Two conditions lead back to one head.
        ("a: c d\nc?: a x\nd?: a x\nx:", [("a", "a c d", "c d")]),
        # A loop in a loop, found in what is left.
        ("a: b\nb: c\nc?: b d\nd?: a x\nx:", [("a", "a b c d", "d"), ("b", "b c", "c")]),
        # One condition leads back to both heads.
        ("a: b\nb: c\nc?: b a\nx:", [("a", "a b c", "c"), ("b", "b c", "c")]),
        # Two loops side by side.
        ("a: c\nc?: a b\nb: d\nd?: b x\nx:", [("a", "a c", "c"), ("b", "b d", "d")]),
    ],
)
def test_loops(text: str, loops: list[tuple[str, str, str]]):
    built = level(text)
    assert sorted(named_loops(built)) == sorted(loops)
    assert built.cycles == ()


def test_a_loop_edge_is_no_predecessor_of_its_target():
    built = level("start: a\na: c\nc?: a done\ndone:")
    assert names(built, built.predecessors[1]) == ["start"]
    assert built.is_loop_edge(2, 1)
    assert not built.is_loop_edge(2, 3)
    assert built.guards[1] == ()
    assert names(built, built.guards[3]) == ["c"]


def test_the_nearest_loop_and_those_around_it():
    built = level("a: b\nb: c\nc?: b d\nd?: a x\nx:")
    outer, inner = 0, 1
    assert built.loops[inner].parent == outer
    assert built.loops_around(1) == (inner, outer)
    assert built.loops_around(4) == ()
    assert built.innermost_common_loop(1, 3) == outer
    assert built.innermost_common_loop(1, 4) is None


@pytest.mark.parametrize(
    ("text", "gates"),
    [
        ("a: c\nc?: a x\nx:", {"x": ["a"]}),
        # Out of an inner loop into the outer one, and out of both at once.
        ("a: b\nb: c\nc?: b d\nd?: a x\nx:", {"d": ["b"], "x": ["a"]}),
        ("a: b\nb: c\nc?: b d x\nd?: a x\nx:", {"d": ["b"], "x": ["a"]}),
        ("a: b\nb:", {}),
    ],
)
def test_nodes_after_a_loop_wait_for_the_whole_loop(text: str, gates: dict[str, list[str]]):
    built = level(text)
    waits = {
        node.id: names(built, (built.loops[gate].head for gate in gates))
        for node, gates in zip(built.nodes, built.gates, strict=True)
        if gates
    }
    assert waits == gates


def test_what_has_ended_before_a_node_holds_whole_loops():
    built = level("a: c b\nc?: a x\nb: d\nd?: a -\nx:")
    assert built.is_ancestor(0, of=4)
    assert not built.is_ancestor(2, of=4)
    assert built.ended_before[4] == 0b1111
    assert built.ended_before[2] == 0b0001


@pytest.mark.parametrize(
    ("text", "cycles"),
    [
        ("a: b\nb: a", ["a b"]),
        ("b: c\nc: a\na: b", ["b c a"]),
        ("a: b\nb: c\nc: a b", ["a b c", "b c"]),
        ("a: b c\nb: a\nc: a", ["a b", "a c"]),
        # A loop through a condition, with a cycle of tasks in it: only the cycle is told.
        ("a: b\nb: d c\nd: b\nc?: a x\nx:", ["b d"]),
        # Every node of the component is entered by a task as well.
        ("a: c b\nc?: a b\nb: a", ["a b"]),
    ],
)
def test_cycles_without_a_head(text: str, cycles: list[str]):
    built = level(text)
    assert [" ".join(cycle.path) for cycle in built.cycles] == cycles
    assert sorted(built.order) == list(range(len(built.nodes)))


def test_edges_never_cross_levels():
    inner = (NodeDeclaration("x", dependencies=("a", "y")), NodeDeclaration("y"))
    built = build_level([NodeDeclaration("a"), NodeDeclaration("s", NodeKind.SUBFLOW, ("a",), inner=inner)])
    assert built.edges == ((0, 1),)
    assert built.inner[0] is None
    assert built.inner[1] is not None
    assert built.inner[1].edges == ((1, 0),)
    assert [path for path, _ in walk_levels(built)] == [(), ("s",)]


def test_priorities_are_kept_and_ordered():
    built = build_level([NodeDeclaration("a", priority=Priority.LOW)])
    assert built.nodes[0].priority is Priority.LOW
    assert sorted(Priority) == [Priority.HIGH, Priority.NORMAL, Priority.LOW]


@pytest.mark.parametrize(
    "nodes",
    [
        pytest.param([NodeDeclaration(f"n{i}", successors=(f"n{i + 1}",)) for i in range(10_000)], id="chain"),
        pytest.param([NodeDeclaration("n0", dependencies=tuple(f"n{i}" for i in range(10_000)))], id="unknown"),
        pytest.param(
            [NodeDeclaration(f"n{i}", successors=(f"n{(i + 1) % 10_000}",)) for i in range(10_000)], id="ring"
        ),
        pytest.param(
            [NodeDeclaration(f"n{i}", successors=(f"n{i + 1}", f"n{i - 1}")) for i in range(5_000)], id="there and back"
        ),
        pytest.param(
            [NodeDeclaration(f"h{i}", successors=(f"h{i + 1}",)) for i in range(2_000)]
            + [
                NodeDeclaration(f"h{2000 + i}", NodeKind.CONDITION, successors=(f"h{1999 - i}", f"h{2001 + i}"))
                for i in range(2_000)
            ],
            id="two thousand nested loops",
        ),
    ],
)
def test_large_levels_take_bounded_time(nodes: list[NodeDeclaration]):
    built = build_level(nodes)
    assert sorted(built.order) == list(range(len(nodes)))
    assert len(built.ended_before) == len(nodes)


def test_deeply_nested_subflows_do_not_recurse():
    node = NodeDeclaration("leaf")
    for depth in range(3_000):
        node = NodeDeclaration(f"s{depth}", NodeKind.SUBFLOW, inner=(node,))
    assert sum(1 for _ in walk_levels(build_level((node,)))) == 3_001


@st.composite
def random_levels(draw) -> Level:
    count = draw(st.integers(1, 7))
    nodes = []
    for number in range(count):
        kind = draw(st.sampled_from([NodeKind.TASK, NodeKind.CONDITION]))
        targets = draw(st.lists(st.integers(0, count - 1), max_size=3))
        nodes.append(NodeDeclaration(f"n{number}", kind, successors=tuple(f"n{target}" for target in targets)))
    return build_level(nodes)


def has_cycle(count: int, edges: set[tuple[int, int]]) -> bool:
    reach = set(edges)
    for middle, source, target in itertools.product(range(count), repeat=3):
        if (source, middle) in reach and (middle, target) in reach:
            reach.add((source, target))
    return any((node, node) in reach for node in range(count))


@given(random_levels())
def test_properties_of_any_level(built: Level):
    count = len(built.nodes)
    place = {node: at for at, node in enumerate(built.order)}
    kept = {(source, target) for source, targets in enumerate(built.successors) for target in targets}
    assert sorted(built.order) == list(range(count))
    assert all(place[source] < place[target] for source, target in kept)
    loop_edges = {(condition, loop.head) for loop in built.loops for condition in loop.conditions}
    assert not loop_edges & kept
    tasks_only = {(a, b) for a, b in built.edges if built.nodes[a].kind is not NodeKind.CONDITION}
    assert bool(built.cycles) == has_cycle(count, tasks_only)
    if not built.cycles:
        assert loop_edges | kept == set(built.edges)
    for node, gates in enumerate(built.gates):
        for gate in gates:
            assert all(place[member] < place[node] for member in built.loops[gate].body)
    for loop in built.loops:
        assert all(built.nodes[condition].kind is NodeKind.CONDITION for condition in loop.conditions)
        assert loop.parent is None or set(loop.body) < set(built.loops[loop.parent].body)
