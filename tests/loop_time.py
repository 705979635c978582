"""The clock of the running event loop, which a test may set forward: what waits for so long waits no longer."""

from __future__ import annotations

import asyncio


def leap(seconds: float) -> None:
    """Have so many seconds pass for all timeouts and sleeps of the running loop."""
    loop = asyncio.get_running_loop()
    before = loop.time
    loop.time = lambda: before() + seconds
