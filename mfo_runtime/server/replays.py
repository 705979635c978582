"""First answers, kept under the idempotency keys of their requests, so that a repeated write is not done twice."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from mfo_runtime.server.failures import conflict, invalid
from mfo_runtime.server.store import Store


@dataclass(frozen=True, slots=True)
class Name:
    """Under what an answer is kept.

    Attributes:
        user_id: who called.
        route: method and path.
        key: the request's idempotency key.
        digest: of what was asked; requests that differ in it are not the same, whatever their key says.
    """

    user_id: str
    route: str
    key: str
    digest: str

    @property
    def place(self) -> tuple[str, str, str]:
        """Where the answer stands; the same for all requests with one key."""
        return self.user_id, self.route, self.key


_LONGEST_KEY = 255


class Replays:
    """The kept answers. Only successful ones are kept: an error changed nothing, so trying again is right."""

    def __init__(self, store: Store, lifetime: float) -> None:
        self._store = store
        self._lifetime = lifetime
        self._under_way: WeakValueDictionary[tuple[str, str, str], asyncio.Lock] = WeakValueDictionary()

    def lock(self, name: Name) -> asyncio.Lock:
        """The lock that makes requests with one name wait for each other."""
        return self._under_way.setdefault(name.place, asyncio.Lock())

    def find(self, name: Name) -> tuple[int, bytes] | None:
        """The status and body of the first answer, or None.

        Raises:
            ApiError: a 409, the key was used for another request.
        """
        row = self._store.database.row(
            "SELECT status, body, digest FROM replays WHERE user_id = ? AND route = ? AND key = ?", name.place
        )
        if row is not None and row["digest"] not in ("", name.digest):
            raise conflict("the Idempotency-Key was used with another body")
        return (int(row["status"]), bytes(row["body"])) if row is not None else None

    def keep(self, name: Name, status: int, body: bytes) -> None:
        """Keep an answer; to be called in the transaction of what it answers."""
        now = self._store.dates.seconds()
        self._store.database.write(
            "INSERT OR REPLACE INTO replays VALUES (?, ?, ?, ?, ?, ?, ?)", (*name.place, status, body, now, name.digest)
        )

    def forget_old(self) -> None:
        """Drop answers that are past their lifetime."""
        self._store.database.write(
            "DELETE FROM replays WHERE last_seen < ?", (self._store.dates.seconds() - self._lifetime,)
        )


def digest_of(body: Mapping[str, Any], raw_body: bytes) -> str:
    """What tells one request from another: the JSON value of its body, however it is written, else the bytes.

    Whether the answer is streamed makes no other request of it.
    """
    asked = {key: value for key, value in body.items() if key != "stream"}
    text = json.dumps(asked, sort_keys=True).encode() if body else raw_body
    return hashlib.sha256(text).hexdigest()


def checked_key(key: str) -> str:
    """An idempotency key as it came in its header.

    Raises:
        ApiError: it is empty or too long.
    """
    if not 1 <= len(key) <= _LONGEST_KEY:
        raise invalid(f"the Idempotency-Key header must have 1 to {_LONGEST_KEY} characters")
    return key
