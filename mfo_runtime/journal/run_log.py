"""Writing one run down: events gather, and a commit puts all that gathered on disk in one transaction."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from mfo_runtime.errors import JournalError
from mfo_runtime.journal.contents import LONGEST_INLINE, keep_definition, keep_text
from mfo_runtime.journal.leases import Lease
from mfo_runtime.journal.rows import Definition, Event, RunEnd
from mfo_runtime.journal.writer import Writer

_MOST_AT_ONCE = 256
_LONGEST_AT_ONCE = 64 * 1024
"""Events, and code points of their values, that are written in a millisecond or so: an event loop may do that."""

_MOST_TOGETHER = 4
"""Events: most commits of a run that does one thing after another have two."""

_ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT = tuple(
    f"INSERT INTO events VALUES {', '.join([_ROW] * count)}"  # noqa: S608 - it is made of question marks alone
    for count in range(_MOST_TOGETHER + 1)
)
"""For so many events."""


class RunLog:
    """A run that this process executes; holds its lease until it is closed."""

    def __init__(self, writer: Writer, lease: Lease, number: int, sequence: int) -> None:
        """Go on writing run ``number`` after event ``sequence``."""
        self._writer = writer
        self._lease = lease
        self._number = number
        self._sequence = sequence
        self._gathered: list[Event] = []
        self._length = 0

    def add(self, event: Event) -> None:
        """Take in an event; it is on disk after the next commit."""
        self._gathered.append(event)
        if event.value_json is not None:
            self._length += len(event.value_json)

    def commit(self) -> asyncio.Future[None] | None:
        """Put on disk what was taken in, or begin to.

        Returns:
            A future of the running event loop, done when all of it is on disk; None where it is already. It raises
            ``JournalError`` where it cannot be.

        Raises:
            JournalError: it cannot be put on disk.
        """
        if not self._gathered:
            return None
        gathered, self._gathered = self._gathered, []
        length, self._length = self._length, 0
        first = self._sequence + 1
        self._sequence += len(gathered)
        if self._commit_at_once(gathered, first, length):
            return None
        loop = asyncio.get_running_loop()
        kept = loop.create_future()

        def done(problem: JournalError | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_settle, kept, problem)

        self._writer.submit(lambda connection: self._write(connection, gathered, first), done)
        return kept

    def _commit_at_once(self, events: list[Event], first: int, length: int) -> bool:
        """Write what is little; False where it has to be left to the writer's thread."""
        if length <= LONGEST_INLINE and len(events) <= _MOST_TOGETHER:
            return self._writer.do_at_once(
                lambda connection: self._write_together(connection, events, first), is_one_statement=True
            )
        if length <= _LONGEST_AT_ONCE and len(events) <= _MOST_AT_ONCE:
            return self._writer.do_at_once(lambda connection: self._write(connection, events, first))
        return False

    def redefine(self, definition: Definition) -> None:
        """From now on the run goes by another definition.

        Raises:
            JournalError: it cannot be written.
        """

        def work(connection: sqlite3.Connection) -> None:
            digest = keep_definition(connection, definition)
            connection.execute("UPDATE runs SET definition = ? WHERE number = ?", (digest, self._number))

        self._writer.write(work)

    def end(self, end: RunEnd) -> None:
        """Write how the run ended.

        Raises:
            JournalError: it cannot be written.
        """
        values = (end.state, end.ended_at, end.duration, _json(end.error), _json(end.usage), self._number)
        self._writer.write(
            lambda connection: (
                connection.execute(
                    """UPDATE runs SET state = ?, ended_at = ?, duration = COALESCE(duration, 0) + ?, error = ?, usage = ?
                   WHERE number = ?""",
                    values,
                )
                and None
            )
        )

    def close(self) -> None:
        """Let others execute the run."""
        self._lease.release()

    def _write_together(self, connection: sqlite3.Connection, events: list[Event], first: int) -> None:
        """Write few events with short values by one statement."""
        values = [value for place, event in enumerate(events) for value in self._row(connection, event, first + place)]
        connection.execute(_INSERT[len(events)], values)

    def _write(self, connection: sqlite3.Connection, events: list[Event], first: int) -> None:
        connection.executemany(
            _INSERT[1],
            [self._row(connection, event, first + place) for place, event in enumerate(events)],
        )

    def _row(self, connection: sqlite3.Connection, event: Event, sequence: int) -> tuple[Any, ...]:
        inline, content = event.value_json, None
        if inline is not None and len(inline) > LONGEST_INLINE:
            inline, content = None, keep_text(connection, inline)
        return (
            self._number,
            sequence,
            event.time,
            event.kind,
            event.node,
            event.attempt,
            event.duration,
            inline,
            content,
            _json(event.facts),
        )


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value, separators=(",", ":"), default=str)


def _settle(kept: asyncio.Future[None], problem: JournalError | None) -> None:
    if kept.done():
        return
    if problem is None:
        kept.set_result(None)
    else:
        kept.set_exception(problem)
