"""Executing one task of a flow by itself, with what a recorded run gave the nodes that it reads."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from mfo_dialect.analysis.schemas import schema_data
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.model.workflow import Condition, Task
from mfo_dialect.suggestions import did_you_mean
from mfo_runtime.client import MfoClient
from mfo_runtime.engine.observing import RunEvent
from mfo_runtime.engine.plan import NodeRun
from mfo_runtime.engine.running_node import RunningNode
from mfo_runtime.engine.states import NodeState, RunState
from mfo_runtime.errors import InvalidInputError, MfoError, RunCancelledError, UnresolvedReferenceError
from mfo_runtime.flow.executors import FlowExecutors
from mfo_runtime.flow.keeping import KnownSecrets
from mfo_runtime.flow.loading import Flow
from mfo_runtime.flow.outcome import RunOutcome, strike_out
from mfo_runtime.flow.running import RunOptions, TriggerCall, executors_of, other_servers, scope_of_run
from mfo_runtime.journal import Codec, Event, RunJournal, StoredRun
from mfo_runtime.json_schema import with_defaults


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a run of the journal gave.

    Attributes:
        run_id: the run.
        endings: how each node ended last, by its path without iterations.
        begun_with_json: its inputs and its trigger.
    """

    run_id: str
    endings: Mapping[str, Event] = field(default_factory=dict[str, Event])
    begun_with_json: str = ""


def recorded_of(journal: RunJournal, stored: StoredRun) -> Recorded:
    """What a run of the journal gave.

    Raises:
        JournalError: the journal cannot be read.
    """
    endings: dict[str, Event] = {}
    for event in journal.events(stored):
        if event.node and event.kind in {state.value for state in NodeState} - {NodeState.RUNNING.value}:
            endings[_without_iterations(event.node)] = event
    return Recorded(stored.id, endings, stored.begun_with_json)


async def run_only(
    flow: Flow, task: str, given: Mapping[str, Any], recorded: Recorded | None, client: MfoClient, options: RunOptions
) -> RunOutcome:
    """Execute one task.

    It is executed as part of a new run, so that servers do not take its writes for those of the recorded one.

    Args:
        flow: the flow.
        task: the task's id.
        given: inputs, which win over those of the recorded run.
        recorded: what the nodes gave that the task reads; None where no run was recorded.
        client: the MFO server.
        options: as for a run; nothing is kept in a journal.

    Raises:
        InvalidInputError: there is no such task.
        FlowRefusedError: the flow has errors.
    """
    flow.refuse_errors()
    view = task_of(flow, task)
    scope = scope_of_run(flow.view, flow.bundle, given, replace(options, keeping=None), is_resumed=True)
    codec = KnownSecrets(scope.secrets, client).codec()
    begun: dict[str, Any] = codec.decode(recorded.begun_with_json) if recorded is not None else {}
    inputs: dict[str, Any] = {**begun.get("inputs", {}), **given}
    scope.inputs[""] = with_defaults(inputs, schema_data(flow.view.taskflow.input_schema, flow.bundle))
    trigger = begun.get("trigger")
    if options.trigger is None and trigger:
        call = TriggerCall(trigger["id"], trigger["type"], trigger["payload"], trigger["headers"])
        scope = replace(scope, trigger=call.to_data())
    known = _Known(flow, recorded, codec)
    async with other_servers(options) as http:
        executors = executors_of(scope, client, http, options)
        return await _Execution(flow, view, known, executors, options).outcome()


def task_of(flow: Flow, name: str) -> NodeView:
    """The task of an id or path; raises ``InvalidInputError`` where there is none."""
    view = flow.view.by_id.get(name.rpartition("/")[2])
    tasks = [other.id for other in flow.view.nodes if isinstance(other.node, Task)]
    if view is None:
        raise InvalidInputError(f'{flow.name} has no task "{name}"{did_you_mean(name, tasks)}.', hint="")
    if not isinstance(view.node, Task):
        raise InvalidInputError(
            f'"{name}" is a {view.kind.value}; only a task can be executed by itself.',
            hint=f"The tasks are {', '.join(tasks)}.",
        )
    return view


@dataclass(frozen=True, slots=True)
class _Known:
    """What nodes gave in the recorded run."""

    flow: Flow
    recorded: Recorded | None
    codec: Codec

    def value(self, name: str) -> Any:
        """The outputs of a node; null where it was skipped or failed.

        Raises:
            UnresolvedReferenceError: it was never recorded.
        """
        return self._value(self.flow.view.by_id[name])

    def _value(self, view: NodeView) -> Any:
        event = self._event(view)
        if view.inner is not None:
            return {inner.id: self._value(inner) for inner in view.inner.nodes if self._is_recorded(inner)}
        if event.kind != NodeState.SUCCEEDED.value or event.value_json is None:
            return None
        return self.codec.decode(event.value_json)

    def _is_recorded(self, view: NodeView) -> bool:
        return self.recorded is not None and "/".join(view.id_path) in self.recorded.endings

    def _event(self, view: NodeView) -> Event:
        if self.recorded is None:
            raise UnresolvedReferenceError(
                f"{view.id} is read, and no run of {self.flow.name} has been recorded",
                hint="Run the flow once, or choose a run with --inputs-from.",
            )
        event = self.recorded.endings.get("/".join(view.id_path))
        if event is None:
            raise UnresolvedReferenceError(
                f"{view.id} is read, and run {self.recorded.run_id} has not recorded what it gave",
                hint="Choose a run that came so far with --inputs-from; mfo show RUN lists what one recorded.",
            )
        return event

    def decide(self, executors: FlowExecutors) -> None:
        """Tell what the conditions of the recorded run decided."""
        for view in self.flow.view.nodes:
            if isinstance(view.node, Condition) and self._is_recorded(view):
                event = self._event(view)
                if event.value_json is not None:
                    executors.remember(_Node(self, view, None), self.codec.decode(event.value_json))


class _Node(RunningNode):
    """A node that is executed outside of any engine."""

    __slots__ = ("_known", "_moment", "_tell", "_view")

    def __init__(self, known: _Known, view: NodeView, execution: _Execution | None) -> None:
        self._known, self._view, self._tell = known, view, execution
        self.identity = NodeRun(0, "/".join(view.id_path), 0)
        self.attempt = 1
        self._moment = time.time()

    @property
    def id(self) -> str:
        return self._view.id

    @property
    def iterations(self) -> Mapping[str, int]:
        return {view.id: 0 for view in self._view.flow.nodes if isinstance(view.node, Condition)}

    @property
    def began_at(self) -> float:
        return self._moment

    def read(self, name: str) -> Any:
        return self._known.value(name)

    def begin_attempt(self, attempt: int) -> None:
        self.attempt = attempt
        if self._tell is not None:
            self._tell.tell(NodeState.RUNNING, attempt)

    def noted(self) -> Mapping[str, Any]:
        return {}

    async def note(self, name: str, value: Any) -> None:
        """Nothing is kept."""

    @asynccontextmanager
    async def without_slot(self) -> AsyncGenerator[None]:
        yield


class _Execution:
    """One task on its way."""

    def __init__(
        self, flow: Flow, view: NodeView, known: _Known, executors: FlowExecutors, options: RunOptions
    ) -> None:
        self._flow, self._view, self._known, self._executors = flow, view, known, executors
        self._options = options
        self._sequence = 0

    async def outcome(self) -> RunOutcome:
        """Execute it; gives how that ended, with the task's outputs as the run's."""
        began = time.monotonic()
        node = _Node(self._known, self._view, self)
        self.tell(NodeState.RUNNING, 1)
        work = asyncio.ensure_future(self._work(node))
        if self._options.control is not None:
            self._options.control.attach(_Stopping(work))
        state, value, error = NodeState.SUCCEEDED, None, None
        try:
            value = await work
        except asyncio.CancelledError:
            if not work.cancelled() or (current := asyncio.current_task()) is None or current.cancelling():
                raise
            state, error = NodeState.CANCELLED, RunCancelledError("the run was cancelled")
        except MfoError as problem:
            state, error = NodeState.FAILED, problem.located(task=node.identity.path)
        duration = time.monotonic() - began
        self.tell(state, node.attempt, duration, error)
        secrets = self._executors.scope.secrets.shown_never
        return RunOutcome(
            self._executors.run_id,
            self._flow.name,
            RunState(state.value),
            strike_out(dict(value or {}), secrets),
            {node.identity.path: state},
            error.redacted(secrets) if error is not None else None,
            duration,
            self._executors.usage,
        )

    async def _work(self, node: _Node) -> Any:
        self._known.decide(self._executors)
        for around in self._view.path[:-1]:
            self._executors.open_subflow(_Node(self._known, around, None))
        return await self._executors.execute(node)

    def tell(
        self, state: NodeState, attempt: int, duration: float | None = None, error: MfoError | None = None
    ) -> None:
        """Tell observers what became of the task."""
        self._sequence += 1
        path = "/".join(self._view.id_path)
        event = RunEvent(self._sequence, time.time(), path, 0, state, attempt, duration, error)
        for observer in self._options.observers:
            observer(event)


@dataclass(frozen=True, slots=True)
class _Stopping:
    work: asyncio.Future[Any]

    def cancel(self, *, at_once: bool = False) -> None:  # noqa: ARG002 - a task alone gets no grace
        self.work.cancel()


def _without_iterations(node: str) -> str:
    return "/".join(part.partition("[")[0] for part in node.split("/"))
