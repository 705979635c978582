"""Chat: a provider answers, and the conversation is kept as a thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from mfo_runtime.server.database import from_json, to_json
from mfo_runtime.server.endpoint import Answer, Call, Endpoint
from mfo_runtime.server.failures import ApiError, error_for_status, invalid, not_found
from mfo_runtime.server.pages import page_of_rows
from mfo_runtime.server.providers.conversation import (
    ChatMessage,
    ChatQuestion,
    ChatReply,
    ProviderError,
    estimated_tokens,
)
from mfo_runtime.server.service import Service
from mfo_runtime.server.shapes import NAME, OPTIONAL_MAP, OPTIONAL_TEXT, body
from mfo_runtime.server.store import Store
from mfo_runtime.server.tools.built_in import tags_of

_MOST_MESSAGES = 1000
_MESSAGE = body(
    {"role": {"enum": ["system", "user", "assistant", "tool"]}, "content": {"type": ["string", "null"]}}, "role"
)
_TOOL = {"type": ["object", "string"], "minLength": 1, "properties": {"name": NAME}, "required": ["name"]}
_SEND = body(
    {
        "messages": {"type": ["array", "null"], "items": _MESSAGE, "maxItems": _MOST_MESSAGES},
        "message": {"type": ["string", "null"]},
        "thread_id": OPTIONAL_TEXT,
        "provider_id": OPTIONAL_TEXT,
        "model_id": OPTIONAL_TEXT,
        "tools": {"type": ["array", "null"], "items": _TOOL, "maxItems": 1000},
        "tool_choice": {"type": ["string", "object", "null"]},
        "options": OPTIONAL_MAP,
        "metadata": OPTIONAL_MAP,
    }
)


async def _send(call: Call) -> Callable[[], Answer]:
    sent = _sent_messages(call.body)
    store = call.service.store
    thread_id = call.body.get("thread_id") or store.identifiers.make("thread")
    kept = _kept_messages(store, thread_id)
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
    provider_id = _provider_id(call)
    try:
        reply = await call.service.providers[provider_id].answer(question)
    except ProviderError as error:
        raise _as_api_error(error, question) from error
    return lambda: _keep_and_answer(call.service, thread_id, new, question, reply, provider_id)


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


def _kept_messages(store: Store, thread_id: str) -> list[ChatMessage]:
    rows = store.database.rows(
        "SELECT * FROM messages WHERE thread_id = ? ORDER BY position DESC LIMIT ?", (thread_id, _MOST_MESSAGES)
    )
    return [ChatMessage(row["role"], row["content"], from_json(row["extra"])) for row in reversed(rows)]


def _without_repetition(kept: list[ChatMessage], sent: list[ChatMessage]) -> list[ChatMessage]:
    """What is new in messages that may repeat the thread from its start, or its system message."""
    if kept and [_said(message) for message in sent[: len(kept)]] == [_said(message) for message in kept]:
        return sent[len(kept) :]
    known = {message.content for message in kept if message.role == "system"}
    return [message for message in sent if message.role != "system" or message.content not in known]


def _said(message: ChatMessage) -> tuple[str, str]:
    return message.role, message.content


def _keep_and_answer(
    service: Service,
    thread_id: str,
    new: list[ChatMessage],
    question: ChatQuestion,
    reply: ChatReply,
    provider_id: str,
) -> Answer:
    if reply.kept is not None:
        reply.kept()
    tool_calls = [{"name": call.name, "arguments": dict(call.arguments)} for call in reply.tool_calls]
    extra = {"tool_calls": tool_calls} if tool_calls else {}
    message_id = _keep(service.store, thread_id, [*new, ChatMessage("assistant", reply.content, extra)])
    read = sum(estimated_tokens(message.content) for message in question.messages)
    written = estimated_tokens(reply.content) + sum(estimated_tokens(to_json(call)) for call in tool_calls)
    input_tokens = reply.input_tokens if reply.input_tokens is not None else read
    output_tokens = reply.output_tokens if reply.output_tokens is not None else written
    is_estimated = reply.input_tokens is None or reply.output_tokens is None
    return Answer(
        {
            "message_id": message_id,
            "content": reply.content,
            "thread_id": thread_id,
            "tool_calls": tool_calls,
            "usage": {
                "input_tokens": input_tokens,
                "output_tokens": output_tokens,
                "total_tokens": input_tokens + output_tokens,
            },
            "metadata": {"provider_id": provider_id, "model_id": reply.model_id, "usage_is_estimated": is_estimated},
        }
    )


def _keep(store: Store, thread_id: str, messages: list[ChatMessage]) -> str:
    """Add messages to a thread, made where it is missing; gives the id of the last one."""
    now = store.dates.now()
    store.database.write(
        """INSERT INTO threads VALUES (?, '{}', ?, ?)
           ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at""",
        (thread_id, now, now),
    )
    position = store.database.number("SELECT MAX(position) + 1 FROM messages WHERE thread_id = ?", (thread_id,))
    message_id = ""
    for offset, message in enumerate(messages):
        message_id = store.identifiers.make("message")
        store.database.write(
            "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)",
            (message_id, thread_id, position + offset, message.role, message.content, to_json(message.extra), now),
        )
    return message_id


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
    rows = store.database.rows(
        "SELECT * FROM messages WHERE thread_id = ? ORDER BY position DESC LIMIT ?", (thread_id, _MOST_MESSAGES)
    )
    return Answer(
        {
            "id": thread_id,
            "messages": [_show_message(row) for row in reversed(rows)],
            "message_count": store.database.number("SELECT COUNT(*) FROM messages WHERE thread_id = ?", (thread_id,)),
            "tags": tags_of(store, thread_id),
            "metadata": from_json(thread["metadata"]),
            "created_at": thread["created_at"],
            "updated_at": thread["updated_at"],
        }
    )


def _show_message(row: sqlite3.Row) -> dict[str, Any]:
    extra = from_json(row["extra"])
    return {
        **extra,
        "id": row["id"],
        "role": row["role"],
        "content": row["content"],
        "metadata": extra.get("metadata") or {},
        "created_at": row["created_at"],
    }


ENDPOINTS = (
    Endpoint("POST", "/api/chat", _send, "Send messages and get the answer", _SEND),
    Endpoint("GET", "/api/chat", _list, "List the threads"),
    Endpoint("GET", "/api/chat/{thread_id}", _get, "Read a thread"),
)
