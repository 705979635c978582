"""The step that asks no faster than agreed, and not at all for as long as the server asked for quiet."""

from __future__ import annotations

from aiolimiter import AsyncLimiter

from mfo_runtime.client.chain import Call, Handler, Reply
from mfo_runtime.client.clock import Clock
from mfo_runtime.client.limits import RateLimit
from mfo_runtime.errors import RateLimitedError


class Limiter:
    """A token bucket for the calls of one client; a 429 with Retry-After holds back all of them, not only its own."""

    def __init__(self, limit: RateLimit | None, clock: Clock, longest_wait: float) -> None:
        """Start with a full bucket.

        Args:
            limit: the agreed rate; None: only the server's own wishes count.
            clock: what time it is, and how to wait.
            longest_wait: seconds that a server may ask for; a call that would have to wait longer fails at once.
        """
        self._bucket = AsyncLimiter(limit.burst, limit.burst / limit.requests_per_second) if limit is not None else None
        self._clock = clock
        self._longest_wait = longest_wait
        self._closed_until = 0.0

    async def __call__(self, call: Call, go_on: Handler) -> Reply:
        """Send the call when it is its turn.

        Raises:
            RateLimitedError: the server has asked for more quiet than anybody should wait for, now or with this call.
        """
        await self._wait_for_quiet(call)
        if self._bucket is not None:
            await self._bucket.acquire()
        try:
            return await go_on(call)
        except RateLimitedError as error:
            if error.retry_after is not None:
                self._closed_until = max(self._closed_until, self._clock.monotonic() + error.retry_after)
            raise

    async def _wait_for_quiet(self, call: Call) -> None:
        left = self._closed_until - self._clock.monotonic()
        if left > self._longest_wait:
            raise RateLimitedError(
                f"{call.operation} was not sent: the server asked for {left:.0f} s without requests.",
                request_id=call.request_id,
                retry_after=left,
            )
        if left > 0:
            await self._clock.sleep(left)
