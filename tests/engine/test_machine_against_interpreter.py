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
from tests.effort import examples

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


class Program:
    """One level made as a person would: things in a row, each a task, a subflow, a choice or a loop around a row."""

    def __init__(self, draw, prefix: str = "", depth: int = 0) -> None:
        self.draw, self.prefix, self.depth = draw, prefix, depth
        self.made: dict[str, tuple[NodeKind, list[str], tuple[NodeDeclaration, ...]]] = {}
        self.row([], 2 if depth else 3)

    def node(self, kind: NodeKind, inner: tuple[NodeDeclaration, ...] = ()) -> str:
        name = f"{self.prefix}{'abcdefghijklmnopqrstuvwxyz'[len(self.made)]}"
        self.made[name] = (kind, [], inner)
        return name

    def link(self, sources: list[str], target: str) -> None:
        for source in sources:
            self.made[source][1].append(target)

    def row(self, heads: list[str], most: int) -> tuple[str, list[str]]:
        """Its first node and its last ones; ``heads`` are those of the loops around it."""
        first, ends = "", []
        for _ in range(self.draw(st.integers(1, most))):
            full = len(self.made) > 8 or len(heads) > 1
            what = "task" if full else self.draw(st.sampled_from(["task", "choice", "loop", "loop", "subflow"]))
            start, next_ends = self.loop(heads) if what == "loop" else self.single(what)
            self.link(ends, start)
            first, ends = first or start, next_ends
        return first, ends

    def single(self, what: str) -> tuple[str, list[str]]:
        if what == "choice":
            condition, one = self.node(NodeKind.CONDITION), self.node(NodeKind.TASK)
            self.link([condition], one)
            return condition, [condition, one] if self.draw(st.booleans()) else [one]
        inner = "subflow" in what and self.depth == 0
        if inner:
            name = f"{self.prefix}{'abcdefghijklmnopqrstuvwxyz'[len(self.made)]}"
            name = self.node(NodeKind.SUBFLOW, Program(self.draw, name, 1).nodes())
        else:
            name = self.node(NodeKind.TASK)
        return name, [name]

    def loop(self, heads: list[str]) -> tuple[str, list[str]]:
        head = self.node(NodeKind.TASK)
        first, ends = self.row([*heads, head], 2)
        self.link([head], first)
        condition = self.node(NodeKind.CONDITION)
        self.link(ends, condition)
        self.link([condition], head)
        if heads and self.draw(st.booleans()):
            self.link([condition], self.draw(st.sampled_from(heads)))
        if self.draw(st.booleans()):  # a second condition that can send the loop round, beside the first
            other = self.node(NodeKind.CONDITION)
            self.link([head], other)
            self.link([other], self.draw(st.sampled_from([*heads, head])))
        return head, [condition]

    def nodes(self) -> tuple[NodeDeclaration, ...]:
        names = list(self.made)
        for place, name in enumerate(names[:-1]):  # now and then a way past what lies between
            if self.draw(st.integers(0, 7)) == 0:
                self.link([name], self.draw(st.sampled_from(names[place + 1 :])))
        return tuple(
            NodeDeclaration(name, kind, successors=tuple(successors), inner=inner)
            for name, (kind, successors, inner) in self.made.items()
        )


@st.composite
def programs(draw) -> tuple[NodeDeclaration, ...]:
    return Program(draw).nodes()


class Script:
    """What nodes give, by their identity alone: the same for both, whatever the order."""

    def __init__(self, seed: int, trouble: float, nodes: tuple[NodeDeclaration, ...]) -> None:
        self.seed, self.trouble = seed, trouble
        self.branches: dict[str, int] = {}
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            self.branches[node.id] = len(node.successors)
            waiting.extend(node.inner)

    def draw(self, path: str) -> random.Random:
        return random.Random(f"{self.seed}/{path}")

    def value(self, path: str):
        chance = self.draw(path)
        if chance.random() < self.trouble:
            return chance.choice(["fail", 7, -1, 1.0])
        branches = self.branches[path.rpartition("/")[2].partition("[")[0]]
        return chance.choice([True, False, 0, 1] if branches in {0, 2} else [*range(branches), False])

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


@settings(max_examples=examples(300), deadline=None)
@given(
    nodes=levels() | programs(),
    seed=st.integers(0, 10_000),
    concurrency=st.integers(1, 4),
    limit=st.sampled_from([0, 1, 3, 5]),
    goes_on=st.booleans(),
    trouble=st.sampled_from([0.0, 0.0, 0.05, 0.2]),
)
def test_the_machine_does_what_the_interpreter_does(nodes, seed, concurrency, limit, goes_on, trouble):
    script = Script(seed, trouble, nodes)
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


@settings(max_examples=examples(150), deadline=None)
@given(nodes=levels() | programs(), seed=st.integers(0, 10_000))
def test_what_is_decided_does_not_depend_on_who_is_quicker(nodes, seed):
    plan = make_plan(build_level(nodes), RunSettings(max_concurrency=3, max_iterations=3, goes_on=True))
    seen = []
    for order in range(3):
        quick = Driven(plan, Script(seed, 0.1, nodes))
        chance = random.Random(order)
        while not quick.finished:
            node = quick.going[chance.choice(sorted(quick.going))]
            if quick.script.task_fails(str(node)):
                quick.happen(events.TaskFailed(node, TaskFailedError("it failed")))
            else:
                quick.happen(events.TaskSucceeded(node, str(node)))
        seen.append((sorted(quick.log), quick.state.outputs, quick.state.taken))
    assert seen[0] == seen[1] == seen[2]
