"""A run as spans, run > node > try > request, and as metrics; told of the run's events, and asked by its HTTP pools."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.context import Context
from opentelemetry.metrics import Meter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from mfo_runtime.cassettes import ASKING_TASK, ASKING_TRY
from mfo_runtime.engine.observing import RunEvent
from mfo_runtime.engine.states import NodeState, RunState
from mfo_runtime.errors import redact
from mfo_runtime.http.tracing import Ended
from mfo_runtime.json_numbers import is_whole_number
from mfo_runtime.telemetry.setting_up import Telemetry

_NANOSECONDS = 1_000_000_000
_TOKENS = ("input_tokens", "output_tokens")


@dataclass(frozen=True, slots=True)
class WatchedRun:
    """What is said of the run in its spans.

    Attributes:
        id: the run's id.
        taskflow: the taskflow's id.
        kind_of: what a node is, by its id: a task type, ``condition`` or ``subflow``.
        is_resumed: whether it goes on.
    """

    id: str
    taskflow: str
    kind_of: Callable[[str], str]
    is_resumed: bool = False


class RunSpans:
    """Watches one run: an observer of its events and usage, and the tracing of its pools."""

    def __init__(self, telemetry: Telemetry, run: WatchedRun, meters: Meters | None = None) -> None:
        """Watch ``run``; ``meters`` are the instruments that it shares with other runs."""
        self._tracer = telemetry.tracer
        self._ids = telemetry.ids
        self._meters = meters or Meters(telemetry.meter)
        self._run = run
        self._root: Span | None = None
        self._nodes: dict[str, Span] = {}
        self._tries: dict[str, tuple[int, Span]] = {}

    def __call__(self, event: RunEvent) -> None:
        """Begin or end the spans that an event speaks of."""
        moment = int(event.time * _NANOSECONDS)
        if isinstance(event.state, RunState):
            self._of_run(event, event.state, moment)
        elif event.state is NodeState.RUNNING:
            self._begin(event, moment)
        elif event.state not in {NodeState.PENDING, NodeState.READY}:
            self._end(event, event.state, moment)

    def used(self, node: str, usage: Mapping[str, Any]) -> None:
        """Count what a model used."""
        for name in _TOKENS:
            count = usage.get(name)
            if is_whole_number(count) and count > 0:
                self._meters.tokens.add(count, {"mfo.token.kind": name.partition("_")[0]})
                if node in self._tries:
                    self._tries[node][1].set_attribute(f"gen_ai.usage.{name}", count)

    def begin(self, method: str, origin: str, operation: str) -> tuple[Mapping[str, str], Ended]:
        """Begin the span of a request, below the try of the task that asks; gives the headers that lead to it."""
        parts = urlsplit(origin)
        attributes = {
            "http.request.method": method,
            "server.address": parts.hostname or "",
            **({"server.port": parts.port} if parts.port else {}),
            **({"mfo.operation": operation} if operation else {}),
        }
        above = self._asking(int(time.time() * _NANOSECONDS))
        span = self._tracer.start_span(operation or method, _below(above), SpanKind.CLIENT, attributes)
        headers: dict[str, str] = {}
        TraceContextTextMapPropagator().inject(headers, set_span_in_context(span))
        began = time.monotonic()

        def ended(status: int | None, code: str | None) -> None:
            known = {"http.response.status_code": status} if status is not None else {"error.type": code or "unknown"}
            span.set_attributes(known)
            if status is None or status >= 400:  # noqa: PLR2004 - what HTTP calls an error
                span.set_status(Status(StatusCode.ERROR))
            span.end()
            self._meters.requests.record(time.monotonic() - began, {**attributes, **known})

        return headers, ended

    def close(self) -> None:
        """End what a run that was broken off has left open."""
        for span in (
            *(span for _, span in self._tries.values()),
            *self._nodes.values(),
            *([self._root] if self._root else []),
        ):
            span.set_status(Status(StatusCode.ERROR, "broken off"))
            span.end()
        self._tries, self._nodes, self._root = {}, {}, None

    def _of_run(self, event: RunEvent, state: RunState, moment: int) -> None:
        if state is RunState.RUNNING:
            self._ids.begin_with(self._run.id)
            attributes = {
                "mfo.run.id": self._run.id,
                "mfo.taskflow": self._run.taskflow,
                "mfo.run.resumed": self._run.is_resumed,
            }
            name = f"run {self._run.taskflow}"
            self._root = self._tracer.start_span(name, Context(), attributes=attributes, start_time=moment)
            return
        known = {"mfo.taskflow": self._run.taskflow, "mfo.state": state.value}
        if self._root is not None:
            _settle(self._root, event, is_well=state is RunState.SUCCEEDED)
            self._root.set_attribute("mfo.state", state.value)
            self._root.end(moment)
            self._root = None
        self._meters.runs.record(event.duration or 0.0, known)

    def _begin(self, event: RunEvent, moment: int) -> None:
        identity = event.node
        node = self._nodes.get(identity)
        if node is None:
            kind = self._kind(event)
            attributes = {"mfo.run.id": self._run.id, "mfo.node": event.path, "mfo.node.type": kind}
            if event.iteration:
                attributes |= {"mfo.iteration": event.iteration}
            above = self._nodes.get(event.path.rpartition("/")[0]) or self._root
            node = self._tracer.start_span(
                f"{kind} {event.path}", _below(above), attributes=attributes, start_time=moment
            )
            self._nodes[identity] = node
        if event.attempt:
            self._begin_try(identity, event.attempt, moment)

    def _begin_try(self, identity: str, number: int, moment: int) -> Span:
        """The span of a try, begun if need be; a try begins a moment before its event is told."""
        known, span = self._tries.get(identity, (0, None))
        if span is not None and known >= number:
            return span
        if span is not None:
            span.set_status(Status(StatusCode.ERROR))
            span.end(moment)
        above = _below(self._nodes.get(identity) or self._root)
        begun = self._tracer.start_span(f"try {number}", above, attributes={"mfo.try": number}, start_time=moment)
        self._tries[identity] = (number, begun)
        return begun

    def _asking(self, moment: int) -> Span | None:
        """The span of whatever asks at this moment."""
        task, number = ASKING_TASK.get(), ASKING_TRY.get()
        return self._begin_try(task, number, moment) if task in self._nodes and number else self._root

    def _end(self, event: RunEvent, state: NodeState, moment: int) -> None:
        identity = event.node
        is_well = state in {NodeState.SUCCEEDED, NodeState.SKIPPED}
        for span in (self._tries.pop(identity, (0, None))[1], self._nodes.pop(identity, None)):
            if span is not None:
                _settle(span, event, is_well=is_well)
                span.set_attribute("mfo.state", state.value)
                if event.branch is not None:
                    span.set_attribute("mfo.branch", event.branch)
                span.end(moment)
        known = {"mfo.taskflow": self._run.taskflow, "mfo.node.type": self._kind(event), "mfo.state": state.value}
        self._meters.nodes.record(event.duration or 0.0, known)
        if event.attempt > 1:
            self._meters.retries.add(event.attempt - 1, {"mfo.node.type": self._kind(event)})

    def _kind(self, event: RunEvent) -> str:
        return self._run.kind_of(event.path.rpartition("/")[2])


class Meters:
    """The instruments."""

    def __init__(self, meter: Meter) -> None:
        self.runs = meter.create_histogram("mfo.run.duration", "s", "How long runs took, by state.")
        self.nodes = meter.create_histogram("mfo.node.duration", "s", "How long nodes took, by type and state.")
        self.retries = meter.create_counter("mfo.task.retries", "{try}", "Tries of tasks past the first.")
        self.tokens = meter.create_counter("mfo.tokens", "{token}", "Tokens that models reported.")
        self.requests = meter.create_histogram("http.client.request.duration", "s", "How long requests took.")


def _below(span: Span | None) -> Context:
    return set_span_in_context(span, Context()) if span is not None else Context()


def _settle(span: Span, event: RunEvent, *, is_well: bool) -> None:
    if event.error is not None:
        span.set_attribute("error.type", event.error.code)
    if not is_well:
        span.set_status(Status(StatusCode.ERROR, redact(event.error.message) if event.error is not None else None))
