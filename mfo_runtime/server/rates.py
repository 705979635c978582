"""How often somebody may call: a bucket for each caller, which fills at a steady rate; says how long to wait, never waits.

No library that we know says the wait for an injected clock and keeps a bounded number of callers without a thread.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from cachetools import LRUCache

from mfo_runtime.server.failures import ApiError, ErrorCode
from mfo_runtime.server.settings import RateLimit

_MOST_CALLERS = 10_000


class Rates:
    """The callers of one server; past ten thousand of them, those that were quiet for the longest time are forgotten.

    For each it keeps when its bucket will be full again: a call moves that moment on by one interval, and is refused
    where the moment would be further away than ``burst`` intervals.
    """

    def __init__(self, limit: RateLimit, clock: Callable[[], float]) -> None:
        """Start with full buckets; ``clock`` gives seconds that never go back."""
        self._interval = 1 / limit.requests_per_second
        self._burst = limit.burst
        self._clock = clock
        self._full_at: LRUCache[str, float] = LRUCache(_MOST_CALLERS)

    def count(self, caller: str) -> None:
        """Count a call.

        Raises:
            ApiError: a 429 that says in ``Retry-After`` when the next one is welcome, in whole seconds.
        """
        now = self._clock()
        full_at = max(self._full_at.get(caller, now), now) + self._interval
        wait = full_at - now - self._interval * self._burst
        if wait > self._interval * 1e-9:
            seconds = max(math.ceil(wait), 1)
            raise ApiError(
                ErrorCode.RATE_LIMITED, f"too many requests; wait {seconds} s", headers={"Retry-After": str(seconds)}
            )
        self._full_at[caller] = full_at
