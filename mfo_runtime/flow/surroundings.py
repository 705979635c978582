"""What a run finds around it besides its server: other servers, time, secrets. A recording or a replay puts others there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from mfo_runtime.flow.secrets import Secrets
from mfo_runtime.http import HttpClient


def _as_it_is(_node: str, moment: float) -> float:
    return moment


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run finds around it.

    Attributes:
        http: for calls to other servers, left open; None for a pool of the run's own.
        sleep: waits so many seconds before a task is tried again.
        began_at: when a node counts as begun, by its path and iteration and the time at which it really began, in
            seconds since the epoch.
        secrets: where secrets are found; None for where the document says.
        is_live: whether servers are asked; else answers come from a cassette, and no server is left alone.
    """

    http: HttpClient | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    began_at: Callable[[str, float], float] = _as_it_is
    secrets: Secrets | None = None
    is_live: bool = True
