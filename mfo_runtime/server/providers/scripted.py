"""The provider that answers from a script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from functools import partial
from typing import Protocol

from mfo_runtime.providers.conversation import ChatQuestion, ChatReply, Piece, ProviderError, in_pieces
from mfo_runtime.server.providers.script import Script

_UNANSWERED = 400


class CountsTurns(Protocol):
    """Counts the turns of conversations, which any text names; lasting counts outlive this process."""

    def next(self, conversation: str, *, is_lasting: bool) -> int:
        """How many turns there were before this one."""
        ...

    def taken(self, conversation: str, turn: int, *, is_lasting: bool) -> None:
        """The turn was answered, and the answer is being kept."""
        ...


class ScriptedProvider:
    """Answers as its script says; the same questions in the same order get the same answers."""

    def __init__(self, script: Script, turns: CountsTurns) -> None:
        """Answer from ``script``; ``turns`` counts the turns of conversations."""
        self._script = script
        self._turns = turns

    async def answer(self, question: ChatQuestion) -> ChatReply:
        """The answer of the first entry that fits, for the turn that this question is."""
        return (await self._answer(question))[0]

    async def _answer(self, question: ChatQuestion) -> tuple[ChatReply, float]:
        """The answer, and the seconds that each of its words takes."""
        found = self._script.find(question)
        if found is None:
            asked = ", ".join(
                f'{key} "{question.named(key)}"' for key in ("prompt_template_id", "task_id") if question.named(key)
            )
            raise ProviderError(_UNANSWERED, f"the script has no answer for {asked or 'a request without a template'}")
        index, entry = found
        conversation, is_lasting = _conversation(index, question)
        has_turns = len(entry.answers) > 1
        turn = self._turns.next(conversation, is_lasting=is_lasting) if has_turns else 0
        answer = entry.answer(turn)
        await asyncio.sleep(answer.delay)
        taken = partial(self._turns.taken, conversation, turn, is_lasting=is_lasting and has_turns)
        if answer.failure is not None:
            taken()
            raise ProviderError(answer.failure.status, answer.failure.message, answer.failure.retry_after)
        reply = ChatReply(answer.content, answer.tool_calls, question.model_id or "scripted", kept=taken)
        return reply, answer.pace

    async def stream(self, question: ChatQuestion) -> AsyncGenerator[Piece]:
        """The same answer, word by word."""
        reply, pace = await self._answer(question)
        async for piece in in_pieces(reply):
            yield piece
            await asyncio.sleep(pace)


def _conversation(index: int, question: ChatQuestion) -> tuple[str, bool]:
    run = question.named("run_id") or question.named("process_id")
    task = question.named("task_id")
    return json.dumps([index, run, task, "" if task else question.thread_id]), bool(run)
