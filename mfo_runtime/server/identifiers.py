"""Ids and dates of what the server stores."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from mfo_runtime.server.database import Database

_HEX_DIGITS = 24


class Identifiers:
    """Makes ids such as ``job_5f0c...``: random, or the same in every run where a seed is given.

    Seeded ids go on where they stopped when the server starts again, so they never meet stored ones.
    """

    def __init__(self, database: Database, seed: int | None) -> None:
        self._database = database
        self._seed = seed

    def make(self, kind: str) -> str:
        """A new id that starts with what it identifies."""
        if self._seed is None:
            return f"{kind}_{secrets.token_hex(_HEX_DIGITS // 2)}"
        number = self._next_number()
        digest = hashlib.sha256(f"{self._seed}:{kind}:{number}".encode()).hexdigest()
        return f"{kind}_{digest[:_HEX_DIGITS]}"

    def _next_number(self) -> int:
        with self._database.transaction():
            self._database.write("INSERT OR IGNORE INTO counters VALUES ('ids', 0)")
            self._database.write("UPDATE counters SET value = value + 1 WHERE name = 'ids'")
            return self._database.number("SELECT value FROM counters WHERE name = 'ids'")


class Dates:
    """Dates what is stored, by a clock that gives the seconds since 1970."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.seconds = clock

    def now(self) -> str:
        """The time as it is written in answers: ISO 8601 in UTC, to the millisecond."""
        return datetime.fromtimestamp(self.seconds(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
