"""What can happen to a run (events), and what has to be done about it (effects): plain values that do nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mfo_runtime.engine.plan import NodeRun
from mfo_runtime.engine.states import NodeState, RunState
from mfo_runtime.errors import MfoError


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The run begins; the first event of all."""


@dataclass(frozen=True, slots=True)
class TaskSucceeded:
    """A task came to its end."""

    node: NodeRun
    outputs: Any


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """A task failed for good: after its error handling, or past its timeout."""

    node: NodeRun
    error: MfoError


@dataclass(frozen=True, slots=True)
class TaskCancelled:
    """A task that was told to stop has stopped, or is given up on."""

    node: NodeRun


@dataclass(frozen=True, slots=True)
class TaskPaused:
    """A task waits (for a backoff, or for somebody) and gives its slot back."""

    node: NodeRun


@dataclass(frozen=True, slots=True)
class TaskWantsSlot:
    """A task has waited enough and asks for a slot again."""

    node: NodeRun


@dataclass(frozen=True, slots=True)
class ConditionEvaluated:
    """A condition's expression has a value."""

    node: NodeRun
    value: Any


@dataclass(frozen=True, slots=True)
class ConditionFailed:
    """A condition's expression has no value."""

    node: NodeRun
    error: MfoError


@dataclass(frozen=True, slots=True)
class SubflowAccepted:
    """A subflow's input is as its schema asks."""

    node: NodeRun


@dataclass(frozen=True, slots=True)
class SubflowRejected:
    """A subflow's input is not as its schema asks."""

    node: NodeRun
    error: MfoError


@dataclass(frozen=True, slots=True)
class RunTimedOut:
    """The run took longer than its timeout: running tasks are told to stop at once."""

    error: MfoError


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """Somebody stops the run: running tasks get the grace, or none when it is to be at once."""

    error: MfoError
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class GraceOver:
    """The time that running tasks were given is up."""


Event = (
    RunStarted
    | TaskSucceeded
    | TaskFailed
    | TaskCancelled
    | TaskPaused
    | TaskWantsSlot
    | ConditionEvaluated
    | ConditionFailed
    | SubflowAccepted
    | SubflowRejected
    | RunTimedOut
    | CancelRequested
    | GraceOver
)


@dataclass(frozen=True, slots=True)
class StartTask:
    """Execute a task, and say how it ended."""

    node: NodeRun


@dataclass(frozen=True, slots=True)
class EvaluateCondition:
    """Evaluate a condition's expression, and say what it gave."""

    node: NodeRun


@dataclass(frozen=True, slots=True)
class OpenSubflow:
    """Check a subflow's input, and say whether it is accepted; until then nothing else starts."""

    node: NodeRun


@dataclass(frozen=True, slots=True)
class ResumeTask:
    """A task that asked for a slot has one again."""

    node: NodeRun


@dataclass(frozen=True, slots=True)
class CancelTask:
    """Tell a running task to stop, and say when it has."""

    node: NodeRun


@dataclass(frozen=True, slots=True)
class BeginGrace:
    """Say that the grace is over when these seconds are."""

    seconds: float


@dataclass(frozen=True, slots=True)
class NodeEnded:
    """Tell observers how a node ended."""

    node: NodeRun
    state: NodeState
    error: MfoError | None = None
    branch: int | None = None


@dataclass(frozen=True, slots=True)
class FinishRun:
    """The run is over."""

    state: RunState


Effect = StartTask | EvaluateCondition | OpenSubflow | ResumeTask | CancelTask | BeginGrace | NodeEnded | FinishRun
