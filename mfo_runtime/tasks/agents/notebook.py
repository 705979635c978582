"""What an agent did, noted step by step, so that a run that goes on does nothing twice."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from mfo_runtime.agents import Message, Prompt, Reply, ToolCall
from mfo_runtime.client import CallOptions, Operations
from mfo_runtime.tasks.context import TaskContext
from mfo_runtime.tasks.safeguards import map_of

_LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Notebook:
    """The notes of one agent at work; those of an agent that it hands work to stand below a step of its own.

    Attributes:
        context: the execution of the task.
        path: where the agent stands among those of the task: empty for the first one.
    """

    context: TaskContext
    path: str = ""

    def below(self, step: str) -> Notebook:
        """The notes of an agent that is handed work in a step."""
        return Notebook(self.context, f"{self.path}{step}/")

    def name(self, step: str) -> str:
        """By what a step is noted: tries that ask anew have steps of their own."""
        return f"agent {self.context.try_number} {self.path}{step}"

    def known(self, step: str) -> dict[str, Any] | None:
        """What was noted of a step when the task was executed or tried before; None where it was not done."""
        noted = self.context.noted.get(self.name(step))
        return map_of(noted) if noted is not None else None

    async def keep(self, step: str, value: dict[str, Any]) -> None:
        """Note what came of a step; what follows waits until it is kept. Raises ``JournalError``."""
        await self.context.note(self.name(step), value)
        self.context.noted[self.name(step)] = value

    async def once(self, step: str, work: Callable[[Operations], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """What came of a step: by the notes, else by doing it.

        Args:
            step: its name.
            work: does it with operations of the server whose writes have keys of this step's own, so that one that was
                cut off is applied once however often it is repeated.
        """
        known = self.known(step)
        if known is None:
            known = await work(self.operations(step))
            await self.keep(step, known)
        return known

    def operations(self, step: str) -> Operations:
        """The server's operations for one step."""
        key = f"{self.context.write_key}/{self.path}{step}"
        if len(key) > _LONGEST_KEY:
            key = f"{self.context.run_id[:64]}/{hashlib.sha256(key.encode()).hexdigest()}"
        return self.context.client.with_options(
            CallOptions(idempotency_key=key, max_attempts=self.context.max_attempts)
        )


def reply_data(reply: Reply, prompt: Prompt) -> dict[str, Any]:
    """A reply as it is noted, with the model that was asked."""
    return {
        "text": reply.text,
        "tool_calls": calls_data(reply.tool_calls),
        "reply_id": reply.reply_id,
        "usage": dict(reply.usage),
        "model_id": reply.model_id,
        "provider_id": reply.provider_id,
        "asked": prompt.model_id,
    }


def reply_of_data(data: dict[str, Any]) -> Reply:
    """A reply that was noted."""
    return Reply(
        str(data.get("text", "")),
        tuple(ToolCall(str(one["name"]), dict(one["arguments"])) for one in data.get("tool_calls", ())),
        str(data.get("reply_id", "")),
        dict(data.get("usage") or {}),
        str(data.get("model_id", "")),
        str(data.get("provider_id", "")),
    )


def calls_data(calls: tuple[ToolCall, ...]) -> list[dict[str, Any]]:
    """Tool calls as JSON values."""
    return [{"name": call.name, "arguments": dict(call.arguments)} for call in calls]


def messages_data(messages: tuple[Message, ...]) -> list[dict[str, str]]:
    """Messages as JSON values; what tools were called with is left out."""
    return [{"role": one.role, "content": one.content} for one in messages]
