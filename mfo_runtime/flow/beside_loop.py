"""Blocks that take long to enter or to leave, beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any, TypeVar

_T = TypeVar("_T")


@asynccontextmanager
async def beside_the_loop(block: AbstractContextManager[_T, Any]) -> AsyncGenerator[_T]:
    """Enter and leave a block in other threads; it is left even where nobody waited for its beginning."""
    entering = asyncio.ensure_future(asyncio.to_thread(block.__enter__))
    try:
        yield await asyncio.shield(entering)
    finally:
        await asyncio.shield(_leave(entering, block))


async def _leave(entering: asyncio.Future[_T], block: AbstractContextManager[_T, Any]) -> None:
    await asyncio.wait({entering})
    if entering.exception() is None:
        await asyncio.to_thread(block.__exit__, None, None, None)
