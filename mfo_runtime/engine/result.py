"""How a run ended, as the engine knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mfo_runtime.engine.states import NodeState, RunState
from mfo_runtime.errors import MfoError


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
