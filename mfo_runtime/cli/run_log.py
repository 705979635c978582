"""A run as lines of JSON: what happened to the run, its nodes and its calls, with the ids that join them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Self

from mfo_runtime.cassettes import ASKING_TASK
from mfo_runtime.cli.log_lines import line_of
from mfo_runtime.client import Attempt
from mfo_runtime.engine.observing import RunEvent
from mfo_runtime.engine.states import NodeState, RunState
from mfo_runtime.errors import MfoError

_QUIET = frozenset({NodeState.PENDING, NodeState.READY})
_GRAVE = frozenset({NodeState.FAILED, RunState.FAILED})


@dataclass(frozen=True, slots=True)
class RunLog:
    """Writes the lines of one run; a progress like the others, and an observer of the client's calls.

    Attributes:
        write: takes one line, without its end.
        now: seconds since 1970, for what has no time of its own.
        level: the least grave that is written, as ``logging`` counts.
        fields: what stands in every line: the run's ids, and what the client configuration adds.
    """

    write: Callable[[str], None]
    now: Callable[[], float]
    level: int = logging.INFO
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __enter__(self) -> Self:
        """Nothing to begin."""
        return self

    def __exit__(self, *_details: object) -> None:
        """Nothing to end."""

    def __call__(self, event: RunEvent) -> None:
        """Write the line of an event; none for nodes that are only waiting."""
        if event.state in _QUIET:
            return
        subject = "task" if isinstance(event.state, NodeState) else "run"
        level = logging.ERROR if event.state in _GRAVE else logging.INFO
        if event.state is NodeState.RUNNING and event.attempt > 1:
            level = logging.WARNING
        facts = {
            "task": event.path or None,
            "iteration": event.iteration or None,
            "attempt": event.attempt or None,
            "duration": round(event.duration, 6) if event.duration is not None else None,
            "branch": event.branch,
            "error": _error(event.error),
        }
        self._line(event.time, level, f"{subject}.{event.state.value}", facts)

    def attempted(self, attempt: Attempt) -> None:
        """Write the line of one try of one call of the MFO server."""
        level = logging.DEBUG if attempt.error is None else logging.WARNING
        facts = {
            "task": ASKING_TASK.get() or None,
            "operation": attempt.operation.value,
            "try": attempt.number,
            "request_id": attempt.request_id,
            "duration": round(attempt.seconds, 6),
            "pause": attempt.pause,
            "error": _error(attempt.error),
        }
        self._line(self.now(), level, "call.failed" if attempt.error is not None else "call.succeeded", facts)

    def used(self, node: str, usage: Mapping[str, Any]) -> None:
        """Write what a model used."""
        self._line(self.now(), logging.INFO, "model.used", {"task": node, "usage": dict(usage)})

    def paused(self) -> AbstractContextManager[None]:
        """Lines are in nobody's way."""
        return nullcontext()

    def _line(self, moment: float, level: int, event: str, facts: Mapping[str, Any]) -> None:
        if level >= self.level:
            self.write(line_of(moment, level, event, {**self.fields, **facts}))


def _error(error: MfoError | None) -> dict[str, Any] | None:
    return error.to_data() if error is not None else None
