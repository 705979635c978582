"""How a run of a flow ended, as callers and reports see it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from mfo_runtime.engine.states import NodeState, RunState
from mfo_runtime.errors import REDACTED, MfoError

_MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended.

    Attributes:
        run_id: the run's own id, ``TASKFLOW.process_id``.
        taskflow: the taskflow's id.
        state: succeeded, failed or cancelled.
        outputs: the taskflow's ``outputs``, or every task's output by its id; secrets struck out.
        states: how each node ended, by path, in document order.
        error: the first failure, with the task and its place; None where the run succeeded.
        duration: seconds.
        usage: tokens and whatever else models reported, summed over all tasks.
    """

    run_id: str
    taskflow: str
    state: RunState
    outputs: Mapping[str, Any]
    states: Mapping[str, NodeState]
    error: MfoError | None
    duration: float
    usage: Mapping[str, Any]

    @property
    def succeeded(self) -> bool:
        """Whether the run ended well."""
        return self.state is RunState.SUCCEEDED

    def to_data(self) -> dict[str, Any]:
        """The outcome as JSON values."""
        return {
            "run_id": self.run_id,
            "taskflow": self.taskflow,
            "state": self.state.value,
            "duration": round(self.duration, 3),
            "outputs": dict(self.outputs),
            "states": {path: state.value for path, state in self.states.items()},
            "usage": dict(self.usage),
            "error": self.error.to_data() if self.error is not None else None,
        }


def strike_out(value: Any, secrets: frozenset[str]) -> Any:
    """A value with secrets replaced wherever they stand in its texts and keys."""
    if not secrets:
        return value
    longest_first = sorted(secrets, key=len, reverse=True)  # one may be a part of another
    return _struck_out(value, re.compile("|".join(map(re.escape, longest_first))), 0)


def _struck_out(value: Any, secrets: re.Pattern[str], depth: int) -> Any:
    match value:
        case str():
            return secrets.sub(REDACTED, value)
        case dict() | list() if depth >= _MAX_DEPTH:
            return REDACTED
        case dict():
            items = cast("dict[Any, Any]", value).items()
            return {_struck_out(key, secrets, depth + 1): _struck_out(item, secrets, depth + 1) for key, item in items}
        case list():
            return [_struck_out(item, secrets, depth + 1) for item in cast("list[Any]", value)]
        case _:
            return value
