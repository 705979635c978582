"""Middleware that answers the same prompt with the reply that it had before."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any, Protocol, cast

from cachetools import TTLCache

from mfo_runtime.agents.exchange import Adapter, Middleware, Piece, Prompt, Reply, ToolCall
from mfo_runtime.agents.wrapping import WrappedAdapter

_DEFAULT_TTL = 3600.0
_DEFAULT_SIZE = 1000


class Cache(Protocol):
    """Where replies are kept, as text."""

    def get(self, key: str) -> str | None:
        """The text of a key; None where there is none."""
        ...

    def set(self, key: str, value: str) -> None:
        """Keep a text."""
        ...

    def delete(self, key: str) -> None:
        """Forget a key; does nothing where it is not known."""
        ...


class MemoryCache:
    """A cache in this process: so many replies at most, each for so long."""

    def __init__(
        self, ttl: float = _DEFAULT_TTL, max_size: int = _DEFAULT_SIZE, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin with none; ``ttl`` in seconds of ``now``."""
        self._kept: TTLCache[str, str] = TTLCache(max_size, ttl, now)

    def get(self, key: str) -> str | None:
        """The text of a key."""
        return self._kept.get(key)

    def set(self, key: str, value: str) -> None:
        """Keep a text."""
        self._kept[key] = value

    def delete(self, key: str) -> None:
        """Forget a key."""
        self._kept.pop(key, None)


def cache_key(prompt: Prompt) -> str:
    """What names a prompt in a cache: the SHA-256 of its JSON, in hexadecimal.

    In it stand the system prompt, all messages, tools, ``tool_choice``, the reply that it goes on with, model,
    provider and options; metadata does not count.
    """
    told = {
        "system": prompt.system,
        "messages": [[one.role, one.content, _calls_data(one.tool_calls)] for one in prompt.messages],
        "tools": [tool.to_data() for tool in prompt.tools],
        "tool_choice": prompt.tool_choice,
        "previous_id": prompt.previous_id,
        "model": [prompt.provider_id, prompt.model_id],
        "options": dict(prompt.options),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=_plain).encode()).hexdigest()


class CachingAdapter(WrappedAdapter):
    """Asks the inner adapter only what is not in the cache; errors are not kept.

    Attributes:
        is_enabled: whether the cache is used; may be changed at any time.
    """

    def __init__(self, inner: Adapter, cache: Cache, *, enabled: bool = True) -> None:
        super().__init__(inner)
        self.is_enabled = enabled
        self._cache = cache

    async def call(self, prompt: Prompt) -> Reply:
        """The reply in the cache, or the inner adapter's, which is then kept; one from the cache has no usage."""
        found = self._found(prompt)
        if found is not None:
            return found
        reply = await self.inner.call(prompt)
        self._keep(prompt, reply)
        return reply

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """The reply in the cache as one piece, or the inner adapter's stream, which is kept once it is whole."""
        found = self._found(prompt)
        if found is not None:
            if found.text:
                yield found.text
            yield found
            return
        async with aclosing(self.inner.stream(prompt)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Reply):
                    self._keep(prompt, piece)
                yield piece

    def _found(self, prompt: Prompt) -> Reply | None:
        text = self._cache.get(cache_key(prompt)) if self.is_enabled else None
        return _reply(text) if text is not None else None

    def _keep(self, prompt: Prompt, reply: Reply) -> None:
        if self.is_enabled:
            kept = {
                "text": reply.text,
                "tool_calls": _calls_data(reply.tool_calls),
                "reply_id": reply.reply_id,
                "model_id": reply.model_id,
                "provider_id": reply.provider_id,
            }
            self._cache.set(cache_key(prompt), json.dumps(kept))


def _plain(value: Any) -> Any:
    """A map that is no dict, as one; anything else in words."""
    return dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else str(value)


def _calls_data(calls: tuple[ToolCall, ...]) -> list[dict[str, Any]]:
    return [{"name": call.name, "arguments": dict(call.arguments)} for call in calls]


def _reply(text: str) -> Reply | None:
    try:
        data: dict[str, Any] = json.loads(text)
        calls = tuple(ToolCall(one["name"], one["arguments"]) for one in data.pop("tool_calls"))
        return Reply(**data, tool_calls=calls)
    except (ValueError, TypeError, KeyError):
        return None  # what somebody else wrote into the cache


def with_cache(cache: Cache, *, enabled: bool = True) -> Middleware:
    """Middleware that caches replies."""
    return lambda inner: CachingAdapter(inner, cache, enabled=enabled)
