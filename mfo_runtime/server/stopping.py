"""What a server that stops tells those who still wait: that it stops, at once, rather than an answer some day."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from mfo_runtime.server.failures import ApiError, ErrorCode

_UNAVAILABLE = 503
_Result = TypeVar("_Result")


def stops() -> ApiError:
    """The error for work that the server's end cuts off; nothing of it is kept, so that it can be asked for again."""
    return ApiError(ErrorCode.INTERNAL, "the server is stopping", status=_UNAVAILABLE, headers={"Connection": "close"})


class Stopping:
    """Whether the server is told to stop, and the work that is given up then."""

    def __init__(self) -> None:
        self._work: set[asyncio.Future[object]] = set()
        self._is_told = False
        self._listeners: list[Callable[[], object]] = []

    def when_told(self, listener: Callable[[], object]) -> None:
        """Call ``listener`` when the server is told to stop, before requests are given up."""
        self._listeners.append(listener)

    def tell(self) -> None:
        """Give up all work under way, and any that begins from now on; in the event loop of the work."""
        self._is_told = True
        for listener in self._listeners:
            listener()
        for work in tuple(self._work):
            work.cancel()

    async def unless_told(self, work: Awaitable[_Result]) -> _Result:
        """What the work gives.

        Raises:
            ApiError: a 503, the server was told to stop before the work had ended.
        """
        running = asyncio.ensure_future(work)
        self._work.add(running)  # pyright: ignore[reportArgumentType] - only ever cancelled
        if self._is_told:
            running.cancel()
        try:
            return await running
        except asyncio.CancelledError:
            current = asyncio.current_task()
            is_ours = self._is_told and not (current is not None and current.cancelling())
            if is_ours:
                raise stops() from None
            running.cancel()
            raise
        finally:
            self._work.discard(running)  # pyright: ignore[reportArgumentType]
