"""First answers, kept under the idempotency keys of their requests, so that a repeated write is not done twice."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

from mfo_runtime.server.failures import invalid
from mfo_runtime.server.store import Store

Name = tuple[str, str, str]
"""Who called, which route (method and path), under which key."""

_LONGEST_KEY = 255


class Replays:
    """The kept answers. Only successful ones are kept: an error changed nothing, so trying again is right."""

    def __init__(self, store: Store, lifetime: float) -> None:
        self._store = store
        self._lifetime = lifetime
        self._under_way: WeakValueDictionary[Name, asyncio.Lock] = WeakValueDictionary()

    def lock(self, name: Name) -> asyncio.Lock:
        """The lock that makes requests with one name wait for each other."""
        return self._under_way.setdefault(name, asyncio.Lock())

    def find(self, name: Name) -> tuple[int, bytes] | None:
        """The status and body of the first answer, or None."""
        row = self._store.database.row(
            "SELECT status, body FROM replays WHERE user_id = ? AND route = ? AND key = ?", name
        )
        return (int(row["status"]), bytes(row["body"])) if row is not None else None

    def keep(self, name: Name, status: int, body: bytes) -> None:
        """Keep an answer; to be called in the transaction of what it answers."""
        now = self._store.dates.seconds()
        self._store.database.write(
            "INSERT OR REPLACE INTO replays VALUES (?, ?, ?, ?, ?, ?)", (*name, status, body, now)
        )

    def forget_old(self) -> None:
        """Drop answers that are past their lifetime."""
        self._store.database.write(
            "DELETE FROM replays WHERE last_seen < ?", (self._store.dates.seconds() - self._lifetime,)
        )


def checked_key(key: str) -> str:
    """An idempotency key as it came in its header.

    Raises:
        ApiError: it is empty or too long.
    """
    if not 1 <= len(key) <= _LONGEST_KEY:
        raise invalid(f"the Idempotency-Key header must have 1 to {_LONGEST_KEY} characters")
    return key
