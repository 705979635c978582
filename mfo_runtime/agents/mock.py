"""An adapter that asks nobody: fixed answers, answers in sequence, tool calls; for trying and testing."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any, Self

from mfo_runtime.agents.exchange import Piece, Prompt, Reply, ToolCall
from mfo_runtime.agents.middleware import CallHook
from mfo_runtime.errors import MfoError


class MockAdapter:
    """Answers as it is told; once all answers are given, the last one repeats.

    Attributes:
        prompts: all that it was asked.
        deleted: the ids of the sessions that it was told to forget.
    """

    def __init__(
        self,
        *answers: str | Reply | MfoError,
        calls_tools: bool = False,
        keeps_sessions: bool = False,
        hook: CallHook | None = None,
    ) -> None:
        """Answer in this order.

        Args:
            answers: texts, whole replies, or errors, which are raised.
            calls_tools: whether it says that it takes tools.
            keeps_sessions: whether its replies have ids.
            hook: functions to call around each call.

        Raises:
            ValueError: there is no answer.
        """
        if not answers:
            raise ValueError("A mock adapter needs an answer.")
        self._answers = answers
        self._calls_tools = calls_tools
        self._keeps_sessions = keeps_sessions
        self._hook = hook or CallHook()
        self._given = 0
        self.prompts: list[Prompt] = []
        self.deleted: list[str] = []

    @classmethod
    def with_tool_call(cls, name: str, arguments: Mapping[str, Any]) -> Self:
        """One that calls a tool."""
        return cls(Reply(tool_calls=(ToolCall(name, arguments),)), calls_tools=True)

    @property
    def calls_tools(self) -> bool:
        """As it was told."""
        return self._calls_tools

    @property
    def keeps_sessions(self) -> bool:
        """As it was told."""
        return self._keeps_sessions

    @property
    def call_count(self) -> int:
        """How often it was asked."""
        return len(self.prompts)

    def reset(self) -> None:
        """Begin from the first answer, as if nothing had been asked."""
        self._given = 0
        self.prompts.clear()
        self.deleted.clear()

    async def call(self, prompt: Prompt) -> Reply:
        """The next answer; raises it where it is an error."""
        self.prompts.append(prompt)
        if self._hook.on_start is not None:
            self._hook.on_start(prompt)
        try:
            reply = self._next()
        except MfoError as error:
            if self._hook.on_end is not None:
                self._hook.on_end(prompt, None, error)
            raise
        if self._hook.on_end is not None:
            self._hook.on_end(prompt, reply, None)
        return reply

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """The next answer, word by word."""
        reply = await self.call(prompt)
        words = reply.text.split(" ")
        for number, word in enumerate(words):
            piece = word if number == len(words) - 1 else f"{word} "
            if piece:
                yield piece
        yield reply

    async def delete_session(self, reply_id: str) -> None:
        """Note that the session is to be forgotten."""
        self.deleted.append(reply_id)

    def _next(self) -> Reply:
        answer = self._answers[min(self._given, len(self._answers) - 1)]
        self._given += 1
        if isinstance(answer, MfoError):
            raise answer
        reply = Reply(answer) if isinstance(answer, str) else answer
        if self._keeps_sessions and not reply.reply_id:
            return Reply(reply.text, reply.tool_calls, f"reply-{len(self.prompts)}", reply.usage, reply.model_id)
        return reply
