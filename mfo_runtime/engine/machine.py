"""The run of a taskflow as a state machine: ``step(state, event)`` gives the next state and what has to be done.

It reads no clock, starts nothing and waits for nothing: the same plan and the same events give the same effects, which
is what lets a journal replay a run. Dialect section 4 is its law; this is how it is kept.

*Deciding.* A node waits for parts: for each predecessor, and for the end of each loop that it is fed from. When the last
part has ended it is decided, once, from the states of its predecessors and the choices of the conditions that guard it
(rules 1 and 2). A guard that failed leaves open what it would have chosen: then the node is ``upstream_failed``; a node
that no guard chose is skipped, whatever else it waits for. Skipped and failed nodes end at once and let others be
decided in the same step.

*Starting.* Ready nodes wait in two heaps, those that need a slot and those that do not, ordered by priority and then by
document order. Each step ends by starting from the smaller top as long as there are slots. While a condition or the
input of a subflow is being looked at, which takes no time of its own, nothing further starts: what they release may
come first.

*Loops.* A loop counts the parts of its body that have not ended. When the last one ends the loop goes round again if a
condition took its loop edge, else it is over and lets the nodes after it be decided. So an iteration is always complete
before the next one begins, and what the conditions decide does not depend on which task was quicker. A condition that
jumps out of an inner loop to the head of an outer one ends the inner loop with it. Going round clears the states of the
body and all inside it, counts the iterations, and keeps the outputs for readers that look at the previous iteration.
The head that was chosen starts although no predecessor of it may have run.

*Stopping.* After a failure (unless the flow goes on), a timeout or a cancellation nothing starts and no loop goes round;
running tasks are given the grace, then told to stop, and the run is finished when the last has ended. Tasks that are
waiting without a slot are told at once. What waits for a cancelled task is never decided: it is cancelled as well.

``step`` uses the given state up and returns it changed: copying tables of thousands of nodes for every event would cost
more than running them.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop
from typing import Any

from mfo_dialect.analysis.graph import NodeKind
from mfo_runtime.engine import events
from mfo_runtime.engine.choice import chosen_branch
from mfo_runtime.engine.events import Effect, Event
from mfo_runtime.engine.plan import NOWHERE, NodeRun, RunPlan
from mfo_runtime.engine.progress import end, end_inside, name_run, open_level, push, release
from mfo_runtime.engine.state import MachineState
from mfo_runtime.engine.states import ENDED, NodeState, RunState
from mfo_runtime.errors import LoopLimitExceededError, MfoError, TaskFailedError


def start(plan: RunPlan) -> MachineState:
    """The state of a run in which nothing has happened yet; its first event is ``RunStarted``."""
    return MachineState(plan)


def step(state: MachineState, event: Event) -> tuple[MachineState, list[Effect]]:
    """Let an event happen.

    Events about a node that is not running (any more), and any event after the end, change nothing.

    Returns:
        The next state, and the effects in the order in which they are to be performed.
    """
    if state.run is not RunState.RUNNING:
        return state, []
    match event:
        case events.TaskSucceeded() | events.TaskFailed() | events.TaskCancelled():
            if _stop_running(state, event.node):
                _task_ended(state, event)
        case (
            events.ConditionEvaluated() | events.SubflowAccepted() | events.ConditionFailed() | events.SubflowRejected()
        ):
            if _stop_looking(state, event.node):
                _looked_at(state, event)
        case events.RunStarted():
            open_level(state, 0)
        case events.TaskPaused(node):
            _pause(state, node)
        case events.TaskWantsSlot(node):
            _ask_for_slot(state, node)
        case events.RunTimedOut(error):
            _stop(state, RunState.FAILED, (None, error), at_once=True)
        case events.CancelRequested(error, at_once):
            _stop(state, RunState.CANCELLED, (None, error), at_once=at_once)
        case events.GraceOver():
            _tell_to_stop(state, state.going)
    _settle(state)
    effects, state.effects = state.effects, []
    return state, effects


def _stop_running(state: MachineState, node: NodeRun) -> bool:
    """Take a task out of those that run, and its slot back; false where it is not running (any more)."""
    number = node.number
    if number not in state.going or state.runs[number] != node:
        return False
    del state.going[number]
    if state.paused.pop(number, None) is None and state.plan.holds_slot[number]:
        state.slots += 1
    return True


def _stop_looking(state: MachineState, node: NodeRun) -> bool:
    """Note that a condition or a subflow's input was looked at; false where nobody asked for it."""
    if node.number not in state.looking or state.runs[node.number] != node:
        return False
    state.looking.discard(node.number)
    if state.plan.holds_slot[node.number]:
        state.slots += 1
    return True


def _pause(state: MachineState, node: NodeRun) -> None:
    number = node.number
    if number not in state.going or state.runs[number] != node or number in state.paused:
        return
    state.paused[number] = False
    if state.plan.holds_slot[number]:
        state.slots += 1
    if state.is_stopping:
        _tell_to_stop(state, [number])


def _ask_for_slot(state: MachineState, node: NodeRun) -> None:
    if state.paused.get(node.number) is False and state.runs[node.number] == node:
        state.paused[node.number] = True
        push(state, node.number)


def _task_ended(state: MachineState, event: events.TaskSucceeded | events.TaskFailed | events.TaskCancelled) -> None:
    number = event.node.number
    match event:
        case events.TaskSucceeded():
            state.outputs[number] = event.outputs
            end(state, number, NodeState.SUCCEEDED)
        case events.TaskFailed():
            _fail(state, number, event.error)
        case events.TaskCancelled() if number in state.told_to_stop:
            end(state, number, NodeState.CANCELLED)
        case events.TaskCancelled():
            _fail(state, number, TaskFailedError("the task stopped, but nobody told it to", task=event.node.path))


def _looked_at(
    state: MachineState,
    event: events.ConditionEvaluated | events.SubflowAccepted | events.ConditionFailed | events.SubflowRejected,
) -> None:
    number = event.node.number
    match event:
        case events.ConditionEvaluated():
            _evaluated(state, event.node, event.value)
        case events.SubflowAccepted():
            open_level(state, state.plan.level_in[number])
        case events.ConditionFailed() | events.SubflowRejected():
            _fail(state, number, event.error)


def _evaluated(state: MachineState, node: NodeRun, value: Any) -> None:
    condition = node.number
    branches = state.plan.branches[condition]
    branch = chosen_branch(value, branches, node.path)
    if isinstance(branch, MfoError):
        _fail(state, condition, branch)
        return
    target = NOWHERE if branch is None else branches[branch]
    loop = state.plan.loop_edges[condition].get(target, NOWHERE)
    if loop != NOWHERE:
        limit = state.plan.settings.max_iterations
        if state.taken[condition] >= limit:
            message = f"the condition sent its loop round {limit} times, which is the limit, and would once more"
            _fail(state, condition, LoopLimitExceededError(message, task=node.path))
            return
        state.taken[condition] += 1
        state.again.setdefault(loop, []).append(condition)
    state.chosen[condition] = target
    end(state, condition, NodeState.SUCCEEDED, branch=branch)


def _fail(state: MachineState, node: int, error: MfoError) -> None:
    end_inside(state, node, NodeState.UPSTREAM_FAILED)
    end(state, node, NodeState.FAILED, error)
    if state.failure is None:
        state.failure = (state.runs[node], error)
    if not state.plan.settings.goes_on:
        _stop(state, RunState.FAILED, state.failure, at_once=False)


def _stop(state: MachineState, outcome: RunState, failure: tuple[NodeRun | None, MfoError], *, at_once: bool) -> None:
    """Start nothing any more; running tasks are told to stop now, or when the grace is over."""
    grace = state.plan.settings.grace
    if state.failure is None:
        state.failure = failure
    if not state.is_stopping:
        state.is_stopping = True
        state.outcome = outcome
        _tell_to_stop(state, state.paused)
        if state.going and grace > 0 and not at_once:
            state.effects.append(events.BeginGrace(grace))
            return
    elif not at_once:
        return
    _tell_to_stop(state, state.going)


def _tell_to_stop(state: MachineState, tasks: Iterable[int]) -> None:
    for task in tasks:
        if task not in state.told_to_stop:
            state.told_to_stop.add(task)
            state.effects.append(events.CancelTask(state.runs[task]))


def _settle(state: MachineState) -> None:
    """Carry on from the nodes that ended: decide what follows, start what is ready, finish."""
    while state.settled:
        release(state, state.settled.popleft())
    if state.level_left[0] == 0:
        _finish(state)
        return
    if not state.is_stopping:
        _start_ready(state)
    if state.going or state.looking:
        return
    if not state.is_stopping:
        raise RuntimeError("the run waits for nothing and is not over")
    _finish(state)


def _start_ready(state: MachineState) -> None:
    """Start nodes in their order, until slots run out or something has to be looked at first."""
    with_slot, without_slot = state.ready, state.ready_without_slot
    count = len(state.states)
    while not state.looking:
        if with_slot and state.slots > 0 and not (without_slot and without_slot[0] < with_slot[0]):
            number = heappop(with_slot) % count
        elif without_slot:
            number = heappop(without_slot) % count
        else:
            return
        if state.states[number] is NodeState.READY:
            _start_node(state, number)
        elif state.paused.get(number):
            del state.paused[number]
            state.slots -= state.plan.holds_slot[number]
            state.effects.append(events.ResumeTask(state.runs[number]))


def _start_node(state: MachineState, number: int) -> None:
    state.states[number] = NodeState.RUNNING
    state.slots -= state.plan.holds_slot[number]
    match state.plan.kinds[number]:
        case NodeKind.TASK:
            state.going[number] = None
            state.effects.append(events.StartTask(state.runs[number]))
        case NodeKind.CONDITION:
            state.looking.add(number)
            state.effects.append(events.EvaluateCondition(state.runs[number]))
        case NodeKind.SUBFLOW:
            state.looking.add(number)
            state.effects.append(events.OpenSubflow(state.runs[number]))


def _finish(state: MachineState) -> None:
    """End what a stopped run leaves open: subflows by what failed in them, the rest as cancelled."""
    count = len(state.states)
    for number in reversed(range(count)):
        level = state.plan.level_in[number]
        if state.states[number] is NodeState.RUNNING and state.failed_inside[level]:
            end(state, number, NodeState.FAILED)
            while state.settled:
                release(state, state.settled.popleft())
    for number in range(count):
        if state.states[number] not in ENDED:
            name_run(state, number)
            state.states[number] = NodeState.CANCELLED
            state.outputs[number] = None
            state.effects.append(events.NodeEnded(state.runs[number], NodeState.CANCELLED))
    if state.is_stopping:
        state.run = state.outcome
    else:
        state.run = RunState.SUCCEEDED if state.failure is None else RunState.FAILED
    state.effects.append(events.FinishRun(state.run))
