"""What every journal can do: the one on this machine's disk, and the one that several machines share.

Whoever runs flows, lists runs or shows them asks for these, and not for the one or the other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from typing import Protocol

from mfo_runtime.journal.rows import Definition, Event, NewRun, Retention, RunEnd, StoredRun


class RunWriting(Protocol):
    """A run that this process executes; held until it is closed."""

    def add(self, event: Event) -> None:
        """Take in an event; it is kept after the next commit."""
        ...

    def commit(self) -> Awaitable[None] | None:
        """Keep what was taken in, or begin to.

        Returns:
            What is done when all of it is kept; None where it is already. It raises ``JournalError`` where it cannot be.

        Raises:
            JournalError: it cannot be kept.
        """
        ...

    def redefine(self, definition: Definition) -> None:
        """From now on the run goes by another definition; raises ``JournalError``."""
        ...

    def end(self, end: RunEnd) -> None:
        """Write how the run ended; raises ``JournalError``."""
        ...

    def close(self) -> None:
        """Let others execute the run."""
        ...


class RunJournal(Protocol):
    """The runs that were begun, and what happened to them. All of it raises ``JournalError`` where it cannot be done."""

    def begin(self, run: NewRun) -> RunWriting:
        """Write down that a run begins, and hold it; raises ``RunHeldError`` where it is being executed."""
        ...

    def resume(self, run: StoredRun) -> RunWriting:
        """Go on writing a run, and hold it.

        Raises:
            NotResumableError: it was begun under another protocol.
            RunHeldError: it is being executed, or has gone on since ``run`` was read.
        """
        ...

    def find(self, name: str) -> StoredRun:
        """The run of an id, of the beginning of one, or ``last``; raises ``InvalidInputError`` where there is none."""
        ...

    def runs(self, taskflow: str | None = None) -> Iterator[StoredRun]:
        """All runs, the newest first, or those of one taskflow."""
        ...

    def cancel(self, run: StoredRun) -> bool:
        """Stop a run, gently where it is being executed; gives False where it had ended before."""
        ...

    def is_executed(self, run: StoredRun) -> bool:
        """Whether a process executes the run at this moment."""
        ...

    def events(self, run: StoredRun) -> Iterator[Event]:
        """What happened to a run, in order."""
        ...

    def definition(self, run: StoredRun) -> Definition:
        """The texts that a run is defined by."""
        ...

    def position(self, source: str) -> str | None:
        """How far a source of firings was read, as ``set_position`` was told; None where it never was."""
        ...

    def set_position(self, source: str, value: str) -> None:
        """Keep how far a source of firings was read."""
        ...

    def prune(self, retention: Retention, now: float | None = None) -> int:
        """Forget the runs that the retention does not keep, and give their number; those that are executed stay."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...
