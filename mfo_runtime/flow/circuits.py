"""The ways to the servers that tasks ask: one that fails too often is left alone by all tasks for a while.

This is the client configuration's ``taskflow.error_handling.circuit_breaker``; it counts tries of tasks, whichever server
they ask, whereas ``client.circuit_breaker`` counts requests to the MFO server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cachetools import LRUCache

from mfo_dialect.analysis.bundle import Bundle
from mfo_runtime.client import CircuitBreakerPolicy, Clock
from mfo_runtime.client.breaker import Breaker, CircuitObserver
from mfo_runtime.client.settings import origin_of
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow.settings import circuit_breaker_settings
from mfo_runtime.http.addresses import shown_origin
from mfo_runtime.tasks import Execute, TaskContext

_MOST_SERVERS = 1000
_OF_THE_SERVER = "mfo_"
_OF_OTHERS = "http_request"


class Circuits:
    """One breaker for each server; past a thousand of them, those that were not asked for the longest time are forgotten."""

    def __init__(self, policy: CircuitBreakerPolicy, on_change: CircuitObserver | None = None) -> None:
        """Start with all ways open; ``on_change`` is told of every change."""
        self._policy = policy
        self._on_change = on_change
        self._breakers: LRUCache[str, Breaker] = LRUCache(_MOST_SERVERS)

    def guarded(self, execute: Execute, task_type: str) -> Execute:
        """An executor that leaves alone the server that it asks, where that fails too often."""
        origin = _origin_finder(task_type)
        if origin is None:
            return execute

        async def guarded(config: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
            server = origin(config, context)
            if server is None:
                return await execute(config, context)
            return await self._breaker(server).guard(f"What {context.view.id} asks", lambda: execute(config, context))

        return guarded

    def _breaker(self, server: str) -> Breaker:
        if server not in self._breakers:
            self._breakers[server] = Breaker(self._policy, server, Clock(), self._on_change)
        return self._breakers[server]


def circuits_of(bundle: Bundle, on_change: CircuitObserver | None = None) -> Circuits | None:
    """The breakers that a bundle's client configuration asks for; None where it asks for none."""
    settings = circuit_breaker_settings(bundle)
    return Circuits(CircuitBreakerPolicy(*settings), on_change) if settings is not None else None


_Origin = Callable[[Mapping[str, Any], TaskContext], str | None]


def _origin_finder(task_type: str) -> _Origin | None:
    """How the server is found that a task of a type asks; None where it asks none, or nobody knows which."""
    if task_type == _OF_OTHERS:
        return _origin_of_url
    return _origin_of_client if task_type.startswith(_OF_THE_SERVER) else None


def _origin_of_url(config: Mapping[str, Any], _context: TaskContext) -> str | None:
    try:
        return shown_origin(str(config.get("url")))
    except InvalidInputError:
        return None


def _origin_of_client(_config: Mapping[str, Any], context: TaskContext) -> str | None:
    return origin_of(context.client.settings.base_url)
