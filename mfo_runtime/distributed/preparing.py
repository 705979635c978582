"""Making the tables of a pool, ours and those of DBOS; where all of them are there, that is one question."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.tables import layout, metadata
from mfo_runtime.distributed.workflows import make_workflow_tables


def prepare(database: Database) -> None:
    """Make the tables, columns and indexes that are not there yet; several processes may do so at once.

    Raises:
        JournalError: the database cannot be used.
    """
    if _is_prepared(database):
        return
    database.make_tables()
    with database.errors():
        make_workflow_tables(database)
    with database.writing() as connection:
        connection.execute(database.add_once(layout, [{"version": _wanted()}]))


def _is_prepared(database: Database) -> bool:
    try:
        with database.engine.connect() as connection:
            known = sa.select(layout.c.version).where(layout.c.version == _wanted())
            return connection.execute(known).first() is not None
    except SQLAlchemyError:
        return False  # no such table yet, or no such server: making the tables tells


@cache
def _wanted() -> str:
    tables = metadata.sorted_tables
    names = [f"{table.name}.{column.name}" for table in tables for column in table.columns]
    names += [f"{table.name} by {index.name}" for table in tables for index in table.indexes]
    own = hashlib.sha256(" ".join(sorted(names)).encode()).hexdigest()[:16]
    return f"mfo {own}, dbos {version('dbos')}"
