"""Middleware that protects models and those who pay for them: a breaker, a rate limit, a limit of what is told."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

from aiolimiter import AsyncLimiter

from mfo_runtime.agents.exchange import Adapter, Message, Middleware, Piece, Prompt, Reply, estimated_tokens
from mfo_runtime.agents.wrapping import WrappedAdapter
from mfo_runtime.client.breaker import Breaker

_MINUTE = 60.0


class _GuardedAdapter(WrappedAdapter):
    def __init__(self, inner: Adapter, breaker: Breaker, name: str) -> None:
        super().__init__(inner)
        self._breaker = breaker
        self._name = name

    async def call(self, prompt: Prompt) -> Reply:
        """As the inner one; raises ``CircuitOpenError`` where it failed too often."""
        return await self._breaker.guard(self._name, lambda: self.inner.call(prompt))

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """As the inner one; a stream that begins counts as an answer."""
        async with aclosing(self.inner.stream(prompt)) as pieces:
            first = await self._breaker.guard(self._name, lambda: anext(pieces, None))
            if first is not None:
                yield first
            async for piece in pieces:
                yield piece


def with_breaker(breaker: Breaker, name: str) -> Middleware:
    """Middleware that leaves alone what fails too often; ``name`` says in messages what was not asked."""
    return lambda inner: _GuardedAdapter(inner, breaker, name)


class RateLimiter(Protocol):
    """A rate, of this process or of many."""

    async def acquire(self) -> None:
        """Return when it is the caller's turn."""
        ...


class _LimitedAdapter(WrappedAdapter):
    def __init__(self, inner: Adapter, limiters: Sequence[RateLimiter]) -> None:
        super().__init__(inner)
        self._limiters = limiters

    async def call(self, prompt: Prompt) -> Reply:
        """As the inner one, when it is its turn."""
        for limiter in self._limiters:
            await limiter.acquire()
        return await self.inner.call(prompt)

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """As the inner one, when it is its turn."""
        for limiter in self._limiters:
            await limiter.acquire()
        async with aclosing(self.inner.stream(prompt)) as pieces:
            async for piece in pieces:
                yield piece


def rate_limiter(requests_per_minute: int) -> AsyncLimiter:
    """So many requests in a minute; as many may go out at once after a quiet one, and further ones wait."""
    return AsyncLimiter(requests_per_minute, _MINUTE)


def with_rate_limits(*limiters: RateLimiter) -> Middleware:
    """Middleware that waits until all of these rates allow a call; several adapters may share a limiter."""
    return lambda inner: _LimitedAdapter(inner, limiters) if limiters else inner


class _PrunedAdapter(WrappedAdapter):
    def __init__(self, inner: Adapter, max_tokens: int) -> None:
        super().__init__(inner)
        self._max_tokens = max_tokens

    async def call(self, prompt: Prompt) -> Reply:
        """As the inner one, with the newest messages alone."""
        return await self.inner.call(self._pruned(prompt))

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """As the inner one, with the newest messages alone."""
        async with aclosing(self.inner.stream(self._pruned(prompt))) as pieces:
            async for piece in pieces:
                yield piece

    def _pruned(self, prompt: Prompt) -> Prompt:
        left = self._max_tokens - estimated_tokens(prompt.system)
        return replace(prompt, messages=pruned(prompt.messages, left))


def with_pruning(max_tokens: int) -> Middleware:
    """Middleware that tells a model no more than so many tokens: the system prompt, and the newest messages that fit."""
    return lambda inner: _PrunedAdapter(inner, max_tokens)


def pruned(messages: Sequence[Message], max_tokens: int) -> tuple[Message, ...]:
    """The newest messages that fit into so many tokens, as estimated.

    System messages and the newest message are kept whatever they cost; what a tool says is not kept without the message
    that called it.
    """
    kept: list[Message] = []
    left = max_tokens
    for index, message in enumerate(reversed(messages)):
        if message.role == "system":
            continue
        left -= estimated_tokens(message.content)
        if left < 0 and index > 0:
            break
        kept.append(message)
    while len(kept) > 1 and kept[-1].role == "tool":
        kept.pop()
    return (*(one for one in messages if one.role == "system"), *reversed(kept))
