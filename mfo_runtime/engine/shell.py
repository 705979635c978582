"""The asyncio shell around the machine: performs its effects, keeps the times, tells observers; knows no HTTP, no YAML.

What the nodes really do is injected as ``Executors``. Whatever they do, a run that is stopped ends in bounded time: a task
that goes on after it was told to stop is given up on when the grace has passed again, and its outcome is ignored.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from mfo_runtime.engine import events
from mfo_runtime.engine.events import Effect, Event
from mfo_runtime.engine.machine import start, step
from mfo_runtime.engine.observing import Clock, Observer, RunEvent
from mfo_runtime.engine.plan import NodeRun, RunPlan
from mfo_runtime.engine.reading import read
from mfo_runtime.engine.state import MachineState
from mfo_runtime.engine.states import NodeState, RunState
from mfo_runtime.errors import (
    MfoError,
    RunCancelledError,
    RunTimeoutError,
    TaskFailedError,
    TaskTimeoutError,
)

_LEAST_PATIENCE = 0.05


class Executors(Protocol):
    """What the nodes of a taskflow do. Each may raise any ``MfoError``, which fails the node."""

    async def execute(self, task: RunningNode) -> Any:
        """Execute a task and give its outputs."""
        ...

    def evaluate(self, condition: RunningNode) -> Any:
        """The value of a condition's expression; it is pure, and bounded in time by itself."""
        ...

    def open_subflow(self, subflow: RunningNode) -> None:
        """Work out a subflow's input and check it; pure and bounded as well."""
        ...


@dataclass(frozen=True, slots=True)
class Failure:
    """The first failure of a run: the path of the task (empty where it is the run's own), its id, and the error."""

    path: str
    node_id: str
    error: MfoError


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended.

    Attributes:
        state: succeeded, failed or cancelled.
        failure: the first failure, or why it was cancelled; None where it succeeded.
        states: path without iterations -> how the node ended, in its last iteration, in document order.
        outputs: path without iterations -> what the task gave, for tasks that succeeded.
        duration: seconds.
    """

    state: RunState
    failure: Failure | None
    states: Mapping[str, NodeState]
    outputs: Mapping[str, Any]
    duration: float


class RunningNode:
    """A node that is being executed, as its executor sees it."""

    __slots__ = ("_run", "attempt", "identity")

    def __init__(self, run: Run, identity: NodeRun) -> None:
        self._run = run
        self.identity = identity
        self.attempt = 1

    @property
    def id(self) -> str:
        """The node's id, by which the taskflow's model knows it."""
        return self._run.plan.ids[self.identity.number]

    @property
    def iterations(self) -> Mapping[str, int]:
        """Condition id -> how often it took its loop edge: ``TASKFLOW.iterations``."""
        return self._run.iterations

    def read(self, name: str) -> Any:
        """The outputs of the node called ``name``, as this one sees them; see ``reading.read``."""
        return read(self._run.state, self.identity.number, name)

    def begin_attempt(self, attempt: int) -> None:
        """Tell observers that the task is tried again."""
        self.attempt = attempt
        self._run.tell(self.identity, NodeState.RUNNING, attempt=attempt)

    @asynccontextmanager
    async def without_slot(self) -> AsyncGenerator[None]:
        """Hold no slot inside the block, as in a backoff wait; leaving it waits for a slot."""
        self._run.pause(self.identity)
        yield
        await self._run.resume(self.identity)


async def run_plan(
    plan: RunPlan, executors: Executors, *, observers: Sequence[Observer] = (), clock: Clock | None = None
) -> RunResult:
    """Run a taskflow to its end; cancelling the awaiting task stops the run at once, in bounded time."""
    return await Run(plan, executors, observers=observers, clock=clock).result()


class Run:
    """One run of a plan; ``result`` runs it and may be awaited once, ``cancel`` stops it."""

    def __init__(
        self, plan: RunPlan, executors: Executors, *, observers: Sequence[Observer] = (), clock: Clock | None = None
    ) -> None:
        self.plan = plan
        self.state: MachineState = start(plan)
        self._conditions = [number for number, branches in enumerate(plan.branches) if branches]
        self._is_begun = False
        self._executors = executors
        self._observers = observers
        self._clock = clock or Clock()
        self._sequence = 0
        self._inbox: list[Event] = []
        self._wakeup: asyncio.Future[None] | None = None
        self._tasks: dict[int, tuple[NodeRun, asyncio.Task[None]]] = {}
        self._given_up: set[asyncio.Task[None]] = set()
        self._slots_asked: dict[int, asyncio.Future[None]] = {}
        self._started_at: dict[int, float] = {}
        self._attempts: dict[int, int] = {}
        self._timers: list[asyncio.TimerHandle] = []
        self._deadlines: dict[int, asyncio.TimerHandle] = {}

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
            asyncio.CancelledError: the awaiting task was cancelled; by then the run has stopped, too.
            RuntimeError: the run was begun before.
        """
        if self._is_begun:
            raise RuntimeError("a run begins only once")
        self._is_begun = True
        began = self._clock.elapsed()
        was_cancelled = False
        try:
            was_cancelled = await self._run_to_the_end()
        finally:
            for timer in (*self._timers, *self._deadlines.values()):
                timer.cancel()
            for _, task in self._tasks.values():
                task.cancel()
        duration = self._clock.elapsed() - began
        self._tell_run(self.state.run, duration)
        if was_cancelled:
            raise asyncio.CancelledError
        return self._result(duration)

    async def _run_to_the_end(self) -> bool:
        """Whether the awaiting task was cancelled meanwhile."""
        self._tell_run(RunState.RUNNING, None)
        if self.plan.settings.timeout is not None:
            self._later(self.plan.settings.timeout, self._run_out_of_time)
        self._post(events.RunStarted())
        was_cancelled = False
        while True:
            self._work()
            if self.state.run is not RunState.RUNNING:
                return was_cancelled
            try:
                await self._wait()
            except asyncio.CancelledError:
                was_cancelled = True
                self.cancel(at_once=True)

    def tell(self, node: NodeRun, state: NodeState, attempt: int = 0) -> None:
        """Tell observers that a node is being executed; ``attempt`` is 0 for what is no task."""
        if attempt:
            self._attempts[node.number] = attempt
        if self._observers:
            self._publish(RunEvent(self._count(), self._clock.now(), node.path, node.iteration, state, attempt))

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
                    self._perform(effect)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case events.StartTask(node):
                self._start_task(node)
            case events.NodeEnded():
                self._node_ended(effect)
            case events.EvaluateCondition(node) | events.OpenSubflow(node):
                self._begin(node)
                self._inbox.append(self._look(effect, RunningNode(self, node)))
            case events.ResumeTask(node):
                granted = self._slots_asked.get(node.number)
                if granted is not None and not granted.done():
                    granted.set_result(None)
            case events.CancelTask(node):
                self._cancel_task(node)
            case events.BeginGrace(seconds):
                self._later(seconds, partial(self._post, events.GraceOver()))
            case events.FinishRun():
                pass

    def _look(self, effect: events.EvaluateCondition | events.OpenSubflow, node: RunningNode) -> Event:
        """Evaluate a condition or check a subflow's input: both are pure and done on the spot."""
        try:
            if isinstance(effect, events.EvaluateCondition):
                return events.ConditionEvaluated(effect.node, self._executors.evaluate(node))
            self._executors.open_subflow(node)
        except Exception as problem:  # noqa: BLE001 - whatever fails in a node fails the node
            error = _as_error(problem, effect.node, 1)
            if isinstance(effect, events.EvaluateCondition):
                return events.ConditionFailed(effect.node, error)
            return events.SubflowRejected(effect.node, error)
        return events.SubflowAccepted(effect.node)

    def _begin(self, node: NodeRun, attempt: int = 0) -> None:
        self._started_at[node.number] = self._clock.elapsed()
        self.tell(node, NodeState.RUNNING, attempt=attempt)

    def _start_task(self, node: NodeRun) -> None:
        self._begin(node, attempt=1)
        task = asyncio.get_running_loop().create_task(self._execute(node))
        self._tasks[node.number] = (node, task)
        timeout = self.plan.timeout[node.number]
        if timeout is not None:
            give_up = partial(self._task_out_of_time, node, task, timeout)
            self._deadlines[node.number] = asyncio.get_running_loop().call_later(timeout, give_up)

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

    def _task_out_of_time(self, node: NodeRun, task: asyncio.Task[None], timeout: float) -> None:
        if not task.done():
            message = f"the task took longer than its timeout of {timeout:g} s"
            self._post(events.TaskFailed(node, TaskTimeoutError(message, task=node.path)))
            task.cancel()

    def _run_out_of_time(self) -> None:
        message = f"the run took longer than its timeout of {self.plan.settings.timeout:g} s"
        self._post(events.RunTimedOut(RunTimeoutError(message)))

    def _later(self, seconds: float, callback: Callable[[], None]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(seconds, callback))

    def _node_ended(self, ended: events.NodeEnded) -> None:
        number = ended.node.number
        if number in self._tasks:
            self._let_go(number)
        began = self._started_at.pop(number, None)
        duration = None if began is None else self._clock.elapsed() - began
        attempt = self._attempts.pop(number, 0)
        if self._observers:
            node, now = ended.node, self._clock.now()
            told = (node.path, node.iteration, ended.state, attempt, duration, ended.error, ended.branch)
            self._publish(RunEvent(self._count(), now, *told))

    def _let_go(self, number: int) -> None:
        """Forget a task; one that does not stop is held on to until it does, as the event loop asks."""
        task = self._tasks.pop(number)[1]
        deadline = self._deadlines.pop(number, None)
        if deadline is not None:
            deadline.cancel()
        if not task.done():
            self._given_up.add(task)
            task.add_done_callback(self._given_up.discard)

    def _tell_run(self, state: RunState, duration: float | None) -> None:
        if self._observers:
            error = self.state.failure[1] if self.state.failure is not None else None
            now = self._clock.now()
            self._publish(RunEvent(self._count(), now, "", 0, state, duration=duration, error=error))

    def _count(self) -> int:
        self._sequence += 1
        return self._sequence

    def _publish(self, event: RunEvent) -> None:
        for observer in self._observers:
            observer(event)

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


def _as_error(problem: Exception, node: NodeRun, attempt: int) -> MfoError:
    if isinstance(problem, MfoError):
        return problem.located(task=node.path, attempt=attempt)
    message = f"{type(problem).__name__}: {problem}"
    return TaskFailedError(message, task=node.path, attempt=attempt)
