"""Documents that runs are defined by: each text stands once, compressed, under its hash."""

from __future__ import annotations

import hashlib
import json
import zlib

import sqlalchemy as sa

from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.tables import contents, parts, runs
from mfo_runtime.errors import JournalError
from mfo_runtime.journal import Definition


def keep_definition(database: Database, connection: sa.Connection, definition: Definition) -> str:
    """Keep the texts of a definition, and give the hash under which they are found."""
    found = {key: _digest(text) for key, text in sorted(definition.texts.items())}
    listed = json.dumps({"texts": found, "project": definition.project, "table": definition.table})
    digest = _digest(listed)
    known = connection.execute(sa.select(contents.c.hash).where(contents.c.hash == digest)).first()
    if known is None:
        texts = {listed: digest} | {text: found[key] for key, text in definition.texts.items()}
        rows: list[dict[str, object]] = [{"hash": name, "data": _packed(text)} for text, name in texts.items()]
        connection.execute(database.add_once(contents, rows))
        named: list[dict[str, object]] = [{"definition": digest, "text": name} for name in sorted(set(found.values()))]
        if named:
            connection.execute(database.add_once(parts, named))
    return digest


def definition_of(connection: sa.Connection, digest: str) -> Definition:
    """The definition under a hash.

    Raises:
        JournalError: a part of it is not there, or damaged.
    """
    listed = json.loads(_text(connection, digest))
    texts = {key: _text(connection, name) for key, name in listed["texts"].items()}
    return Definition(texts, listed["project"], tuple(listed["table"]))


def forget_unused(connection: sa.Connection) -> None:
    """Drop what no run speaks of any more."""
    used = sa.select(runs.c.definition)
    connection.execute(sa.delete(parts).where(parts.c.definition.not_in(used)))
    connection.execute(
        sa.delete(contents).where(contents.c.hash.not_in(used), contents.c.hash.not_in(sa.select(parts.c.text)))
    )


def _text(connection: sa.Connection, digest: str) -> str:
    data = connection.execute(sa.select(contents.c.data).where(contents.c.hash == digest)).scalar()
    try:
        return zlib.decompress(bytes(data)).decode("utf-8", "surrogatepass")  # type: ignore[arg-type]
    except (TypeError, zlib.error, UnicodeDecodeError):
        raise JournalError(
            "The database is damaged: a document of the run is not there.", hint="Start a new run."
        ) from None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 6)
