"""Outgoing webhooks: who is told of which events."""

from __future__ import annotations

import sqlite3
from typing import Any

from mfo_runtime.server.database import from_json, to_json
from mfo_runtime.server.deliverers import HIDDEN, Deliverers
from mfo_runtime.server.endpoint import Answer, Call, Endpoint
from mfo_runtime.server.pages import PAGES, page_of_rows
from mfo_runtime.server.rows import deliveries
from mfo_runtime.server.shapes import NAME, OPTIONAL_MAP, URL, body

_TYPE = {"enum": ["event", "trigger", "callback"]}
_CREATE = body(
    {
        "url": URL,
        "events": {"type": "array", "items": NAME, "minItems": 1, "maxItems": 100},
        "type": _TYPE,
        "webhook_type": _TYPE,
        "secret": {"type": ["string", "null"], "maxLength": 1000},
        "metadata": OPTIONAL_MAP,
    },
    "url",
    "events",
)


def _list(call: Call) -> Answer:
    database = call.service.store.database
    return Answer(page_of_rows(database, "FROM webhooks", (), _show, name="webhooks", query=call.query))


def _create(call: Call) -> Answer:
    store, given = call.service.store, call.body
    webhook_id, now = store.identifiers.make("webhook"), store.dates.now()
    store.database.write(
        "INSERT INTO webhooks VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            webhook_id,
            given.get("type") or given.get("webhook_type") or "event",
            given["url"],
            given.get("secret") or "",
            to_json(given["events"]),
            to_json(given.get("metadata") or {}),
            now,
            now,
        ),
    )
    return Answer(_WEBHOOKS.fetch(store, webhook_id))


def _show(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "type": row["type"],
        "url": row["url"],
        "secret": HIDDEN if row["secret"] else "",
        "events": from_json(row["events"]),
        "metadata": from_json(row["metadata"]),
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


_WEBHOOKS = Deliverers("webhooks", "webhook", _show)
ENDPOINTS = (
    Endpoint("GET", "/api/webhooks", _list, "List the webhooks", query=PAGES),
    Endpoint("POST", "/api/webhooks", _create, "Create a webhook; its secret is never shown again", _CREATE, 201),
    Endpoint("GET", "/api/webhooks/{id}", _WEBHOOKS.get, "Read a webhook"),
    Endpoint("DELETE", "/api/webhooks/{id}", _WEBHOOKS.delete, "Delete a webhook"),
    Endpoint(
        "GET",
        "/api/webhooks/{id}/deliveries",
        _WEBHOOKS.list_deliveries,
        "List its deliveries and how they went",
        query={**PAGES, "status": {"enum": list(deliveries.STATUSES)}},
    ),
    Endpoint(
        "POST",
        "/api/webhooks/{id}/deliveries/{delivery_id}/retry",
        _WEBHOOKS.retry_delivery,
        "Send a delivery again that was given up",
        status=202,
    ),
)
