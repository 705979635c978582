"""A pool in metrics: what waits, what is executed, and by how many workers; each worker tells the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from opentelemetry.metrics import CallbackOptions, Meter, Observation

from mfo_runtime.distributed.status import PoolNow, QueueNow, look_at
from mfo_runtime.errors import JournalError

if TYPE_CHECKING:
    from mfo_runtime.distributed.journal import SharedJournal


def tell_pool(meter: Meter, journal: SharedJournal) -> None:
    """Have a meter ask the pool of a journal whenever its metrics are collected; a database that is away tells nothing."""

    def gauge(name: str, unit: str, words: str, observe: Callable[[QueueNow], Iterable[Observation]]) -> None:
        def asked(_options: CallbackOptions) -> Iterable[Observation]:
            return [observation for queue in _pool(journal).queues for observation in observe(queue)]

        meter.create_observable_gauge(name, [asked], unit, words)

    gauge("mfo.queue.runs", "{run}", "Runs that wait, and that are executed.", _runs)
    gauge("mfo.queue.oldest", "s", "How long the oldest run has waited.", _oldest)
    gauge("mfo.queue.workers", "{worker}", "Workers that serve the queue.", _workers)


def _pool(journal: SharedJournal) -> PoolNow:
    try:
        return look_at(journal)
    except JournalError:
        return PoolNow((), ())


def _runs(queue: QueueNow) -> Iterable[Observation]:
    yield Observation(queue.waiting, {"mfo.queue": queue.name, "mfo.state": "queued"})
    yield Observation(queue.running, {"mfo.queue": queue.name, "mfo.state": "running"})


def _oldest(queue: QueueNow) -> Iterable[Observation]:
    yield Observation(queue.oldest_waits_for or 0.0, {"mfo.queue": queue.name})


def _workers(queue: QueueNow) -> Iterable[Observation]:
    yield Observation(queue.workers, {"mfo.queue": queue.name})
