"""Chat with a model through the server: sending, streaming, and the threads that are kept."""

from __future__ import annotations

from mfo_runtime.client.answers import Answer
from mfo_runtime.client.calls import Calls
from mfo_runtime.client.chat_stream import ChatStream
from mfo_runtime.client.conversation import ChatMessage, ChatReply, ChatRequest, Thread, chat_reply
from mfo_runtime.client.routes import Operation


class Chat:
    """``/api/chat``."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def send(self, request: ChatRequest | str) -> ChatReply:
        """Send a message, given as text or as a whole request, and wait for the model's answer."""
        return chat_reply(Answer.of(await self._calls(Operation.CHAT_SEND, body=_asked(request).to_data())))

    def stream(self, request: ChatRequest | str) -> ChatStream:
        """Send a message, and read the model's answer while it is written.

        For example::

            async with client.chat.stream("Tell me a story") as pieces:
                async for piece in pieces:
                    if isinstance(piece, TextPiece):
                        print(piece.text, end="")

        Nothing is sent before the first piece is asked for. Until the answer begins, the call is tried again as any
        other; after that an error ends the stream, and whether to ask anew is the caller's choice.
        """
        body = _asked(request).to_data() | {"stream": True}
        return ChatStream(lambda: self._calls(Operation.CHAT_SEND, body=body, streams=True))

    async def get_thread(self, thread_id: str) -> Thread:
        """The messages of a thread, oldest first."""
        answer = Answer.of(await self._calls(Operation.CHAT_THREAD, {"thread_id": thread_id}))
        answer.anything("messages")
        return Thread(
            id=answer.optional_text("id") or thread_id,
            messages=tuple(
                ChatMessage(message.text("role"), message.optional_text("content"))
                for message in answer.objects("messages")
            ),
            metadata=answer.mapping("metadata"),
            created_at=answer.moment("created_at"),
            updated_at=answer.moment("updated_at"),
            data=answer.data,
        )


def _asked(request: ChatRequest | str) -> ChatRequest:
    return ChatRequest(message=request) if isinstance(request, str) else request
