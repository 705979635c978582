"""In loops the answers need not be exact, but they must never promise what a run does not keep."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.analysis.graph import NodeDeclaration, NodeKind, build_level
from mfo_dialect.analysis.run_order import RanBefore, RunOrders, Why
from tests.effort import examples
from tests.engine.interpreter import Interpreter


@st.composite
def levels_with_loops(draw) -> tuple[NodeDeclaration, ...]:
    names = "abcdefg"[: draw(st.integers(2, 7))]
    made = []
    for place, name in enumerate(names):
        is_condition = draw(st.booleans())
        targets = [other for other in names if other != name] if is_condition else list(names[place + 1 :])
        successors = draw(st.lists(st.sampled_from(targets), max_size=3)) if targets else []
        kind = NodeKind.CONDITION if is_condition else NodeKind.TASK
        made.append(NodeDeclaration(name, kind, successors=tuple(successors)))
    return tuple(made)


@settings(max_examples=examples(300), deadline=None)
@given(nodes=levels_with_loops(), seed=st.integers(0, 1000))
def test_promises_are_kept(nodes: tuple[NodeDeclaration, ...], seed: int):
    branches = {node.id: len(node.successors) for node in nodes}

    def value_of(path: str) -> object:
        count = branches[path[0]]
        chance = random.Random(f"{seed}/{path}")
        return chance.choice([False, 0]) if count == 1 else chance.randrange(max(count, 1))

    orders = RunOrders(build_level(nodes))
    run = Interpreter(nodes, max_concurrency=3, max_iterations=4, goes_on=False, value_of=value_of)
    chance = random.Random(seed)
    while not run.is_over() and not run.stopping:
        name = chance.choice(run.running())
        for other in branches:
            answer = orders.ran_before((name,), (other,))
            if answer.verdict is RanBefore.SURELY:
                assert run.states[other] == "succeeded"
            elif answer.why is Why.OTHER_BRANCH:
                assert run.states[other] == "skipped"
            elif answer.why is Why.BRANCH:
                assert run.states[other] in {"succeeded", "skipped"}
        run.succeed(name, name)
    if not run.stopping:
        for other in branches:
            if orders.ran_by_the_end((other,)).verdict is RanBefore.SURELY:
                assert run.states[other] == "succeeded"
