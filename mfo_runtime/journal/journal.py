"""The journal of a project: the runs that were begun, what happened to them, and how long that is kept."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mfo_runtime.errors import JournalError, NotResumableError, RunHeldError
from mfo_runtime.journal.beginning import FIELDS, firing_of, forget_firings, insert_run, keep_firing
from mfo_runtime.journal.connection import Synchronous, connect
from mfo_runtime.journal.contents import definition_of, forget_unused, text_of
from mfo_runtime.journal.failures import journal_errors
from mfo_runtime.journal.finding import LATEST, only_run
from mfo_runtime.journal.leases import Lease, forget_lease, is_held, process_called, take_lease, this_process
from mfo_runtime.journal.rows import Definition, Event, Fired, Firing, NewRun, Retention, RunEnd, StoredRun
from mfo_runtime.journal.run_log import RunLog
from mfo_runtime.journal.tables import PROTOCOL
from mfo_runtime.journal.writer import Work, Writer

JOURNAL_FILE = "journal.db"
_SECONDS_A_DAY = 24 * 3600.0
_FIRINGS_SECONDS = 7 * _SECONDS_A_DAY


class Journal:
    """The journal in one folder, for any thread. Reading needs nothing else; the first thing written starts the writer."""

    def __init__(self, folder: Path, synchronous: Synchronous = "normal") -> None:
        """Use ``folder``, which must exist; nothing is opened yet."""
        self._folder = folder
        self._path = folder / JOURNAL_FILE
        self._synchronous: Synchronous = synchronous
        self._writer: Writer | None = None
        self._opening = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what waits, and close the file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self._folder

    def begin(self, run: NewRun) -> RunLog:
        """Write down that a run begins, and hold its lease.

        Raises:
            RunHeldError: a run of this id is being executed.
            JournalError: there is one already, or it cannot be written.
        """
        log = self.begin_once(run, None)
        assert isinstance(log, RunLog)
        return log

    def begin_once(self, run: NewRun, firing: Firing | None) -> RunLog | Fired:
        """As ``begin``, unless a key of the firing has begun a run before; whichever process asks first begins it.

        Raises:
            RunHeldError, JournalError: as ``begin``.
        """
        writer = self._writing()
        lease = self._lease(run.id)
        begun: list[int | Fired | None] = []

        def work(connection: sqlite3.Connection) -> None:
            fired = firing_of(connection, firing) if firing is not None else None
            begun.append(fired or insert_run(connection, run, this_process()))
            if firing is not None and fired is None:
                keep_firing(connection, firing, run.id)

        _do_or_release(writer, work, lease)
        number = begun[-1]
        if isinstance(number, int):
            return RunLog(writer, lease, number, 0)
        if number is not None:
            forget_lease(self._folder, run.id)
            lease.release()
            return number
        lease.release()
        raise JournalError(f"The journal has a run {run.id} already.", hint="Give the run another id.")

    def resume(self, run: StoredRun) -> RunLog:
        """Go on writing a run, and hold its lease.

        Raises:
            NotResumableError: it was begun under another protocol.
            RunHeldError: it is being executed; the message says by whom. Or it was, since ``run`` was read.
            JournalError: it cannot be written.
        """
        if run.protocol != PROTOCOL:
            raise NotResumableError(
                f"Run {run.id} was begun under replay protocol {run.protocol}; this version of mfo replays protocol {PROTOCOL}.",
                hint="Resume it with the version of mfo that began it, or start a new run.",
            )
        writer = self._writing()
        lease = self._lease(run.id)
        sequences: list[int] = []

        def work(connection: sqlite3.Connection) -> None:
            changed = connection.execute(
                "UPDATE runs SET state = 'running', holder = ? WHERE number = ? AND state = ? AND ended_at IS ?",
                (this_process(), run.number, run.state, run.ended_at),
            ).rowcount
            if not changed:
                return
            last = connection.execute("SELECT MAX(sequence) FROM events WHERE run = ?", (run.number,)).fetchone()
            sequences.append(int(last[0] or 0))

        _do_or_release(writer, work, lease)
        if not sequences:
            lease.release()
            raise RunHeldError(f"Run {run.id} has gone on meanwhile.", hint="See what came of it with mfo show.")
        return RunLog(writer, lease, run.number, sequences[-1])

    def cancel(self, run: StoredRun) -> bool:
        """Stop a run: its process is told to, as by Ctrl-C; one that was broken off is written down as cancelled.

        Returns:
            False where it had ended before.

        Raises:
            RunHeldError: a process of another machine executes it.
            JournalError: the journal cannot be written.
        """
        if run.state != "running":
            return False
        if not self.is_executed(run):
            log = self.resume(run)
            log.end(RunEnd("cancelled", time.time(), 0.0, run.error, run.usage))
            log.close()
            return True
        process = process_called(run.holder or "")
        if process is None:
            raise RunHeldError(f"Run {run.id} is being executed by {run.holder}.", hint="Stop it there.")
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGINT)
        return True

    def find(self, name: str) -> StoredRun:
        """The run of an id, of the beginning of one, or ``last``.

        Raises:
            InvalidInputError: there is none, or several begin like this.
            JournalError: the journal cannot be read.
        """
        with self._reading() as connection:
            if name == LATEST:
                query, values = f"SELECT {FIELDS} FROM runs ORDER BY started_at DESC, number DESC LIMIT 1", ()  # noqa: S608 - constant names
            else:
                pattern = name.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
                query = f"SELECT {FIELDS} FROM runs WHERE id LIKE ? ESCAPE '!' ORDER BY id = ? DESC, id LIMIT 2"  # noqa: S608 - constant names
                values = (pattern, name)
            found = [_stored(row) for row in connection.execute(query, values)] if connection is not None else []
        return only_run(found, name, "journal")

    def runs(self, taskflow: str | None = None) -> Iterator[StoredRun]:
        """All runs, the newest first, or those of one taskflow.

        Raises:
            JournalError: the journal cannot be read.
        """
        query = f"SELECT {FIELDS} FROM runs WHERE ? IS NULL OR taskflow = ? ORDER BY started_at DESC, number DESC"  # noqa: S608 - constant names
        with self._reading() as connection:
            if connection is not None:
                for row in connection.execute(query, (taskflow, taskflow)):
                    yield _stored(row)

    def left_alone(self, keeper: str) -> tuple[StoredRun, ...]:
        """The runs of a service that have not ended and that no process executes, the oldest first.

        Raises:
            JournalError: the journal cannot be read.
        """
        query = f"SELECT {FIELDS} FROM runs WHERE keeper = ? AND state = 'running' ORDER BY started_at, number"  # noqa: S608 - constant names
        with self._reading() as connection:
            rows = connection.execute(query, (keeper,)).fetchall() if connection is not None else []
        return tuple(run for run in map(_stored, rows) if not is_held(self._folder, run.id))

    def position(self, source: str) -> str | None:
        """How far a source of firings was read, as ``set_position`` was told; None where it never was.

        Raises:
            JournalError: the journal cannot be read.
        """
        with self._reading() as connection:
            row = (
                connection and connection.execute("SELECT value FROM positions WHERE source = ?", (source,)).fetchone()
            )
        return str(row[0]) if row else None

    def set_position(self, source: str, value: str) -> None:
        """Keep how far a source of firings was read.

        Raises:
            JournalError: it cannot be written.
        """

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO positions VALUES (?, ?)", (source, value))

        self._writing().write(work)

    def try_out(self) -> None:
        """Do nothing where the journal can be written and its pages are whole.

        Raises:
            JournalError: it cannot be opened or written, or is damaged.
        """
        with self._reading() as connection:
            if connection is None:
                return
            if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("its pages are damaged")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")

    def is_executed(self, run: StoredRun) -> bool:
        """Whether a process executes the run at this moment."""
        return run.state == "running" and is_held(self._folder, run.id)

    def events(self, run: StoredRun) -> Iterator[Event]:
        """What happened to a run, in order.

        Raises:
            JournalError: the journal cannot be read.
        """
        query = """SELECT time, kind, node, attempt, duration, value, content, facts FROM events
                   WHERE run = ? ORDER BY sequence"""
        with self._reading() as connection:
            if connection is None:
                return
            for time_, kind, node, attempt, duration, value, content, facts in connection.execute(query, (run.number,)):
                text = value if content is None else text_of(connection, content)
                known = None if facts is None else json.loads(facts)
                yield Event(time_, kind, node, attempt, duration, text, known)

    def definition(self, run: StoredRun) -> Definition:
        """The texts that a run is defined by.

        Raises:
            JournalError: they cannot be read.
        """
        with self._reading() as connection:
            if connection is None:
                raise JournalError("The journal is gone.", hint="Start a new run.")
            return definition_of(connection, run.definition)

    def prune(self, retention: Retention, now: float | None = None) -> int:
        """Forget the runs that the retention does not keep, but for those that are being executed.

        Returns:
            How many were forgotten.

        Raises:
            JournalError: the journal cannot be written.
        """
        now = time.time() if now is None else now
        oldest = None if retention.days is None else now - retention.days * _SECONDS_A_DAY
        past = [
            run
            for place, run in enumerate(self.runs())
            if (oldest is not None and (run.ended_at or run.started_at) < oldest)
            or (retention.runs is not None and place >= retention.runs and run.state != "running")
        ]
        forgotten = 0
        for run in past:
            lease = take_lease(self._folder, run.id, patience=0)
            if lease is not None:
                self._writing().write(lambda connection, run=run: _forget(connection, run.number))
                forget_lease(self._folder, run.id)
                lease.release()
                forgotten += 1
        if forgotten:
            self._writing().write(forget_unused)
        if self._has_firings_before(now - _FIRINGS_SECONDS):
            self._writing().write(lambda connection: forget_firings(connection, now - _FIRINGS_SECONDS))
        return forgotten

    def _has_firings_before(self, moment: float) -> bool:
        with self._reading() as connection:
            query = "SELECT 1 FROM firings WHERE time < ? LIMIT 1"
            return connection is not None and connection.execute(query, (moment,)).fetchone() is not None

    def _writing(self) -> Writer:
        with self._opening:
            if self._writer is None:
                self._writer = Writer(self._path, self._synchronous)
            return self._writer

    def _lease(self, run_id: str) -> Lease:
        with journal_errors(self._path):
            lease = take_lease(self._folder, run_id)
        if lease is None:
            raise RunHeldError(f"Run {run_id} is being executed by {self._holder(run_id)}.")
        return lease

    def _holder(self, run_id: str) -> str:
        with self._reading() as connection:
            query = "SELECT holder FROM runs WHERE id = ?"
            row = connection.execute(query, (run_id,)).fetchone() if connection is not None else None
        return str(row[0]) if row is not None and row[0] else "another process"

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection | None]:
        """A connection to read with; None where there is no journal yet."""
        if not self._path.exists():
            yield None
            return
        with journal_errors(self._path), closing(connect(self._path)) as connection:
            yield connection


def _do_or_release(writer: Writer, work: Work, lease: Lease) -> None:
    try:
        writer.write(work)
    except BaseException:
        lease.release()
        raise


def _forget(connection: sqlite3.Connection, number: int) -> None:
    connection.execute("DELETE FROM events WHERE run = ?", (number,))
    connection.execute("DELETE FROM runs WHERE number = ?", (number,))


def _stored(row: tuple[Any, ...]) -> StoredRun:
    *facts, state, ended_at, duration, error, usage, holder, trigger, keeper = row
    return StoredRun(
        *facts,
        state=state,
        ended_at=ended_at,
        duration=duration,
        error=None if error is None else json.loads(error),
        usage={} if usage is None else json.loads(usage),
        holder=holder,
        trigger=trigger,
        keeper=keeper,
    )
