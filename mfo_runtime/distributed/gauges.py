"""A pool in metrics: what waits, what is executed, and by how many workers; each worker tells the same numbers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from opentelemetry.metrics import CallbackOptions, Meter, Observation

from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.status import QueueNow, queues_now
from mfo_runtime.distributed.tables import QUEUED, RUNNING
from mfo_runtime.errors import JournalError

_FRESH = 1.0
"""Seconds for which an answer of the database counts: the gauges are asked one by one, each time metrics are collected."""


def tell_pool(meter: Meter, database: Database) -> None:
    """Have a meter ask a pool whenever its metrics are collected; a database that is away tells nothing."""
    asking = _Asking(database)

    def gauge(name: str, unit: str, words: str, observe: Callable[[QueueNow], Iterable[Observation]]) -> None:
        def asked(_options: CallbackOptions) -> Iterable[Observation]:
            return [observation for queue in asking.queues() for observation in observe(queue)]

        meter.create_observable_gauge(name, [asked], unit, words)

    gauge("mfo.queue.runs", "{run}", "Runs that wait, and that are executed.", _runs)
    gauge("mfo.queue.oldest", "s", "How long the oldest run has waited.", _oldest)
    gauge("mfo.queue.workers", "{worker}", "Workers that serve the queue.", _workers)


class _Asking:
    """Asks for the queues once for all gauges of a collection."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: tuple[QueueNow, ...] = ()
        self._asked_at = -_FRESH

    def queues(self) -> tuple[QueueNow, ...]:
        if time.monotonic() - self._asked_at >= _FRESH:
            try:
                self._known = queues_now(self._database)
            except JournalError:
                self._known = ()
            self._asked_at = time.monotonic()
        return self._known


def _runs(queue: QueueNow) -> Iterable[Observation]:
    yield Observation(queue.waiting, {"mfo.queue": queue.name, "mfo.state": QUEUED})
    yield Observation(queue.running, {"mfo.queue": queue.name, "mfo.state": RUNNING})


def _oldest(queue: QueueNow) -> Iterable[Observation]:
    yield Observation(queue.oldest_waits_for or 0.0, {"mfo.queue": queue.name})


def _workers(queue: QueueNow) -> Iterable[Observation]:
    yield Observation(queue.workers, {"mfo.queue": queue.name})
