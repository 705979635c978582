"""The way to the model of one agent at work: a thread of the server, told only what it does not know yet."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace

from mfo_runtime.agents import Message, MfoAdapter, Piece, Prompt, Reply
from mfo_runtime.agents.server_adapter import reply_of_server
from mfo_runtime.client import Operations
from mfo_runtime.tasks.conversation import reply_of

AskAt = Callable[[Prompt], Operations]
"""The operations that a prompt is asked by: each has idempotency keys of its own."""


class ThreadAdapter:
    """Asks the server; prompts hold the whole conversation, and what the thread has of it is not sent again.

    Where a conversation was pruned, it is another one: it goes on in a new thread.
    """

    calls_tools = True
    keeps_sessions = False

    def __init__(self, operations: AskAt, tell_text: Callable[[str], None] | None) -> None:
        self._operations = operations
        self._tell_text = tell_text
        self._known: tuple[Message, ...] = ()
        self._system = ""
        self.thread_id = ""

    async def call(self, prompt: Prompt) -> Reply:
        """Ask, and wait for the whole reply; what the model writes is told meanwhile. Raises ``MfoError``."""
        operations = self._operations(prompt)
        sent = prompt
        if self._goes_on(prompt):
            sent = replace(prompt, system="", messages=prompt.messages[len(self._known) :], previous_id=self.thread_id)
        request = MfoAdapter(operations).request(sent)
        reply = reply_of_server(
            await reply_of(operations, request, self._tell_text), prompt.model_id, prompt.provider_id
        )
        self.heard(prompt, reply)
        return reply

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """As ``call``: whoever listens is told already."""
        yield await self.call(prompt)

    async def delete_session(self, reply_id: str) -> None:
        """Nothing: threads of a server are not deleted."""

    def heard(self, prompt: Prompt, reply: Reply) -> None:
        """The thread knows a prompt and its reply, also where that happened before this process began."""
        self._known = (*prompt.messages, Message("assistant", reply.text, reply.tool_calls))
        self._system = prompt.system
        self.thread_id = reply.reply_id

    def _goes_on(self, prompt: Prompt) -> bool:
        known = self._known
        has_more = len(prompt.messages) > len(known)
        return (
            bool(self.thread_id)
            and has_more
            and prompt.system == self._system
            and prompt.messages[: len(known)] == known
        )
