"""Looking into a journal from outside without leaving a trace: nothing is made, locked, mended or waited for.

For editors, which show what runs gave. Whatever keeps the journal from being read is no error here: then nothing is known.
"""

from __future__ import annotations

import re
import sqlite3
import time
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from mfo_runtime.errors import MfoError
from mfo_runtime.journal.encoding import shown
from mfo_runtime.journal.tables import STEPS

INPUT, TRIGGER = "INPUT", "TRIGGER"
_PATIENCE = 0.25
"""Seconds that one look may take in all."""
_LOCK_PATIENCE = 0.02
_STEPS_A_LOOK_AT_THE_CLOCK = 5000
_LONGEST = 1_000_000
"""Code points of JSON: a longer value is not read."""
_ITERATION = re.compile(r"\[\d+\]")
_SUCCEEDED = "succeeded"
_FOR_NOW = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT)
_LOGGED, _UNCHANGED = "mode=ro&cache=private", "mode=ro&immutable=1"


@dataclass(frozen=True, slots=True)
class Seen:
    """What something was in one run, secrets struck out.

    Attributes:
        run: the run's id.
        started_at: seconds since 1970.
        state: how the run ended; ``running`` for one that is under way, or was broken off.
        value: a JSON value.
    """

    run: str
    started_at: float
    state: str
    value: Any


def seen_values(
    journal: Path, document: str, taskflow: str, sources: Collection[str], runs: int = 5
) -> Mapping[str, tuple[Seen, ...]] | None:
    """What the last runs of a taskflow gave, the newest first; empty where that cannot be told.

    None where a look at the same journal may tell it another time: it is locked, or the look took too long.

    Args:
        journal: the journal's file; it need not be there.
        document: the path of the workflow.
        taskflow: the taskflow's id.
        sources: what is wanted: ``INPUT``, ``TRIGGER``, or nodes: the ids of the subflows around one and its own, with slashes.
        runs: how many runs are looked at.
    """
    try:
        address = _address(journal)
        if address is None:
            return {}
        before = journal.stat()
        with closing(sqlite3.connect(address, uri=True, timeout=_LOCK_PATIENCE, isolation_level=None)) as connection:
            _bound(connection)
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if not 0 < version <= len(STEPS):
                return {}
            found = _seen(connection, document, taskflow, sources, runs)
        after = journal.stat()
    except sqlite3.OperationalError as error:
        return None if error.sqlite_errorcode in _FOR_NOW else {}
    except (
        sqlite3.Error,
        OSError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        zlib.error,
        RecursionError,
        MfoError,
    ):
        return {}
    is_same = (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size) and _address(
        journal
    ) == address
    return found if is_same or _LOGGED in address else {}


def _seen(
    connection: sqlite3.Connection, document: str, taskflow: str, sources: Collection[str], runs: int
) -> Mapping[str, tuple[Seen, ...]]:
    found: dict[str, list[Seen]] = {source: [] for source in sources}
    for number, run, started_at, state, begun_with in _runs(connection, document, taskflow, runs):
        for source in sources:
            values = _given(begun_with, source) if source in {INPUT, TRIGGER} else _gave(connection, number, source)
            found[source] += [Seen(run, started_at, state, value) for value in values]
    return {source: tuple(values) for source, values in found.items() if values}


def _address(journal: Path) -> str | None:
    """How SQLite opens the file: with its log where there is one, else as a file that nobody changes.

    A reader of a database whose log is gone would make the log anew, and leave it there.
    """
    if not journal.is_file():
        return None
    log, index = (journal.with_name(f"{journal.name}{end}") for end in ("-wal", "-shm"))
    is_open = log.exists() and log.stat().st_size > 0
    if is_open and not index.exists():
        return None
    return f"file:{quote(journal.as_posix())}?{_LOGGED if is_open else _UNCHANGED}"


def _bound(connection: sqlite3.Connection) -> None:
    until = time.monotonic() + _PATIENCE
    connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS_A_LOOK_AT_THE_CLOCK)


def _runs(
    connection: sqlite3.Connection, document: str, taskflow: str, count: int
) -> list[tuple[int, str, float, str, str]]:
    query = """SELECT number, id, started_at, state, begun_with FROM runs WHERE taskflow = ? AND document = ?
               ORDER BY started_at DESC, number DESC LIMIT ?"""
    return connection.execute(query, (taskflow, document, count)).fetchall()


def _given(begun_with: str, source: str) -> Iterator[Any]:
    begun: Any = shown(begun_with) if len(begun_with) <= _LONGEST else {}
    value = begun.get("inputs" if source == INPUT else "trigger")
    if value is not None:
        yield value


def _gave(connection: sqlite3.Connection, run: int, node: str) -> Iterator[Any]:
    """What a node gave when it succeeded last."""
    pattern = "/".join(f"{name}*" for name in node.split("/"))
    query = """SELECT node, value, content, facts FROM events WHERE run = ? AND kind = ? AND node GLOB ?
               ORDER BY sequence DESC"""
    for path, inline, content, facts in connection.execute(query, (run, _SUCCEEDED, pattern)):
        if _ITERATION.sub("", path) == node:
            text = inline if content is None else _content(connection, content)
            yield _outputs(None if text is None else shown(text), facts)
            return


def _outputs(value: Any, facts: str | None) -> Any:
    """What can be read of a node: of a condition, whose value is no map, what it chose by what."""
    chosen = cast("dict[str, Any]", shown(facts)).get("branch") if facts is not None else None
    return value if chosen is None else {"result": value, "branch": chosen}


def _content(connection: sqlite3.Connection, digest: str) -> str:
    row = connection.execute("SELECT data FROM contents WHERE hash = ?", (digest,)).fetchone()
    if row is None:
        raise ValueError(digest)
    reader = zlib.decompressobj()
    text = reader.decompress(row[0], _LONGEST)
    if reader.unconsumed_tail:
        raise ValueError(digest)
    return text.decode("utf-8", "surrogatepass")
