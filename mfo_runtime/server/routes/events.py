"""Events from outside: sent by clients, by other systems' webhooks, and by people who start a trigger."""

from __future__ import annotations

import sqlite3
from typing import Any

from mfo_runtime.server.bodies import read_json
from mfo_runtime.server.database import from_json
from mfo_runtime.server.endpoint import Answer, Call, Endpoint
from mfo_runtime.server.events import record_event
from mfo_runtime.server.failures import ApiError, ErrorCode, invalid
from mfo_runtime.server.pages import PAGES, page_of_rows
from mfo_runtime.server.shapes import NAME, TEXT, body, one_of_keys
from mfo_runtime.server.signatures import is_signed

_MAX_SEQUENCE = 2**63 - 1
_CREATE = body({"type": NAME, "event_type": NAME, "data": {}, "payload": {}})


def _list(call: Call) -> Answer:
    """Events in their order; ``after`` is the ``sequence`` of the last one that is known already."""
    after = call.query.get("after", "0")
    if not (after.isascii() and after.isdecimal() and int(after[:20]) <= _MAX_SEQUENCE):
        raise invalid("after must be the sequence of an event", "after")
    selection, values = "FROM events WHERE sequence > ?", [int(after)]
    wanted = call.query.get("type")
    if wanted:
        return Answer(_page(call, f"{selection} AND type = ?", [*values, wanted]))
    return Answer(_page(call, selection, values))


def _page(call: Call, selection: str, values: list[Any]) -> dict[str, Any]:
    return page_of_rows(call.service.store.database, selection, values, _show, name="events", query=call.query)


def _show(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "sequence": row["sequence"],
        "id": row["id"],
        "type": row["type"],
        "data": from_json(row["data"]),
        "created_at": row["created_at"],
    }


def _create(call: Call) -> Answer:
    event_type = call.body.get("type") or call.body.get("event_type")
    if not event_type:
        raise invalid('lacks "type"', "type")
    return _accept(call, event_type, call.body.get("data", call.body.get("payload")))


def _receive(call: Call) -> Answer:
    _check_sender(call)
    data = {
        "provider": call.path["provider"],
        "webhook_id": call.path["webhook_id"],
        "payload": read_json(call.raw_body) if call.raw_body else None,
    }
    return _accept(call, "webhook.received", data)


def _trigger(call: Call) -> Answer:
    payload = read_json(call.raw_body) if call.raw_body else None
    return _accept(call, "trigger.fired", {"trigger_id": call.path["trigger_id"], "payload": payload})


def _accept(call: Call, event_type: str, data: Any) -> Answer:
    event = record_event(call.service.store, event_type, data)
    return Answer({"accepted": True, "event_id": event["id"], "sequence": event["sequence"]})


def _check_sender(call: Call) -> None:
    """Refuse a call that is not signed as it should be.

    A webhook of ours with this id and a secret says how it is signed. Without one, a caller needs a token unless the
    server is reached from this machine alone; a page in this machine's browser, which names its origin, does need one.
    """
    store = call.service.store
    row = store.database.row("SELECT secret FROM webhooks WHERE id = ?", (call.path["webhook_id"],))
    secret = str(row["secret"]) if row is not None else ""
    if not secret:
        if call.user_id or (call.service.settings.is_loopback and "origin" not in call.headers):
            return
        raise ApiError(ErrorCode.AUTHENTICATION, "this call needs a signature or a token")
    if not is_signed(secret, call.headers, call.raw_body, store.dates.seconds()):
        raise ApiError(ErrorCode.AUTHENTICATION, "the signature is missing, wrong or too old")


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/events",
        _list,
        "List the newest events, all or those of ?type=, after ?after=",
        query={**PAGES, "type": TEXT, "after": {"type": "integer", "minimum": 0, "maximum": _MAX_SEQUENCE}},
    ),
    Endpoint(
        "POST", "/api/events", _create, "Record an event", _CREATE, 202, besides=one_of_keys("type", "event_type")
    ),
    Endpoint(
        "POST",
        "/webhooks/{provider}/{webhook_id}",
        _receive,
        "Take a webhook of another system",
        status=202,
        is_public=True,
        takes_any_json=True,
    ),
    Endpoint(
        "POST",
        "/api/trigger/{trigger_id}",
        _trigger,
        "Start a trigger by hand; the body is its payload",
        status=202,
        takes_any_json=True,
    ),
)
