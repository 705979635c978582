"""Documents that runs are defined by: each text stands once, compressed, under its hash."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Collection

import sqlalchemy as sa

from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.tables import contents, parts, runs
from mfo_runtime.errors import JournalError
from mfo_runtime.journal import Definition

_DROPPING = 7_046_503
"""The lock of whoever drops texts; those who count on texts that are there share it."""


def keep_definition(database: Database, connection: sa.Connection, definition: Definition) -> str:
    """Keep the texts of a definition, and give the hash under which they are found.

    Nobody drops them until the transaction ends, and not afterwards where a run speaks of them.
    """
    found = {key: _digest(text) for key, text in sorted(definition.texts.items())}
    listed = json.dumps({"texts": found, "project": definition.project, "table": definition.table})
    digest = _digest(listed)
    _hold(database, connection, is_alone=False)
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


def forget_unused(database: Database, connection: sa.Connection, definitions: Collection[str]) -> None:
    """Drop those of some definitions that no run speaks of any more, inside the transaction that forgets their runs."""
    used = sa.exists().where(runs.c.definition == contents.c.hash)
    unused = sa.select(contents.c.hash).where(contents.c.hash.in_(definitions), ~used)
    if connection.execute(unused.limit(1)).first() is None:
        return  # as mostly; whoever submits runs need not wait
    _hold(database, connection, is_alone=True)
    gone = list(connection.execute(unused).scalars())
    texts = list(connection.execute(sa.select(parts.c.text).where(parts.c.definition.in_(gone))).scalars())
    connection.execute(sa.delete(parts).where(parts.c.definition.in_(gone)))
    connection.execute(sa.delete(contents).where(contents.c.hash.in_(gone)))
    shared = sa.exists().where(parts.c.text == contents.c.hash)
    connection.execute(sa.delete(contents).where(contents.c.hash.in_(texts), ~shared, ~used))


def _hold(database: Database, connection: sa.Connection, *, is_alone: bool) -> None:
    """Until the transaction ends, let nobody drop texts, or alone, nobody count on any; SQLite has one writer at a time."""
    if database.is_sqlite:
        if not connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    lock = sa.func.pg_advisory_xact_lock if is_alone else sa.func.pg_advisory_xact_lock_shared
    connection.execute(sa.select(lock(_DROPPING)))


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
