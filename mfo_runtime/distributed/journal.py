"""The journal that workers share: the same questions as to the journal of one machine, answered by a database."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import sqlalchemy as sa

from mfo_runtime.distributed.contents import definition_of, keep_definition
from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.firings import fire
from mfo_runtime.distributed.ordering import in_order
from mfo_runtime.distributed.retention import forget_old
from mfo_runtime.distributed.run_log import SharedRunLog
from mfo_runtime.distributed.tables import CANCEL, FORGET, QUEUED, RUNNING, UNDER_WAY, events, positions, runs, workers
from mfo_runtime.distributed.workflows import Workflows, workflow_id
from mfo_runtime.errors import JournalError, NotResumableError, RunHeldError
from mfo_runtime.journal import (
    LATEST,
    PROTOCOL,
    Definition,
    Event,
    Fired,
    Firing,
    NewRun,
    Retention,
    StoredRun,
    only_run,
)

_MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Course:
    """How a run is to be executed.

    Attributes:
        is_first: it has never been begun.
        is_taken_over: this part of it has been begun before, by a process that is gone.
        again: the ids of tasks that are executed again.
    """

    is_first: bool
    is_taken_over: bool
    again: tuple[str, ...]


class SharedJournal:
    """The runs of one database, for any thread.

    Attributes:
        database: where they are.
        worker: the worker that executes runs through this journal; None where it is only asked.
        workflows: what the runs are to DBOS.
    """

    def __init__(self, database: Database, worker: str | None = None) -> None:
        """Ask ``database``; its tables must be there."""
        self.database = database
        self.worker = worker
        self.workflows = Workflows(database)

    def close(self) -> None:
        """Close the connections."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def submit(self, connection: sa.Connection, run: NewRun, queue: str, firing: Firing | None = None) -> Fired | None:
        """Write down a run that waits for a worker, inside a transaction that also tells the queue.

        Returns:
            The run that a key of the firing has begun before, and then nothing is written; None otherwise.

        Raises:
            JournalError: there is a run of this id.
        """
        fired = fire(self.database, connection, firing, run.id) if firing is not None else None
        if fired is not None:
            return fired
        if connection.execute(sa.select(runs.c.number).where(runs.c.id == run.id)).first() is not None:
            raise JournalError(f"The database has a run {run.id} already.", hint="Give the run another id.")
        connection.execute(
            sa.insert(runs).values(
                id=run.id,
                protocol=PROTOCOL,
                taskflow=run.taskflow,
                document=run.document,
                definition=keep_definition(self.database, connection, run.definition),
                begun_with=run.begun_with_json,
                started_at=run.started_at,
                state=QUEUED,
                trigger=run.trigger,
                keeper=run.keeper,
                queue=queue,
                part=1,
            )
        )
        return None

    def begin(self, run: NewRun) -> SharedRunLog:
        """Refuse it: a run past the queues could be taken over by nobody. Runs are submitted, and workers resume them.

        Raises:
            RunHeldError: always.
        """
        raise RunHeldError(f"Run {run.id} is begun by workers only.", hint="Put it on a queue, as mfo submit does.")

    def resume(self, run: StoredRun) -> SharedRunLog:
        """As ``RunJournal.resume``: the run is this worker's from now on, until it is taken over.

        Raises:
            NotResumableError: it was begun under another protocol.
            RunHeldError: another worker executes it, or this worker has lost its lease.
            JournalError: the database cannot be written.
        """
        check_protocol(run)
        if self.worker is None:
            raise RunHeldError(f"Run {run.id} is executed by workers.", hint="Go on with it by mfo resume.")
        with self.database.writing() as connection:
            lives = sa.select(workers.c.words).where(workers.c.id == self.worker)
            words = connection.execute(lives.with_for_update()).scalar()
            if words is None:
                raise RunHeldError("This worker has lost its lease.", hint="It joins the pool anew by itself.")
            free = sa.or_(runs.c.owner.is_(None), runs.c.owner == self.worker)
            mine = sa.update(runs).where(runs.c.number == run.number, free).returning(runs.c.part)
            now = self.database.now(connection)
            values = {
                "state": RUNNING,
                "owner": self.worker,
                "holder": words,
                "begun_at": sa.func.coalesce(runs.c.begun_at, now),
            }
            part = connection.execute(mine.values(**values)).scalar()
            if part is None:
                raise RunHeldError(f"Run {run.id} is being executed by another worker.")
            last = sa.select(sa.func.max(events.c.sequence)).where(events.c.run == run.number, events.c.part == part)
            return SharedRunLog(self.database, run.number, part, self.worker, connection.execute(last).scalar() or 0)

    def course(self, run: StoredRun) -> Course:
        """How a run is to be executed by a worker that has it from the queue."""
        with self.database.reading() as connection:
            row = connection.execute(sa.select(runs.c.part, runs.c.again).where(runs.c.number == run.number)).one()
            here = (events.c.run == run.number, events.c.part == row.part)
            has_begun = connection.execute(sa.select(events.c.sequence).where(*here).limit(1)).first() is not None
        again = tuple(json.loads(row.again)) if row.again else ()
        return Course(row.part == 1 and not has_begun, has_begun, again)

    def go_on(
        self,
        run: StoredRun,
        again: tuple[str, ...] = (),
        priority: int | None = None,
        *,
        first: str | None = None,
        definition: Definition | None = None,
    ) -> None:
        """Put a run that has ended on its queue again: what did not succeed is done again.

        Args:
            run: the run.
            again: the ids of tasks that are executed again although they have succeeded.
            priority: as when it was submitted.
            first: a queue of one worker, which goes on with it in place of those of its queue.
            definition: what it goes on by; None for what it began with.

        Raises:
            NotResumableError: it has succeeded, and nothing is to be done again; or it was begun under another protocol.
            RunHeldError: it has not ended, or goes on already.
            JournalError: the database cannot be written.
        """
        check_protocol(run)
        if run.state == "succeeded" and not again:
            raise NotResumableError(
                f"Run {run.id} has succeeded already.", hint="Name tasks to execute again with --again."
            )
        with self.database.writing() as connection:
            stays = sa.func.coalesce(runs.c.wanted, "") != FORGET
            here = sa.update(runs).where(runs.c.number == run.number, runs.c.state.not_in(UNDER_WAY), stays)
            values = {
                "state": QUEUED,
                "part": runs.c.part + 1,
                "again": json.dumps(again),
                "wanted": None,
                "owner": None,
            }
            if definition is not None:
                values["definition"] = keep_definition(self.database, connection, definition)
            row = connection.execute(here.values(**values).returning(runs.c.part, runs.c.queue)).first()
            if row is None:
                raise RunHeldError(
                    f"Run {run.id} has not ended, or is being forgotten.", hint="mfo cancel stops one that goes on."
                )
            self.workflows.enqueue(connection, run.id, row.part, first or row.queue, priority)

    def cancel(self, run: StoredRun) -> bool:
        """Stop a run: one that waits ends at once, one that is executed as soon as its worker looks; gives whether it had not ended.

        Raises:
            JournalError: the database cannot be written.
        """
        with self.database.writing() as connection:
            row = connection.execute(sa.select(runs.c.part).where(runs.c.number == run.number)).one()
            waiting = sa.update(runs).where(runs.c.number == run.number, runs.c.state == QUEUED)
            if connection.execute(waiting.values(state="cancelled", ended_at=time.time())).rowcount == 0:
                running = sa.update(runs).where(runs.c.number == run.number, runs.c.state == RUNNING)
                return connection.execute(running.values(wanted=CANCEL)).rowcount == 1
        with self.database.errors():
            self.workflows.take_off_queue(run.id, row.part)
        return True

    def wanted_stops(self) -> list[str]:
        """The runs of this worker that somebody wants to stop."""
        query = sa.select(runs.c.id).where(
            runs.c.owner == self.worker, runs.c.wanted == CANCEL, runs.c.state == RUNNING
        )
        with self.database.reading() as connection:
            return list(connection.execute(query).scalars())

    def give_back(self, run_id: str) -> None:
        """Let another worker go on with a run of this one; nothing happens where it is not this one's."""
        with self.database.writing() as connection:
            mine = sa.update(runs).where(runs.c.id == run_id, runs.c.owner == self.worker)
            row = connection.execute(mine.values(owner=None).returning(runs.c.part, runs.c.queue)).first()
        if row is not None:
            with self.database.errors():
                self.workflows.give_to_queue(workflow_id(run_id, row.part), row.queue)

    def refuse(self, run_id: str, error: Mapping[str, Any]) -> None:
        """Write down that a run cannot be executed."""
        with self.database.writing() as connection:
            here = sa.update(runs).where(runs.c.id == run_id, runs.c.state.in_(UNDER_WAY))
            connection.execute(here.values(state="failed", ended_at=time.time(), error=json.dumps(dict(error))))

    def find(self, name: str) -> StoredRun:
        """As ``RunJournal.find``."""
        query = _stored_columns()
        if name == LATEST:
            query = query.order_by(runs.c.started_at.desc(), runs.c.number.desc()).limit(1)
        else:
            query = query.where(runs.c.id.startswith(name, autoescape=True)).order_by(runs.c.id).limit(2)
        with self.database.reading() as connection:
            found = [_stored(row) for row in connection.execute(query)]
        return only_run(found, name, "database")

    def runs(self, taskflow: str | None = None) -> Iterator[StoredRun]:
        """As ``RunJournal.runs``."""
        query = _stored_columns().order_by(runs.c.started_at.desc(), runs.c.number.desc())
        if taskflow is not None:
            query = query.where(runs.c.taskflow == taskflow)
        with (
            self.database.reading() as connection,
            connection.execution_options(yield_per=_MOST_AT_ONCE).execute(query) as rows,
        ):
            yield from map(_stored, rows)

    def is_executed(self, run: StoredRun) -> bool:
        """Whether a worker holds the run whose lease has not run out."""
        query = (
            sa.select(workers.c.beat_at, workers.c.lease)
            .join(runs, runs.c.owner == workers.c.id)
            .where(runs.c.number == run.number)
        )
        with self.database.reading() as connection:
            row = connection.execute(query).first()
            return row is not None and self.database.now(connection) <= row.beat_at + row.lease

    def events(self, run: StoredRun) -> Iterator[Event]:
        """What happened to a run, in order: what was written, and how its steps ended.

        For a worker, which asks because it goes on with the run, those of the last part are left out: DBOS answers for
        them itself when the run comes to them.
        """
        columns = (events.c.part, *(events.c[name] for name in _EVENT))
        query = sa.select(*columns).where(events.c.run == run.number).order_by(events.c.part, events.c.sequence)
        with self.database.reading() as connection:
            written = [(int(row.part), _event(row)) for row in connection.execute(query)]
            last = connection.execute(sa.select(runs.c.part).where(runs.c.number == run.number)).scalar() or 1
        parts = range(1, last + 1 if self.worker is None else last)
        yield from in_order(
            written, ((part, event) for part in parts for event in self.workflows.endings(run.id, part))
        )

    def outcome(self, run: StoredRun) -> Mapping[str, Any] | None:
        """How a run ended, as ``RunOutcome.to_data`` has it; None where it has not, or was cancelled before it began."""
        with self.database.reading() as connection:
            part = connection.execute(sa.select(runs.c.part).where(runs.c.number == run.number)).scalar() or 1
        with self.database.errors():
            return self.workflows.outcome(run.id, part)

    def definition(self, run: StoredRun) -> Definition:
        """As ``RunJournal.definition``."""
        with self.database.reading() as connection:
            return definition_of(connection, run.definition)

    def position(self, source: str) -> str | None:
        """How far a source of firings was read, as ``set_position`` was told; None where it never was."""
        with self.database.reading() as connection:
            return connection.execute(sa.select(positions.c.value).where(positions.c.source == source)).scalar()

    def set_position(self, source: str, value: str) -> None:
        """Keep how far a source of firings was read."""
        with self.database.writing() as connection:
            connection.execute(self.database.add_or_change(positions, {"source": source, "value": value}))

    def prune(self, retention: Retention, now: float | None = None) -> int:
        """As ``RunJournal.prune``; runs that wait for a worker stay, too."""
        return forget_old(self.database, self.workflows, retention, time.time() if now is None else now)


def check_protocol(run: StoredRun) -> None:
    """Do nothing where this version of mfo can go on with a run; raises ``NotResumableError`` where it cannot."""
    if run.protocol != PROTOCOL:
        raise NotResumableError(
            f"Run {run.id} was begun under replay protocol {run.protocol}; this version of mfo replays protocol {PROTOCOL}.",
            hint="Let a worker of the version that began it go on with it, or start a new run.",
        )


_FIELDS = [
    "number",
    "id",
    "protocol",
    "taskflow",
    "document",
    "definition",
    "begun_with",
    "started_at",
    "state",
    "ended_at",
    "duration",
    "error",
    "usage",
    "holder",
    "trigger",
    "keeper",
]
_EVENT = ["time", "kind", "node", "attempt", "duration", "value", "facts"]


def _stored_columns() -> sa.Select[Any]:
    return sa.select(*(runs.c[name] for name in _FIELDS))


def _stored(row: sa.Row[Any]) -> StoredRun:
    return StoredRun(
        row.number,
        row.id,
        row.protocol,
        row.taskflow,
        row.document,
        row.definition,
        row.begun_with,
        row.started_at,
        state=row.state,
        ended_at=row.ended_at,
        duration=row.duration,
        error=None if row.error is None else json.loads(row.error),
        usage={} if row.usage is None else json.loads(row.usage),
        holder=row.holder,
        trigger=row.trigger,
        keeper=row.keeper,
    )


def _event(row: sa.Row[Any]) -> Event:
    facts = None if row.facts is None else json.loads(row.facts)
    return Event(row.time, row.kind, row.node, row.attempt, row.duration, row.value, facts)
