"""What observers of a run are told: one plain value for each thing that happened; it knows nobody who observes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from mfo_runtime.engine.states import NodeState, RunState
from mfo_runtime.errors import MfoError


@dataclass(frozen=True, slots=True)
class Clock:
    """Where times come from.

    Attributes:
        now: seconds since the epoch, for the times of events.
        elapsed: seconds from any start that never go back, for durations.
    """

    now: Callable[[], float] = time.time
    elapsed: Callable[[], float] = time.monotonic


class RunEvent(NamedTuple):
    """Something that happened to the run, or to a node of it; a tuple, as two are made for each task.

    Attributes:
        sequence: counts the events of a run from 1.
        time: when it happened, in seconds since the epoch.
        path: the node, with the iterations of the subflows around it; empty for the run itself.
        iteration: how often loops had armed the node again before.
        state: what it is now.
        attempt: for a task, which try, from 1; else 0.
        duration: for what has ended, the seconds since it started, None where it never did.
        error: why it failed.
        branch: for a condition that chose, the number of the branch; None also where it chose none.
    """

    sequence: int
    time: float
    path: str
    iteration: int
    state: NodeState | RunState
    attempt: int = 0
    duration: float | None = None
    error: MfoError | None = None
    branch: int | None = None

    @property
    def node(self) -> str:
        """The execution of the node, as ``str`` of its ``NodeRun``; empty for the run itself."""
        return f"{self.path}[{self.iteration}]" if self.iteration else self.path


Observer = Callable[[RunEvent], None]
