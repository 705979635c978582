"""What SQLite says went wrong, as the journal's own error in a person's words."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from mfo_runtime.errors import JournalError

_ROOM = "Make room, then go on with mfo run --resume."
_DAMAGED = "Move the file away, with those beside it that begin with its name; the next run makes a new one."
_WORDS: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: ("the disk is full", _ROOM),
    sqlite3.SQLITE_IOERR: ("it cannot be read or written (disk full, or damaged?)", _ROOM),
    sqlite3.SQLITE_TOOBIG: ("a value is larger than a database can hold", "Let the task return less."),
    sqlite3.SQLITE_NOTADB: ("it is no journal, or damaged", _DAMAGED),
    sqlite3.SQLITE_CORRUPT: ("it is damaged", _DAMAGED),
    sqlite3.SQLITE_BUSY: ("another process kept it locked for too long", "Try again."),
    sqlite3.SQLITE_READONLY: ("it may not be written", JournalError.default_hint),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", JournalError.default_hint),
}


def journal_error(path: Path, problem: Exception) -> JournalError:
    """The error for what SQLite or the disk raised."""
    if isinstance(problem, OSError):
        return JournalError(f"The journal {path} cannot be used: {problem.strerror or problem}.")
    code = getattr(problem, "sqlite_errorcode", None)
    words, hint = _WORDS.get(code & 0xFF if code is not None else -1, (str(problem), JournalError.default_hint))
    return JournalError(f"The journal {path} cannot be used: {words}.", hint=hint)


@contextmanager
def journal_errors(path: Path) -> Generator[None]:
    """Whatever SQLite or the disk raises inside is raised as ``JournalError``."""
    try:
        yield
    except (sqlite3.Error, OSError) as problem:
        raise journal_error(path, problem) from None
