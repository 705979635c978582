"""Jobs as rows: ``queued`` -> ``running`` -> ``completed``, ``failed`` or ``cancelled``; knows nothing of running them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from mfo_runtime.server.database import from_json, to_json
from mfo_runtime.server.store import Store


def insert(store: Store, job_type: str, job_input: Any, metadata: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """Queue a job and wake the worker; gives the job as clients see it."""
    job_id, now = store.identifiers.make("job"), store.dates.now()
    with store.database.transaction():
        store.database.write(
            "INSERT INTO jobs VALUES (?, ?, 'queued', ?, 'null', '', ?, ?, 0, '', ?, ?)",
            (job_id, job_type, to_json(job_input), to_json(metadata), depth, now, now),
        )
        store.database.after_commit(store.jobs_bell.ring)
        return fetch(store, job_id) or {}


def fetch(store: Store, job_id: str) -> dict[str, Any] | None:
    """A job as clients see it, or None."""
    row = store.database.row("SELECT * FROM jobs WHERE id = ?", (job_id,))
    return show(row) if row is not None else None


def show(row: sqlite3.Row) -> dict[str, Any]:
    """A row as clients see it."""
    return {
        "id": row["id"],
        "type": row["type"],
        "status": row["status"],
        "input": from_json(row["input"]),
        "result": from_json(row["result"]),
        "error": row["error"] or None,
        "metadata": from_json(row["metadata"]),
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def claim(store: Store, worker: str) -> str | None:
    """Take the oldest queued job for a worker, or None; no two workers take the same one."""
    with store.database.transaction():
        row = store.database.row("SELECT id FROM jobs WHERE status = 'queued' ORDER BY rowid LIMIT 1")
        if row is None:
            return None
        store.database.write(
            "UPDATE jobs SET status = 'running', starts = starts + 1, worker = ?, updated_at = ? WHERE id = ?",
            (worker, store.dates.now(), row["id"]),
        )
        return str(row["id"])


def finish(store: Store, job_id: str, worker: str, result: Any, error: str) -> dict[str, Any] | None:
    """Write how a job ended, unless it was cancelled meanwhile or belongs to another worker; then gives None."""
    status = "failed" if error else "completed"
    with store.database.transaction():
        changed = store.database.write(
            """UPDATE jobs SET status = ?, result = ?, error = ?, updated_at = ?
               WHERE id = ? AND status = 'running' AND worker = ?""",
            (status, to_json(result), error, store.dates.now(), job_id, worker),
        )
        return fetch(store, job_id) if changed else None


def cancel(store: Store, job_id: str) -> bool:
    """Cancel a job that has not ended; whether there was anything to cancel."""
    changed = store.database.write(
        "UPDATE jobs SET status = 'cancelled', updated_at = ? WHERE id = ? AND status IN ('queued', 'running')",
        (store.dates.now(), job_id),
    )
    return changed > 0


def is_cancelled(store: Store, job_id: str) -> bool:
    """Whether a job has been cancelled."""
    row = store.database.row("SELECT 1 FROM jobs WHERE id = ? AND status = 'cancelled'", (job_id,))
    return row is not None


def release(store: Store, worker: str) -> None:
    """Queue again what runs under a worker that stops in good order; that start does not count."""
    store.database.write(
        "UPDATE jobs SET status = 'queued', worker = '', starts = starts - 1 WHERE status = 'running' AND worker = ?",
        (worker,),
    )


def recover(store: Store) -> None:
    """Queue again what runs under workers that are no more."""
    with store.database.transaction():
        recovered = store.database.write(
            """UPDATE jobs SET status = 'queued', worker = ''
               WHERE status = 'running' AND worker NOT IN (SELECT id FROM workers)"""
        )
        if recovered:
            store.database.after_commit(store.jobs_bell.ring)
