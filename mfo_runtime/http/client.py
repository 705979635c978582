"""The pool of connections, and the sending of a request through it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self

import httpx2

from mfo_runtime.errors import InvalidResponseError, MfoError, RequestTimeoutError
from mfo_runtime.http.addresses import REDIRECTS, leads_nowhere, parsed_url, redirected
from mfo_runtime.http.events import EVENT_STREAM, EventStream
from mfo_runtime.http.failures import fence, origin_of, too_long
from mfo_runtime.http.tracing import Tracing
from mfo_runtime.http.values import HttpRequest, HttpResponse, HttpSettings, Redirects, Timeouts

MAX_REDIRECTS = 5

_LOOPBACK = ("all://localhost", "all://127.0.0.1", "all://[::1]")


class HttpClient:
    """One pool of connections; use it as ``async with`` or close it with ``aclose``."""

    def __init__(self, settings: HttpSettings | None = None, *, tracing: Tracing | None = None) -> None:
        self.settings = settings or HttpSettings()
        self._tracing = tracing
        self._slots = asyncio.Semaphore(self.settings.max_connections)
        self._client = httpx2.AsyncClient(
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=self.settings.max_connections),
            headers={"user-agent": self.settings.user_agent, "accept-encoding": "identity"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            verify=_trusted_authorities(self.settings.use_environment),
            trust_env=self.settings.use_environment,
            mounts=dict.fromkeys(_LOOPBACK),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections; the client cannot be used again."""
        await self._client.aclose()

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Send one request and read the whole answer, whatever its status.

        Raises:
            ConnectionFailedError: no connection, or it broke before the answer was whole.
            RequestTimeoutError: one of the waits was too long.
            InvalidResponseError: the answer is no HTTP, too long, or a redirect that is not followed.
            InvalidInputError: the request itself cannot be sent: its url, method or a header.
        """
        url = parsed_url(request.url)
        with self._traced(request, url) as (traced, answered):
            response = await self._sent(traced, url)
            answered(response.status)
            return response

    async def _sent(self, request: HttpRequest, url: httpx2.URL) -> HttpResponse:
        timeouts = request.timeouts or self.settings.timeouts
        origin = origin_of(url)
        async with self._slot(timeouts.pool, origin):
            try:
                async with asyncio.timeout(timeouts.total):
                    return await self._follow(request, url, timeouts)
            except TimeoutError:
                raise RequestTimeoutError(f"{origin} did not answer within {timeouts.total:g} s.") from None

    async def open_events(self, request: HttpRequest) -> EventStream | HttpResponse:
        """Send one request that asks for server-sent events.

        The request's ``timeouts.read`` bounds each wait for an event, ``timeouts.total`` all of them together.

        Returns:
            The events, which are read one by one and have to be closed; or the whole answer, where it is a refusal or
            anything else that is no stream of events.

        Raises:
            MfoError: as ``send``.
        """
        url = parsed_url(request.url)
        with self._traced(request, url) as (traced, answered):
            answer = await self._opened(traced, url)
            answered(answer.status)
            return answer

    async def _opened(self, request: HttpRequest, url: httpx2.URL) -> EventStream | HttpResponse:
        timeouts = request.timeouts or self.settings.timeouts
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._slot(timeouts.pool, origin_of(url)))
            try:
                async with asyncio.timeout(min(timeouts.read, timeouts.total)):
                    answer = await self._follow_to_events(request, url, timeouts)
            except TimeoutError:
                raise RequestTimeoutError(f"{origin_of(url)} did not begin its answer in time.") from None
            if isinstance(answer, HttpResponse):
                return answer
            stack.push_async_callback(answer.aclose)
            limit = request.max_response_bytes or self.settings.max_response_bytes
            return EventStream(answer, origin_of(url), limit, timeouts, stack.pop_all())

    @contextmanager
    def _traced(self, request: HttpRequest, url: httpx2.URL) -> Generator[tuple[HttpRequest, Callable[[int], None]]]:
        """The request with the headers that lead to its span, and what is to be told of its answer's status."""
        if self._tracing is None:
            yield request, _tell_nobody
            return
        headers, ended = self._tracing.begin(request.method.upper(), origin_of(url), request.operation)
        statuses: list[int] = []
        code = "cancelled"
        try:
            yield replace(request, headers={**headers, **request.headers}), statuses.append
        except MfoError as error:
            code = error.code
            raise
        finally:
            ended(statuses[0] if statuses else None, code)

    async def _follow_to_events(
        self, request: HttpRequest, url: httpx2.URL, timeouts: Timeouts
    ) -> httpx2.Response | HttpResponse:
        for _ in range(MAX_REDIRECTS + 1):
            incoming = await self._begun(request, url, timeouts)
            media_type = incoming.headers.get("content-type", "").partition(";")[0].strip().lower()
            if incoming.is_success and media_type == EVENT_STREAM:
                return incoming
            response = await self._whole(incoming, request.max_response_bytes, url)
            if not _leads_on(request, response):
                return response
            request, url = redirected(request, url, response)
        raise InvalidResponseError(f"{origin_of(url)} redirects in circles.")

    @asynccontextmanager
    async def _slot(self, patience: float, origin: str) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout(patience):
                await self._slots.acquire()
        except TimeoutError:
            raise RequestTimeoutError(
                f"All {self.settings.max_connections} connections were busy for {patience:g} s; {origin} was not asked.",
                hint="Lower the concurrency, or raise max_connections.",
            ) from None
        try:
            yield
        finally:
            self._slots.release()

    async def _follow(self, request: HttpRequest, url: httpx2.URL, timeouts: Timeouts) -> HttpResponse:
        for _ in range(MAX_REDIRECTS + 1):
            incoming = await self._begun(request, url, timeouts)
            response = await self._whole(incoming, request.max_response_bytes, url)
            if not _leads_on(request, response):
                return response
            request, url = redirected(request, url, response)
        raise InvalidResponseError(f"{origin_of(url)} redirects in circles.")

    async def _begun(self, request: HttpRequest, url: httpx2.URL, timeouts: Timeouts) -> httpx2.Response:
        """Send a request; gives the answer with its body still to be read."""
        waits = httpx2.Timeout(connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.pool)
        with fence(origin_of(url)):
            outgoing = self._client.build_request(
                request.method.upper(),
                url.copy_merge_params(request.query) if request.query else url,
                headers=dict(request.headers),
                content=request.body,
                timeout=waits,
            )
            try:
                return await self._client.send(outgoing, stream=True, follow_redirects=False)
            except httpx2.InvalidURL:
                raise leads_nowhere(url) from None

    async def _whole(self, incoming: httpx2.Response, limit: int | None, url: httpx2.URL) -> HttpResponse:
        with fence(origin_of(url)):
            try:
                body = await _bounded_body(incoming, limit or self.settings.max_response_bytes, origin_of(url))
            finally:
                await incoming.aclose()
        shown = url.copy_with(username="", password="") if url.userinfo else url
        return HttpResponse(incoming.status_code, dict(incoming.headers), body, str(shown))


def _tell_nobody(_status: int) -> None:
    """Nobody watches."""


def _leads_on(request: HttpRequest, response: HttpResponse) -> bool:
    is_redirect = response.status in REDIRECTS and "location" in response.headers
    return is_redirect and request.redirects is not Redirects.NONE


@cache
def _trusted_authorities(use_environment: bool) -> ssl.SSLContext:  # noqa: FBT001 - the key of the cache
    """The certificates to trust; loading them takes longer than a hundred requests, so all clients share them."""
    return httpx2.create_ssl_context(trust_env=use_environment)


async def _bounded_body(incoming: httpx2.Response, limit: int, origin: str) -> bytes:
    announced = incoming.headers.get("content-length", "") if incoming.request.method != "HEAD" else ""
    if announced.isdecimal() and len(announced) < 20 and int(announced) > limit:  # noqa: PLR2004 - 64 bits, in decimal
        raise too_long(limit, origin)
    pieces: list[bytes] = []
    room = limit
    async for piece in incoming.aiter_bytes():
        room -= len(piece)
        if room < 0:
            raise too_long(limit, origin)
        pieces.append(piece)
    return b"".join(pieces)
