"""Threads and their messages as rows; knows nothing of providers."""

from __future__ import annotations

import sqlite3
from typing import Any

from mfo_runtime.providers.conversation import ChatMessage
from mfo_runtime.server.database import from_json, to_json
from mfo_runtime.server.store import Store

MOST_MESSAGES = 1000
"""How many of a thread's messages are read: the newest ones."""


def newest(store: Store, thread_id: str) -> list[sqlite3.Row]:
    """The newest messages of a thread, oldest first; none where there is no such thread."""
    rows = store.database.rows(
        "SELECT * FROM messages WHERE thread_id = ? ORDER BY position DESC LIMIT ?", (thread_id, MOST_MESSAGES)
    )
    return rows[::-1]


def messages_of(store: Store, thread_id: str) -> list[ChatMessage]:
    """What ``newest`` gives, as a provider reads it."""
    return [ChatMessage(row["role"], row["content"], from_json(row["extra"])) for row in newest(store, thread_id)]


def add(store: Store, thread_id: str, messages: list[ChatMessage]) -> str:
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


def show_message(row: sqlite3.Row) -> dict[str, Any]:
    """A row as clients see it."""
    extra = from_json(row["extra"])
    return {
        **extra,
        "id": row["id"],
        "role": row["role"],
        "content": row["content"],
        "metadata": extra.get("metadata") or {},
        "created_at": row["created_at"],
    }
