"""Work that goes on beside the requests: jobs, and outgoing requests. Claims are rows, so a crash loses none."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from mfo_runtime.server.rows import deliveries, jobs
from mfo_runtime.server.store import Bell, Store

_BEAT_SECONDS = 5.0
_SILENT_SECONDS = 20.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trade:
    """One sort of work.

    Attributes:
        bell: rung when there is new work.
        slots: how much is done at a time.
        claim: takes the next piece for a worker and gives its id, or None.
        perform: does a piece, and writes how it ended.
        pause: how many seconds to wait at most before looking again.
    """

    bell: Bell
    slots: int
    claim: Callable[[str], str | None]
    perform: Callable[[str, str], Awaitable[None]]
    pause: Callable[[], float]


class Workers:
    """All workers of one process; ``id`` marks what they have claimed."""

    def __init__(self, store: Store, trades: tuple[Trade, ...]) -> None:
        self.id = secrets.token_hex(8)
        self._store = store
        self._trades = trades
        self._under_way: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Work until cancelled; what is then under way is given back."""
        for trade in self._trades:
            trade.bell.attach()
        self._beat()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_beating())
                for trade in self._trades:
                    group.create_task(self._ply(trade, group))
        finally:
            for trade in self._trades:
                trade.bell.detach()
            jobs.release(self._store, self.id)
            deliveries.release(self._store, self.id)
            self._store.database.write("DELETE FROM workers WHERE id = ?", (self.id,))

    def stop(self, piece_id: str) -> None:
        """Stop a piece of work that is under way here; from any coroutine of the workers' event loop."""
        task = self._under_way.get(piece_id)
        if task is not None:
            task.cancel()

    async def _ply(self, trade: Trade, group: asyncio.TaskGroup) -> None:
        busy: set[asyncio.Task[None]] = set()
        while True:
            while len(busy) < trade.slots and (piece_id := trade.claim(self.id)) is not None:
                task = group.create_task(self._perform(trade, piece_id))
                busy.add(task)
                task.add_done_callback(busy.discard)
                task.add_done_callback(lambda _: trade.bell.ring())
            await trade.bell.wait(trade.pause())

    async def _perform(self, trade: Trade, piece_id: str) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._under_way[piece_id] = task
        try:
            await trade.perform(piece_id, self.id)
        except Exception:  # noqa: BLE001 - the fence: one piece of work that breaks must not end the workers
            _log.exception("work on %s ended unexpectedly", piece_id)
        finally:
            del self._under_way[piece_id]

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            self._beat()

    def _beat(self) -> None:
        """Show that this process lives, and take back what dead ones had claimed."""
        now = self._store.dates.seconds()
        with self._store.database.transaction():
            self._store.database.write("INSERT OR REPLACE INTO workers VALUES (?, ?)", (self.id, now))
            self._store.database.write("DELETE FROM workers WHERE last_seen < ?", (now - _SILENT_SECONDS,))
            jobs.recover(self._store)
            deliveries.recover(self._store)
