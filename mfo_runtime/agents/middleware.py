"""Middleware that watches: a log line and measurements for each call."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from mfo_runtime.agents.exchange import Adapter, Middleware, Piece, Prompt, Reply
from mfo_runtime.agents.wrapping import WrappedAdapter


class Logger(Protocol):
    """What is logged to; every ``logging.Logger`` is one."""

    def debug(self, msg: str, *args: object) -> None:
        """A detail."""
        ...

    def info(self, msg: str, *args: object) -> None:
        """Something that happened."""
        ...

    def error(self, msg: str, *args: object) -> None:
        """Something that failed."""
        ...


class MetricsCollector(Protocol):
    """What is measured to."""

    def increment_calls(self) -> None:
        """A model was asked."""
        ...

    def increment_errors(self) -> None:
        """It did not answer."""
        ...

    def record_latency(self, milliseconds: float) -> None:
        """How long that took."""
        ...


@dataclass(frozen=True, slots=True)
class CallHook:
    """Functions that are called around each call of a model.

    Attributes:
        on_start: before it, with the prompt.
        on_end: after it, with the prompt, and the reply or the error.
    """

    on_start: Callable[[Prompt], None] | None = None
    on_end: Callable[[Prompt, Reply | None, Exception | None], None] | None = None


class _HookedAdapter(WrappedAdapter):
    """Calls a hook around each call; a stream is one call, from its first piece to its last."""

    def __init__(self, inner: Adapter, hook: CallHook) -> None:
        super().__init__(inner)
        self._hook = hook

    async def call(self, prompt: Prompt) -> Reply:
        """As the inner one, between the hook's functions."""
        self._start(prompt)
        try:
            reply = await self.inner.call(prompt)
        except Exception as error:
            self._end(prompt, None, error)
            raise
        self._end(prompt, reply, None)
        return reply

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """As the inner one, between the hook's functions."""
        self._start(prompt)
        reply: Reply | None = None
        try:
            async with aclosing(self.inner.stream(prompt)) as pieces:
                async for piece in pieces:
                    reply = piece if isinstance(piece, Reply) else reply
                    yield piece
        except Exception as error:
            self._end(prompt, None, error)
            raise
        self._end(prompt, reply, None)

    def _start(self, prompt: Prompt) -> None:
        if self._hook.on_start is not None:
            self._hook.on_start(prompt)

    def _end(self, prompt: Prompt, reply: Reply | None, error: Exception | None) -> None:
        if self._hook.on_end is not None:
            self._hook.on_end(prompt, reply, error)


def with_hook(hook: CallHook) -> Middleware:
    """Middleware that calls a hook around each call."""
    return lambda inner: _HookedAdapter(inner, hook)


def with_logging(logger: Logger) -> Middleware:
    """Middleware that logs each call: sizes and times, never what is said, which may hold secrets and people's data."""

    def hooked(inner: Adapter) -> Adapter:
        began = _Since()

        def on_start(prompt: Prompt) -> None:
            began.start(prompt)
            size = sum(len(message.content) for message in prompt.messages)
            logger.debug("asking a model: %d messages, %d characters", len(prompt.messages), size + len(prompt.system))

        def on_end(prompt: Prompt, reply: Reply | None, error: Exception | None) -> None:
            seconds = began.end(prompt)
            if reply is not None or error is None:
                text, calls = (len(reply.text), len(reply.tool_calls)) if reply is not None else (0, 0)
                logger.info("a model answered in %.3f s: %d characters, %d tool calls", seconds, text, calls)
            else:
                logger.error("a model did not answer after %.3f s: %s", seconds, error)

        return _HookedAdapter(inner, CallHook(on_start, on_end))

    return hooked


def with_metrics(collector: MetricsCollector) -> Middleware:
    """Middleware that counts calls and errors, and measures how long each takes."""

    def hooked(inner: Adapter) -> Adapter:
        began = _Since()

        def on_start(prompt: Prompt) -> None:
            began.start(prompt)
            collector.increment_calls()

        def on_end(prompt: Prompt, _reply: Reply | None, error: Exception | None) -> None:
            collector.record_latency(began.end(prompt) * 1000)
            if error is not None:
                collector.increment_errors()

        return _HookedAdapter(inner, CallHook(on_start, on_end))

    return hooked


class _Since:
    """When each call began; calls are told apart by their prompt object."""

    def __init__(self) -> None:
        self._began: dict[int, float] = {}

    def start(self, prompt: Prompt) -> None:
        self._began[id(prompt)] = time.monotonic()

    def end(self, prompt: Prompt) -> float:
        return time.monotonic() - self._began.pop(id(prompt), time.monotonic())
