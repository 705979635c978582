"""Events and what follows from them: outgoing webhooks, and the actions of event triggers.

An event, the deliveries, notifications and jobs that follow from it are written in one transaction with the change
that caused it; the workers act on them afterwards. So nothing is lost and nothing is announced that did not happen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from mfo_runtime.server import filters
from mfo_runtime.server.database import from_json, to_json
from mfo_runtime.server.failures import ApiError
from mfo_runtime.server.fill_in import fill_in, fill_in_body
from mfo_runtime.server.rows import deliveries, jobs, notifications
from mfo_runtime.server.store import Store

MAX_DEPTH = 5
"""How long a chain of events may grow in which each follows from an action that the one before it set off."""

_MOST_FOLLOWERS = 200
_PRUNE_EVERY = 256
_LARGEST_SNAPSHOT = 16_384


def record_event(store: Store, event_type: str, data: Any, depth: int = 0) -> dict[str, Any]:
    """Write an event and all that follows from it; to be called in the transaction of its cause.

    Args:
        store: where to write.
        event_type: ``job.completed``, ``resource.created`` or any name that a client made up.
        data: what the event tells, plain JSON; a mapping's keys are names of the filters.
        depth: how many events of triggers led to this one.

    Returns:
        The event as clients see it.
    """
    event = {"id": store.identifiers.make("event"), "type": event_type, "data": data, "created_at": store.dates.now()}
    with store.database.transaction():
        store.database.write(
            "INSERT INTO events (id, type, data, created_at) VALUES (?, ?, ?, ?)",
            (event["id"], event_type, to_json(data), event["created_at"]),
        )
        sequence = store.database.number("SELECT last_insert_rowid()")
        if sequence % _PRUNE_EVERY == 0:
            store.database.write("DELETE FROM events WHERE sequence <= ?", (sequence - store.max_events,))
        _tell_webhooks(store, event)
        if depth < MAX_DEPTH:
            _fire_triggers(store, event, depth)
    return {**event, "sequence": sequence}


def snapshot(name: str, value: Mapping[str, Any], *large: str) -> dict[str, Any]:
    """The data of an event about a stored thing: ``{name: value}``, without its ``large`` fields where it is big."""
    if len(to_json(value)) > _LARGEST_SNAPSHOT:
        value = {key: field for key, field in value.items() if key not in large}
    return {name: dict(value)}


def names_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """What filters and conditions may speak of: ``event``, and the keys of its data by themselves."""
    data = event["data"]
    fields: dict[str, Any] = dict(data) if isinstance(data, dict) else {}  # pyright: ignore[reportUnknownArgumentType]
    return {**fields, "event": {**fields, **event}}


def _tell_webhooks(store: Store, event: Mapping[str, Any]) -> None:
    found = store.database.rows(
        """SELECT id, url FROM webhooks WHERE EXISTS
           (SELECT 1 FROM json_each(webhooks.events) WHERE value IN (?, '*')) ORDER BY rowid LIMIT ?""",
        (event["type"], _MOST_FOLLOWERS),
    )
    for webhook in found:
        request = {"method": "POST", "url": str(webhook["url"]), "body": to_json(event).encode()}
        deliveries.insert(store, str(webhook["id"]), str(event["id"]), request)


def _fire_triggers(store: Store, event: Mapping[str, Any], depth: int) -> None:
    found = store.database.rows(
        "SELECT * FROM event_triggers WHERE event_type = ? ORDER BY rowid LIMIT ?", (event["type"], _MOST_FOLLOWERS)
    )
    names = names_of(event) if found else {}
    for trigger in found:
        try:
            if _applies(trigger, names, store.dates.seconds()):
                _act(store, trigger, event, names["event"], depth)
        except (ValueError, ApiError) as error:
            store.database.write("UPDATE event_triggers SET last_error = ? WHERE id = ?", (str(error), trigger["id"]))


def _applies(trigger: sqlite3.Row, names: Mapping[str, Any], seconds: float) -> bool:
    if not filters.meets(from_json(trigger["condition"]), names):
        return False
    return not trigger["filter"] or filters.passes(str(trigger["filter"]), names, seconds)


def _act(store: Store, trigger: sqlite3.Row, event: Mapping[str, Any], view: Mapping[str, Any], depth: int) -> None:
    config: dict[str, Any] = from_json(trigger["action_config"])
    match trigger["action_type"]:
        case "webhook":
            _send(store, str(trigger["id"]), config, event, view)
        case "notification":
            _notify(store, fill_in(config, view), depth)
        case _:
            _start_job(store, fill_in(config, view), depth)


def _send(
    store: Store, trigger_id: str, config: Mapping[str, Any], event: Mapping[str, Any], view: Mapping[str, Any]
) -> None:
    template = config.get("body_template")
    body = to_json(event) if template is None else fill_in_body(str(template), view)
    request = {
        "method": str(config.get("method") or "POST").upper(),
        "url": str(config["url"]),
        "headers": {str(key): str(value) for key, value in dict(config.get("headers") or {}).items()},
        "body": body.encode(errors="replace"),
    }
    deliveries.insert(store, trigger_id, str(event["id"]), request)


def _notify(store: Store, config: Mapping[str, Any], depth: int) -> None:
    notification = notifications.insert(
        store,
        level=str(config.get("level") or config.get("type") or "info"),
        title=str(config.get("title") or ""),
        message=str(config.get("message") or config.get("content") or ""),
        user_id=config.get("user_id"),
        metadata=dict(config.get("metadata") or {}),
    )
    record_event(store, "notification.created", {"notification": notification}, depth + 1)


def _start_job(store: Store, config: Mapping[str, Any], depth: int) -> None:
    job_type = str(config.get("job_type") or config.get("type") or "")
    job_input = config.get("parameters", config.get("input"))
    job = jobs.insert(store, job_type, job_input, dict(config.get("metadata") or {}), depth + 1)
    record_event(store, "job.created", snapshot("job", job, "input"), depth + 1)
