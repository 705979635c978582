"""The memory: values by key."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from mfo_runtime.server.database import from_json, to_json
from mfo_runtime.server.endpoint import Answer, Call, Endpoint
from mfo_runtime.server.events import record_event, snapshot
from mfo_runtime.server.failures import not_found
from mfo_runtime.server.pages import PAGES, page_of_rows
from mfo_runtime.server.shapes import LONG_NAME, OPTIONAL_MAP, TEXT, body
from mfo_runtime.server.store import Store

_VALUE: Mapping[str, Any] = {"value": {}, "metadata": OPTIONAL_MAP}


def _list(call: Call) -> Answer:
    prefix = call.query.get("prefix", "")
    selection = "FROM memory WHERE substr(key, 1, ?) = ?"
    values = (len(prefix), prefix)
    return Answer(page_of_rows(call.service.store.database, selection, values, _show, name="memory", query=call.query))


def _store(call: Call) -> Answer:
    return _put(call, call.body["key"])


def _update(call: Call) -> Answer:
    return _put(call, call.path["key"])


def _put(call: Call, key: str) -> Answer:
    store = call.service.store
    now, metadata = store.dates.now(), to_json(call.body.get("metadata") or {})
    store.database.write(
        """INSERT INTO memory VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE
           SET value = excluded.value, metadata = excluded.metadata, updated_at = excluded.updated_at""",
        (key, to_json(call.body["value"]), metadata, now, now),
    )
    memory = _fetch(store, key)
    record_event(store, "memory.stored", snapshot("memory", memory, "value"))
    return Answer({"success": True, **memory})


def _get(call: Call) -> Answer:
    return Answer(_fetch(call.service.store, call.path["key"]))


def _delete(call: Call) -> Answer:
    store = call.service.store
    memory = _fetch(store, call.path["key"])
    store.database.write("DELETE FROM memory WHERE key = ?", (memory["key"],))
    record_event(store, "memory.deleted", {"memory": {"key": memory["key"]}})
    return Answer({"success": True})


def _fetch(store: Store, key: str) -> dict[str, Any]:
    row = store.database.row("SELECT * FROM memory WHERE key = ?", (key,))
    if row is None:
        raise not_found("memory")
    return _show(row)


def _show(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "key": row["key"],
        "value": from_json(row["value"]),
        "metadata": from_json(row["metadata"]),
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/memory",
        _list,
        "List the entries, all or those whose key starts with ?prefix=",
        query={**PAGES, "prefix": TEXT},
    ),
    Endpoint(
        "POST", "/api/memory", _store, "Store a value under a key", body({"key": LONG_NAME, **_VALUE}, "key", "value")
    ),
    Endpoint("GET", "/api/memory/{key:path}", _get, "Read a value"),
    Endpoint("PUT", "/api/memory/{key:path}", _update, "Store a value under a key", body(_VALUE, "value")),
    Endpoint("DELETE", "/api/memory/{key:path}", _delete, "Delete a value"),
)
