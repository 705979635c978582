"""The one seam to the HTTP library: a request goes out, a whole answer or one of our errors comes back.

It knows nothing of the MFO server: no routes, no tokens, no retries. What it guarantees: one pool of connections, every
wait bounded, answers of bounded size, no cookie kept, and no header or body of the caller's sent to another host.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import MappingProxyType, TracebackType
from typing import Self

import httpx

from mfo_runtime.errors import (
    ConnectionFailedError,
    InvalidInputError,
    InvalidResponseError,
    MfoError,
    RequestTimeoutError,
)

MAX_REDIRECTS = 5

_EMPTY: Mapping[str, str] = MappingProxyType({})
_LOOPBACK = ("all://localhost", "all://127.0.0.1", "all://[::1]")
_METHOD_KEPT = frozenset({307, 308})
_REDIRECTS = frozenset({301, 302, 303}) | _METHOD_KEPT
_HARMLESS_HEADERS = frozenset({"accept", "accept-language", "user-agent"})
_LOST_CONNECTION = ("disconnected", "peer closed connection")


class Redirects(Enum):
    """Which redirects are followed; those to another origin never carry the caller's headers or body."""

    NONE = "none"
    SAME_ORIGIN = "same origin"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long each wait may take, in seconds.

    Attributes:
        total: from the first byte sent to the last one received, redirects included.
        connect: for a connection, TLS included.
        read: between two pieces of the answer.
        write: between two pieces of the request.
        pool: for a free connection, before anything is sent; not part of ``total``.
    """

    total: float = 30.0
    connect: float = 10.0
    read: float = 30.0
    write: float = 30.0
    pool: float = 300.0


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """What holds for every request of one client.

    Attributes:
        timeouts: the waits, unless a request brings its own.
        max_connections: requests under way at once; at least as many as tasks that call out at once.
        max_response_bytes: the longest answer that is read, after decompression.
        user_agent: how the client names itself.
        use_environment: whether proxies and certificates of the environment count (never a proxy for loopback).
    """

    timeouts: Timeouts = field(default_factory=Timeouts)
    max_connections: int = 100
    max_response_bytes: int = 16 * 1024 * 1024
    user_agent: str = "mfo-runtime"
    use_environment: bool = True


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request.

    Attributes:
        method: in any case.
        url: absolute, already percent-encoded.
        headers: names in any case.
        query: added to the url's own query; a list repeats the name.
        body: the bytes to send; None for a request without a body.
        timeouts: the waits of this request; None for the client's.
        max_response_bytes: the longest answer of this request; None for the client's.
        redirects: which redirects are followed.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=lambda: _EMPTY, repr=False)
    query: Mapping[str, str | list[str]] = field(default_factory=lambda: _EMPTY, repr=False)
    body: bytes | None = field(default=None, repr=False)
    timeouts: Timeouts | None = None
    max_response_bytes: int | None = None
    redirects: Redirects = Redirects.NONE


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One whole answer; ``headers`` has its names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case; empty where the server says none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def text(self) -> str:
        """The body as text, in the character set that the server names, else UTF-8; never fails."""
        parameters = self.headers.get("content-type", "").lower().partition("charset=")[2]
        charset = parameters.partition(";")[0].strip(" \"'") or "utf-8"
        try:
            return self.body.decode(charset, errors="replace")
        except (LookupError, UnicodeError, ValueError):
            return self.body.decode("utf-8", errors="replace")


class HttpClient:
    """One pool of connections; use it as ``async with`` or close it with ``aclose``."""

    def __init__(self, settings: HttpSettings | None = None) -> None:
        self.settings = settings or HttpSettings()
        self._slots = asyncio.Semaphore(self.settings.max_connections)
        self._client = httpx.AsyncClient(
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=self.settings.max_connections),
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
        timeouts = request.timeouts or self.settings.timeouts
        url = _parsed_url(request.url)
        origin = _origin(url)
        async with self._slot(timeouts.pool, origin):
            try:
                async with asyncio.timeout(timeouts.total):
                    return await self._follow(request, url, timeouts)
            except TimeoutError:
                raise RequestTimeoutError(f"{origin} did not answer within {timeouts.total:g} s.") from None

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

    async def _follow(self, request: HttpRequest, url: httpx.URL, timeouts: Timeouts) -> HttpResponse:
        for _ in range(MAX_REDIRECTS + 1):
            response = await self._exchange(request, url, timeouts)
            is_redirect = response.status in _REDIRECTS and "location" in response.headers
            if not is_redirect or request.redirects is Redirects.NONE:
                return response
            request, url = _redirected(request, url, response)
        raise InvalidResponseError(f"{_origin(url)} redirects in circles.")

    async def _exchange(self, request: HttpRequest, url: httpx.URL, timeouts: Timeouts) -> HttpResponse:
        limit = request.max_response_bytes or self.settings.max_response_bytes
        waits = httpx.Timeout(connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.pool)
        with _fence(_origin(url)):
            outgoing = self._client.build_request(
                request.method.upper(),
                url.copy_merge_params(request.query) if request.query else url,
                headers=dict(request.headers),
                content=request.body,
                timeout=waits,
            )
            try:
                incoming = await self._client.send(outgoing, stream=True, follow_redirects=False)
            except httpx.InvalidURL:
                raise _leads_nowhere(url) from None
            try:
                body = await _bounded_body(incoming, limit, _origin(url))
            finally:
                await incoming.aclose()
        shown = url.copy_with(username="", password="") if url.userinfo else url
        return HttpResponse(incoming.status_code, dict(incoming.headers), body, str(shown))


@cache
def _trusted_authorities(use_environment: bool) -> ssl.SSLContext:  # noqa: FBT001 - the key of the cache
    """The certificates to trust; loading them takes longer than a hundred requests, so all clients share them."""
    return httpx.create_ssl_context(trust_env=use_environment)


async def _bounded_body(incoming: httpx.Response, limit: int, origin: str) -> bytes:
    announced = incoming.headers.get("content-length", "") if incoming.request.method != "HEAD" else ""
    if announced.isdecimal() and len(announced) < 20 and int(announced) > limit:  # noqa: PLR2004 - 64 bits, in decimal
        raise _too_long(limit, origin)
    pieces: list[bytes] = []
    room = limit
    async for piece in incoming.aiter_bytes():
        room -= len(piece)
        if room < 0:
            raise _too_long(limit, origin)
        pieces.append(piece)
    return b"".join(pieces)


def _too_long(limit: int, origin: str) -> InvalidResponseError:
    return InvalidResponseError(
        f"The answer of {origin} is longer than the {limit} bytes that are allowed.",
        hint="Ask for less at once, or raise max_response_bytes.",
    )


def _redirected(request: HttpRequest, here: httpx.URL, response: HttpResponse) -> tuple[HttpRequest, httpx.URL]:
    there = _redirect_target(here, response.headers["location"])
    reads = request.method.upper() in {"GET", "HEAD"}
    keeps_method = reads or response.status in _METHOD_KEPT
    if not keeps_method and request.redirects is Redirects.SAME_ORIGIN:
        raise InvalidResponseError(f"{_origin(here)} redirects a {request.method.upper()}.", status=response.status)
    method, body = (request.method, request.body) if keeps_method else ("GET", None)
    if _origin(there) == _origin(here):
        return replace(request, query=_EMPTY, method=method, body=body), there
    if request.redirects is Redirects.SAME_ORIGIN or body is not None:
        raise InvalidResponseError(
            f"{_origin(here)} redirects to {_origin(there)}, which was not asked and gets nothing of the request.",
            status=response.status,
            hint=f"If that is where the server is now, use {_origin(there)} as its address.",
        )
    headers = {name: value for name, value in request.headers.items() if name.lower() in _HARMLESS_HEADERS}
    return replace(request, query=_EMPTY, method=method, body=None, headers=headers), there


def _redirect_target(here: httpx.URL, location: str) -> httpx.URL:
    try:
        return _parsed_url(str(here.join(location)))
    except (InvalidInputError, httpx.InvalidURL, ValueError):
        raise _leads_nowhere(here) from None


def _leads_nowhere(here: httpx.URL) -> InvalidResponseError:
    return InvalidResponseError(f"{_origin(here)} redirects to what is no http address.")


def _parsed_url(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError, TypeError):
        url = None
    if url is None or url.scheme not in {"http", "https"} or not url.host:
        raise InvalidInputError("A url is not an absolute http address.", hint="Write it as http://host:port/path.")
    return url


def _origin(url: httpx.URL) -> str:
    """Scheme, host and port: all of a url that may be shown."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{url.scheme}://{host}" + (f":{url.port}" if url.port is not None else "")


@contextmanager
def _fence(origin: str) -> Generator[None]:
    """Turn whatever the HTTP library raises into the errors of the tree, without its own words: they can quote headers."""
    try:
        yield
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeEncodeError, ValueError):
        raise InvalidInputError(
            f"The request to {origin} cannot be sent: its url, method or a header has characters that HTTP does not allow."
        ) from None
    except httpx.TimeoutException as error:
        raise _timed_out(error, origin) from None
    except httpx.RemoteProtocolError as error:
        raise _broken_answer(error, origin) from None
    except httpx.DecodingError:
        raise InvalidResponseError(f"The answer of {origin} is not compressed as it says.") from None
    except (httpx.HTTPError, httpx.StreamError, OSError) as error:
        raise _lost_connection(error, origin) from None


def _timed_out(error: httpx.TimeoutException, origin: str) -> RequestTimeoutError:
    match error:
        case httpx.ConnectTimeout():
            return RequestTimeoutError(f"{origin} did not accept a connection in time.")
        case httpx.WriteTimeout():
            return RequestTimeoutError(f"{origin} did not take the request in time.")
        case _:
            return RequestTimeoutError(f"{origin} did not go on with its answer in time.")


def _broken_answer(error: httpx.RemoteProtocolError, origin: str) -> MfoError:
    if any(words in str(error) for words in _LOST_CONNECTION):
        return ConnectionFailedError(f"{origin} closed the connection before its answer was whole.")
    what = "redirects to what is no http address" if "location" in str(error) else "answers with what is not HTTP"
    return InvalidResponseError(f"{origin} {what}.")


def _lost_connection(error: Exception, origin: str) -> ConnectionFailedError:
    match error:
        case httpx.ProxyError():
            return ConnectionFailedError(f"The proxy did not connect to {origin}.", hint="Check the proxy's settings.")
        case httpx.ConnectError() if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return ConnectionFailedError(
                f"The certificate of {origin} is not trusted.",
                hint="Check the address; for a private authority, set SSL_CERT_FILE.",
                transient=False,
            )
        case httpx.ConnectError():
            return ConnectionFailedError(f"No connection to {origin}.")
        case _:
            return ConnectionFailedError(f"The connection to {origin} broke.")
