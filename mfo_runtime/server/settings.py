"""How a local MFO server is set up; plain values that know no HTTP and touch no disk."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from mfo_runtime.providers.endpoint import OpenAIEndpoint
from mfo_runtime.server.job_calls import JobRunner
from mfo_runtime.server.providers.script import Script

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """One HTTP request that the server wants sent; ``body`` is what was signed, byte for byte."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class Sender(Protocol):
    """Whoever carries requests to the outside: the one way by which this server reaches out."""

    async def __call__(self, request: OutgoingRequest) -> int:
        """Send it once, without retries, and give the answer's status.

        Raises:
            OSError: the request got no answer (``ConnectionError``, ``TimeoutError``).
        """
        ...


class Spans(Protocol):
    """Watches requests from outside, as spans and metrics do."""

    def begin(self, method: str, traceparent: str) -> Callable[[str, int], None]:
        """A request came in, perhaps as a part of a trace (W3C Trace Context); gives what is to be told of its end.

        Returns:
            Told of the pattern of the route and of the answer's status.
        """
        ...


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How often one caller may call: ``burst`` times at once, and ``requests_per_second`` in the long run."""

    requests_per_second: float
    burst: int

    def __post_init__(self) -> None:
        if not 0 < self.requests_per_second < math.inf or self.burst < 1:
            raise ValueError("a rate limit has more than 0 requests a second and a burst of at least 1")


JobType = Callable[[Any], Awaitable[Any]]
"""What runs a job: takes its input and gives its result, both plain JSON; an exception's text becomes its error."""

_NO_JOB_TYPES: Mapping[str, JobType] = MappingProxyType({})
_NO_JOB_RUNNERS: Mapping[str, JobRunner] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Everything that a caller can choose; times are in seconds, sizes in bytes.

    Attributes:
        data_dir: the folder of the database and the signing key; made with owner-only mode where it is missing.
        host: the address to bind; anything but loopback needs ``token`` or a stored user.
        port: the port to bind; 0 means any free one.
        token: an API token that is accepted besides those that are stored; None makes a fresh one at each start.
        script: answers of the ``scripted`` provider, which is then the default one.
        openai: the endpoint of the ``openai`` provider, the default one where there is no script; without either
            ``echo`` is.
        tools_module: a dotted name, or the path of a ``.py`` file, whose public functions become tools. It is
            imported when the server is made, so only an explicit command of the user may fill it in.
        job_types: job types besides the built-in ones.
        job_runners: job types that want to know more of a job than its input.
        sender: what carries outgoing webhooks; None sends them with the project's own HTTP client.
        seed: makes ids the same in each run that starts from an empty folder; None makes them random.
        clock: the seconds since 1970 by which everything is dated.
        max_body: the largest request body.
        body_timeout: how long a client may take to send its body.
        token_lifetime: how long a JWT of ``/auth/login`` is good for.
        rate_limit: how often each user may call; None: as often as they like.
        log_in_limit: how often each address may try to log in; None: as often as it likes.
        tool_timeout: how long one tool may run.
        job_workers: how many jobs run at a time.
        delivery_attempts: how often an outgoing webhook is tried in all.
        delivery_delay: the wait before its second try, doubled before each further one.
        max_events: how many of the newest events are kept.
        idempotency_lifetime: how long first answers are kept for replay.
        spans: watches every request; None: nobody does.
    """

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 0
    token: str | None = field(default=None, repr=False)
    script: Script | None = None
    openai: OpenAIEndpoint | None = None
    tools_module: str | None = None
    job_types: Mapping[str, JobType] = field(default_factory=lambda: _NO_JOB_TYPES)
    job_runners: Mapping[str, JobRunner] = field(default_factory=lambda: _NO_JOB_RUNNERS)
    sender: Sender | None = None
    seed: int | None = None
    clock: Callable[[], float] = time.time
    max_body: int = 10 * MEGABYTE
    body_timeout: float = 30.0
    token_lifetime: float = 12 * 3600.0
    rate_limit: RateLimit | None = None
    log_in_limit: RateLimit | None = field(default_factory=lambda: RateLimit(0.5, 20))
    tool_timeout: float = 30.0
    job_workers: int = 4
    delivery_attempts: int = 6
    delivery_delay: float = 1.0
    max_events: int = 10_000
    idempotency_lifetime: float = 7 * 24 * 3600.0
    spans: Spans | None = None

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether an address to bind is reached from this machine alone."""
    if host.casefold() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
