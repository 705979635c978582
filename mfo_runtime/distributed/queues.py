"""What holds for a queue over all its workers."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Self

from dbos import DBOS, Queue
from dbos._dbos import _get_dbos_instance  # pyright: ignore[reportPrivateUsage]

from mfo_runtime.errors import InvalidInputError, JournalError

_QUEUE_POLL = 0.2


def register(queue: str, concurrency: int, limits: Limits) -> None:
    """Have this process execute runs of a queue; to be called once DBOS is launched.

    Args:
        queue: the queue, which is made where there is none.
        concurrency: how many of its runs at a time.
        limits: what holds for the queue from now on, over all workers; where none is given all stays as it is.

    Raises:
        JournalError: this version of DBOS does not let processes differ in their concurrency.
    """
    _bound_here(queue, concurrency)
    DBOS.register_queue(
        queue,
        polling_interval_sec=_QUEUE_POLL,
        on_conflict="always_update" if limits.is_given else "never_update",
        **limits.to_dbos(),
    )
    found = DBOS.retrieve_queue(queue)
    if found is None or found.worker_concurrency != concurrency:
        raise JournalError(
            f"dbos {version('dbos')} does not let a worker have a concurrency of its own.",
            hint="Install a version of dbos that mfo was tried with: pip install 'mfo-lsp[distributed]'",
        )


def _bound_here(queue: str, concurrency: int) -> None:
    """Have this process execute at most so many runs of a queue at a time.

    DBOS keeps that bound with the queue, so that all workers would have that of the one that was started first. It reads
    the queue anew before each look for runs.
    """
    system = _get_dbos_instance()._sys_db  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - there is no public way
    stored = system.get_queue

    def get_queue(name: str, *, client_system_database: Any = None) -> Queue | None:
        found = stored(name, client_system_database=client_system_database)
        if found is not None and name == queue:
            found._worker_concurrency = concurrency  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        return found

    system.get_queue = get_queue


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a queue, for all workers together; None for no such bound.

    Attributes:
        concurrency: how many runs are executed at a time.
        starts: how many runs may begin in ``seconds``.
        seconds: the length of that time.
    """

    concurrency: int | None = None
    starts: int | None = None
    seconds: float = 1.0

    @classmethod
    def of(cls, concurrency: int | None, rate: str | None) -> Self:
        """Bounds as a command line has them; the rate as ``N/SECONDS``.

        Raises:
            InvalidInputError: the rate cannot be read.
        """
        if rate is None:
            return cls(concurrency)
        starts, _, seconds = rate.partition("/")
        try:
            read = cls(concurrency, int(starts), float(seconds or 1))
        except ValueError:
            read = cls(starts=0)
        if not read.starts or read.starts < 1 or read.seconds <= 0:
            raise InvalidInputError(f'"{rate}" is no rate.', hint="Write how many runs in how many seconds: 10/60.")
        return read

    @property
    def is_given(self) -> bool:
        """Whether there is any bound."""
        return self.concurrency is not None or self.starts is not None

    def to_dbos(self) -> dict[str, Any]:
        """The bounds as DBOS registers a queue."""
        limiter = {"limit": self.starts, "period": self.seconds} if self.starts is not None else None
        return {"global_concurrency": self.concurrency, "limiter": limiter}
