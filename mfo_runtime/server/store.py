"""What everything that writes shares: the database, ids, dates, and the bells that wake the workers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from mfo_runtime.server.database import Database
from mfo_runtime.server.identifiers import Dates, Identifiers


class Bell:
    """Wakes one worker: rung from any thread, heard in the worker's event loop; a ring is never lost."""

    def __init__(self) -> None:
        self._rung: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def attach(self) -> None:
        """Listen in the running event loop from now on; the first ``wait`` returns at once."""
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()
        self._rung.set()

    def detach(self) -> None:
        """Stop listening; rings go unheard, and the worker looks for work when it starts again."""
        self._loop = self._rung = None

    def ring(self) -> None:
        """Wake the worker."""
        loop, rung = self._loop, self._rung
        if loop is not None and rung is not None and not loop.is_closed():
            loop.call_soon_threadsafe(rung.set)

    async def wait(self, seconds: float) -> None:
        """Return when the bell rings, or after so many seconds."""
        if self._rung is None:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return
        self._rung.clear()


@dataclass(frozen=True, slots=True)
class Store:
    """The database and what is needed to write to it; ``max_events`` is how many events are kept."""

    database: Database
    identifiers: Identifiers
    dates: Dates
    max_events: int
    jobs_bell: Bell = field(default_factory=Bell)
    deliveries_bell: Bell = field(default_factory=Bell)
