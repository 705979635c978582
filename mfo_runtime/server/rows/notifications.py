"""Notifications as rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from mfo_runtime.server.database import from_json, to_json
from mfo_runtime.server.failures import invalid
from mfo_runtime.server.store import Store

LEVELS = ("info", "success", "warning", "error")


def insert(
    store: Store, *, level: str, title: str, message: str, user_id: str | None, metadata: Mapping[str, Any]
) -> dict[str, Any]:
    """Write a notification; gives it as clients see it.

    Raises:
        ApiError: the level is none of ``LEVELS``.
    """
    if level not in LEVELS:
        raise invalid(f"level: must be one of {', '.join(LEVELS)}", "level")
    notification_id = store.identifiers.make("notification")
    with store.database.transaction():
        store.database.write(
            "INSERT INTO notifications VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
            (notification_id, level, title, message, user_id, to_json(metadata), store.dates.now()),
        )
        return fetch(store, notification_id) or {}


def fetch(store: Store, notification_id: str) -> dict[str, Any] | None:
    """A notification as clients see it, or None."""
    row = store.database.row("SELECT * FROM notifications WHERE id = ?", (notification_id,))
    return show(row) if row is not None else None


def show(row: sqlite3.Row) -> dict[str, Any]:
    """A row as clients see it: with the names of the dialect's task and those of the data model."""
    return {
        "id": row["id"],
        "type": row["level"],
        "level": row["level"],
        "title": row["title"],
        "content": row["message"],
        "message": row["message"],
        "user_id": row["user_id"],
        "metadata": from_json(row["metadata"]),
        "created_at": row["created_at"],
        "read_at": row["read_at"],
    }
