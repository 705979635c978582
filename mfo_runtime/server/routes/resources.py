"""Resources: things with a type, content and properties."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from mfo_runtime.server.database import from_json, to_json
from mfo_runtime.server.endpoint import Answer, Call, Endpoint
from mfo_runtime.server.events import record_event, snapshot
from mfo_runtime.server.failures import invalid, not_found
from mfo_runtime.server.pages import PAGES, page_of_rows
from mfo_runtime.server.shapes import NAME, OPTIONAL_MAP, TEXT, body, one_of_keys
from mfo_runtime.server.store import Store

_FIELDS: Mapping[str, Mapping[str, Any]] = {"content": {}, "properties": OPTIONAL_MAP, "metadata": OPTIONAL_MAP}
_LARGE = ("content", "properties")


def _list(call: Call) -> Answer:
    resource_type = call.query.get("type")
    selection, values = (
        ("FROM resources", ()) if not resource_type else ("FROM resources WHERE type = ?", (resource_type,))
    )
    database = call.service.store.database
    return Answer(page_of_rows(database, selection, values, _show, name="resources", query=call.query))


def _create(call: Call) -> Answer:
    store = call.service.store
    resource_type = call.body.get("type") or call.body.get("resource_type")
    if not resource_type:
        raise invalid('lacks "type"', "type")
    properties: dict[str, Any] = call.body.get("properties") or {}
    content: Any = call.body["content"] if "content" in call.body else properties.get("content", "")
    resource_id, now = store.identifiers.make("resource"), store.dates.now()
    store.database.write(
        "INSERT INTO resources VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            resource_id,
            resource_type,
            to_json(content),
            to_json(properties),
            to_json(call.body.get("metadata") or {}),
            now,
            now,
        ),
    )
    resource = _fetch(store, resource_id)
    record_event(store, "resource.created", snapshot("resource", resource, *_LARGE))
    return Answer(resource)


def _get(call: Call) -> Answer:
    return Answer(_fetch(call.service.store, call.path["id"]))


def _update(call: Call) -> Answer:
    """Each field that is given replaces the old one; one that is not given stays."""
    store = call.service.store
    resource = _fetch(store, call.path["id"])
    given = {name: call.body[name] for name in _FIELDS if call.body.get(name) is not None}
    if "content" in given.get("properties", {}) and "content" not in given:
        given["content"] = given["properties"]["content"]
    new = {**resource, **given}
    store.database.write(
        "UPDATE resources SET content = ?, properties = ?, metadata = ?, updated_at = ? WHERE id = ?",
        (
            to_json(new["content"]),
            to_json(new["properties"]),
            to_json(new["metadata"]),
            store.dates.now(),
            resource["id"],
        ),
    )
    updated = _fetch(store, resource["id"])
    record_event(store, "resource.updated", snapshot("resource", updated, *_LARGE))
    return Answer(updated)


def _delete(call: Call) -> Answer:
    store = call.service.store
    resource = _fetch(store, call.path["id"])
    store.database.write("DELETE FROM resources WHERE id = ?", (resource["id"],))
    record_event(store, "resource.deleted", {"resource": {"id": resource["id"], "type": resource["type"]}})
    return Answer({"success": True})


def _fetch(store: Store, resource_id: str) -> dict[str, Any]:
    row = store.database.row("SELECT * FROM resources WHERE id = ?", (resource_id,))
    if row is None:
        raise not_found("resource")
    return _show(row)


def _show(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "type": row["type"],
        "content": from_json(row["content"]),
        "properties": from_json(row["properties"]),
        "metadata": from_json(row["metadata"]),
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


ENDPOINTS = (
    Endpoint(
        "GET", "/api/resources", _list, "List the resources, all or those of ?type=", query={**PAGES, "type": TEXT}
    ),
    Endpoint(
        "POST",
        "/api/resources",
        _create,
        "Create a resource; its content may stand in properties.content",
        body({"type": NAME, "resource_type": NAME, **_FIELDS}),
        201,
        besides=one_of_keys("type", "resource_type"),
    ),
    Endpoint("GET", "/api/resources/{id}", _get, "Read a resource"),
    Endpoint("PUT", "/api/resources/{id}", _update, "Replace the fields that are given", body(_FIELDS)),
    Endpoint("DELETE", "/api/resources/{id}", _delete, "Delete a resource"),
)
