"""The provider that answers from a script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from mfo_runtime.server.providers.conversation import ChatQuestion, ChatReply, ProviderError
from mfo_runtime.server.providers.script import Script

_UNANSWERED = 400


class ScriptedProvider:
    """Answers as its script says; the same questions in the same order get the same answers."""

    def __init__(self, script: Script, take_turn: Callable[[str, bool], int]) -> None:
        """Answer from ``script``.

        Args:
            script: the answers.
            take_turn: counts the turns of a conversation, named by any text: gives how many were taken before this
                one. Its second argument says whether the count should outlive this process.
        """
        self._script = script
        self._take_turn = take_turn

    async def answer(self, question: ChatQuestion) -> ChatReply:
        """The answer of the first entry that fits, for the turn that this question is."""
        found = self._script.find(question)
        if found is None:
            asked = ", ".join(
                f'{key} "{question.named(key)}"' for key in ("prompt_template_id", "task_id") if question.named(key)
            )
            raise ProviderError(_UNANSWERED, f"the script has no answer for {asked or 'a request without a template'}")
        index, entry = found
        turn = self._take_turn(*_conversation(index, question)) if len(entry.answers) > 1 else 0
        answer = entry.answer(turn)
        await asyncio.sleep(answer.delay)
        if answer.failure is not None:
            raise ProviderError(answer.failure.status, answer.failure.message, answer.failure.retry_after)
        return ChatReply(answer.content, answer.tool_calls, model_id=question.model_id or "scripted")


def _conversation(index: int, question: ChatQuestion) -> tuple[str, bool]:
    run = question.named("run_id") or question.named("process_id")
    task = question.named("task_id")
    return json.dumps([index, run, task, "" if task else question.thread_id]), bool(run)
