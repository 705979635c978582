"""The live graph: after any edits it says what building the level anew says, and it looks at little."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.analysis.graph import Level, NodeDeclaration, NodeKind, build_level
from mfo_dialect.analysis.live_graph import LiveGraph
from mfo_dialect.analysis.live_wiring import LiveWiring
from mfo_dialect.analysis.wiring import BuiltWiring
from mfo_dialect.facts import Facts
from tests.effort import examples

_NAMES = [f"n{number}" for number in range(7)]
_IDS = st.sampled_from(_NAMES)
_declarations = st.builds(
    NodeDeclaration,
    _IDS,
    st.sampled_from([NodeKind.TASK, NodeKind.TASK, NodeKind.TASK, NodeKind.CONDITION]),
    st.lists(_IDS, max_size=2).map(tuple),
    st.lists(_IDS, max_size=2).map(tuple),
)
_changes = st.lists(
    st.lists(st.tuples(st.integers(0, 7), st.none() | _declarations), min_size=1, max_size=3), max_size=12
)


def _is_plain(level: Level) -> bool:
    ids = [node.id for node in level.nodes]
    return not level.cycles and not level.loops and len(set(ids)) == len(ids)


def _agree(live: LiveGraph[int], level: Level, numbers: list[int]) -> None:
    assert live.is_plain.get() == _is_plain(level)
    place = {number: index for index, number in enumerate(numbers)}
    built = BuiltWiring(numbers, level, place.__getitem__)
    _agree_on_wiring(LiveWiring(live, lambda: built, place.__getitem__), built, numbers)
    conditions = {node.id for node in level.nodes if node.kind is NodeKind.CONDITION}
    assert {name for name in _NAMES if live.has_condition(name)} == conditions
    if not live.is_plain.get():
        return
    for number in numbers:
        index = place[number]
        assert {place[one] for one in live.predecessors(number)} == set(level.predecessors[index])
        assert {place[one] for one in live.successors(number)} == set(level.successors[index])
        assert {place[one] for one in live.guards(number)} == set(level.guards[index])
        for other in numbers:
            assert live.leads_to(number, other) == level.is_ancestor(index, of=place[other])
    rank = {place[number]: rank for rank, number in enumerate(live.by_label(numbers))}
    assert all(rank[source] < rank[target] for source, target in level.edges)


def _agree_on_wiring(live: LiveWiring[int], built: BuiltWiring[int], nodes: list[int]) -> None:
    assert (live.is_plain, live.has_cycle) == (built.is_plain, built.has_cycle)
    for node in nodes:
        for ask in (
            "predecessors",
            "successors",
            "guards",
            "branches",
            "runs_always",
            "is_unconditional",
            "in_loop",
        ):
            assert getattr(live, ask)(node) == getattr(built, ask)(node), ask
        for other in nodes:
            assert live.leads_to(node, other) == built.leads_to(node, other)
            steady = [one.leads_to(node, other, without_branches=True) for one in (live, built)]
            assert steady[0] == steady[1]
            assert live.same_loop(node, other) == built.same_loop(node, other)


@given(_changes)
@settings(max_examples=examples(300), deadline=None)
def test_after_any_edits_it_says_what_a_new_graph_says(changes: list[list[tuple[int, NodeDeclaration | None]]]) -> None:
    live: LiveGraph[int] = LiveGraph(Facts())
    declared: dict[int, NodeDeclaration] = {}
    for step in changes:
        live.update(step)
        for number, declaration in step:
            declared.pop(number, None)
            if declaration is not None:
                declared[number] = declaration
        numbers = sorted(declared)
        _agree(live, build_level([declared[number] for number in numbers]), numbers)


@given(_changes)
@settings(max_examples=examples(200), deadline=None)
def test_answers_that_were_given_are_corrected_by_edits(
    changes: list[list[tuple[int, NodeDeclaration | None]]],
) -> None:
    facts = Facts()
    live: LiveGraph[int] = LiveGraph(facts)
    start = [NodeDeclaration(name, dependencies=tuple(_NAMES[:number][-1:])) for number, name in enumerate(_NAMES)]
    live.update(enumerate(start))
    declared = dict(enumerate(start))

    def ask(source: int, target: int) -> tuple[bool, bool] | None:
        if not live.is_plain.get() or source not in declared or target not in declared:
            return None
        return live.leads_to(source, target), live.leads_to(source, target, without_branches=True)

    pairs = [(source, target) for source in range(7) for target in range(7)]
    answers = {pair: facts.derive(lambda pair=pair: ask(*pair), is_kept=True) for pair in pairs}
    for answer in answers.values():
        answer.get()
    for step in changes:
        kept = {number: one for number, one in step if one is not None and number in declared}  # none comes, none goes
        declared.update(kept)
        live.update(kept.items())
        facts.settle()
        level = build_level([declared[number] for number in range(7)])
        built = BuiltWiring(range(7), level, lambda number: number)
        for pair, answer in answers.items():
            both = built.leads_to(*pair), built.leads_to(*pair, without_branches=True)
            assert answer.get() == (both if _is_plain(level) else None)


def _chain(length: int) -> list[NodeDeclaration]:
    return [NodeDeclaration(f"n{one}", dependencies=(f"n{one - 1}",) if one else ()) for one in range(length)]


def test_an_edit_costs_its_surroundings_and_not_the_level() -> None:
    facts = Facts()
    live: LiveGraph[int] = LiveGraph(facts)
    nodes = _chain(2000)
    live.update(enumerate(nodes))
    near = [facts.derive(lambda one=one: live.leads_to(one - 3, one), is_kept=True) for one in range(3, 2000)]
    assert all(answer.get() for answer in near)
    computed = facts.computed
    live.update([(1000, replace(nodes[1000], id="other"))])
    facts.settle()
    assert facts.computed - computed < 20
    assert sum(not answer.get() for answer in near) == 3


def test_who_asks_along_an_edge_depends_on_that_edge_alone() -> None:
    facts = Facts()
    live: LiveGraph[int] = LiveGraph(facts)
    nodes = [
        *_chain(3),
        NodeDeclaration("popular", dependencies=("n0",)),
        NodeDeclaration("last", dependencies=("n2",)),
    ]
    live.update(enumerate(nodes))
    answer = facts.derive(lambda: live.leads_to(2, 4), is_kept=True)
    assert answer.get()
    computed = facts.computed
    for dependencies in (("n2", "popular"), ("popular", "n2"), ("n2",)):
        live.update([(4, replace(nodes[4], dependencies=dependencies))])
        facts.settle()
    assert facts.computed == computed
    for dependencies, is_led_to in ((("popular",), False), (("n2", "popular"), True)):
        live.update([(4, replace(nodes[4], dependencies=dependencies))])
        facts.settle()
        assert answer.get() is is_led_to


def test_a_node_pasted_among_others_moves_none_of_them() -> None:
    facts = Facts()
    live: LiveGraph[int] = LiveGraph(facts)
    live.update(enumerate(_chain(200)))
    before = live.by_label(range(200))
    live.update([(500, NodeDeclaration("new", dependencies=("n20", "n50"), successors=("n60",)))])
    assert live.by_label(range(200)) == before
    assert live.leads_to(50, 500)
    assert live.leads_to(500, 199)
    assert not live.leads_to(500, 59)


def test_a_node_that_comes_after_the_condition_that_names_it_is_its_branch() -> None:
    live: LiveGraph[int] = LiveGraph(Facts())
    live.update([(0, NodeDeclaration("asks", NodeKind.CONDITION, (), ("yes", "no"))), (1, NodeDeclaration("yes"))])
    assert live.branches(0) == (1, None)
    live.update([(2, NodeDeclaration("no"))])
    assert live.branches(0) == (1, 2)
    assert live.guards(2) == (0,)


def test_what_runs_in_any_case_is_known_again_all_along_a_chain() -> None:
    live: LiveGraph[int] = LiveGraph(Facts())
    nodes = _chain(50)
    live.update([*enumerate(nodes), (60, NodeDeclaration("asks", NodeKind.CONDITION, (), ("n0",)))])
    assert not any(live.runs_always(node) or live.is_unconditional(node) for node in range(50))
    live.update([(25, replace(nodes[25], dependencies=()))])
    assert [live.runs_always(node) for node in range(50)] == [False] * 25 + [True] * 25
    live.update([(10, replace(nodes[10], dependencies=("n9", "n30"))), (61, NodeDeclaration("free"))])
    assert live.runs_always(10)
    assert not live.is_unconditional(10)
    live.update([(60, None)])
    assert all(live.is_unconditional(node) for node in (*range(50), 61))
