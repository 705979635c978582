"""One worker's place in the pool: a row that says that it lives, a lock that dies with it, and what it may do by its lease.

A worker whose heartbeat has not reached the database for its lease is taken for dead by the others. It knows that before
they do: it begins no further step once less than a part of the lease is left, whatever kept it from beating.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa

from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.queues import Limits
from mfo_runtime.distributed.tables import workers
from mfo_runtime.errors import JournalError, RunHeldError
from mfo_runtime.journal import PROTOCOL

_BEATS_A_LEASE = 5
_SAFE_PART = 0.7
"""The part of its lease for which a worker trusts its last heartbeat; the others wait for the whole of it."""

_log = logging.getLogger("mfo_runtime.distributed")


@dataclass(frozen=True, slots=True)
class MemberSettings:
    """What a worker tells the pool of itself.

    Attributes:
        words: the worker in a person's words.
        queue: the queue that it serves.
        concurrency: how many runs it executes at a time.
        lease: seconds without a heartbeat after which others take its runs over.
        is_alone: whether the queue is this worker's own, and goes when it leaves.
        limits: what holds for the queue from now on, over all workers; what is not given stays as it was.
        id: what names it in the pool.
    """

    words: str
    queue: str
    concurrency: int
    lease: float = 5.0
    is_alone: bool = False
    limits: Limits = field(default_factory=Limits)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


class Membership:
    """A worker in the pool, from ``join`` to ``leave``."""

    def __init__(self, database: Database, settings: MemberSettings, on_lost: Callable[[], None]) -> None:
        """Nothing is written yet; ``on_lost`` is called once, on a thread of this object, when the lease is lost."""
        self.settings = settings
        self._database = database
        self._on_lost = on_lost
        self._lock = lock_key(settings.id)
        self._holding: sa.Connection | None = None
        self._trusted_until = 0.0
        self._is_lost = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="mfo-heartbeat", daemon=True)

    def join(self) -> None:
        """Become a worker of the pool.

        Raises:
            JournalError: the database cannot be used.
        """
        settings = self.settings
        began = time.monotonic()
        with self._database.writing() as connection:
            now = self._database.now(connection)
            connection.execute(
                sa.insert(workers).values(
                    id=settings.id,
                    words=settings.words,
                    protocol=PROTOCOL,
                    queue=settings.queue,
                    concurrency=settings.concurrency,
                    lease=settings.lease,
                    started_at=now,
                    beat_at=now,
                    lock=self._lock,
                    backend=self._take_lock(),
                )
            )
        self._trust_from(began)
        self._thread.start()

    def leave(self) -> None:
        """Leave the pool; what this worker still executes is the others' from now on. Never fails."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=self.settings.lease)
        try:
            with self._database.writing() as connection:
                connection.execute(sa.delete(workers).where(workers.c.id == self.settings.id))
        except JournalError as error:
            _log.warning("the pool could not be told that this worker leaves: %s", error.message)
        self._let_go()

    @property
    def may_work(self) -> bool:
        """Whether this worker may begin steps."""
        return not self._is_lost and time.monotonic() < self._trusted_until

    def check(self) -> None:
        """Do nothing as long as this worker may begin steps.

        Raises:
            RunHeldError: others may have taken its runs over.
        """
        if not self.may_work:
            raise RunHeldError(
                "This worker was not heard of for too long: others go on with its runs.",
                hint="It joins the pool anew by itself.",
            )

    def _beat(self) -> None:
        pause = self.settings.lease / _BEATS_A_LEASE
        while not self._stopping.wait(pause):
            began = time.monotonic()
            try:
                with self._database.writing() as connection:
                    mine = sa.update(workers).where(workers.c.id == self.settings.id)
                    is_known = connection.execute(mine.values(beat_at=self._database.now(connection))).rowcount == 1
            except JournalError as error:
                _log.warning("no heartbeat: %s", error.message)
                is_known = self.may_work
            else:
                if is_known and self.may_work:
                    self._trust_from(began)
            if not is_known or not self.may_work:
                self._is_lost = True
                self._on_lost()
                return

    def _trust_from(self, moment: float) -> None:
        self._trusted_until = moment + self.settings.lease * _SAFE_PART

    def _take_lock(self) -> int | None:
        """Hold a lock of PostgreSQL that ends with this process; gives the number of the server's process behind it."""
        if self._database.is_sqlite:
            return None
        with self._database.errors():
            self._holding = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._holding.execute(sa.select(sa.func.pg_advisory_lock(self._lock)))
            return self._holding.execute(sa.select(sa.func.pg_backend_pid())).scalar()

    def _let_go(self) -> None:
        if self._holding is not None:
            self._holding.invalidate()
            self._holding.close()
            self._holding = None


def lock_key(worker: str) -> int:
    """The number of a worker's lock."""
    return int.from_bytes(hashlib.sha256(worker.encode()).digest()[:8], "big", signed=True)
