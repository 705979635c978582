"""How the service is set up, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field

from mfo_runtime.client import Clock

LARGEST_BODY = 1024 * 1024
"""Bytes that the body of a call has at most, unless it is said otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """What a caller can choose; times are in seconds, sizes in bytes.

    Attributes:
        host: the address to bind; anything but loopback needs ``token``.
        port: the port to bind; 0 means any free one.
        token: what calls by hand must show; None makes a fresh one.
        events_secret: what the MFO server signs the events with that it pushes; None: none are taken.
        public_url: where people reach the service, for links that they are sent; its own address where it is empty.
        concurrency: runs that are executed at a time.
        queue: accepted runs that may wait for their turn; past it callers are told to come back.
        grace: how long runs under way may take to end when the service stops; then they are parked.
        poll: the pause between two looks for events of the MFO server.
        look: the pause between two looks for runs that a dead process has left.
        max_body: the largest body of a request.
        body_timeout: how long a caller may take to send its body.
        clock: what time it is, and what waits.
    """

    host: str = "127.0.0.1"
    port: int = 0
    token: str | None = field(default=None, repr=False)
    events_secret: str | None = field(default=None, repr=False)
    public_url: str = ""
    concurrency: int = 8
    queue: int = 100
    grace: float = 10.0
    poll: float = 2.0
    look: float = 5.0
    max_body: int = LARGEST_BODY
    body_timeout: float = 30.0
    clock: Clock = field(default_factory=Clock)
