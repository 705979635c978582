"""The asyncio shell: times, cancellation, what observers are told, and that every run ends."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from mfo_runtime.engine import events
from mfo_runtime.engine.machine import start, step
from mfo_runtime.engine.observing import Clock, RunEvent
from mfo_runtime.engine.shell import Run, run_plan
from mfo_runtime.engine.states import NodeState, RunState
from mfo_runtime.errors import ConditionFailedError, RunCancelledError, TaskFailedError
from tests.effort import PATIENCE

from .flows import Played, Told, plan_of, play

FOREVER = 3600.0


async def forever(task) -> None:
    await asyncio.sleep(FOREVER)


async def stubborn(task) -> None:
    """A task that goes on when it is told to stop, until its test is over."""
    while STUBBORN:
        try:
            await asyncio.sleep(0.001)
        except asyncio.CancelledError:
            continue


STUBBORN: list[bool] = []


@pytest.fixture(autouse=True)
async def stubborn_tasks_end():
    STUBBORN.append(True)
    yield
    STUBBORN.clear()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:
        await asyncio.wait(left, timeout=PATIENCE)


async def fail(task) -> None:
    raise TaskFailedError("no luck")


def failure(played: Played) -> tuple[str, str]:
    assert played.result.failure is not None
    return played.result.failure.path, played.result.failure.error.code


@pytest.mark.parametrize("task", [forever, stubborn])
async def test_a_run_past_its_timeout_fails_at_once(task):
    plan = plan_of("a: b\nb:", timeout=0.01, grace=0.01)
    played = await play(plan, Told(does={"a": task}))
    assert failure(played) == ("", "run_timeout")
    assert played.having("cancelled") == "a b"
    assert played.result.state is RunState.FAILED


@pytest.mark.parametrize("task", [forever, stubborn])
async def test_running_tasks_get_the_grace_after_a_failure_and_then_stop(task):
    plan = plan_of("slow:\nbad:", max_concurrency=2, grace=0.01)
    played = await play(plan, Told(does={"slow": task, "bad": fail}))
    assert failure(played) == ("bad", "task_failed")
    assert played.states == {"slow": "cancelled", "bad": "failed"}


async def test_a_backoff_is_not_waited_for_after_a_failure():
    async def backing_off(task) -> None:
        async with task.without_slot():
            await asyncio.sleep(FOREVER)

    plan = plan_of("waits:\nbad:", grace=FOREVER)
    played = await play(plan, Told(does={"waits": backing_off, "bad": fail}))
    assert played.states == {"waits": "cancelled", "bad": "failed"}


async def test_a_backoff_that_begins_after_a_failure_is_not_waited_for_either():
    failed = asyncio.Event()

    async def bad(task) -> None:
        failed.set()
        raise TaskFailedError("no luck")

    async def backing_off(task) -> None:
        await failed.wait()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        async with task.without_slot():
            await asyncio.sleep(FOREVER)

    plan = plan_of("waits:\nbad:", grace=FOREVER, max_concurrency=2)
    played = await play(plan, Told(does={"waits": backing_off, "bad": bad}))
    assert played.states == {"waits": "cancelled", "bad": "failed"}


def cancelling(run: list[Run], *, at_once: bool):
    async def cancel(task) -> None:
        run[0].cancel(at_once=at_once)
        await asyncio.sleep(FOREVER)

    return cancel


@pytest.mark.parametrize("at_once", [True, False])
async def test_cancel(at_once: bool):
    run: list[Run] = []
    told = Told(does={"a": cancelling(run, at_once=at_once)})
    run.append(Run(plan_of("a: b\nb:", grace=FOREVER if at_once else 0.01), told))
    result = await run[0].result()
    assert result.state is RunState.CANCELLED
    assert result.failure is not None
    assert result.failure.error.code == "cancelled"
    assert set(result.states.values()) == {NodeState.CANCELLED}


async def test_cancel_lets_tasks_end_within_the_grace():
    run: list[Run] = []

    async def cancel_and_end(task) -> str:
        run[0].cancel()
        await asyncio.sleep(0)
        return "done"

    run.append(Run(plan_of("a: b\nb:"), Told(does={"a": cancel_and_end})))
    result = await run[0].result()
    assert result.states == {"a": NodeState.SUCCEEDED, "b": NodeState.CANCELLED}
    assert result.outputs == {"a": "done"}


async def test_a_second_cancel_cuts_the_grace_short():
    run: list[Run] = []

    async def cancel_twice(task) -> None:
        run[0].cancel()
        await asyncio.sleep(0)
        run[0].cancel(at_once=True)
        await asyncio.sleep(FOREVER)

    run.append(Run(plan_of("a:", grace=FOREVER), Told(does={"a": cancel_twice})))
    assert (await run[0].result()).state is RunState.CANCELLED


async def test_cancelling_the_awaiting_task_stops_the_run_first():
    began = asyncio.Event()
    stopped: list[str] = []

    async def work(task) -> None:
        began.set()
        try:
            await asyncio.sleep(FOREVER)
        finally:
            stopped.append(task.id)

    awaiting = asyncio.create_task(run_plan(plan_of("a:", grace=FOREVER), Told(does={"a": work})))
    await began.wait()
    awaiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await awaiting
    assert stopped == ["a"]


async def test_a_task_that_stops_by_itself_has_failed():
    async def stops(task) -> None:
        raise asyncio.CancelledError

    played = await play("a:", Told(does={"a": stops}))
    assert failure(played) == ("a", "task_failed")


@pytest.mark.parametrize("node", ["a", "c", "s"])
async def test_any_exception_of_an_executor_fails_its_node(node: str):
    class Broken(Told):
        def _note(self, found) -> None:
            super()._note(found)
            if found.id == node:
                raise ZeroDivisionError("division by zero")

    played = await play("a: c\nc?: s -\ns{:\nx:\n}".replace(" -", ""), Broken({"c": True}))
    assert failure(played) == (node, "task_failed")
    assert played.result.failure is not None
    assert played.result.failure.error.message == "ZeroDivisionError: division by zero"
    assert played.result.failure.error.task == node


async def test_what_observers_are_told():
    ticks = itertools.count()
    clock = Clock(now=lambda: 1000.0 + next(ticks), elapsed=lambda: float(next(ticks)))
    told: list[RunEvent] = []
    executors = Told({"c": [False]}, fails=["b"])
    await run_plan(plan_of("a: c\nc?: x b\nx:\nb:"), executors, observers=[told.append], clock=clock)
    assert [event.sequence for event in told] == list(range(1, len(told) + 1))
    assert [event.time for event in told] == sorted(event.time for event in told)
    assert [(event.path, event.state.value, event.attempt, event.branch) for event in told] == [
        ("", "running", 0, None),
        ("a", "running", 1, None),
        ("a", "succeeded", 1, None),
        ("c", "running", 0, None),
        ("c", "succeeded", 0, 1),
        ("x", "skipped", 0, None),
        ("b", "running", 1, None),
        ("b", "failed", 1, None),
        ("", "failed", 0, None),
    ]
    assert [event.error.code for event in told if event.error] == ["task_failed", "task_failed"]
    assert all(
        (event.duration is None) == (event.state in {NodeState.RUNNING, NodeState.SKIPPED, RunState.RUNNING})
        for event in told
    )
    assert all(event.duration > 0 for event in told if event.duration is not None)


async def test_an_observer_that_fails_leaves_no_task_behind():
    def observer(event: RunEvent) -> None:
        if event.path == "b":
            raise LookupError("the observer is broken")

    stopped = asyncio.Event()

    async def work(task) -> None:
        try:
            await asyncio.sleep(FOREVER)
        finally:
            stopped.set()

    async def brief(task) -> None:
        await asyncio.sleep(0)

    plan = plan_of("a:\nshort: b\nb:", max_concurrency=2)
    with pytest.raises(LookupError):
        await run_plan(plan, Told(does={"a": work, "short": brief}), observers=[observer])
    await asyncio.wait_for(stopped.wait(), PATIENCE)


async def test_nothing_is_shared_between_runs_of_one_plan():
    plan = plan_of("a: c\nc?: a b\nb:")
    results = await asyncio.gather(*(run_plan(plan, Told({"c": [0] * rounds + [1]})) for rounds in (0, 3, 1)))
    assert [result.outputs["a"] for result in results] == ["a", "a[3]", "a[1]"]


async def test_a_run_begins_only_once():
    run = Run(plan_of("a:"), Told())
    await run.result()
    with pytest.raises(RuntimeError, match="only once"):
        await run.result()
    run.cancel()
    assert run.state.run is RunState.SUCCEEDED


def test_events_about_nodes_that_do_not_run_change_nothing():
    plan = plan_of("a: c\nc?: a b\nb:")
    state = start(plan)
    state, effects = step(state, events.RunStarted())
    first = effects[0].node
    stale = [
        events.TaskSucceeded(plan.first_runs[2], 1),
        events.TaskFailed(first._replace(iteration=1), TaskFailedError("late")),
        events.TaskCancelled(plan.first_runs[2]),
        events.ConditionEvaluated(plan.first_runs[1], value=True),
        events.ConditionFailed(plan.first_runs[1], ConditionFailedError("late")),
        events.SubflowAccepted(first),
        events.TaskPaused(plan.first_runs[2]),
        events.TaskWantsSlot(first),
    ]
    for event in stale:
        state, effects = step(state, event)
        assert effects == []
    state, effects = step(state, events.TaskSucceeded(first, 1))
    assert [type(effect).__name__ for effect in effects] == ["NodeEnded", "EvaluateCondition"]
    state, effects = step(state, events.TaskSucceeded(first, 2))
    assert effects == []
    assert state.outputs[0] == 1


def test_the_same_events_give_the_same_effects():
    plan = plan_of("a: c\nc?: a b\nb:\nd:", max_concurrency=2)
    happened = [
        events.RunStarted(),
        events.TaskSucceeded(plan.first_runs[0], 1),
        events.ConditionEvaluated(plan.first_runs[1], value=True),
        events.CancelRequested(RunCancelledError("enough")),
        events.GraceOver(),
        events.TaskCancelled(plan.first_runs[3]),
        events.TaskCancelled(plan.first_runs[0]._replace(iteration=1)),
    ]
    runs = []
    for _ in range(2):
        state, effects = start(plan), []
        for event in happened:
            state, more = step(state, event)
            effects.append(more)
        runs.append((effects, state.run))
    assert runs[0] == runs[1]
    assert runs[0][1] is RunState.CANCELLED


async def test_ten_thousand_nodes():
    count = 10_000
    chain = "\n".join(f"n{i}: n{i + 1}" for i in range(count)) + f"\nn{count}:"
    assert (await play(chain)).result.state is RunState.SUCCEEDED
    skipped = await play(f"c?: n0 other\nother:\n{chain}", Told({"c": 1}))
    assert skipped.states[f"n{count}"] == "skipped"
