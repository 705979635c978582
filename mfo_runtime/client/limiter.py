"""The step that asks no faster than agreed, and not at all for as long as the server asked for quiet."""

from __future__ import annotations

from typing import Protocol

from aiolimiter import AsyncLimiter

from mfo_runtime.client.chain import Call, Handler, Reply
from mfo_runtime.client.clock import Clock
from mfo_runtime.client.limits import RateLimit
from mfo_runtime.errors import RateLimitedError


class Pace(Protocol):
    """How fast one server is asked by all who share this; whatever keeps it may raise ``MfoError``."""

    async def quiet(self) -> float:
        """For how many seconds from now the server wants no requests."""
        ...

    async def acquire(self) -> None:
        """Return when it is the caller's turn by the agreed rate."""
        ...

    async def close(self, seconds: float) -> None:
        """Nobody asks the server for so many seconds."""
        ...


class OwnPace:
    """The pace of one client: a token bucket, full at first."""

    def __init__(self, limit: RateLimit | None, clock: Clock) -> None:
        """Keep to ``limit``; None: only the server's own wishes count."""
        self._bucket = AsyncLimiter(limit.burst, limit.burst / limit.requests_per_second) if limit is not None else None
        self._clock = clock
        self._closed_until = 0.0

    async def quiet(self) -> float:
        """As ``Pace.quiet``."""
        return self._closed_until - self._clock.monotonic()

    async def acquire(self) -> None:
        """As ``Pace.acquire``."""
        if self._bucket is not None:
            await self._bucket.acquire()

    async def close(self, seconds: float) -> None:
        """As ``Pace.close``."""
        self._closed_until = max(self._closed_until, self._clock.monotonic() + seconds)


class Limiter:
    """Keeps calls to a pace; a 429 with Retry-After holds back all that share it, not only the call that was told."""

    def __init__(self, pace: Pace, clock: Clock, longest_wait: float) -> None:
        """Keep to ``pace``.

        Args:
            pace: the agreed rate, and the server's own wishes.
            clock: how to wait.
            longest_wait: seconds that a server may ask for; a call that would have to wait longer fails at once.
        """
        self._pace = pace
        self._clock = clock
        self._longest_wait = longest_wait

    async def __call__(self, call: Call, go_on: Handler) -> Reply:
        """Send the call when it is its turn.

        Raises:
            RateLimitedError: the server has asked for more quiet than anybody should wait for, now or with this call.
        """
        await self._wait_for_quiet(call)
        await self._pace.acquire()
        try:
            return await go_on(call)
        except RateLimitedError as error:
            if error.retry_after is not None:
                await self._pace.close(error.retry_after)
            raise

    async def _wait_for_quiet(self, call: Call) -> None:
        left = await self._pace.quiet()
        if left > self._longest_wait:
            raise RateLimitedError(
                f"{call.operation} was not sent: the server asked for {left:.0f} s without requests.",
                request_id=call.request_id,
                retry_after=left,
            )
        if left > 0:
            await self._clock.sleep(left)
