"""How long one try of a task may take."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from mfo_runtime.errors import TaskTimeoutError

_T = TypeVar("_T")

_PATIENCE = 0.05
_given_up: set[asyncio.Future[Any]] = set()
"""Executions that did not stop when they were told to; held until they do, as the event loop asks."""


async def within(seconds: float | None, execution: Awaitable[_T]) -> _T:
    """Await an execution for that many seconds, or without limit for None.

    One that goes on after it was told to stop is given up on, and what comes of it is ignored.

    Raises:
        TaskTimeoutError: it took longer.
    """
    if seconds is None:
        return await execution
    task = asyncio.ensure_future(execution)
    try:
        await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait({task})
        raise
    if task.done():
        return task.result()
    task.cancel()
    _given_up.add(task)
    task.add_done_callback(_forget)
    await asyncio.wait({task}, timeout=_PATIENCE)
    raise TaskTimeoutError(f"The task took longer than its timeout of {seconds:g} s.")


def _forget(task: asyncio.Future[Any]) -> None:
    _given_up.discard(task)
    if not task.cancelled():
        task.exception()
