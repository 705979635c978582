"""One try to deliver an outgoing request: signed, judged by its answer's status, and tried again later or buried."""

from __future__ import annotations

import asyncio
import sqlite3

from mfo_runtime.server.database import from_json
from mfo_runtime.server.rows import deliveries
from mfo_runtime.server.settings import OutgoingRequest, Sender
from mfo_runtime.server.signatures import DELIVERY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, signature
from mfo_runtime.server.store import Store

_SEND_SECONDS = 15.0
_LONGEST_DELAY = 3600.0
_MAX_DOUBLINGS = 20
_FIRST_ERROR = 300


async def deliver(store: Store, sender: Sender, delivery_id: str, *, attempts: int, delay: float) -> None:
    """Send a claimed delivery once, and write how that went.

    Args:
        store: where it stands.
        sender: what carries it.
        delivery_id: which one.
        attempts: how often it is tried in all.
        delay: seconds until the second try, doubled for each further one.
    """
    row = store.database.row("SELECT * FROM deliveries WHERE id = ?", (delivery_id,))
    if row is None:
        return
    response, error = await _try(sender, _request(store, row))
    tried = int(row["attempts"])
    failed = "dead" if tried >= attempts else "pending"
    wait = min(delay * 2 ** min(tried - 1, _MAX_DOUBLINGS), _LONGEST_DELAY)
    due = store.dates.seconds() + wait
    deliveries.settle(store, delivery_id, failed if error else "delivered", response=response, error=error, due=due)


def _request(store: Store, row: sqlite3.Row) -> OutgoingRequest:
    headers = {"Content-Type": "application/json", **from_json(row["headers"])}
    headers[DELIVERY_HEADER] = str(row["id"])
    secret = _secret(store, str(row["origin"]))
    if secret:
        moment = str(int(store.dates.seconds()))
        headers[TIMESTAMP_HEADER] = moment
        headers[SIGNATURE_HEADER] = signature(secret, moment.encode() + b"." + bytes(row["body"]))
    return OutgoingRequest(str(row["method"]), str(row["url"]), headers, bytes(row["body"]))


def _secret(store: Store, origin: str) -> str:
    webhook = store.database.row("SELECT secret FROM webhooks WHERE id = ?", (origin,))
    if webhook is not None:
        return str(webhook["secret"])
    trigger = store.database.row("SELECT action_config FROM event_triggers WHERE id = ?", (origin,))
    return str(from_json(trigger["action_config"]).get("secret") or "") if trigger is not None else ""


async def _try(sender: Sender, request: OutgoingRequest) -> tuple[int | None, str]:
    try:
        async with asyncio.timeout(_SEND_SECONDS):
            status = await sender(request)
    except TimeoutError:
        return None, "no answer in time"
    except Exception as error:  # noqa: BLE001 - the fence of a delivery: whatever went wrong, it is tried again
        return None, f"no answer ({type(error).__name__})"
    return status, "" if status < _FIRST_ERROR else f"answered with status {status}"
