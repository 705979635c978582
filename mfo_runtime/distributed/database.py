"""The database that workers share: PostgreSQL, or for one machine a file of SQLite; its errors are told as the journal's."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
import sqlalchemy.event
from dbos import error as dbos_error
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from mfo_runtime.distributed.tables import metadata
from mfo_runtime.errors import InvalidInputError, JournalError

_KINDS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "sqlite": "sqlite"}
_CONNECT_SECONDS = 10
_SQLITE_BUSY_SECONDS = 30
LONGEST_IDLE_SECONDS = 3.0
"""After which PostgreSQL ends a transaction in which nothing happens: a process that is halted must not hold up others."""

_SCHEMA_LOCK = 7_046_501


class Database:
    """A database by its URL; connections are made when they are needed.

    Attributes:
        url: with the password, for DBOS.
        engine: SQLAlchemy's engine.
    """

    def __init__(self, url: str, *, pool: int = 5) -> None:
        """Use the database at ``url``, with at most twice ``pool`` connections.

        Raises:
            InvalidInputError: it is no URL of PostgreSQL or SQLite.
        """
        address = _address(url)
        self.url = address.render_as_string(hide_password=False)
        self.is_sqlite = address.get_backend_name() == "sqlite"
        self._shown = address.set(drivername=address.get_backend_name()).render_as_string(hide_password=True)
        if self.is_sqlite:
            self.engine = sa.create_engine(address, connect_args={"timeout": _SQLITE_BUSY_SECONDS})
            sqlalchemy.event.listen(self.engine, "connect", _prepare_sqlite)
        else:
            halted = f"-c idle_in_transaction_session_timeout={LONGEST_IDLE_SECONDS * 1000:.0f}"
            arguments = {"connect_timeout": _CONNECT_SECONDS, "application_name": "mfo", "options": halted}
            self.engine = sa.create_engine(
                address, connect_args=arguments, pool_size=pool, max_overflow=pool, pool_pre_ping=True
            )

    def __str__(self) -> str:
        """The URL without its password."""
        return self._shown

    def make_tables(self) -> None:
        """Make the tables that are not there yet, and their columns and indexes; several processes may do so at once.

        Raises:
            JournalError: the database cannot be reached or written.
        """
        with self.errors(), self.engine.begin() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SCHEMA_LOCK)))
            metadata.create_all(connection)
            _add_columns(connection)
            for table in metadata.sorted_tables:
                for index in table.indexes:
                    index.create(connection, checkfirst=True)

    @contextmanager
    def writing(self) -> Generator[sa.Connection]:
        """A transaction.

        Raises:
            JournalError: the database cannot be reached or written.
        """
        with self.errors(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Generator[sa.Connection]:
        """A connection to read with.

        Raises:
            JournalError: the database cannot be reached or read.
        """
        with self.errors(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def errors(self) -> Generator[None]:
        """What goes wrong with the database inside, told as an error of the journal and without the URL's password."""
        try:
            yield
        except (SQLAlchemyError, dbos_error.DBOSException) as problem:
            raise database_error(self, problem) from None

    def add_once(self, table: sa.Table, rows: list[dict[str, object]]) -> sa.Insert:
        """An insertion that leaves rows alone whose key is there already."""
        return self._insertion(table).values(rows).on_conflict_do_nothing()

    def add_or_change(
        self, table: sa.Table, row: Mapping[str, object], changes: Mapping[str, object] | None = None
    ) -> sa.Insert:
        """An insertion of a row that changes the one with its key, where that is there already.

        Args:
            table: where.
            row: the new row.
            changes: what becomes of one that is there; the new values where it is None.
        """
        made = self._insertion(table).values(dict(row))
        keys = [column.name for column in table.primary_key]
        new = {name: made.excluded[name] for name in row if name not in keys}
        return made.on_conflict_do_update(index_elements=keys, set_=dict(changes if changes is not None else new))

    def _insertion(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    def greatest(self, one: sa.ColumnElement[float], other: float) -> sa.ColumnElement[float]:
        """The greater one of two numbers."""
        return sa.func.max(one, other) if self.is_sqlite else sa.func.greatest(one, other)

    def now(self, connection: sa.Connection) -> float:
        """The time of the database, in seconds since 1970, which is the same for all workers."""
        if self.is_sqlite:
            return time.time()
        return float(connection.execute(sa.select(sa.extract("epoch", sa.func.clock_timestamp()))).scalar_one())

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _add_columns(connection: sa.Connection) -> None:
    """Add the columns that a version before this one did not have; they may be empty."""
    known = sa.inspect(connection)
    for table in metadata.sorted_tables:
        there = {column["name"] for column in known.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                kind = column.type.compile(connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {kind}")


def database_error(database: Database, problem: SQLAlchemyError | dbos_error.DBOSException) -> JournalError:
    """A problem of the database in words for whoever runs flows."""
    cause = getattr(problem, "orig", None) or problem
    lines = str(cause).strip().splitlines() or [type(cause).__name__]
    return JournalError(
        f"The database {database} cannot be used: {lines[0]}",
        hint="See that the server runs, that the URL is right, and that its user may write.",
    )


def _address(url: str) -> sa.URL:
    try:
        address = sa.make_url(url)
    except ArgumentError:
        raise InvalidInputError(
            "The database's URL cannot be read.", hint="It looks like postgresql://user:password@host:5432/name."
        ) from None
    kind = _KINDS.get(address.get_backend_name())
    if kind is None:
        raise InvalidInputError(
            f"Runs cannot be kept in a database of {address.get_backend_name()}.",
            hint="Give a URL that begins with postgresql:// or, for one machine, sqlite:///.",
        )
    if kind == "sqlite":
        name = address.database
        if not name or name == ":memory:":
            raise InvalidInputError("SQLite needs a file.", hint="sqlite:////absolute/path.db")
        address = address.set(database=str(Path(name).absolute()))
    return address.set(drivername=kind)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
