"""The provider that says back what the user said last."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from mfo_runtime.providers.conversation import ChatQuestion, ChatReply, Piece, in_pieces


class EchoProvider:
    """Answers with the last user message, word for word."""

    async def answer(self, question: ChatQuestion) -> ChatReply:
        """The user's last words."""
        return ChatReply(question.last_user_text, model_id="echo")

    async def stream(self, question: ChatQuestion) -> AsyncGenerator[Piece]:
        """The user's last words, word by word."""
        async for piece in in_pieces(await self.answer(question)):
            yield piece
