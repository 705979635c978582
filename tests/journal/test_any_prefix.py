"""Random taskflows whose events break off anywhere: what goes on from there ends as if nothing had happened."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.analysis.graph import NodeKind, build_level
from mfo_runtime.engine import RunSettings, make_plan, run_plan
from mfo_runtime.engine.states import NodeState, RunState
from mfo_runtime.errors import TaskFailedError, UnresolvedReferenceError
from mfo_runtime.flow.past import RESUMED, read_past
from mfo_runtime.flow.recording import RunRecorder
from mfo_runtime.journal import Codec
from tests.effort import examples
from tests.engine.test_machine_against_interpreter import Script, levels, programs

ENDED = {NodeState.SUCCEEDED.value, NodeState.FAILED.value}


class MemoryLog:
    """A log whose events are on disk as soon as they are committed."""

    def __init__(self, events=()):
        self.events = list(events)
        self.gathered = []

    def add(self, event):
        self.gathered.append(event)

    def commit(self):
        if not self.gathered:
            return None
        self.events += self.gathered
        self.gathered = []
        kept = asyncio.get_running_loop().create_future()
        kept.set_result(None)
        return kept


class Nodes:
    """What nodes do, by their identity alone; tasks take a random time, pause now and then, and note what they draw."""

    def __init__(self, script, names, chance):
        self.script, self.names, self.chance = script, names, chance
        self.executed = Counter()
        self.remembered = {}

    def reads(self, node):
        found = []
        for name in self.names:
            try:
                found.append((name, node.read(name)))
            except UnresolvedReferenceError:
                continue
        return hash(repr(found)) if any(value is not None for _, value in found) else None

    async def execute(self, task):
        self.executed[str(task.identity)] += 1
        read = self.reads(task)
        drawn = task.noted().get("drawn")
        if drawn is None:
            drawn = self.script.draw(str(task.identity)).random()
            await task.note("drawn", drawn)
        for _ in range(self.chance.randrange(3)):
            await asyncio.sleep(0)
        if self.chance.random() < 0.2:
            async with task.without_slot():
                await asyncio.sleep(0)
        if self.script.task_fails(str(task.identity)):
            raise TaskFailedError("it failed")
        return {"is": str(task.identity), "read": read, "drawn": drawn}

    def evaluate(self, condition):
        self.executed[str(condition.identity)] += 1
        value = self.script.value(str(condition.identity))
        if value == "fail":
            raise TaskFailedError("no value")
        return value

    def remember(self, condition, value):
        self.remembered[str(condition.identity)] = value

    def open_subflow(self, subflow):
        if self.script.value(str(subflow.identity)) == "fail":
            raise TaskFailedError("no input")


CODEC = Codec(dict, lambda form: "")


def go_on(plan, nodes, events):
    """Go on from these events: the result, and all events there are then."""
    log = MemoryLog(events)
    past = read_past(events, goes_on=plan.settings.goes_on)
    recorder = RunRecorder(log, CODEC, lambda node: {}, past)
    if events:
        failed = past.has_stopped
        past.do_again(failed=failed)
        recorder.resumed(failed=failed, tasks=())
    result = asyncio.run(run_plan(plan, nodes, recorder=recorder))
    return result, log.events


def ended_in(events):
    """The executions of tasks and conditions that need not be done again."""
    past = read_past(events, goes_on=True)
    return {node for node, event in past.endings.items() if event.kind in ENDED and event.kind != "failed"}


@settings(max_examples=examples(25), deadline=None)
@given(
    nodes=levels() | programs(),
    seed=st.integers(0, 10_000),
    concurrency=st.integers(1, 4),
    goes_on=st.booleans(),
    trouble=st.sampled_from([0.0, 0.0, 0.05, 0.2]),
)
def test_any_prefix_of_the_events_leads_to_the_same_end(nodes, seed, concurrency, goes_on, trouble):
    script = Script(seed, trouble, nodes)
    run_settings = RunSettings(max_concurrency=concurrency, max_iterations=3, goes_on=goes_on, grace=0)
    plan = make_plan(build_level(nodes), run_settings)
    tasks = [name for name, kind in zip(plan.ids, plan.kinds, strict=True) if kind is NodeKind.TASK]
    chance = random.Random(seed)
    result, events = go_on(plan, Nodes(script, tasks, chance), [])
    for count in range(len(events) + 1):
        again = Nodes(script, tasks, chance)
        prefix = events[:count]
        resumed, longer = go_on(plan, again, prefix)
        assert not again.executed.keys() & ended_in(prefix)
        assert max(again.executed.values(), default=1) == 1
        assert resumed.state is result.state
        if goes_on or result.state is RunState.SUCCEEDED:
            assert (resumed.states, resumed.outputs) == (result.states, result.outputs)
        cut = chance.randrange(count, len(longer) + 1)
        twice = Nodes(script, tasks, chance)
        once_more, _ = go_on(plan, twice, longer[:cut])
        assert not twice.executed.keys() & ended_in(longer[:cut])
        assert once_more.state is result.state
        if goes_on or result.state is RunState.SUCCEEDED:
            assert (once_more.states, once_more.outputs) == (result.states, result.outputs)


def test_a_run_that_went_on_says_so():
    plan = make_plan(build_level(()), RunSettings())
    _, events = go_on(plan, None, [])
    _, longer = go_on(plan, None, events)
    assert [event.kind for event in longer] == ["running", "succeeded", RESUMED, "running", "succeeded"]
