"""Notifications for people."""

from __future__ import annotations

from mfo_runtime.server.endpoint import Answer, Call, Endpoint
from mfo_runtime.server.events import record_event, snapshot
from mfo_runtime.server.failures import invalid, not_found
from mfo_runtime.server.pages import PAGES, page_of_rows
from mfo_runtime.server.rows import notifications
from mfo_runtime.server.shapes import LONG_NAME, OPTIONAL_MAP, OPTIONAL_TEXT, TEXT, body, one_of_keys

_LEVEL = {"enum": list(notifications.LEVELS)}
_CREATE = body(
    {
        "title": LONG_NAME,
        "message": TEXT,
        "content": TEXT,
        "level": _LEVEL,
        "type": _LEVEL,
        "user_id": OPTIONAL_TEXT,
        "metadata": OPTIONAL_MAP,
    },
    "title",
)


def _list(call: Call) -> Answer:
    database = call.service.store.database
    return Answer(
        page_of_rows(database, "FROM notifications", (), notifications.show, name="notifications", query=call.query)
    )


def _create(call: Call) -> Answer:
    message = call.body.get("message", call.body.get("content"))
    if message is None:
        raise invalid('lacks "message"', "message")
    store = call.service.store
    notification = notifications.insert(
        store,
        level=call.body.get("level") or call.body.get("type") or "info",
        title=call.body["title"],
        message=message,
        user_id=call.body.get("user_id"),
        metadata=call.body.get("metadata") or {},
    )
    data = snapshot("notification", notification, "message", "content", "metadata")
    record_event(store, "notification.created", data)
    return Answer(notification)


def _get(call: Call) -> Answer:
    notification = notifications.fetch(call.service.store, call.path["id"])
    if notification is None:
        raise not_found("notification")
    return Answer(notification)


def _mark_read(call: Call) -> Answer:
    store = call.service.store
    store.database.write(
        "UPDATE notifications SET read_at = ? WHERE id = ? AND read_at IS NULL", (store.dates.now(), call.path["id"])
    )
    return Answer({"success": True, **_get(call).body})


def _delete(call: Call) -> Answer:
    if not call.service.store.database.write("DELETE FROM notifications WHERE id = ?", (call.path["id"],)):
        raise not_found("notification")
    return Answer({"success": True})


ENDPOINTS = (
    Endpoint("GET", "/api/notifications", _list, "List the notifications", query=PAGES),
    Endpoint("POST", "/api/notifications", _create, "Notify", _CREATE, 201, besides=one_of_keys("message", "content")),
    Endpoint("GET", "/api/notifications/{id}", _get, "Read a notification"),
    Endpoint("PUT", "/api/notifications/{id}/read", _mark_read, "Mark a notification as read"),
    Endpoint("DELETE", "/api/notifications/{id}", _delete, "Delete a notification"),
)
