"""The step that keeps the answers of reads for a while, and forgets them when something is written."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

from cachetools import TTLCache

from mfo_runtime.client.chain import Call, Handler, Reply
from mfo_runtime.client.clock import Clock
from mfo_runtime.client.routes import Operation

_MOST_ANSWERS = 1024
_KEPT = frozenset({Operation.TOOL_LIST, Operation.MEMORY_GET, Operation.RESOURCE_LIST, Operation.RESOURCE_GET})
_FAMILIES = {
    Operation.MEMORY_STORE: "memory",
    Operation.MEMORY_UPDATE: "memory",
    Operation.MEMORY_DELETE: "memory",
    Operation.RESOURCE_CREATE: "resources",
    Operation.RESOURCE_UPDATE: "resources",
    Operation.RESOURCE_DELETE: "resources",
}
_WITHOUT_EFFECT = frozenset({Operation.LOG_IN, Operation.TOKENS_CREATE, Operation.TOKENS_DELETE})


class ReadCache:
    """Answers of tools, memory and resources; jobs, threads and notifications change by themselves and are not kept.

    A write of memory or resources forgets what is kept of that family, when it begins and when it ends; any other write
    (a chat, a tool, a job) may change anything on the server and forgets all.
    """

    def __init__(self, ttl: float, clock: Clock) -> None:
        """Start empty; ``ttl``: seconds for which an answer is kept."""
        self._answers: TTLCache[tuple[str, tuple[tuple[str, str], ...]], Reply] = TTLCache(
            _MOST_ANSWERS, ttl, timer=clock.monotonic
        )
        self._writes = 0

    async def __call__(self, call: Call, go_on: Handler) -> Reply:
        """Give the kept answer, or send the call."""
        if call.method == "GET":
            return await self._read(call, go_on)
        try:
            self._forget(call.operation)
            return await go_on(call)
        finally:
            self._forget(call.operation)

    async def _read(self, call: Call, go_on: Handler) -> Reply:
        if call.operation not in _KEPT:
            return await go_on(call)
        key = (call.url, tuple(sorted(call.query.items())))
        known = self._answers.get(key)
        if known is None:
            writes = self._writes
            known = await go_on(call)
            if writes == self._writes:  # what was read before a write may be older than the write
                self._answers[key] = known
        return replace(known, data=deepcopy(known.data))

    def _forget(self, operation: Operation) -> None:
        if operation in _WITHOUT_EFFECT:
            return
        self._writes += 1
        family = _FAMILIES.get(operation)
        for key in [key for key, reply in self._answers.items() if family in {None, reply.operation.partition(".")[0]}]:
            self._answers.pop(key, None)
