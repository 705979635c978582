"""Server-sent events as they come in: the data of one event after the other, every wait and the whole length bounded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack
from typing import cast

import httpx2

from mfo_runtime.errors import RequestTimeoutError
from mfo_runtime.http.failures import fence, too_long
from mfo_runtime.http.values import Timeouts

EVENT_STREAM = "text/event-stream"
"""The media type of server-sent events."""


class EventStream:
    """The events of one answer; an async iterator of their data, to be closed by whoever opened it.

    Its errors are those of ``HttpClient.send``. Comments and events without data are passed over, and do not count as a
    sign of life.
    """

    def __init__(
        self, incoming: httpx2.Response, origin: str, limit: int, timeouts: Timeouts, closing: AsyncExitStack
    ) -> None:
        self.status = incoming.status_code
        self.headers = dict(incoming.headers)
        self._origin = origin
        self._timeouts = timeouts
        self._left = timeouts.total
        self._closing = closing
        body = _BoundedBody(incoming, limit, origin)
        headers = {"content-type": EVENT_STREAM}
        decoded = httpx2.Response(self.status, headers=headers, stream=body, request=incoming.request)
        source = httpx2.EventSource(decoded, max_event_size=None)  # the whole body is bounded
        self._events = cast("AsyncGenerator[httpx2.ServerSentEvent]", aiter(source))

    def __aiter__(self) -> EventStream:
        return self

    async def __anext__(self) -> str:
        idle = min(self._timeouts.read, self._left)
        since = time.monotonic()
        try:
            async with asyncio.timeout(idle):
                with fence(self._origin):  # inside, as a TimeoutError is an OSError to it
                    return await self._next_data()
        except TimeoutError:
            raise RequestTimeoutError(f"{self._origin} did not go on with its answer within {idle:g} s.") from None
        finally:
            self._left = max(self._left - (time.monotonic() - since), 0.0)

    async def _next_data(self) -> str:
        async for event in self._events:
            if event.data:
                return event.data
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Close the connection, whether or not all has been read; may be called twice."""
        await self._events.aclose()
        await self._closing.aclose()


class _BoundedBody(httpx2.AsyncByteStream):
    """The body of an answer, up to a number of bytes."""

    def __init__(self, incoming: httpx2.Response, limit: int, origin: str) -> None:
        self._incoming = incoming
        self._limit = limit
        self._origin = origin

    async def __aiter__(self) -> AsyncIterator[bytes]:
        room = self._limit
        async for piece in self._incoming.aiter_bytes():
            room -= len(piece)
            if room < 0:
                raise too_long(self._limit, self._origin)
            yield piece
            await asyncio.sleep(0)  # a server that never pauses must not keep a timeout or a cancellation from coming
