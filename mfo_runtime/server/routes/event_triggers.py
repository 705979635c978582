"""Event triggers: what the server does by itself when something happens."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from typing import Any

from mfo_dialect.suggestions import did_you_mean
from mfo_runtime.server.bodies import check_shape
from mfo_runtime.server.database import from_json, to_json
from mfo_runtime.server.deliverers import HIDDEN, Deliverers
from mfo_runtime.server.endpoint import Answer, Call, Endpoint
from mfo_runtime.server.failures import invalid
from mfo_runtime.server.filters import check_filter
from mfo_runtime.server.pages import PAGES, page_of_rows
from mfo_runtime.server.rows import deliveries
from mfo_runtime.server.shapes import MAP, NAME, OPTIONAL_MAP, TEXT, URL, body

_METHODS = ("POST", "PUT", "PATCH", "GET", "DELETE")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_ACTIONS: Mapping[str, Mapping[str, Any]] = {
    "webhook": body(
        {
            "url": URL,
            "method": {"enum": [*_METHODS, *(method.lower() for method in _METHODS)]},
            "headers": {"type": "object", "additionalProperties": {"type": "string", "pattern": "^[\\x20-\\x7e]*$"}},
            "body_template": TEXT,
            "secret": TEXT,
        },
        "url",
    ),
    "notification": body({"title": NAME, "message": TEXT, "content": TEXT, "level": TEXT, "metadata": MAP}, "title"),
    "job": body({"job_type": NAME, "type": NAME, "metadata": MAP}),
}
_CREATE = body(
    {
        "event_type": NAME,
        "type": NAME,
        "action_type": NAME,
        "action_config": MAP,
        "action": MAP,
        "filter": {"type": ["string", "null"], "maxLength": 10_000},
        "condition": OPTIONAL_MAP,
        "metadata": OPTIONAL_MAP,
    }
)


def _list(call: Call) -> Answer:
    database = call.service.store.database
    return Answer(page_of_rows(database, "FROM event_triggers", (), _show, name="event_triggers", query=call.query))


def _create(call: Call) -> Answer:
    store, given = call.service.store, call.body
    event_type = given.get("event_type") or given.get("type")
    if not event_type:
        raise invalid('lacks "event_type"', "event_type")
    action_type, config = _action(given)
    if action_type == "job":
        _check_job_type(config, call)
    if given.get("filter"):
        check_filter(given["filter"])
    trigger_id, now = store.identifiers.make("trigger"), store.dates.now()
    store.database.write(
        "INSERT INTO event_triggers VALUES (?, ?, ?, ?, ?, ?, ?, '', ?, ?)",
        (
            trigger_id,
            event_type,
            given.get("filter") or "",
            to_json(given.get("condition") or {}),
            action_type,
            to_json(config),
            to_json(given.get("metadata") or {}),
            now,
            now,
        ),
    )
    return Answer(_TRIGGERS.fetch(store, trigger_id))


def _action(given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The action's type and configuration, from either way to write them."""
    action: dict[str, Any] = dict(given.get("action") or {})
    action_type = given.get("action_type") or action.pop("type", None)
    if not action_type:
        raise invalid('lacks "action_type"', "action_type")
    if action_type not in _ACTIONS:
        known = ", ".join(_ACTIONS)
        raise invalid(f"action_type: must be one of {known}{did_you_mean(str(action_type), _ACTIONS)}", "action_type")
    config: dict[str, Any] = dict(given.get("action_config") or action.pop("config", None) or action)
    check_shape(config, _ACTIONS[action_type], "action_config")
    for name in config.get("headers") or ():
        if not _HEADER_NAME.fullmatch(name):
            raise invalid("action_config.headers: a key is no name of a header", "action_config.headers")
    return action_type, config


def _check_job_type(config: Mapping[str, Any], call: Call) -> None:
    job_type = config.get("job_type") or config.get("type")
    if job_type not in call.service.job_types:
        near = did_you_mean(str(job_type), call.service.job_types)
        raise invalid(f"action_config.job_type: unknown job type{near}", "action_config.job_type")


def _show(row: sqlite3.Row) -> dict[str, Any]:
    """A row as clients see it: with the names of the dialect's task and those of the data model."""
    config = from_json(row["action_config"])
    if config.get("secret"):
        config["secret"] = HIDDEN
    return {
        "id": row["id"],
        "type": row["event_type"],
        "event_type": row["event_type"],
        "filter": row["filter"],
        "condition": from_json(row["condition"]),
        "action": {"type": row["action_type"], "config": config},
        "action_type": row["action_type"],
        "action_config": config,
        "metadata": from_json(row["metadata"]),
        "last_error": row["last_error"] or None,
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


_TRIGGERS = Deliverers("event_triggers", "event trigger", _show)
ENDPOINTS = (
    Endpoint("GET", "/api/config/event-triggers", _list, "List the event triggers", query=PAGES),
    Endpoint("POST", "/api/config/event-triggers", _create, "Create an event trigger", _CREATE, 201),
    Endpoint("GET", "/api/config/event-triggers/{id}", _TRIGGERS.get, "Read an event trigger"),
    Endpoint("DELETE", "/api/config/event-triggers/{id}", _TRIGGERS.delete, "Delete an event trigger"),
    Endpoint(
        "GET",
        "/api/config/event-triggers/{id}/deliveries",
        _TRIGGERS.list_deliveries,
        "List what the trigger's action sent out, and how that went",
        query={**PAGES, "status": {"enum": list(deliveries.STATUSES)}},
    ),
    Endpoint(
        "POST",
        "/api/config/event-triggers/{id}/deliveries/{delivery_id}/retry",
        _TRIGGERS.retry_delivery,
        "Send again what was given up",
        status=202,
    ),
)
