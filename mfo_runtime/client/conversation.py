"""What is said in a chat, as values: messages, requests, the model's replies, threads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mfo_runtime.client.answers import Answer


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a chat; ``role`` is ``system``, ``user``, ``assistant`` or ``tool``."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What is asked of a model; what is None or empty is left to the server.

    Attributes:
        message: the user's message; with ``messages``, said after them.
        messages: the conversation so far.
        thread_id: the thread to go on with; None for a new one.
        provider_id: who serves the model.
        model_id: which model answers.
        tools: tools that the model may call: names, or maps with ``name``, ``description`` and ``parameters``.
        tool_choice: ``auto``, ``none``, ``required`` or a tool's name.
        options: settings of the provider, such as ``temperature``.
        metadata: kept with the message.
    """

    message: str | None = None
    messages: Sequence[ChatMessage] = ()
    thread_id: str | None = None
    provider_id: str | None = None
    model_id: str | None = None
    tools: Sequence[str | Mapping[str, Any]] = ()
    tool_choice: str | None = None
    options: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] | None = None

    def to_data(self) -> dict[str, Any]:
        """The request as the server takes it."""
        messages = [{"role": message.role, "content": message.content} for message in self.messages]
        fields: dict[str, Any] = {
            "message": self.message,
            "messages": messages or None,
            "thread_id": self.thread_id,
            "provider_id": self.provider_id,
            "model_id": self.model_id,
            "tools": list(self.tools) or None,
            "tool_choice": self.tool_choice,
            "options": self.options,
            "metadata": self.metadata,
        }
        return {key: value for key, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model called, and with what."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChatReply:
    """What the model said; ``data`` is the whole answer as it came."""

    message_id: str
    content: str
    thread_id: str
    tool_calls: tuple[ToolCall, ...]
    usage: Mapping[str, Any]
    metadata: Mapping[str, Any]
    data: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation that the server keeps; ``data`` is the whole answer as it came."""

    id: str
    messages: tuple[ChatMessage, ...]
    metadata: Mapping[str, Any]
    created_at: datetime | None
    updated_at: datetime | None
    data: Mapping[str, Any] = field(repr=False)


def chat_reply(answer: Answer) -> ChatReply:
    """The reply that an answer of the server is.

    Raises:
        InvalidResponseError: it has neither content nor tool calls, or a value of the wrong type.
    """
    if "tool_calls" not in answer.data:
        answer.anything("content")
    return ChatReply(
        message_id=answer.optional_text("message_id"),
        content=answer.optional_text("content"),
        thread_id=answer.optional_text("thread_id"),
        tool_calls=tuple(tool_call(call) for call in answer.objects("tool_calls")),
        usage=answer.mapping("usage"),
        metadata=answer.mapping("metadata"),
        data=answer.data,
    )


def tool_call(answer: Answer) -> ToolCall:
    """A tool call; its arguments may come as JSON text, as models write them."""
    arguments = answer.data.get("arguments")
    if not isinstance(arguments, str):
        return ToolCall(answer.text("name"), answer.mapping("arguments"))
    try:
        read = json.loads(arguments)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise answer.wrong("arguments", "a map, nor JSON text of one")
    return ToolCall(answer.text("name"), read)  # pyright: ignore[reportUnknownArgumentType]
