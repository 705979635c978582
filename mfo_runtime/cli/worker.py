"""``mfo worker``: execute the runs of a queue, until it is interrupted."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from mfo_runtime.cli.connecting import Where
from mfo_runtime.cli.database_option import database_option
from mfo_runtime.cli.log_lines import log_format_option, show_log
from mfo_runtime.cli.output import say, tell_as
from mfo_runtime.cli.places import project_option
from mfo_runtime.cli.pools import connecting, pool_at, project_of, retention_in_pool, worker_words
from mfo_runtime.cli.servers import profile_option, url_option
from mfo_runtime.cli.watching import watched_run, watching_many
from mfo_runtime.errors import JournalError

if TYPE_CHECKING:
    from mfo_runtime.distributed.journal import SharedJournal
    from mfo_runtime.distributed.worker import Worker

_PAUSE = 1.0
"""Seconds before the next try to join the pool anew."""

_log = logging.getLogger("mfo_runtime.distributed")


@click.command("worker")
@database_option
@click.option("--queue", metavar="NAME", default="runs", show_default=True, help="The queue that it serves.")
@click.option("--concurrency", type=click.IntRange(1), default=8, show_default=True, help="How many runs at a time.")
@click.option(
    "--queue-concurrency",
    type=click.IntRange(1),
    metavar="N",
    help="How many runs of the queue at a time, over all workers; for good, until another is given.",
)
@click.option(
    "--queue-rate",
    metavar="N/SECONDS",
    help="How many runs of the queue may begin in so many seconds, over all workers; for good, until another is given.",
)
@click.option(
    "--lease",
    type=click.FloatRange(1),
    metavar="SECONDS",
    default=5.0,
    show_default=True,
    help="How long this worker may be silent before others take its runs over.",
)
@url_option
@profile_option
@log_format_option
@project_option
def worker_command(  # noqa: PLR0913 - one argument for each option
    database_url: str | None,
    queue: str,
    concurrency: int,
    queue_concurrency: int | None,
    queue_rate: str | None,
    lease: float,
    server: str | None,
    profile: str | None,
    log_format: str | None,
    place: str | None,
) -> int:
    """Execute the runs that mfo submit has put on a queue, beside any number of other workers.

    Interrupted, it gives back what it executes, and other workers go on with it. Runs of a worker that dies, or is not
    heard of for its lease, are gone on with likewise; what had ended of them is not executed again. Runs that the project's
    retention does not keep are forgotten now and then.
    """
    tell_as(log_format)
    with pool_at(place, database_url) as journal:
        from mfo_runtime.distributed.membership import MemberSettings  # noqa: PLC0415 - an extra
        from mfo_runtime.distributed.queues import Limits  # noqa: PLC0415 - an extra
        from mfo_runtime.distributed.worker import Worker  # noqa: PLC0415 - an extra

        limits, retention = Limits.of(queue_concurrency, queue_rate), retention_in_pool(project_of(place))
        show_log("mfo worker", _log, log_format=log_format)
        is_stopped = threading.Event()
        held: list[Worker] = []
        has_worked = threading.Event()

        def ready() -> None:
            has_worked.set()
            say(f"working on queue {queue} of {journal.database}")

        def stop(*_: object) -> None:
            is_stopped.set()
            for worker in held:
                worker.stop()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        with _watching(journal) as watch:
            while not is_stopped.is_set():
                settings = MemberSettings(worker_words(), queue, concurrency, lease, limits=limits)
                connect = connecting(Where(server, None, profile))
                worker = Worker(journal.database, settings, connect, retention=retention)
                watch(worker)
                held[:] = [worker]
                try:
                    if worker.work(ready):
                        break
                except JournalError as error:
                    if not has_worked.is_set():
                        raise
                    _log.warning("%s", error.message)
                    is_stopped.wait(_PAUSE)
    return 0


@contextmanager
def _watching(journal: SharedJournal) -> Generator[Callable[[Worker], None]]:
    """What has the runs of a worker watched, where the environment asks for spans or metrics."""
    from mfo_runtime.distributed.connections import Connections  # noqa: PLC0415 - an extra

    with watching_many("mfo-worker") as runs:
        if runs is not None:
            from mfo_runtime.distributed.gauges import tell_pool  # noqa: PLC0415 - an extra

            tell_pool(runs.meter, journal.database)

        def watch(worker: Worker) -> None:
            worker.runs.connections = Connections(runs)
            worker.runs.watch = partial(watched_run, runs) if runs is not None else None

        yield watch
