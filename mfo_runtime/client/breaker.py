"""The step that leaves a failing server alone: closed, open, and half-open with one call at a time that tries it out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import TypeVar

from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.messages.base import Event
from purgatory.domain.messages.events import ContextChanged
from purgatory.domain.model import OpenedState

from mfo_runtime.client.chain import Call, Handler, Reply
from mfo_runtime.client.clock import Clock
from mfo_runtime.client.limits import CircuitBreakerPolicy
from mfo_runtime.errors import CircuitOpenError, Facts, MfoError, RateLimitedError

_Result = TypeVar("_Result")


class Circuit(Enum):
    """The state of the way to one server; the values are the library's names."""

    CLOSED = "closed"
    OPEN = "opened"
    HALF_OPEN = "half-opened"


CircuitObserver = Callable[[str, Circuit], None]


class Breaker:
    """Counts the failures of one server; 429 is no failure, and neither is any other answer that blames the request."""

    def __init__(
        self, policy: CircuitBreakerPolicy, host: str, clock: Clock, on_change: CircuitObserver | None = None
    ) -> None:
        """Start closed.

        Args:
            policy: when to open, and for how long.
            host: scheme, host and port of the server, as messages may say them.
            clock: what time it is.
            on_change: told of every change of the state.
        """
        self._policy = policy
        self._host = host
        self._clock = clock
        self._on_change = on_change
        self._is_tried_out = False
        self._factory = AsyncCircuitBreakerFactory(
            default_threshold=policy.failure_threshold,
            default_ttl=policy.reset_timeout,
            exclude=[(BaseException, self._is_none)],
        )
        self._factory.add_listener(self._changed)

    async def __call__(self, call: Call, go_on: Handler) -> Reply:
        """Send the call where the circuit lets it through; raises ``CircuitOpenError`` at once where it does not."""
        return await self.guard(str(call.operation), lambda: go_on(call), call.request_id)

    async def guard(self, name: str, work: Callable[[], Awaitable[_Result]], request_id: str | None = None) -> _Result:
        """Do what asks the server, where the circuit lets it through.

        Args:
            name: what it is, for the message of an error.
            work: asks the server.
            request_id: the id of the request, where it has one.

        Raises:
            CircuitOpenError: the server is left alone.
        """
        breaker = await self._factory.get_breaker(self._host)
        if self._is_tried_out:
            raise self._open(name, self._policy.reset_timeout, request_id)
        try:
            async with breaker:
                self._is_tried_out = breaker.context.state == Circuit.HALF_OPEN.value
                return await work()
        except OpenedState as state:
            left = state.opened_at + self._policy.reset_timeout - self._clock.now().timestamp()
            raise self._open(name, max(left, 0.0), request_id) from None
        finally:
            if breaker.context.state != Circuit.HALF_OPEN.value:
                self._is_tried_out = False

    def _is_none(self, error: BaseException) -> bool:
        """Whether an error is no failure of the server; a call that was given up while it tried the server out is one."""
        if isinstance(error, asyncio.CancelledError):
            return not self._is_tried_out
        return not isinstance(error, MfoError) or not error.transient or isinstance(error, RateLimitedError)

    def _open(self, name: str, seconds: float, request_id: str | None) -> CircuitOpenError:
        facts: Facts = {"retry_after": seconds}
        if request_id is not None:
            facts["request_id"] = request_id
        return CircuitOpenError(
            f"{name} was not sent: {self._host} failed {self._policy.failure_threshold} times in a row and is "
            f"left alone for {seconds:.0f} s.",
            **facts,
        )

    def _changed(self, _name: str, kind: str, event: Event) -> None:
        if kind == "state_changed" and isinstance(event, ContextChanged) and self._on_change is not None:
            self._on_change(self._host, Circuit(event.state))
