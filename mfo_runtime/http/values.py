"""A request, an answer, and how patient to be, as values; they know no HTTP library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

EMPTY: Mapping[str, str] = MappingProxyType({})


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
        operation: what whoever watches may call it; never sent.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=lambda: EMPTY, repr=False)
    query: Mapping[str, str | list[str]] = field(default_factory=lambda: EMPTY, repr=False)
    body: bytes | None = field(default=None, repr=False)
    timeouts: Timeouts | None = None
    max_response_bytes: int | None = None
    redirects: Redirects = Redirects.NONE
    operation: str = ""


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
