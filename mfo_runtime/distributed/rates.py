"""How often somebody may be asked, over all workers of a database.

A key has one row: the moment at which its next request would be due if all were sent at the agreed rate. Whoever wants
to ask moves that moment on, and waits until it is no further away than a burst allows.
"""

from __future__ import annotations

import asyncio
import time

import sqlalchemy as sa

from mfo_runtime.client import ClientSettings, RateLimit
from mfo_runtime.client.settings import origin_of
from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.tables import rates
from mfo_runtime.tasks import Safeguards

_LOOK = 0.5
"""Seconds for which it is believed that a server asked nobody for quiet, where nobody tells this worker."""

_MINUTE = 60.0


class SharedPace:
    """The pace of one key; all of it raises ``JournalError`` where the database cannot be used."""

    def __init__(self, database: Database, key: str, limit: RateLimit | None) -> None:
        """Keep to ``limit`` over all workers; None: only what the server wishes counts."""
        self._database = database
        self._key = key
        self._limit = limit
        self._closed_until = 0.0
        self._looked_at = -_LOOK

    async def quiet(self) -> float:
        """As ``Pace.quiet``; what another worker was told is known within half a second."""
        if time.monotonic() - self._looked_at > _LOOK:
            self._looked_at = time.monotonic()
            left = await asyncio.to_thread(self._left)
            self._closed_until = max(self._closed_until, time.monotonic() + left)
        return self._closed_until - time.monotonic()

    async def acquire(self) -> None:
        """As ``Pace.acquire``; the turn of a caller that gives up is lost."""
        if self._limit is not None:
            wait = await asyncio.to_thread(self._take_turn, self._limit)
            if wait > 0:
                await asyncio.sleep(wait)

    async def close(self, seconds: float) -> None:
        """As ``Pace.close``; afterwards requests go out one by one, without a burst."""
        self._closed_until = max(self._closed_until, time.monotonic() + seconds)
        await asyncio.to_thread(self._close, seconds)

    def _left(self) -> float:
        with self._database.reading() as connection:
            until = connection.execute(sa.select(rates.c.closed_until).where(rates.c.key == self._key)).scalar()
            return until - self._database.now(connection) if until else 0.0

    def _take_turn(self, limit: RateLimit) -> float:
        """Move the moment on, and give how long to wait."""
        interval = 1 / limit.requests_per_second
        with self._database.writing() as connection:
            now = self._database.now(connection)
            latest = self._database.greatest(rates.c.due_at, now)
            first = {"key": self._key, "due_at": now + interval, "closed_until": 0.0}
            changed = self._database.add_or_change(rates, first, {"due_at": latest + interval})
            due = connection.execute(changed.returning(rates.c.due_at)).scalar_one()
        return due - limit.burst * interval - now

    def _close(self, seconds: float) -> None:
        with self._database.writing() as connection:
            until = self._database.now(connection) + seconds
            behind = (self._limit.burst - 1) / self._limit.requests_per_second if self._limit is not None else 0.0
            latest = self._database.greatest
            changes = {
                "closed_until": latest(rates.c.closed_until, until),
                "due_at": latest(rates.c.due_at, until + behind),
            }
            row = {"key": self._key, "due_at": until + behind, "closed_until": until}
            connection.execute(self._database.add_or_change(rates, row, changes))


class SharedSafeguards(Safeguards):
    """Safeguards of one worker, whose rates hold over all workers; breakers and answers are the worker's own."""

    def __init__(self, database: Database) -> None:
        """Share rates through ``database``."""
        super().__init__()
        self._database = database

    def limiter(self, name: str, requests_per_minute: int) -> SharedPace:
        """The rate of somebody, whichever worker asks for them."""
        return SharedPace(self._database, name, RateLimit(requests_per_minute / _MINUTE, requests_per_minute))


def pace_of_server(database: Database, settings: ClientSettings) -> SharedPace:
    """The pace of an MFO server, for all workers that ask it."""
    return SharedPace(database, f"server {origin_of(settings.base_url)}", settings.rate_limit)
