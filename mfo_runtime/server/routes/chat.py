"""Chat: a provider answers, and the conversation is kept as a thread."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any

from mfo_runtime.providers.conversation import (
    ChatMessage,
    ChatQuestion,
    ChatReply,
    ProviderError,
    ToolCall,
    estimated_tokens,
)
from mfo_runtime.server.database import from_json, to_json
from mfo_runtime.server.endpoint import Answer, Call, Endpoint, Event, Streaming
from mfo_runtime.server.failures import ApiError, error_for_status, invalid, not_found
from mfo_runtime.server.pages import PAGES, page_of_rows
from mfo_runtime.server.rows import threads
from mfo_runtime.server.service import Service
from mfo_runtime.server.shapes import NAME, OPTIONAL_MAP, OPTIONAL_TEXT, body
from mfo_runtime.server.tools.built_in import tags_of

_MESSAGE = body(
    {"role": {"enum": ["system", "user", "assistant", "tool"]}, "content": {"type": ["string", "null"]}}, "role"
)
_TOOL = {"type": ["object", "string"], "minLength": 1, "properties": {"name": NAME}, "required": ["name"]}
_SEND = body(
    {
        "messages": {"type": ["array", "null"], "items": _MESSAGE, "maxItems": threads.MOST_MESSAGES},
        "message": {"type": ["string", "null"]},
        "thread_id": OPTIONAL_TEXT,
        "provider_id": OPTIONAL_TEXT,
        "model_id": OPTIONAL_TEXT,
        "tools": {"type": ["array", "null"], "items": _TOOL, "maxItems": 1000},
        "tool_choice": {"type": ["string", "object", "null"]},
        "stream": {"type": ["boolean", "null"]},
        "options": OPTIONAL_MAP,
        "metadata": OPTIONAL_MAP,
    }
)


_SAYS_SOMETHING = {
    "anyOf": [
        {"properties": {"message": {"type": "string", "minLength": 1}}, "required": ["message"]},
        {"properties": {"messages": {"type": "array", "minItems": 1}}, "required": ["messages"]},
    ]
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, who is to answer it, and where it belongs: what of it is new in its thread."""

    question: ChatQuestion
    provider_id: str
    thread_id: str
    new: list[ChatMessage]


async def _send(call: Call) -> Callable[[], Answer]:
    asked = _asked(call)
    try:
        reply = await call.service.providers[asked.provider_id].answer(asked.question)
    except ProviderError as error:
        raise _as_api_error(error, asked.question) from error
    return lambda: _keep_and_answer(call.service, asked, reply)


async def _stream(call: Call) -> AsyncGenerator[Event | Callable[[], Answer]]:
    asked = _asked(call)
    try:
        async with aclosing(call.service.providers[asked.provider_id].stream(asked.question)) as pieces:
            async for piece in pieces:
                yield (
                    _event(piece)
                    if not isinstance(piece, ChatReply)
                    else partial(_keep_and_answer, call.service, asked, piece)
                )
    except ProviderError as error:
        raise _as_api_error(error, asked.question) from error


def _event(piece: str | ToolCall) -> Event:
    if isinstance(piece, str):
        return {"type": "text", "text": piece}
    return {"type": "tool_call", "name": piece.name, "arguments": dict(piece.arguments)}


def _kept_events(body: Mapping[str, Any]) -> Iterator[Event]:
    """The pieces of an answer that was given before."""
    if body["content"]:
        yield _event(body["content"])
    for tool_call in body["tool_calls"]:
        yield {"type": "tool_call", **tool_call}


def _asked(call: Call) -> _Asked:
    sent = _sent_messages(call.body)
    store = call.service.store
    thread_id = call.body.get("thread_id") or store.identifiers.make("thread")
    kept = threads.messages_of(store, thread_id)
    new = _without_repetition(kept, sent)
    question = ChatQuestion(
        tuple(kept + new),
        thread_id=call.body.get("thread_id") or "",
        model_id=call.body.get("model_id") or "",
        tools=tuple(call.body.get("tools") or ()),
        tool_choice=call.body.get("tool_choice"),
        options=call.body.get("options") or {},
        metadata=call.body.get("metadata") or {},
    )
    return _Asked(question, _provider_id(call), thread_id, new)


def _sent_messages(given: Mapping[str, Any]) -> list[ChatMessage]:
    messages: list[dict[str, Any]] = list(given.get("messages") or ())
    if given.get("message"):
        messages.append({"role": "user", "content": given["message"]})
    if not messages:
        raise invalid('needs "messages" or a "message" that is not empty', "messages")
    return [
        ChatMessage(
            message["role"],
            message.get("content") or "",
            {key: value for key, value in message.items() if key not in ("role", "content")},
        )
        for message in messages
    ]


def _provider_id(call: Call) -> str:
    """The provider that answers: the one asked for, or the default one where it is not here."""
    wanted = call.body.get("provider_id") or ""
    if wanted == "scripted" and wanted not in call.service.providers:
        raise invalid("provider_id: this server was started without a script", "provider_id")
    return wanted if wanted in call.service.providers else call.service.default_provider


def _as_api_error(error: ProviderError, question: ChatQuestion) -> ApiError:
    answer = error_for_status(error.status, error.message)
    for key in ("prompt_template_id", "task_id"):
        if question.named(key):
            answer.details[key] = question.named(key)
    if error.retry_after is not None:
        answer.headers["Retry-After"] = f"{error.retry_after:g}"
    return answer


def _without_repetition(kept: list[ChatMessage], sent: list[ChatMessage]) -> list[ChatMessage]:
    """What is new in messages that may repeat the thread from its start, or its system message."""
    if kept and [_said(message) for message in sent[: len(kept)]] == [_said(message) for message in kept]:
        return sent[len(kept) :]
    known = {message.content for message in kept if message.role == "system"}
    return [message for message in sent if message.role != "system" or message.content not in known]


def _said(message: ChatMessage) -> tuple[str, str]:
    return message.role, message.content


def _keep_and_answer(service: Service, asked: _Asked, reply: ChatReply) -> Answer:
    if reply.kept is not None:
        reply.kept()
    tool_calls = [{"name": call.name, "arguments": dict(call.arguments)} for call in reply.tool_calls]
    extra = {"tool_calls": tool_calls} if tool_calls else {}
    message_id = threads.add(
        service.store, asked.thread_id, [*asked.new, ChatMessage("assistant", reply.content, extra)]
    )
    read = sum(estimated_tokens(message.content) for message in asked.question.messages)
    written = estimated_tokens(reply.content) + sum(estimated_tokens(to_json(call)) for call in tool_calls)
    input_tokens = reply.input_tokens if reply.input_tokens is not None else read
    output_tokens = reply.output_tokens if reply.output_tokens is not None else written
    is_estimated = reply.input_tokens is None or reply.output_tokens is None
    return Answer(
        {
            "message_id": message_id,
            "content": reply.content,
            "thread_id": asked.thread_id,
            "tool_calls": tool_calls,
            "usage": {
                "input_tokens": input_tokens,
                "output_tokens": output_tokens,
                "total_tokens": input_tokens + output_tokens,
            },
            "metadata": {
                "provider_id": asked.provider_id,
                "model_id": reply.model_id,
                "usage_is_estimated": is_estimated,
            },
        }
    )


def _list(call: Call) -> Answer:
    def show(row: sqlite3.Row) -> dict[str, Any]:
        return {"id": row["id"], "created_at": row["created_at"], "updated_at": row["updated_at"]}

    return Answer(page_of_rows(call.service.store.database, "FROM threads", (), show, name="threads", query=call.query))


def _get(call: Call) -> Answer:
    """The thread with its newest messages, a thousand at most."""
    store, thread_id = call.service.store, call.path["thread_id"]
    thread = store.database.row("SELECT * FROM threads WHERE id = ?", (thread_id,))
    if thread is None:
        raise not_found("thread")
    return Answer(
        {
            "id": thread_id,
            "messages": [threads.show_message(row) for row in threads.newest(store, thread_id)],
            "message_count": store.database.number("SELECT COUNT(*) FROM messages WHERE thread_id = ?", (thread_id,)),
            "tags": tags_of(store, thread_id),
            "metadata": from_json(thread["metadata"]),
            "created_at": thread["created_at"],
            "updated_at": thread["updated_at"],
        }
    )


ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/chat",
        _send,
        "Send messages and get the answer, piece by piece where stream is true",
        _SEND,
        streaming=Streaming(_stream, _kept_events),
        besides=_SAYS_SOMETHING,
    ),
    Endpoint("GET", "/api/chat", _list, "List the threads", query=PAGES),
    Endpoint("GET", "/api/chat/{thread_id}", _get, "Read a thread"),
)
