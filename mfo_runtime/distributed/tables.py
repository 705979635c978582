"""The tables that the workers of one database share, beside those of DBOS.

Times are seconds since 1970 by the database's clock or the worker's, durations seconds. A task's ending is not among the
events: it is the result of the task's step, which DBOS keeps. ``part`` counts how often a run was asked to go on; each
part is one workflow of DBOS.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

QUEUED = "queued"
"""The state of a run that waits for a worker."""

RUNNING = "running"
UNDER_WAY = (QUEUED, RUNNING)

CANCEL = "cancel"
"""What is wanted of a run that is to stop."""

FORGET = "forget"
"""What is wanted of a run that has ended and goes on no more, since somebody is forgetting it."""

_number = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column of exactly this type."""

runs = Table(
    "mfo_runs",
    metadata,
    Column("number", _number, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("protocol", Integer, nullable=False),
    Column("taskflow", String, nullable=False),
    Column("document", String, nullable=False),
    Column("definition", String, nullable=False),
    Column("begun_with", Text, nullable=False),
    Column("started_at", Float(53), nullable=False),
    Column("state", String, nullable=False),
    Column("ended_at", Float(53)),
    Column("duration", Float(53)),
    Column("error", Text),
    Column("usage", Text),
    Column("trigger", String),
    Column("keeper", String),
    Column("owner", String),
    Column("holder", String),
    Column("queue", String, nullable=False),
    Column("part", Integer, nullable=False),
    Column("again", Text),
    Column("wanted", String),
    Column("begun_at", Float(53)),
    Index("mfo_runs_by_start", "started_at"),
    Index("mfo_runs_by_state", "state"),
    Index("mfo_runs_by_owner", "owner"),
    Index("mfo_runs_by_definition", "definition"),
)

events = Table(
    "mfo_events",
    metadata,
    Column("run", _number, primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("time", Float(53), nullable=False),
    Column("kind", String, nullable=False),
    Column("node", String, nullable=False),
    Column("attempt", Integer),
    Column("duration", Float(53)),
    Column("value", Text),
    Column("facts", Text),
)

contents = Table(
    "mfo_contents",
    metadata,
    Column("hash", String, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

parts = Table(
    "mfo_parts",
    metadata,
    Column("definition", String, primary_key=True),
    Column("text", String, primary_key=True),
)

firings = Table(
    "mfo_firings",
    metadata,
    Column("source", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("run", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("time", Float(53), nullable=False),
    Index("mfo_firings_by_time", "time"),
)

positions = Table(
    "mfo_positions",
    metadata,
    Column("source", String, primary_key=True),
    Column("value", String, nullable=False),
)

rates = Table(
    "mfo_rates",
    metadata,
    Column("key", String, primary_key=True),
    Column("due_at", Float(53), nullable=False),
    Column("closed_until", Float(53), nullable=False),
)

layout = Table(
    "mfo_layout",
    metadata,
    Column("version", String, primary_key=True),
)

workers = Table(
    "mfo_workers",
    metadata,
    Column("id", String, primary_key=True),
    Column("words", String, nullable=False),
    Column("protocol", Integer, nullable=False),
    Column("queue", String, nullable=False),
    Column("concurrency", Integer, nullable=False),
    Column("lease", Float(53), nullable=False),
    Column("started_at", Float(53), nullable=False),
    Column("beat_at", Float(53), nullable=False),
    Column("lock", BigInteger, nullable=False),
    Column("backend", Integer),
)

spent = Table(
    "mfo_spent",
    metadata,
    Column("entry", String, primary_key=True),
    Column("month", String, nullable=False, index=True),
    Column("agent", String, nullable=False),
    Column("model", String, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("cost", Float(53), nullable=False),
)

months = Table(
    "mfo_months",
    metadata,
    Column("month", String, primary_key=True),
    Column("tokens", BigInteger, nullable=False),
    Column("cost", Float(53), nullable=False),
)

questions = Table(
    "mfo_questions",
    metadata,
    Column("run", String, primary_key=True),
    Column("node", String, primary_key=True),
    Column("question", Text, nullable=False),
    Column("asked_at", Float(53), nullable=False),
    Column("answer", Text),
)
