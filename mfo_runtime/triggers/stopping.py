"""Telling the service to stop: once, and it stops in good order; twice, and it stops at once."""

from __future__ import annotations

import asyncio


class StopSignal:
    """Whether the service is to stop; for the event loop in which it was made."""

    def __init__(self) -> None:
        self._gently = asyncio.Event()
        self._at_once = asyncio.Event()
        self._count = 0

    def give(self) -> int:
        """Tell the service to stop; gives how many times it was told."""
        self._count += 1
        (self._gently if self._count == 1 else self._at_once).set()
        return self._count

    async def wait(self) -> None:
        """Return when it is told."""
        await self._gently.wait()

    async def wait_for_haste(self, patience: float) -> None:
        """Return when it is told again, or after so many seconds."""
        try:
            async with asyncio.timeout(patience):
                await self._at_once.wait()
        except TimeoutError:
            return
