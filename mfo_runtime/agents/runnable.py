"""What an engine can run: steps, flows of them, and anything of one's own with the same method."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from mfo_runtime.agents.flow_context import FlowContext
from mfo_runtime.agents.response import Response


class Runnable(Protocol):
    """Something that runs in a flow."""

    async def run(self, context: FlowContext) -> Response:
        """Do it; raises ``MfoError`` where it fails."""
        ...


@runtime_checkable
class NamedRunnable(Protocol):
    """A runnable that has a name, as steps have."""

    @property
    def name(self) -> str:
        """The name."""
        ...


@dataclass(frozen=True, slots=True)
class RunnableFunction:
    """A coroutine function as a runnable; ``name`` is what others call it."""

    function: Callable[[FlowContext], Awaitable[Response]]
    name: str = ""

    async def run(self, context: FlowContext) -> Response:
        """Call the function; its response counts as the last one, and is kept under the name where there is one."""
        response = await self.function(context)
        if self.name:
            return context.respond(self.name, response)
        context.previous = response
        return response


def name_of(runnable: object) -> str:
    """The name of a runnable; empty where it has none."""
    return runnable.name if isinstance(runnable, NamedRunnable) else ""
