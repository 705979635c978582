"""Long values and documents: each stands once, compressed, under the hash of its text."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib

from mfo_runtime.errors import JournalError
from mfo_runtime.journal.rows import Definition

LONGEST_INLINE = 1024
"""Code points: a longer value stands among the contents."""


def keep_text(connection: sqlite3.Connection, text: str) -> str:
    """Keep a text and give the hash under which it is found."""
    data = text.encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(data).hexdigest()
    known = connection.execute("SELECT 1 FROM contents WHERE hash = ?", (digest,)).fetchone()
    if known is None:
        connection.execute("INSERT INTO contents VALUES (?, ?)", (digest, zlib.compress(data, 1)))
    return digest


def text_of(connection: sqlite3.Connection, digest: str) -> str:
    """The text under a hash.

    Raises:
        JournalError: it is not there, or damaged.
    """
    row = connection.execute("SELECT data FROM contents WHERE hash = ?", (digest,)).fetchone()
    try:
        return zlib.decompress(row[0]).decode("utf-8", "surrogatepass")
    except (TypeError, zlib.error, UnicodeDecodeError):
        raise JournalError(
            "The journal is damaged: a value of the run is not there.", hint="Start a new run."
        ) from None


def keep_definition(connection: sqlite3.Connection, definition: Definition) -> str:
    """Keep the texts of a definition, each once, and give the hash under which they are found."""
    texts = {key: keep_text(connection, text) for key, text in sorted(definition.texts.items())}
    listed = {"texts": texts, "project": definition.project, "table": definition.table}
    digest = keep_text(connection, json.dumps(listed))
    connection.executemany("INSERT OR IGNORE INTO parts VALUES (?, ?)", [(digest, text) for text in texts.values()])
    return digest


def definition_of(connection: sqlite3.Connection, digest: str) -> Definition:
    """The definition under a hash.

    Raises:
        JournalError: a part of it is not there, or damaged.
    """
    listed = json.loads(text_of(connection, digest))
    texts = {key: text_of(connection, text) for key, text in listed["texts"].items()}
    return Definition(texts, listed["project"], tuple(listed["table"]))


def forget_unused(connection: sqlite3.Connection) -> None:
    """Drop what no run speaks of any more."""
    connection.execute("DELETE FROM parts WHERE definition NOT IN (SELECT definition FROM runs)")
    connection.execute(
        """DELETE FROM contents WHERE hash NOT IN (SELECT content FROM events WHERE content IS NOT NULL)
           AND hash NOT IN (SELECT definition FROM runs) AND hash NOT IN (SELECT text FROM parts)"""
    )
