"""Answers that are given piece by piece, as server-sent events: one ``data:`` line of JSON each, and ``[DONE]`` last.

What goes wrong before the first piece is an answer with its status; what goes wrong later is an event of the type
``error``, after which nothing comes.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, aclosing

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from mfo_runtime.server.endpoint import Answer, Call, Event, Streaming
from mfo_runtime.server.failures import ApiError
from mfo_runtime.server.replays import Name
from mfo_runtime.server.responses import REPLAYED, encoded, unexpected_error
from mfo_runtime.server.settling import settled
from mfo_runtime.server.stopping import Stopping

_Events = AsyncGenerator[Event | Callable[[], Answer]]
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_DONE = b"data: [DONE]\n\n"
_OK = 200
_log = logging.getLogger("mfo_runtime.server.errors")


async def stream_answer(streaming: Streaming, call: Call, name: Name | None, request: Request) -> Response:
    """Begin an answer; it goes on while the client listens, and ends when the client goes away.

    Raises:
        ApiError: there is no first piece; nothing was written.
        ClientDisconnect: the client went away before it.
    """
    async with AsyncExitStack() as stack:
        if name is not None:
            await stack.enter_async_context(call.service.replays.lock(name))
            kept = call.service.replays.find(name)
            if kept is not None:
                return _EventsResponse(_kept_lines(streaming, kept[1]), {**_HEADERS, **REPLAYED})
        events = await stack.enter_async_context(aclosing(streaming.events(call)))
        first = await _first_of(events, request, call.service.stopping)
        return _EventsResponse(_lines(first, events, call, name, stack.pop_all()), _HEADERS)
    raise AssertionError("the block returns or raises")


class _EventsResponse(StreamingResponse):
    """Closes its pieces at once when the client goes away, not when they are found to be garbage."""

    media_type = "text/event-stream"

    def __init__(self, lines: AsyncGenerator[bytes], headers: Mapping[str, str]) -> None:
        super().__init__(lines, headers=headers)
        self._lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._lines):
            await super().__call__(scope, receive, send)


async def _first_of(events: _Events, request: Request, stopping: Stopping) -> Event | Callable[[], Answer]:
    first = asyncio.ensure_future(stopping.unless_told(anext(events)))
    gone = asyncio.ensure_future(_goes_away(request))
    try:
        await asyncio.wait((first, gone), return_when=asyncio.FIRST_COMPLETED)
        if not first.done():
            raise ClientDisconnect
        return first.result()
    finally:
        for waiting in (first, gone):
            waiting.cancel()
        await asyncio.gather(first, gone, return_exceptions=True)


async def _next_of(events: _Events, stopping: Stopping) -> Event | Callable[[], Answer] | None:
    return await stopping.unless_told(anext(events, None))


async def _goes_away(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _lines(
    first: Event | Callable[[], Answer], events: _Events, call: Call, name: Name | None, stack: AsyncExitStack
) -> AsyncGenerator[bytes]:
    async with stack:
        try:
            yield _line(_settled_event(first, call, name))
            while (event := await _next_of(events, call.service.stopping)) is not None:
                yield _line(_settled_event(event, call, name))
        except ApiError as error:
            yield _line(_failure(error))
        except Exception as error:  # noqa: BLE001 - the fence of a stream: its status has been sent
            _log.exception("a stream failed")
            yield _line(_failure(unexpected_error(error)))
        else:
            yield _DONE


def _settled_event(event: Event | Callable[[], Answer], call: Call, name: Name | None) -> Event:
    """The event itself; for the last one, after its writing, the whole answer."""
    if not callable(event):
        return event
    answer, _ = settled(call, event, _OK, name)
    return {"type": "end", **answer.body}


async def _kept_lines(streaming: Streaming, content: bytes) -> AsyncGenerator[bytes]:
    body = json.loads(content)
    events: Iterable[Event] = (*streaming.events_of(body), {"type": "end", **body})
    for event in events:
        yield _line(event)
    yield _DONE


def _failure(error: ApiError) -> Event:
    seconds = error.headers.get("Retry-After")
    waiting = {"retry_after": float(seconds)} if seconds is not None else {}
    return {"type": "error", **error.body(), "status": error.status, **waiting}


def _line(event: Event) -> bytes:
    return b"data: " + encoded(event) + b"\n\n"
