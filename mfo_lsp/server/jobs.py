"""Cancellable work on one event loop: requests by their id, and work of which only the newest counts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Hashable
from typing import Any

SLICE = 0.004
"""Seconds that work may hold the loop before it lets messages in."""
_TURNS = 3
"""Turns of the loop in which a message that has come is read, and a request answered."""


class Slice:
    """A share of the loop's time; long work asks it between two steps."""

    def __init__(self, seconds: float | None = None) -> None:
        """Start the share now; ``seconds`` says how long it is, if not as long as usual."""
        self._seconds = seconds
        self._start()

    def _start(self) -> None:
        self._until = time.monotonic() + (SLICE if self._seconds is None else self._seconds)
        self._is_fresh = True

    def has_time(self) -> bool:
        """Whether some of the share is left; there is always time for one step, so that work comes to its end."""
        is_fresh, self._is_fresh = self._is_fresh, False
        return is_fresh or time.monotonic() < self._until

    async def turn(self) -> None:
        """Let other work in where the share is used up."""
        if time.monotonic() >= self._until:
            await self.give_way()

    async def give_way(self) -> None:
        """Have the messages that are there taken and answered first; then a new share starts."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        self._start()


class Jobs:
    """The work under way, by key. A key has one piece of work at a time."""

    def __init__(self) -> None:
        """Start with none."""
        self._tasks: dict[Hashable, asyncio.Task[Any]] = {}

    def __contains__(self, key: Hashable) -> bool:
        """Whether work is under way under ``key``."""
        return key in self._tasks

    def start(
        self, key: Hashable, work: Coroutine[Any, Any, Any], done: Callable[[asyncio.Task[Any]], None] | None = None
    ) -> asyncio.Task[Any]:
        """Start work; older work under the same key is cancelled.

        Args:
            key: the request's id, or what the work is about.
            work: what to do.
            done: told when it has ended, however it ended, even when it never started.
        """
        self.cancel(key)
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[key] = task
        task.add_done_callback(lambda ended: self._forget(key, ended))
        if done is not None:
            task.add_done_callback(done)
        return task

    def get(self, key: Hashable) -> asyncio.Task[Any] | None:
        """The work under way under ``key``."""
        return self._tasks.get(key)

    def release(self, key: Hashable) -> None:
        """Let other work start under a key whose own has nothing left to do but to end."""
        self._tasks.pop(key, None)

    def cancel(self, key: Hashable) -> bool:
        """Cancel the work under ``key``; gives whether there was any."""
        task = self._tasks.pop(key, None)
        return task is not None and task.cancel()

    async def cancel_all(self, seconds: float, but: asyncio.Task[Any] | None = None) -> None:
        """Cancel everything but one task, and wait ``seconds`` at most until it has ended."""
        tasks = [task for task in self._tasks.values() if task is not but]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    def _forget(self, key: Hashable, ended: asyncio.Task[Any]) -> None:
        if self._tasks.get(key) is ended:
            del self._tasks[key]
