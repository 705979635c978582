"""Outgoing requests as rows: ``pending`` -> ``sending`` -> ``delivered``, ``pending`` again or, in the end, ``dead``."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from mfo_runtime.server.database import to_json
from mfo_runtime.server.failures import conflict, invalid, not_found
from mfo_runtime.server.pages import page_of_rows
from mfo_runtime.server.store import Store

STATUSES = ("pending", "sending", "delivered", "dead")
KEPT = 10_000
"""How many deliveries are kept to be looked at."""


def insert(store: Store, origin: str, event_id: str, request: Mapping[str, Any]) -> None:
    """Queue a request and wake the worker.

    Args:
        store: where to write.
        origin: the id of the webhook or event trigger that asks for it.
        event_id: the event that it tells of.
        request: ``method``, ``url``, ``headers`` and ``body`` (bytes).
    """
    now = store.dates.now()
    with store.database.transaction():
        store.database.write(
            "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', 0, ?, NULL, '', '', ?, ?)",
            (
                store.identifiers.make("delivery"),
                origin,
                event_id,
                request["method"],
                request["url"],
                to_json(request.get("headers", {})),
                request["body"],
                store.dates.seconds(),
                now,
                now,
            ),
        )
        store.database.after_commit(store.deliveries_bell.ring)


def show(row: sqlite3.Row) -> dict[str, Any]:
    """A row as clients see it; neither body nor headers, which may hold secrets."""
    shown = ("id", "event_id", "method", "url", "status", "attempts", "response_status", "created_at", "updated_at")
    return {**{key: row[key] for key in shown}, "error": row["error"] or None}


def page(store: Store, origin: str, query: Mapping[str, str]) -> dict[str, Any]:
    """A page of what a webhook or trigger sent, all or what has the query's ``status``; raises ``ApiError``."""
    selection, values = "FROM deliveries WHERE origin = ?", [origin]
    status = query.get("status")
    if status:
        if status not in STATUSES:
            raise invalid(f"status must be one of {', '.join(STATUSES)}", "status")
        selection, values = f"{selection} AND status = ?", [*values, status]
    return page_of_rows(store.database, selection, values, show, name="deliveries", query=query)


def revive(store: Store, origin: str, delivery_id: str) -> dict[str, Any]:
    """Send again what was given up, with all its tries; gives the delivery as clients see it.

    Raises:
        ApiError: there is none of this origin (404), or it has not been given up (409).
    """
    with store.database.transaction():
        wanted = (delivery_id, origin)
        row = store.database.row("SELECT * FROM deliveries WHERE id = ? AND origin = ?", wanted)
        if row is None:
            raise not_found("delivery")
        if row["status"] != "dead":
            raise conflict(f"the delivery is {row['status']}")
        store.database.write(
            "UPDATE deliveries SET status = 'pending', attempts = 0, next_due = ?, updated_at = ? WHERE id = ?",
            (store.dates.seconds(), store.dates.now(), delivery_id),
        )
        store.database.after_commit(store.deliveries_bell.ring)
        revived = store.database.row("SELECT * FROM deliveries WHERE id = ? AND origin = ?", wanted)
        assert revived is not None
        return show(revived)


def claim(store: Store, worker: str) -> str | None:
    """Take the delivery that is due for the longest time, or None; no two workers take the same one."""
    with store.database.transaction():
        row = store.database.row(
            "SELECT id FROM deliveries WHERE status = 'pending' AND next_due <= ? ORDER BY next_due, rowid LIMIT 1",
            (store.dates.seconds(),),
        )
        if row is None:
            return None
        store.database.write(
            "UPDATE deliveries SET status = 'sending', attempts = attempts + 1, worker = ? WHERE id = ?",
            (worker, row["id"]),
        )
        return str(row["id"])


def next_due(store: Store) -> float | None:
    """When the next delivery is due, in seconds since 1970; None where none waits."""
    row = store.database.row("SELECT MIN(next_due) FROM deliveries WHERE status = 'pending'")
    return float(row[0]) if row is not None and row[0] is not None else None


def settle(store: Store, delivery_id: str, status: str, *, response: int | None, error: str, due: float) -> None:
    """Write how one try ended; ``due`` says when the next one is, where ``status`` is ``pending``."""
    store.database.write(
        """UPDATE deliveries SET status = ?, response_status = ?, error = ?, next_due = ?, worker = '', updated_at = ?
           WHERE id = ? AND status = 'sending'""",
        (status, response, error, due, store.dates.now(), delivery_id),
    )


def release(store: Store, worker: str) -> None:
    """Make pending again what a worker that stops is sending."""
    store.database.write(
        "UPDATE deliveries SET status = 'pending', worker = '' WHERE status = 'sending' AND worker = ?", (worker,)
    )


def recover(store: Store) -> None:
    """Make pending again what was being sent by workers that are no more."""
    with store.database.transaction():
        recovered = store.database.write(
            """UPDATE deliveries SET status = 'pending', worker = ''
               WHERE status = 'sending' AND worker NOT IN (SELECT id FROM workers)"""
        )
        if recovered:
            store.database.after_commit(store.deliveries_bell.ring)


def forget_old(store: Store) -> None:
    """Drop what was delivered or buried, but for the newest ``KEPT`` rows."""
    store.database.write(
        """DELETE FROM deliveries WHERE status IN ('delivered', 'dead')
           AND rowid <= (SELECT MAX(rowid) FROM deliveries) - ?""",
        (KEPT,),
    )


def give_up(store: Store, origin: str) -> None:
    """Bury what still waits for a webhook or trigger that is no more."""
    store.database.write(
        "UPDATE deliveries SET status = 'dead', error = 'its origin was deleted' WHERE origin = ? AND status = 'pending'",
        (origin,),
    )
