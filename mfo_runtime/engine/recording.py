"""What the engine asks of whoever writes a run down: nothing counts before it is kept, and what was kept is not done again.

The engine knows no disk and no format. It tells what happened, waits until that is kept, and asks, when it comes to a
node, how the node ended in an earlier part of the same run.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Protocol

from mfo_runtime.engine.observing import RunEvent
from mfo_runtime.engine.plan import NodeRun
from mfo_runtime.engine.states import NodeState
from mfo_runtime.errors import MfoError


@dataclass(frozen=True, slots=True)
class Ending:
    """How one execution of a node ended.

    Attributes:
        state: succeeded or failed.
        value: the outputs of a task, or what the expression of a condition gave.
        error: why it failed.
    """

    state: NodeState
    value: Any = None
    error: MfoError | None = None


class Recorder(Protocol):
    """Keeps what happens to one run."""

    def recall(self, node: NodeRun) -> Ending | None:
        """How this execution of a task or condition ended before; None where it has to be done."""
        ...

    def began(self, node: NodeRun) -> float | None:
        """When this execution first began, in seconds since the epoch; None where it has not yet."""
        ...

    def record(self, event: RunEvent, value: Any = None) -> None:
        """Take in an event, with the value of the node that ended; it is kept with the next commit."""
        ...

    def noted(self, node: NodeRun) -> dict[str, Any]:
        """What was noted of this execution by name."""
        ...

    def note(self, node: NodeRun, name: str, value: Any) -> None:
        """Take in a fact that a node will want to know again; it is kept with the next commit."""
        ...

    def commit(self) -> Awaitable[None] | None:
        """Keep all that was taken in so far, or begin to.

        Returns:
            What is done when it is kept; None where it is already. It raises ``JournalError`` where it cannot be.

        Raises:
            JournalError: it cannot be kept.
        """
        ...
