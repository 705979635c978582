"""When a call is tried again, and after how long: transient failures only, in bounded number, as the server asks."""

from __future__ import annotations

from dataclasses import replace

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential

from mfo_dialect.catalogue.error_handling import MOST_TRIES
from mfo_runtime.client.chain import Attempt, Call, Handler, Observer, Reply
from mfo_runtime.client.clock import Clock
from mfo_runtime.client.settings import RetryPolicy
from mfo_runtime.errors import CircuitOpenError, MfoError


class Retries:
    """The step that tries again; every try is told to the observer, the last one included."""

    def __init__(self, policy: RetryPolicy, clock: Clock, on_attempt: Observer | None = None) -> None:
        self._policy = policy
        self._clock = clock
        self._on_attempt = on_attempt
        self._backoff = wait_exponential(
            multiplier=policy.initial_backoff, max=policy.max_backoff, exp_base=policy.backoff_multiplier
        )

    async def __call__(self, call: Call, go_on: Handler) -> Reply:
        """Try until the call succeeds, fails for good, or has been tried often enough; raises the last error."""
        watch = _Watch(call, call.options.on_attempt or self._on_attempt, self._clock)
        limit = self._policy.max_attempts if call.options.max_attempts is None else call.options.max_attempts
        retrying = AsyncRetrying(
            stop=stop_after_attempt(min(max(limit, 1), MOST_TRIES)),
            retry=retry_if_exception(self._is_worth_another_try),
            wait=self._pause,
            sleep=self._clock.sleep,
            before_sleep=watch.failed_for_now,
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    reply = await go_on(watch.started(attempt.retry_state.attempt_number))
                    watch.ended(None)
                    return reply
        except MfoError as error:
            watch.ended(error)
            raise
        raise AssertionError("a call ends with a reply or an error")

    def _is_worth_another_try(self, error: BaseException) -> bool:
        if not isinstance(error, MfoError) or not error.transient or isinstance(error, CircuitOpenError):
            return False  # an open circuit is there to fail at once
        return error.retry_after is None or error.retry_after <= self._policy.max_retry_after

    def _pause(self, state: RetryCallState) -> float:
        """Seconds to wait: never less than the server asks for."""
        backoff = self._backoff(state)
        if self._policy.jitter:
            backoff *= 1 - self._clock.chance() / 2
        error = state.outcome.exception() if state.outcome is not None else None
        asked = error.retry_after if isinstance(error, MfoError) else None
        if asked is None:
            return backoff
        spread = self._policy.initial_backoff * self._clock.chance() if self._policy.jitter else 0.0
        return asked + spread


class _Watch:
    """The tries of one call, as they are told to its observer."""

    def __init__(self, call: Call, observer: Observer | None, clock: Clock) -> None:
        self._call = call
        self._observer = observer
        self._clock = clock
        self._since = clock.monotonic()
        self._current = call

    def started(self, number: int) -> Call:
        self._since = self._clock.monotonic()
        request_id = self._call.request_id if number == 1 else f"{self._call.request_id}.{number}"
        self._current = replace(self._call, attempt=number, request_id=request_id)
        return self._current

    def failed_for_now(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome is not None else None
        self.ended(error if isinstance(error, MfoError) else None, state.upcoming_sleep)

    def ended(self, error: MfoError | None, pause: float | None = None) -> None:
        if self._observer is None:
            return
        attempt = Attempt(
            operation=self._current.operation,
            number=self._current.attempt,
            request_id=self._current.request_id,
            idempotency_key=self._current.idempotency_key,
            seconds=self._clock.monotonic() - self._since,
            error=error,
            pause=pause,
        )
        self._observer(attempt)
