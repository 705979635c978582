"""What the nodes of a taskflow do, as the engine asks for it."""

from __future__ import annotations

from typing import Any, Protocol

from mfo_runtime.engine.running_node import RunningNode


class Executors(Protocol):
    """What the nodes of a taskflow do. Each may raise any ``MfoError``, which fails the node."""

    async def execute(self, task: RunningNode) -> Any:
        """Execute a task and give its outputs."""
        ...

    def evaluate(self, condition: RunningNode) -> Any:
        """The value of a condition's expression; it is pure, and bounded in time by itself."""
        ...

    def remember(self, condition: RunningNode, value: Any) -> None:
        """A condition had this value in an earlier part of the run, and is not evaluated again."""
        ...

    def open_subflow(self, subflow: RunningNode) -> None:
        """Work out a subflow's input and check it; pure and bounded as well."""
        ...
