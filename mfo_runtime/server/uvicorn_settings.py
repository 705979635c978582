"""How our HTTP servers are run by uvicorn."""

from __future__ import annotations

from typing import Literal

import uvicorn
from starlette.types import ASGIApp

_GRACE_SECONDS = 5
"""How long callers whose answers are under way may keep a server from stopping."""


def uvicorn_config(app: ASGIApp, lifespan: Literal["on", "off"], most_connections: int | None = None) -> uvicorn.Config:
    """HTTP alone, on asyncio; nothing is logged, and callers are not told what serves them.

    Args:
        app: what answers.
        lifespan: whether the app wants to be told when it begins and ends.
        most_connections: past so many, callers hear 503; None for any number.
    """
    return uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan=lifespan,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=most_connections,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
