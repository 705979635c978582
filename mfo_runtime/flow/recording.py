"""From what the engine tells to what the journal keeps, and back when a run goes on."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from mfo_runtime.engine.observing import RunEvent
from mfo_runtime.engine.plan import NodeRun
from mfo_runtime.engine.recording import Ending
from mfo_runtime.engine.states import NodeState, RunState
from mfo_runtime.errors import error_from_data
from mfo_runtime.flow.past import NOTED, RESUMED, Past
from mfo_runtime.journal import Codec, Event, RunWriting

TakeUsage = Callable[[str], Mapping[str, Any]]
"""What models used in an execution since this was asked last."""

_ENDED_WELL_OR_NOT = {NodeState.SUCCEEDED.value, NodeState.FAILED.value}


class RunRecorder:
    """The engine's recorder of one run."""

    def __init__(self, log: RunWriting | None, codec: Codec, take_usage: TakeUsage, past: Past | None = None) -> None:
        """Write to ``log``, or nowhere; what ``past`` knows is remembered and not written again."""
        self._log = log
        self._codec = codec
        self._take_usage = take_usage
        self._past = past or Past()
        self._is_parked = False

    def park(self) -> None:
        """Take in nothing more; what was taken in is still committed."""
        self._is_parked = True

    def resumed(self, *, failed: bool, tasks: tuple[str, ...]) -> None:
        """Take in that the run goes on, and what of it is done again."""
        self._add(Event(time.time(), RESUMED, facts={"failed": failed, "tasks": list(tasks)}))

    def recall(self, node: NodeRun) -> Ending | None:
        """How this execution of a task or condition ended before; None where it has to be done.

        Raises:
            MfoError: a secret that its value holds cannot be found any more.
        """
        event = self._past.endings.get(str(node))
        if event is None or event.kind not in _ENDED_WELL_OR_NOT:
            return None
        if event.kind == NodeState.FAILED.value:
            return Ending(NodeState.FAILED, error=error_from_data((event.facts or {}).get("error") or {}))
        return Ending(NodeState.SUCCEEDED, self._value(event))

    def began(self, node: NodeRun) -> float | None:
        """When this execution first began; None where it has not yet."""
        return self._past.began.get(str(node))

    def record(self, event: RunEvent, value: Any = None) -> None:
        """Take in an event, unless it is one that the journal has already."""
        node = event.node
        if self._is_known(event, node):
            return
        facts: dict[str, Any] = {}
        if event.error is not None:
            facts["error"] = self._codec.redacted(event.error.to_data())
        if event.branch is not None:
            facts["branch"] = event.branch
        if event.state is not NodeState.RUNNING and (usage := self._take_usage(node)):
            facts["usage"] = usage
        has_value = event.state is NodeState.SUCCEEDED and (value is not None or event.attempt > 0)
        self._add(
            Event(
                event.time,
                event.state.value,
                node,
                event.attempt or None,
                event.duration,
                self._codec.encode(value) if has_value else None,
                facts or None,
            )
        )

    def _is_known(self, event: RunEvent, node: str) -> bool:
        if event.state is NodeState.RUNNING:
            return not event.attempt and node in self._past.began  # a subflow that goes on
        if event.state is RunState.RUNNING:
            return False
        ending = self._past.endings.get(node)
        return ending is not None and ending.kind == event.state.value

    def noted(self, node: NodeRun) -> dict[str, Any]:
        """What was noted of this execution by name."""
        return {name: self._value(event) for name, event in self._past.notes.get(str(node), {}).items()}

    def note(self, node: NodeRun, name: str, value: Any) -> None:
        """Take in a fact of an execution."""
        facts: dict[str, Any] = {"name": name}
        if usage := self._take_usage(str(node)):
            facts["usage"] = usage
        self._add(Event(time.time(), NOTED, str(node), value_json=self._codec.encode(value), facts=facts))

    def commit(self) -> Awaitable[None] | None:
        """Keep all that was taken in so far, or begin to."""
        return self._log.commit() if self._log is not None else None

    def _add(self, event: Event) -> None:
        if self._log is not None and not self._is_parked:
            self._log.add(event)

    def _value(self, event: Event) -> Any:
        return None if event.value_json is None else self._codec.decode(event.value_json)
