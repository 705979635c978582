"""How much a client may ask of its server, and when it leaves it alone (dialect section 11)."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from mfo_runtime.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class CircuitBreakerPolicy:
    """When a failing server is left alone.

    Attributes:
        failure_threshold: how many failures in a row open the circuit; only what may pass by itself counts as one.
        reset_timeout: seconds after which one call is let through to see whether the server is well again.
    """

    failure_threshold: int = 5
    reset_timeout: float = 60.0

    def __post_init__(self) -> None:
        if self.failure_threshold < 1 or not 0 < self.reset_timeout < inf:
            raise InvalidInputError(
                "client.circuit_breaker: failure_threshold is at least 1, and reset_timeout greater than 0."
            )


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How often the server is asked.

    Attributes:
        requests_per_second: the steady rate.
        burst: how many requests may go out at once after a quiet time.
    """

    requests_per_second: float
    burst: int = 1

    def __post_init__(self) -> None:
        if not 0 < self.requests_per_second < inf or self.burst < 1:
            raise InvalidInputError("client.rate_limit: requests_per_second is greater than 0, and burst at least 1.")
