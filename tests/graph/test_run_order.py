"""What has run before a node starts: literal cases, and all outcomes of small random graphs played through."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.analysis.graph import Level, NodeDeclaration, NodeKind, build_level
from mfo_dialect.analysis.run_order import RanBefore, RunOrder, RunOrders, Why
from tests.effort import examples

SURELY, PERHAPS, NEVER = RanBefore


def flow(text: str) -> RunOrders:
    """Lines ``name: successors``; ``name?`` is a condition, ``name{`` opens a subflow that ``}`` closes."""
    levels: list[list[NodeDeclaration]] = [[]]
    open_subflows: list[tuple[str, tuple[str, ...]]] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, _, rest = line.partition(":")
        successors = tuple(rest.split())
        if name.endswith("{"):
            open_subflows.append((name[:-1], successors))
            levels.append([])
        elif name == "}":
            inner = tuple(levels.pop())
            name, successors = open_subflows.pop()
            levels[-1].append(NodeDeclaration(name, NodeKind.SUBFLOW, successors=successors, inner=inner))
        else:
            kind = NodeKind.CONDITION if name.endswith("?") else NodeKind.TASK
            levels[-1].append(NodeDeclaration(name.rstrip("?"), kind, successors=successors))
    return RunOrders(build_level(levels[0]))


def ask(text: str, reader: str, producer: str) -> RunOrder:
    return flow(text).ran_before(tuple(reader.split(".")), tuple(producer.split(".")))


BRANCHES = "s: c\nc?: yes no\nyes: join\nno: join\njoin:"
GUARDED = "s: c\nc?: yes no\nyes: after\nafter: end\nno: end\nend:"
LOOP = "s: a\na: b\nb: c\nc?: a done\ndone:"
SUBFLOW = "s: sub\nsub{: end\nx: y\ny: c\nc?: z w\nz:\nw:\n}\nend:\nother:"


@pytest.mark.parametrize(
    ("text", "reader", "producer", "verdict", "why"),
    [
        ("a: b\nb: c\nc:", "c", "a", SURELY, Why.ORDER),
        ("a: b\nb:\nc:", "c", "a", NEVER, Why.NOT_BEFORE),
        ("a: b\nb:", "a", "b", NEVER, Why.NOT_BEFORE),
        ("a:", "a", "a", NEVER, Why.NOT_BEFORE),
        (BRANCHES, "join", "yes", PERHAPS, Why.BRANCH),
        (BRANCHES, "join", "c", SURELY, Why.ORDER),
        (BRANCHES, "join", "s", SURELY, Why.ORDER),
        (BRANCHES, "yes", "no", NEVER, Why.NOT_BEFORE),
        (GUARDED, "after", "yes", SURELY, Why.ORDER),
        (GUARDED, "end", "after", PERHAPS, Why.BRANCH),
        # A branch that depends on a task of the other branch runs without it.
        ("c?: yes no\nyes: no\nno:", "no", "yes", NEVER, Why.OTHER_BRANCH),
        # A branch that also waits for an independent task.
        ("c?: yes\nt: yes\nyes:", "yes", "t", SURELY, Why.ORDER),
        # Both branches lead to the producer, by different ways.
        ("c?: a b\na: p\nb: p\np: r\nr:", "r", "p", SURELY, Why.ORDER),
        ("c?: a b\na: p r\nb: p r\np: r\nr:", "r", "p", SURELY, Why.ORDER),
        # A condition with one branch may take none; the join runs on the other way.
        ("c?: a\na: r\nt: r\nr:", "r", "a", PERHAPS, Why.BRANCH),
        ("c?: a\na: r\nr:", "r", "a", SURELY, Why.ORDER),
        # Two conditions that guard the same node: either suffices.
        ("s: c d\nc?: a x\nd?: a y\na: r\nx: r\ny: r\nr:", "r", "a", PERHAPS, Why.BRANCH),
        # The loop's own nodes, before and after in one iteration.
        (LOOP, "b", "a", SURELY, Why.ORDER),
        (LOOP, "a", "b", PERHAPS, Why.PREVIOUS_ITERATION),
        (LOOP, "a", "a", PERHAPS, Why.PREVIOUS_ITERATION),
        (LOOP, "a", "s", SURELY, Why.ORDER),
        (LOOP, "done", "b", SURELY, Why.ORDER),
        (LOOP, "b", "done", NEVER, Why.NOT_BEFORE),
        # The head runs again though its guard, and so what lies between, passed it by.
        ("g?: p m\np: h\nh: m\nm: c\nc?: h done\ndone:", "h", "p", PERHAPS, Why.BRANCH),
        # A condition that takes its loop edge takes no other branch, and the iteration is completed first.
        ("h: c r\nc?: h x\nx: r\nr: d\nd?: h done\ndone:", "r", "x", PERHAPS, Why.BRANCH),
        ("h: c r\nc?: h x\nx: r\nr: d\nd?: h done\ndone:", "done", "x", SURELY, Why.ORDER),
        # A node after a loop waits for all of it, also for what does not lead to the node.
        ("a: c b\nc?: a x\nb: d\nd?: a -\nx:", "x", "b", SURELY, Why.ORDER),
        # Subflows: inner nodes read the subflow's ancestors, later nodes read inner nodes.
        (SUBFLOW, "sub.x", "s", SURELY, Why.ORDER),
        (SUBFLOW, "sub.y", "sub.x", SURELY, Why.ORDER),
        (SUBFLOW, "sub.x", "end", NEVER, Why.NOT_BEFORE),
        (SUBFLOW, "sub.x", "sub", NEVER, Why.NOT_BEFORE),
        (SUBFLOW, "end", "sub.y", SURELY, Why.ORDER),
        (SUBFLOW, "end", "sub.z", PERHAPS, Why.BRANCH),
        (SUBFLOW, "end", "sub", SURELY, Why.ORDER),
        (SUBFLOW, "other", "sub.x", NEVER, Why.NOT_BEFORE),
        # The nodes inside a subflow that is in a loop's body.
        ("sub{: c\nx: y\ny:\n}\nc?: sub -", "sub.x", "sub.y", PERHAPS, Why.PREVIOUS_ITERATION),
        ("sub{: c\nx: y\ny:\n}\nc?: sub -", "sub.x", "c", PERHAPS, Why.PREVIOUS_ITERATION),
    ],
)
def test_verdicts(text: str, reader: str, producer: str, verdict: RanBefore, why: Why):
    answer = ask(text, reader, producer)
    assert (answer.verdict, answer.why) == (verdict, why)


@pytest.mark.parametrize(
    ("text", "reader", "producer", "condition", "branches"),
    [
        (BRANCHES, "join", "yes", "c", (0,)),
        (BRANCHES, "join", "no", "c", (1,)),
        (GUARDED, "end", "after", "c", (0,)),
        (SUBFLOW, "end", "sub.w", "sub.c", (1,)),
        ("c?: yes no\nyes: no\nno:", "no", "yes", "c", (0,)),
        ("c?: x p y p\nx: r\ny: r\np: r\nr:", "r", "p", "c", (1, 3)),
        # The nearest of two conditions, but not one that lets neither of them pass.
        ("c?: d x\nd?: p y\nx: r\ny: r\np: r\nr:", "r", "p", "d", (0,)),
        ("c?: d x\nd?: a b\na: p\nb: p\nx: r\np: r\nr:", "r", "p", "c", (0,)),
    ],
)
def test_which_condition_decides(text: str, reader: str, producer: str, condition: str, branches: tuple[int, ...]):
    answer = ask(text, reader, producer)
    assert (answer.condition, answer.branches) == (tuple(condition.split(".")), branches)


@pytest.mark.parametrize(
    ("text", "reader", "producer", "dependent", "dependency", "makes_cycle"),
    [
        ("a:\nb:", "a", "b", ("a",), ("b",), False),
        ("a: b\nb:", "a", "b", ("a",), ("b",), True),
        (SUBFLOW, "sub.y", "other", ("sub",), ("other",), False),
        (SUBFLOW, "sub.y", "end", ("sub",), ("end",), True),
        (SUBFLOW, "other", "sub.y", ("other",), ("sub",), False),
        (SUBFLOW, "sub.z", "sub.w", ("sub", "z"), ("sub", "w"), False),
        ("a:", "a", "a", None, None, True),
    ],
)
def test_which_dependency_would_help(text, reader, producer, dependent, dependency, makes_cycle):
    answer = ask(text, reader, producer)
    assert (answer.dependent, answer.dependency, answer.makes_cycle) == (dependent, dependency, makes_cycle)


@pytest.mark.parametrize(
    ("producer", "verdict"), [("s", SURELY), ("sub.y", SURELY), ("sub.z", PERHAPS), ("end", SURELY)]
)
def test_what_has_run_by_the_end(producer: str, verdict: RanBefore):
    assert flow(SUBFLOW).ran_by_the_end(tuple(producer.split("."))).verdict is verdict


def test_a_path_to_nowhere():
    with pytest.raises(KeyError):
        ask("a:", "a", "b")
    with pytest.raises(KeyError):
        ask("a:\nb:", "a", "b.c")


def test_a_wide_level_of_many_conditions_takes_bounded_time():
    layers = [[f"c{i}?: a{i} b{i}", f"a{i}: c{i + 1} last", f"b{i}: c{i + 1}"] for i in range(300)]
    orders = flow("\n".join(itertools.chain(*layers, ["c300:", "last:"])))
    for i in range(300):
        assert orders.ran_before(("last",), (f"a{i}",)).verdict is PERHAPS
        assert orders.ran_before(("c300",), (f"c{i}",)).verdict is SURELY


@st.composite
def acyclic_levels(draw) -> Level:
    count = draw(st.integers(2, 7))
    order = draw(st.permutations(range(count)))
    nodes = []
    for number in range(count):
        kind = draw(st.sampled_from([NodeKind.TASK, NodeKind.CONDITION]))
        later = [other for other in range(count) if order[other] > order[number]]
        targets = draw(st.lists(st.sampled_from(later), max_size=3)) if later else []
        waits = [other for other in range(count) if order[other] < order[number]]
        sources = draw(st.lists(st.sampled_from(waits), max_size=1)) if waits else []
        nodes.append(
            NodeDeclaration(
                f"n{number}", kind, tuple(f"n{source}" for source in sources), tuple(f"n{target}" for target in targets)
            )
        )
    return build_level(nodes)


def all_runs(level: Level):
    """The nodes that run, for every outcome of all conditions: rules 1 and 2 read word by word."""
    choices = []
    for node in level.nodes:
        branches = len(node.successors)
        if node.kind is not NodeKind.CONDITION:
            choices.append([None])
        else:
            choices.append([*range(branches), None] if branches < 2 else list(range(branches)))
    for outcome in itertools.product(*choices):
        ran: set[int] = set()
        for node in level.order:
            conditions = [
                source
                for source, declaration in enumerate(level.nodes)
                if declaration.kind is NodeKind.CONDITION and level.nodes[node].id in declaration.successors
            ]
            selected = any(
                condition in ran
                and outcome[condition] is not None
                and level.nodes[condition].successors[outcome[condition]] == level.nodes[node].id
                for condition in conditions
            )
            sources = level.predecessors[node]
            if (selected or not conditions) and (not sources or any(source in ran for source in sources)):
                ran.add(node)
        yield ran


@settings(max_examples=examples(300))
@given(acyclic_levels())
def test_acyclic_levels_exactly(level: Level):
    runs = list(all_runs(level))
    orders = RunOrders(level)
    for reader, producer in itertools.permutations(range(len(level.nodes)), 2):
        answer = orders.ran_before((level.nodes[reader].id,), (level.nodes[producer].id,))
        if not level.ancestors[reader] >> producer & 1:
            assert (answer.verdict, answer.why) == (NEVER, Why.NOT_BEFORE)
            continue
        seen = {producer in ran for ran in runs if reader in ran}
        assert seen == {SURELY: {True}, NEVER: {False}, PERHAPS: {True, False}}[answer.verdict]
    for producer, node in enumerate(level.nodes):
        surely = all(producer in ran for ran in runs)
        assert (orders.ran_by_the_end((node.id,)).verdict is SURELY) == surely


@settings(max_examples=examples(300))
@given(acyclic_levels())
def test_the_condition_that_decides_does_decide(level: Level):
    runs = list(all_runs(level))
    for producer, node in enumerate(level.nodes):
        answer = RunOrders(level).ran_by_the_end((node.id,))
        if answer.verdict is PERHAPS:
            assert answer.condition is not None
            condition = level.position[answer.condition[-1]]
            assert any(producer in ran and condition in ran for ran in runs)
            assert all(level.branches[condition][branch] is not None for branch in answer.branches)
