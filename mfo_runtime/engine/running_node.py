"""A node that is being executed, as its executor sees it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

from mfo_runtime.engine.plan import NodeRun, RunPlan
from mfo_runtime.engine.reading import read
from mfo_runtime.engine.recording import Recorder
from mfo_runtime.engine.state import MachineState


class RunOfNode(Protocol):
    """What a node needs of its run."""

    plan: RunPlan
    state: MachineState
    recorder: Recorder | None

    @property
    def iterations(self) -> Mapping[str, int]:
        """Condition id -> how often it took its loop edge."""
        ...

    def tell_attempt(self, node: NodeRun, attempt: int) -> None:
        """A task is tried again."""
        ...

    def began_at(self, node: NodeRun) -> float:
        """When the node began, in seconds since the epoch."""
        ...

    def pause(self, node: NodeRun) -> None:
        """Give a task's slot back."""
        ...

    async def resume(self, node: NodeRun) -> None:
        """Wait until the task has a slot again."""
        ...


class RunningNode:
    """One execution of a node."""

    __slots__ = ("_run", "attempt", "identity")

    def __init__(self, run: RunOfNode, identity: NodeRun) -> None:
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

    @property
    def began_at(self) -> float:
        """When it began, in seconds since the epoch; the same when it is executed again after a crash."""
        return self._run.began_at(self.identity)

    def read(self, name: str) -> Any:
        """The outputs of the node called ``name``, as this one sees them; see ``reading.read``."""
        return read(self._run.state, self.identity.number, name)

    def begin_attempt(self, attempt: int) -> None:
        """Tell observers that the task is tried again."""
        self.attempt = attempt
        self._run.tell_attempt(self.identity, attempt)

    def noted(self) -> Mapping[str, Any]:
        """What was noted by name when this node was executed before; empty where it was not, or nothing is kept."""
        recorder = self._run.recorder
        return recorder.noted(self.identity) if recorder is not None else {}

    async def note(self, name: str, value: Any) -> None:
        """Keep a fact that has to be the same should the node be executed again; returns when it is kept.

        Raises:
            JournalError: it cannot be kept.
        """
        recorder = self._run.recorder
        if recorder is not None:
            recorder.note(self.identity, name, value)
            kept = recorder.commit()
            if kept is not None:
                await kept

    @asynccontextmanager
    async def without_slot(self) -> AsyncGenerator[None]:
        """Hold no slot inside the block, as in a backoff wait; leaving it waits for a slot."""
        self._run.pause(self.identity)
        yield
        await self._run.resume(self.identity)
