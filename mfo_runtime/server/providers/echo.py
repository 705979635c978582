"""The provider that says back what the user said last."""

from __future__ import annotations

from mfo_runtime.server.providers.conversation import ChatQuestion, ChatReply


class EchoProvider:
    """Answers with the last user message, word for word."""

    async def answer(self, question: ChatQuestion) -> ChatReply:
        """The user's last words."""
        return ChatReply(question.last_user_text, model_id="echo")
