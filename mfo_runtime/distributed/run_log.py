"""Writing one run down in the shared database, for as long as this worker owns it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import sqlalchemy as sa

from mfo_runtime.distributed.contents import keep_definition
from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.tables import events, runs
from mfo_runtime.errors import RunHeldError
from mfo_runtime.journal import Definition, Event, RunEnd


class SharedRunLog:
    """A run that this worker executes. Each transaction first makes sure that the run is still this worker's.

    Attributes:
        number: the run's number in the database.
        part: the how manieth time the run was asked to go on; 1 at first.
    """

    def __init__(self, database: Database, number: int, part: int, owner: str, sequence: int) -> None:
        """Go on writing after event ``sequence`` of this part."""
        self._database = database
        self.number = number
        self.part = part
        self._owner = owner
        self._sequence = sequence
        self._gathered: list[Event] = []
        self._in_steps: set[str] = set()
        self._turn = asyncio.Lock()
        self.on_close: Callable[[], None] | None = None

    def leave_to_steps(self, node: str) -> None:
        """The ending of this execution is the result of a step, and is not written a second time."""
        self._in_steps.add(node)

    def add(self, event: Event) -> None:
        """Take in an event; it is in the database after the next commit."""
        if event.attempt and event.node in self._in_steps and event.kind in {"succeeded", "failed"}:
            return
        self._gathered.append(event)

    def commit(self) -> Awaitable[None] | None:
        """Write what was taken in; None where there is nothing.

        What is returned raises ``JournalError`` where it cannot be written, and ``RunHeldError`` where the run is
        another worker's now.
        """
        return self._write_gathered() if self._gathered else None

    def redefine(self, definition: Definition) -> None:
        """From now on the run goes by another definition; raises ``JournalError``."""
        with self._database.writing() as connection:
            digest = keep_definition(self._database, connection, definition)
            self._own(connection, definition=digest)

    def end(self, end: RunEnd) -> None:
        """Write how the run ended; raises ``JournalError``."""
        values = {
            "state": end.state,
            "ended_at": end.ended_at,
            "duration": sa.func.coalesce(runs.c.duration, 0.0) + end.duration,
            "error": _json(end.error),
            "usage": _json(end.usage),
        }
        with self._database.writing() as connection:
            gathered, self._gathered = self._gathered, []
            self._insert(connection, gathered)
            self._own(connection, **values)

    def close(self) -> None:
        """Let others execute the run."""
        if self.on_close is not None:
            self.on_close()

    async def _write_gathered(self) -> None:
        async with self._turn:  # events come in order, also when several wait
            gathered, self._gathered = self._gathered, []
            if gathered:
                await asyncio.to_thread(self._write, gathered)

    def _write(self, gathered: list[Event]) -> None:
        with self._database.writing() as connection:
            self._own(connection, wanted=runs.c.wanted)
            self._insert(connection, gathered)

    def _own(self, connection: sa.Connection, **values: Any) -> None:
        """Change the run's row, which no other transaction may do meanwhile; fails where the run is not ours any more."""
        mine = sa.update(runs).where(runs.c.number == self.number, runs.c.owner == self._owner)
        if connection.execute(mine.values(**values)).rowcount != 1:
            raise RunHeldError("Another worker has taken the run over.", hint="See how it goes with mfo show.")

    def _insert(self, connection: sa.Connection, gathered: list[Event]) -> None:
        rows = [self._row(event, self._sequence + place) for place, event in enumerate(gathered, 1)]
        if rows:
            connection.execute(sa.insert(events), rows)
            self._sequence += len(rows)

    def _row(self, event: Event, sequence: int) -> dict[str, Any]:
        return {
            "run": self.number,
            "part": self.part,
            "sequence": sequence,
            "time": event.time,
            "kind": event.kind,
            "node": event.node,
            "attempt": event.attempt,
            "duration": event.duration,
            "value": event.value_json,
            "facts": _json(event.facts),
        }


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value, separators=(",", ":"), default=str)
