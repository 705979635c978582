"""The adapter that asks models through an MFO server."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from mfo_runtime.agents.exchange import Message, Piece, Prompt, Reply, ToolCall
from mfo_runtime.client import ChatMessage, ChatReply, ChatRequest, Operations, TextPiece


class MfoAdapter:
    """Asks through the client of an MFO server; a reply's id is that of the thread that it stands in.

    A server keeps threads, so a session is a thread: each prompt that goes on with it adds its messages, and one that
    names no thread begins a new one.
    """

    calls_tools = True
    keeps_sessions = True

    def __init__(self, client: Operations, *, model_id: str | None = None, provider_id: str | None = None) -> None:
        """Ask through ``client``, which stays open; ``model_id`` and ``provider_id`` where a prompt names none."""
        self._client = client
        self._model_id = model_id
        self._provider_id = provider_id

    async def call(self, prompt: Prompt) -> Reply:
        """Ask, and wait for the whole reply; raises ``MfoError``."""
        return self._reply(await self._client.chat.send(self.request(prompt)))

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """Ask, and give the text while it is written; raises ``MfoError``."""
        async with aclosing(self._client.chat.stream(self.request(prompt))) as pieces:
            async for piece in pieces:
                if isinstance(piece, TextPiece):
                    yield piece.text
        assert pieces.reply is not None, "a stream that ends without an error has a last piece"
        yield self._reply(pieces.reply)

    async def delete_session(self, reply_id: str) -> None:
        """Nothing: the server's interface has no way to delete a thread (dialect section 12)."""

    def request(self, prompt: Prompt) -> ChatRequest:
        """The prompt as the server takes it."""
        system = (ChatMessage("system", prompt.system),) if prompt.system else ()
        return ChatRequest(
            messages=(*system, *map(_message, prompt.messages)),
            thread_id=prompt.previous_id,
            provider_id=prompt.provider_id or self._provider_id,
            model_id=prompt.model_id or self._model_id,
            tools=tuple(tool.to_data() for tool in prompt.tools),
            tool_choice=prompt.tool_choice,
            options=prompt.options or None,
            metadata=prompt.metadata or None,
        )

    def _reply(self, reply: ChatReply) -> Reply:
        return reply_of_server(reply, self._model_id, self._provider_id)


def reply_of_server(reply: ChatReply, model_id: str | None = None, provider_id: str | None = None) -> Reply:
    """What a server's chat answered, as a reply; the model and the provider are those that it names, else the given."""
    calls = tuple(ToolCall(call.name, dict(call.arguments)) for call in reply.tool_calls)
    return Reply(
        reply.content,
        calls,
        reply.thread_id,
        dict(reply.usage),
        _named(reply.metadata, "model_id") or model_id or "",
        _named(reply.metadata, "provider_id") or provider_id or "",
    )


def _named(metadata: Mapping[str, Any], key: str) -> str:
    value = metadata.get(key)
    return value if isinstance(value, str) else ""


def _message(message: Message) -> ChatMessage:
    return ChatMessage(message.role, message.content)
