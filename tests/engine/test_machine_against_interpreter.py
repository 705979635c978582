"""Random taskflows run by the machine and by the slow interpreter, in random completion orders: always the same."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.analysis.graph import NodeDeclaration, NodeKind, Priority, build_level
from mfo_runtime.engine import events
from mfo_runtime.engine.machine import start, step
from mfo_runtime.engine.plan import RunSettings, make_plan
from mfo_runtime.engine.reading import read
from mfo_runtime.engine.states import RunState
from mfo_runtime.errors import ConditionFailedError, TaskFailedError, UnresolvedReferenceError

from .interpreter import Interpreter


@st.composite
def levels(draw, prefix: str = "", depth: int = 0) -> tuple[NodeDeclaration, ...]:
    count = draw(st.integers(0 if depth else 1, 6 if depth == 0 else 3))
    kinds = [NodeKind.TASK, NodeKind.TASK, NodeKind.CONDITION, *([NodeKind.SUBFLOW] if depth < 2 else [])]
    names = [f"{prefix}{letter}" for letter in "abcdef"[:count]]
    made = []
    for place, name in enumerate(names):
        kind = draw(st.sampled_from(kinds))
        later = names[place + 1 :]
        choices = [other for other in names if other != name] if kind is NodeKind.CONDITION else later
        successors = draw(st.lists(st.sampled_from(choices), max_size=3)) if choices else []
        made.append(
            NodeDeclaration(
                name,
                kind,
                successors=tuple(successors),
                priority=draw(st.sampled_from(Priority)),
                inner=draw(levels(prefix=name, depth=depth + 1)) if kind is NodeKind.SUBFLOW else (),
            )
        )
    return tuple(draw(st.permutations(made)))


@st.composite
def spines(draw, prefix: str = "", depth: int = 0) -> tuple[NodeDeclaration, ...]:
    """Nodes in a row with side ways; half of the conditions lead back: loops in loops, and ways into and out of them."""
    count = draw(st.integers(2, 7 if depth == 0 else 3))
    names = [f"{prefix}{letter}" for letter in "abcdefg"[:count]]
    made = []
    for place, name in enumerate(names):
        kind = draw(st.sampled_from([NodeKind.TASK, NodeKind.CONDITION, NodeKind.CONDITION, NodeKind.SUBFLOW]))
        if kind is NodeKind.SUBFLOW and depth:
            kind = NodeKind.TASK
        onward = names[place + 1 : place + 2] + draw(
            st.lists(st.sampled_from(names[place + 1 :] or [name]), max_size=1)
        )
        back = [draw(st.sampled_from(names[:place]))] if kind is NodeKind.CONDITION and place else []
        successors = draw(st.permutations(back + onward)) if kind is NodeKind.CONDITION else onward
        inner = draw(spines(prefix=name, depth=1)) if kind is NodeKind.SUBFLOW else ()
        made.append(NodeDeclaration(name, kind, successors=tuple(successors), inner=inner))
    return tuple(made)


class Script:
    """What nodes give, by their identity alone: the same for both, whatever the order."""

    def __init__(self, seed: int, trouble: float) -> None:
        self.seed, self.trouble = seed, trouble

    def draw(self, path: str) -> random.Random:
        return random.Random(f"{self.seed}/{path}")

    def value(self, path: str):
        chance = self.draw(path)
        if chance.random() < self.trouble:
            return chance.choice(["fail", 7, -1, 1.0])
        return chance.choice([True, False, 0, 1, 2, True, True])

    def task_fails(self, path: str) -> bool:
        return self.draw(path).random() < self.trouble


class Driven:
    """The machine, with its effects gathered; conditions and subflows are answered at once."""

    def __init__(self, plan, script: Script) -> None:
        self.state, self.script = start(plan), script
        self.going: dict[str, object] = {}
        self.log: list[tuple[str, str]] = []
        self.told: list[str] = []
        self.finished: list[RunState] = []
        self.grace_is_over = False
        self.happen(events.RunStarted())

    def happen(self, event) -> None:
        waiting = [event]
        while waiting:
            self.state, effects = step(self.state, waiting.pop(0))
            for effect in effects:
                match effect:
                    case events.StartTask(node):
                        self.log.append(("running", str(node)))
                        self.going[str(node)] = node
                    case events.EvaluateCondition(node):
                        self.log.append(("running", str(node)))
                        value = self.script.value(str(node))
                        failed = events.ConditionFailed(node, ConditionFailedError("no value"))
                        waiting.append(failed if value == "fail" else events.ConditionEvaluated(node, value))
                    case events.OpenSubflow(node):
                        self.log.append(("running", str(node)))
                        rejected = events.SubflowRejected(node, TaskFailedError("no input"))
                        value = self.script.value(str(node))
                        waiting.append(rejected if value == "fail" else events.SubflowAccepted(node))
                    case events.NodeEnded(node, state):
                        self.log.append((state.value, str(node)))
                        self.going.pop(str(node), None)
                    case events.ResumeTask(node):
                        self.log.append(("resumed", str(node)))
                    case events.CancelTask(node):
                        self.told.append(str(node))
                    case events.FinishRun(state):
                        self.finished.append(state)


def read_all(state, number: int, names: list[str]) -> dict[str, object]:
    found = {}
    for name in names:
        try:
            found[name] = read(state, number, name)
        except UnresolvedReferenceError:
            found[name] = None
    return found


def assert_same_so_far(quick: Driven, slow: Interpreter) -> None:
    starts = {"running", "resumed"}
    assert sorted(quick.going) == sorted(slow.path(name) for name in slow.running())
    assert [entry for entry in quick.log if entry[0] in starts] == [e for e in slow.log if e[0] in starts]
    plan = quick.state.plan
    assert {name: state.value for name, state in zip(plan.ids, quick.state.states, strict=True)} == slow.states


def something_happens(quick: Driven, slow: Interpreter, name: str, chance: random.Random) -> None:
    """One random event, to both; mostly the end of the task ``name``."""
    node = quick.going[slow.path(name)]
    if slow.stopping and not quick.grace_is_over and chance.random() < 0.3:
        quick.grace_is_over = True
        quick.happen(events.GraceOver())
        assert set(quick.going) <= set(quick.told)
    elif quick.grace_is_over and chance.random() < 0.7:
        quick.happen(events.TaskCancelled(node))
        slow.cancelled(name)
    elif slow.paused.get(name) == "waits" and chance.random() < 0.6:
        quick.happen(events.TaskWantsSlot(node))
        slow.want_slot(name)
    elif name not in slow.paused and chance.random() < 0.2:
        quick.happen(events.TaskPaused(node))
        slow.pause(name)
    elif quick.script.task_fails(str(node)):
        quick.happen(events.TaskFailed(node, TaskFailedError("it failed")))
        slow.fail(name)
    else:
        quick.happen(events.TaskSucceeded(node, f"output of {node}"))
        slow.succeed(name, f"output of {node}")


@settings(max_examples=300, deadline=None)
@given(
    nodes=levels() | spines(),
    seed=st.integers(0, 10_000),
    concurrency=st.integers(1, 4),
    limit=st.integers(0, 3),
    goes_on=st.booleans(),
    trouble=st.sampled_from([0.0, 0.0, 0.1, 0.3]),
)
def test_the_machine_does_what_the_interpreter_does(nodes, seed, concurrency, limit, goes_on, trouble):
    script = Script(seed, trouble)
    chance = random.Random(seed)
    probe = make_plan(build_level(nodes))
    without_slot = [name for name in probe.ids if chance.random() < 0.1]
    plan = make_plan(
        build_level(nodes),
        RunSettings(max_concurrency=concurrency, max_iterations=limit, goes_on=goes_on),
        without_slot=without_slot,
    )
    slow = Interpreter(
        nodes,
        max_concurrency=concurrency,
        max_iterations=limit,
        goes_on=goes_on,
        value_of=script.value,
        without_slot=without_slot,
    )
    quick = Driven(plan, script)
    tasks = [name for name, kind in zip(plan.ids, plan.kinds, strict=True) if kind is NodeKind.TASK]
    while not slow.is_over():
        assert_same_so_far(quick, slow)
        holding = [name for name in slow.running() if name not in without_slot and name not in slow.paused]
        assert len(holding) <= concurrency
        name = chance.choice(slow.running())
        node = quick.going[slow.path(name)]
        assert read_all(quick.state, node.number, tasks) == {other: slow.read(name, other) for other in tasks}
        something_happens(quick, slow, name, chance)
    assert sorted(quick.log) == sorted(slow.log)
    assert {name: state.value for name, state in zip(plan.ids, quick.state.states, strict=True)} == slow.states
    assert dict(zip(plan.ids, quick.state.outputs, strict=True)) == slow.outputs
    conditions = [name for name, kind in zip(plan.ids, plan.kinds, strict=True) if kind is NodeKind.CONDITION]
    assert {name: quick.state.taken[plan.number_of[name]] for name in conditions} == {
        name: slow.taken[name] for name in conditions
    }
    assert quick.finished == [RunState.FAILED if slow.failure else RunState.SUCCEEDED]
    assert quick.state.failure is None if slow.failure is None else str(quick.state.failure[0]) == slow.failure


@settings(max_examples=150, deadline=None)
@given(nodes=levels() | spines(), seed=st.integers(0, 10_000))
def test_what_is_decided_does_not_depend_on_who_is_quicker(nodes, seed):
    plan = make_plan(build_level(nodes), RunSettings(max_concurrency=3, max_iterations=3, goes_on=True))
    seen = []
    for order in range(3):
        quick = Driven(plan, Script(seed, 0.1))
        chance = random.Random(order)
        while not quick.finished:
            node = quick.going[chance.choice(sorted(quick.going))]
            if quick.script.task_fails(str(node)):
                quick.happen(events.TaskFailed(node, TaskFailedError("it failed")))
            else:
                quick.happen(events.TaskSucceeded(node, str(node)))
        seen.append((sorted(quick.log), quick.state.outputs, quick.state.taken))
    assert seen[0] == seen[1] == seen[2]
