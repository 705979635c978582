"""An adapter that asks nobody: fixed answers, answers in sequence, tool calls; for trying and testing."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
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
        *answers: str | ToolCall | Reply | MfoError,
        calls_tools: bool | None = None,
        keeps_sessions: bool = False,
        hook: CallHook | None = None,
    ) -> None:
        """Answer in this order.

        Args:
            answers: texts, calls of tools, whole replies, or errors, which are raised.
            calls_tools: whether it says that it takes tools; where it is None, if an answer calls one.
            keeps_sessions: whether its replies have ids.
            hook: functions to call around each call.

        Raises:
            ValueError: there is no answer.
            TypeError: an answer is something else.
        """
        if not answers:
            raise ValueError("A mock adapter needs an answer.")
        self._answers = tuple(map(_answer, answers))
        calls = any(isinstance(answer, Reply) and answer.tool_calls for answer in self._answers)
        self._calls_tools = calls if calls_tools is None else calls_tools
        self._keeps_sessions = keeps_sessions
        self._hook = hook or CallHook()
        self._given = 0
        self.prompts: list[Prompt] = []
        self.deleted: list[str] = []

    @classmethod
    def with_tool_call(cls, name: str, arguments: Mapping[str, Any]) -> Self:
        """One that calls a tool."""
        return cls(ToolCall(name, arguments))

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
        if self._keeps_sessions and not answer.reply_id:
            return replace(answer, reply_id=f"reply-{len(self.prompts)}")
        return answer


def _answer(given: object) -> Reply | MfoError:
    match given:
        case str():
            return Reply(given)
        case ToolCall():
            return Reply(tool_calls=(given,))
        case Reply() | MfoError():
            return given
        case _:
            raise TypeError(f"A mock adapter answers with texts, tool calls, replies or errors, not with {given!r}.")
