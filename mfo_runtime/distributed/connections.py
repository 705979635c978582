"""The connections of one worker: its runs share them, as far as they speak to the same server in the same way."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property

from mfo_runtime.client import Attempt, ClientSettings, MfoClient, Pace, http_settings
from mfo_runtime.http import HttpClient, Tracing

_MOST_UNUSED = 16


@dataclass(slots=True)
class _Kept:
    """A client, what closes it, and how many runs use it."""

    client: MfoClient
    closing: AsyncExitStack
    users: int = 0


def _own_pace(_settings: ClientSettings) -> None:
    """Each client keeps to the rate of its settings by itself."""


class Connections:
    """Clients of MFO servers and a pool for all other servers, used by one event loop.

    Attributes:
        pace_of: how fast a server is asked; None for the rate of the settings.
    """

    def __init__(self, tracing: Tracing | None = None, on_attempt: Callable[[Attempt], None] | None = None) -> None:
        """Nothing is opened yet; ``tracing`` is told of every request, ``on_attempt`` of every try of MFO servers."""
        self.pace_of: Callable[[ClientSettings], Pace | None] = _own_pace
        self._tracing = tracing
        self._on_attempt = on_attempt
        self._kept: dict[ClientSettings, _Kept] = {}

    @cached_property
    def others(self) -> HttpClient:
        """The pool for servers that are no MFO servers."""
        return HttpClient(tracing=self._tracing)

    @asynccontextmanager
    async def client(self, settings: ClientSettings) -> AsyncGenerator[MfoClient]:
        """The client of one MFO server, for as long as the block lasts."""
        kept = self._kept.pop(settings, None) or self._open(settings)
        self._kept[settings] = kept  # as the one that was used last
        kept.users += 1
        try:
            yield kept.client
        finally:
            kept.users -= 1
            await self._close_unused(_MOST_UNUSED)

    async def aclose(self) -> None:
        """Close what no run uses."""
        await self._close_unused(0)
        if "others" in self.__dict__:
            await self.others.aclose()

    def _open(self, settings: ClientSettings) -> _Kept:
        closing = AsyncExitStack()
        pool = HttpClient(http_settings(settings), tracing=self._tracing)
        closing.push_async_callback(pool.aclose)
        client = MfoClient(settings, http=pool, on_attempt=self._on_attempt, pace=self.pace_of(settings))
        closing.push_async_callback(client.aclose)
        return _Kept(client, closing)

    async def _close_unused(self, most: int) -> None:
        """Close clients that no run uses, the longest unused first, until there are no more than ``most`` of them."""
        unused = [settings for settings, kept in self._kept.items() if kept.users == 0]
        for settings in unused[: max(0, len(unused) - most)]:
            await self._kept.pop(settings).closing.aclose()
