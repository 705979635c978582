"""The asyncio shell around the machine: performs its effects, keeps the times, tells observers; knows no HTTP, no YAML.

What the nodes really do is injected as ``Executors``. Events that are at hand are stepped through together; what they
lead to is done, and told, once the recorder has kept them all: a task starts only when its start is written down, and
what follows from its end only when its end is. Conditions and the inputs of subflows are pure and looked at at once.
A node that the recorder remembers from an earlier part of the run is not executed again.

Whatever executors do, a run that is stopped ends in bounded time: a task
that goes on after it was told to stop is given up on when the grace has passed again, and its outcome is ignored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from mfo_runtime.engine import events
from mfo_runtime.engine.events import Effect, Event
from mfo_runtime.engine.executors import Executors
from mfo_runtime.engine.machine import start, step
from mfo_runtime.engine.observing import Clock, Observer, RunEvent
from mfo_runtime.engine.plan import NodeRun, RunPlan
from mfo_runtime.engine.reading import read
from mfo_runtime.engine.recording import Ending, Recorder
from mfo_runtime.engine.result import Failure, RunResult
from mfo_runtime.engine.running_node import RunningNode
from mfo_runtime.engine.state import MachineState
from mfo_runtime.engine.states import NodeState, RunState
from mfo_runtime.errors import MfoError, RunCancelledError, RunTimeoutError, TaskFailedError

_LEAST_PATIENCE = 0.05


async def run_plan(
    plan: RunPlan,
    executors: Executors,
    *,
    observers: Sequence[Observer] = (),
    clock: Clock | None = None,
    recorder: Recorder | None = None,
) -> RunResult:
    """Run a taskflow to its end; cancelling the awaiting task stops the run at once, in bounded time."""
    return await Run(plan, executors, observers=observers, clock=clock, recorder=recorder).result()


class Run:
    """One run of a plan; ``result`` runs it and may be awaited once, ``cancel`` stops it."""

    def __init__(
        self,
        plan: RunPlan,
        executors: Executors,
        *,
        observers: Sequence[Observer] = (),
        clock: Clock | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self.plan = plan
        self.state: MachineState = start(plan)
        self.recorder = recorder
        self._conditions = [number for number, branches in enumerate(plan.branches) if branches]
        self._is_begun = False
        self._executors = executors
        self._observers = observers
        self._is_told = bool(observers) or recorder is not None
        self._clock = clock or Clock()
        self._began = 0.0
        self._sequence = 0
        self._inbox: list[Event] = []
        self._outbox: list[Effect | RunEvent] = []
        self._wakeup: asyncio.Future[None] | None = None
        self._tasks: dict[int, tuple[NodeRun, asyncio.Task[None]]] = {}
        self._given_up: set[asyncio.Task[None]] = set()
        self._slots_asked: dict[int, asyncio.Future[None]] = {}
        self._started_at: dict[int, tuple[float, float]] = {}
        self._attempts: dict[int, int] = {}
        self._timers: list[asyncio.TimerHandle] = []

    @property
    def iterations(self) -> Mapping[str, int]:
        """Condition id -> how often it took its loop edge."""
        taken = self.state.taken
        return {self.plan.ids[number]: taken[number] for number in self._conditions}

    def read(self, name: str) -> Any:
        """The outputs of the node called ``name``, as the run's own outputs see them."""
        return read(self.state, None, name)

    def cancel(self, *, at_once: bool = False) -> None:
        """Stop the run: running tasks get the grace, or none; a second call may shorten it. Never fails."""
        self._post(events.CancelRequested(RunCancelledError("the run was cancelled"), at_once=at_once))

    async def result(self) -> RunResult:
        """Run to the end.

        Raises:
            JournalError: what happened cannot be kept; by then the run has stopped.
            asyncio.CancelledError: the awaiting task was cancelled; by then the run has stopped, too.
            RuntimeError: the run was begun before.
        """
        if self._is_begun:
            raise RuntimeError("a run begins only once")
        self._is_begun = True
        self._began = self._clock.elapsed()
        was_cancelled = False
        try:
            was_cancelled = await self._run_to_the_end()
        finally:
            for timer in self._timers:
                timer.cancel()
            await self._stop_tasks()
        if was_cancelled:
            raise asyncio.CancelledError
        return self._result(self._clock.elapsed() - self._began)

    async def _stop_tasks(self) -> None:
        """Leave no task behind where the run broke off; those that do not stop are not waited for."""
        left = [task for _, task in self._tasks.values()]
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=_LEAST_PATIENCE)

    async def _run_to_the_end(self) -> bool:
        """Whether the awaiting task was cancelled meanwhile."""
        self._tell_run(RunState.RUNNING, None)
        if self.plan.settings.timeout is not None:
            self._later(self.plan.settings.timeout, self._run_out_of_time)
        self._post(events.RunStarted())
        was_cancelled = False
        while True:
            self._work()
            todo, self._outbox = self._outbox, []
            was_cancelled |= await self._keep()
            for effect in todo:
                self._perform(effect)
            if self._inbox or self._outbox:
                continue
            if self.state.run is not RunState.RUNNING:
                return was_cancelled
            try:
                await self._wait()
            except asyncio.CancelledError:
                was_cancelled = True
                self.cancel(at_once=True)

    async def _keep(self) -> bool:
        """Wait until all that happened so far is kept; whether the awaiting task was cancelled meanwhile."""
        kept = self.recorder.commit() if self.recorder is not None else None
        if kept is None:
            return False
        was_cancelled = False
        keeping = asyncio.ensure_future(kept)
        while not keeping.done():
            try:
                await asyncio.shield(keeping)
            except asyncio.CancelledError:
                was_cancelled = True
                self.cancel(at_once=True)
        keeping.result()
        return was_cancelled

    def tell_attempt(self, node: NodeRun, attempt: int) -> None:
        """Tell observers that a task is tried again."""
        self._attempts[node.number] = attempt
        self._tell(node, NodeState.RUNNING, attempt)
        self._wake()

    def began_at(self, node: NodeRun) -> float:
        """When a node that is being executed began, in seconds since the epoch, be it in an earlier part of the run."""
        began = self._started_at.get(node.number)
        return self._clock.now() if began is None else began[1]

    def pause(self, node: NodeRun) -> None:
        """Give a task's slot back while it waits."""
        self._post(events.TaskPaused(node))

    async def resume(self, node: NodeRun) -> None:
        """Wait until the task has a slot again."""
        granted = asyncio.get_running_loop().create_future()
        self._slots_asked[node.number] = granted
        self._post(events.TaskWantsSlot(node))
        try:
            await granted
        finally:
            self._slots_asked.pop(node.number, None)

    def _post(self, event: Event) -> None:
        self._inbox.append(event)
        self._wake()

    def _wake(self) -> None:
        if self._wakeup is not None and not self._wakeup.done():
            self._wakeup.set_result(None)

    async def _wait(self) -> None:
        self._wakeup = asyncio.get_running_loop().create_future()
        try:
            await self._wakeup
        finally:
            self._wakeup = None

    def _work(self) -> None:
        """Step through all events at hand, and through those that their effects bring at once."""
        while self._inbox:
            batch, self._inbox = self._inbox, []
            for event in batch:
                self.state, effects = step(self.state, event)
                for effect in effects:
                    self._foresee(effect, event)

    def _foresee(self, effect: Effect, event: Event) -> None:
        """Do at once what is pure; note what happened, and what is to be done when that is kept."""
        match effect:
            case events.StartTask(node):
                self._begin_task(effect, node)
            case events.NodeEnded():
                self._node_ended(effect, event)
            case events.EvaluateCondition(node) | events.OpenSubflow(node):
                self._inbox.append(self._look(effect, RunningNode(self, node)))
            case events.FinishRun(state):
                self._tell_run(state, self._clock.elapsed() - self._began)
            case _:
                self._outbox.append(effect)

    def _begin_task(self, effect: events.StartTask, node: NodeRun) -> None:
        ending = self.recorder.recall(node) if self.recorder is not None else None
        if ending is None:
            self._begin(node, attempt=1)
            self._outbox.append(effect)
        elif ending.error is None:
            self._inbox.append(events.TaskSucceeded(node, ending.value))
        else:
            self._inbox.append(events.TaskFailed(node, ending.error))

    def _look(self, effect: events.EvaluateCondition | events.OpenSubflow, node: RunningNode) -> Event:
        """Evaluate a condition or check a subflow's input: both are pure and done on the spot."""
        is_condition = isinstance(effect, events.EvaluateCondition)
        ending = self.recorder.recall(effect.node) if is_condition and self.recorder is not None else None
        if ending is not None:
            return self._remembered(node, ending)
        self._begin(effect.node)
        try:
            if is_condition:
                return events.ConditionEvaluated(effect.node, self._executors.evaluate(node))
            self._executors.open_subflow(node)
        except Exception as problem:  # noqa: BLE001 - whatever fails in a node fails the node
            error = _as_error(problem, effect.node, 1)
            if is_condition:
                return events.ConditionFailed(effect.node, error)
            return events.SubflowRejected(effect.node, error)
        return events.SubflowAccepted(effect.node)

    def _remembered(self, condition: RunningNode, ending: Ending) -> Event:
        if ending.error is not None:
            return events.ConditionFailed(condition.identity, ending.error)
        self._executors.remember(condition, ending.value)
        return events.ConditionEvaluated(condition.identity, ending.value)

    def _begin(self, node: NodeRun, attempt: int = 0) -> None:
        began = self.recorder.began(node) if self.recorder is not None else None
        self._started_at[node.number] = (self._clock.elapsed(), self._clock.now() if began is None else began)
        if attempt:
            self._attempts[node.number] = attempt
        self._tell(node, NodeState.RUNNING, attempt)

    def _node_ended(self, ended: events.NodeEnded, event: Event) -> None:
        number = ended.node.number
        began = self._started_at.pop(number, None)
        attempt = self._attempts.pop(number, 0)
        if self._is_told:
            node, now = ended.node, self._clock.now()
            duration = None if began is None else self._clock.elapsed() - began[0]
            told = (node.path, node.iteration, ended.state, attempt, duration, ended.error, ended.branch)
            self._record(RunEvent(self._count(), now, *told), _value_of(ended, event))
        if number in self._tasks:
            self._outbox.append(ended)

    def _perform(self, effect: Effect | RunEvent) -> None:
        match effect:
            case RunEvent():
                for observer in self._observers:
                    observer(effect)
            case events.StartTask(node):
                self._start_task(node)
            case events.NodeEnded(node):
                self._let_go(node)
            case events.ResumeTask(node):
                granted = self._slots_asked.get(node.number)
                if granted is not None and not granted.done():
                    granted.set_result(None)
            case events.CancelTask(node):
                self._cancel_task(node)
            case events.BeginGrace(seconds):
                self._later(seconds, partial(self._post, events.GraceOver()))
            case _:
                raise AssertionError(f"{effect} is done at once")

    def _start_task(self, node: NodeRun) -> None:
        if node.number in self.state.told_to_stop:
            self._post(events.TaskCancelled(node))
            return
        self._tasks[node.number] = (node, asyncio.get_running_loop().create_task(self._execute(node)))

    async def _execute(self, identity: NodeRun) -> None:
        node = RunningNode(self, identity)
        try:
            event: Event = events.TaskSucceeded(identity, await self._executors.execute(node))
        except asyncio.CancelledError:
            event = events.TaskCancelled(identity)
        except Exception as problem:  # noqa: BLE001 - whatever fails in a task fails the task
            event = events.TaskFailed(identity, _as_error(problem, identity, node.attempt))
        self._post(event)

    def _cancel_task(self, node: NodeRun) -> None:
        held = self._tasks.get(node.number)
        if held is not None and held[0] == node:
            held[1].cancel()
            patience = max(self.plan.settings.grace, _LEAST_PATIENCE)
            self._later(patience, partial(self._post, events.TaskCancelled(node)))

    def _run_out_of_time(self) -> None:
        message = f"the run took longer than its timeout of {self.plan.settings.timeout:g} s"
        self._post(events.RunTimedOut(RunTimeoutError(message)))

    def _later(self, seconds: float, callback: Callable[[], None]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(seconds, callback))

    def _let_go(self, node: NodeRun) -> None:
        """Forget a task; one that does not stop is held on to until it does, as the event loop asks."""
        held = self._tasks.get(node.number)
        if held is None or held[0] != node:
            return
        task = self._tasks.pop(node.number)[1]
        if not task.done():
            self._given_up.add(task)
            task.add_done_callback(self._given_up.discard)

    def _tell(self, node: NodeRun, state: NodeState, attempt: int) -> None:
        if self._is_told:
            self._record(RunEvent(self._count(), self._clock.now(), node.path, node.iteration, state, attempt))

    def _tell_run(self, state: RunState, duration: float | None) -> None:
        if self._is_told:
            error = self.state.failure[1] if self.state.failure is not None else None
            now = self._clock.now()
            self._record(RunEvent(self._count(), now, "", 0, state, duration=duration, error=error))

    def _record(self, event: RunEvent, value: Any = None) -> None:
        if self.recorder is not None:
            self.recorder.record(event, value)
        if self._observers:
            self._outbox.append(event)

    def _count(self) -> int:
        self._sequence += 1
        return self._sequence

    def _result(self, duration: float) -> RunResult:
        state, plan = self.state, self.plan
        failure: Failure | None = None
        if state.failure is not None:
            node, error = state.failure
            failure = Failure("" if node is None else str(node), "" if node is None else plan.ids[node.number], error)
        outputs = {
            plan.paths[number]: state.outputs[number]
            for number in range(len(plan.ids))
            if state.states[number] is NodeState.SUCCEEDED and not plan.branches[number] and plan.level_in[number] < 0
        }
        return RunResult(state.run, failure, dict(zip(plan.paths, state.states, strict=True)), outputs, duration)


def _value_of(ended: events.NodeEnded, event: Event) -> Any:
    """What the node that ended gave, where it is the one that the event speaks of."""
    match event:
        case events.TaskSucceeded(node, value) | events.ConditionEvaluated(node, value) if node == ended.node:
            return value if ended.state is NodeState.SUCCEEDED else None
        case _:
            return None


def _as_error(problem: Exception, node: NodeRun, attempt: int) -> MfoError:
    if isinstance(problem, MfoError):
        return problem.located(task=node.path, attempt=attempt)
    message = f"{type(problem).__name__}: {problem}"
    return TaskFailedError(message, task=node.path, attempt=attempt)
