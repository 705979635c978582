"""A model's answer while it is written: pieces of text and tool calls, and at the end the whole reply.

On the wire each piece is one event, ``data: {"type": ...}``: ``text`` with its ``text``, ``tool_call`` with ``name`` and
``arguments``, ``end`` with all that an answer without streaming has, ``error`` with ``code``, ``message``, ``details``
and ``status``. ``data: [DONE]`` follows after the end. Types that are not known are passed over.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self, TypeAlias

from mfo_runtime.client.answers import Answer
from mfo_runtime.client.chain import Events, Reply
from mfo_runtime.client.conversation import ChatReply, ToolCall, chat_reply, tool_call
from mfo_runtime.client.refusals import refusal_of
from mfo_runtime.errors import ConnectionFailedError, InvalidResponseError

DONE = "[DONE]"


@dataclass(frozen=True, slots=True)
class TextPiece:
    """What the model said next."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallPiece:
    """A tool that the model calls, whole."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class EndPiece:
    """The last piece: the whole reply, as ``chat.send`` would have given it."""

    reply: ChatReply


ChatPiece: TypeAlias = TextPiece | ToolCallPiece | EndPiece


class ChatStream:
    """The pieces of one answer, an async iterator; ``async with`` or ``aclose`` ends it early and tells the server so.

    Attributes:
        reply: the whole reply, once the last piece has been read; None before.
    """

    def __init__(self, begin: Callable[[], Awaitable[Reply]]) -> None:
        self.reply: ChatReply | None = None
        self._pieces = self._read(begin)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ChatPiece:
        """The next piece; raises errors of the tree, and only them, where the answer breaks off."""
        return await anext(self._pieces)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the stream; the server stops working on an answer that is not whole. May be called twice."""
        await self._pieces.aclose()

    async def _read(self, begin: Callable[[], Awaitable[Reply]]) -> AsyncGenerator[ChatPiece]:
        reply = await begin()
        if reply.events is None:
            for piece in _pieces_of(chat_reply(Answer.of(reply))):
                yield self._noted(piece)
            return
        async with aclosing(reply.events):
            with reply.events.told():
                async for data in _data_of(reply.events, reply):
                    piece = _piece(_decoded(data, reply))
                    if piece is not None:
                        yield self._noted(piece)

        if self.reply is None:
            raise _of(reply, InvalidResponseError(f"The answer to {reply.operation} has no piece of the type end."))

    def _noted(self, piece: ChatPiece) -> ChatPiece:
        if isinstance(piece, EndPiece):
            self.reply = piece.reply
        return piece


async def _data_of(events: Events, reply: Reply) -> AsyncGenerator[str]:
    """The data of the events before the mark of the end.

    Raises:
        ConnectionFailedError: the mark never came.
    """
    async for data in events:
        if data.strip() == DONE:
            return
        yield data
    raise _of(reply, ConnectionFailedError(f"The answer to {reply.operation} broke off before its end."))


def _decoded(data: str, reply: Reply) -> Answer:
    try:
        value: Any = json.loads(data)
    except (ValueError, RecursionError):
        message = f"A piece of the answer to {reply.operation} is no valid JSON ({len(data)} characters)."
        raise _of(reply, InvalidResponseError(message)) from None
    answer = Answer(value, reply)
    if answer.text("type") == "error":
        raise refusal_of(reply.operation, answer.data, reply.request_id)
    return answer


def _piece(answer: Answer) -> ChatPiece | None:
    match answer.data["type"]:
        case "text":
            return TextPiece(answer.text("text"))
        case "tool_call":
            return ToolCallPiece(tool_call(answer))
        case "end":
            return EndPiece(_whole(answer))
        case _:
            return None


def _whole(answer: Answer) -> ChatReply:
    reply = chat_reply(answer)
    return replace(reply, data={key: value for key, value in reply.data.items() if key != "type"})


def _pieces_of(reply: ChatReply) -> tuple[ChatPiece, ...]:
    """The pieces of an answer that came whole, from a server that does not stream."""
    text = (TextPiece(reply.content),) if reply.content else ()
    return (*text, *(ToolCallPiece(call) for call in reply.tool_calls), EndPiece(reply))


def _of(
    reply: Reply, error: ConnectionFailedError | InvalidResponseError
) -> ConnectionFailedError | InvalidResponseError:
    error.request_id, error.status = reply.request_id, reply.status
    return error
