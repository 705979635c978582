"""The tables of the journal's database, and the numbers by which versions know what they can read."""

from __future__ import annotations

PROTOCOL = 1
"""How a run's events are replayed. A run that was begun under another protocol is not resumed."""

STEPS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE contents (hash TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID",
        "CREATE TABLE parts (definition TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (definition, text)) WITHOUT ROWID",
        """CREATE TABLE runs (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, protocol INTEGER NOT NULL, taskflow TEXT NOT NULL,
            document TEXT NOT NULL, definition TEXT NOT NULL, begun_with TEXT NOT NULL, started_at REAL NOT NULL,
            state TEXT NOT NULL, ended_at REAL, duration REAL, error TEXT, usage TEXT, holder TEXT)""",
        "CREATE INDEX runs_by_start ON runs (started_at)",
        """CREATE TABLE events (
            run INTEGER NOT NULL, sequence INTEGER NOT NULL, time REAL NOT NULL, kind TEXT NOT NULL, node TEXT NOT NULL,
            attempt INTEGER, duration REAL, value TEXT, content TEXT, facts TEXT, PRIMARY KEY (run, sequence)
            ) WITHOUT ROWID""",
    ),
    (
        "ALTER TABLE runs ADD COLUMN trigger TEXT",
        "ALTER TABLE runs ADD COLUMN keeper TEXT",
        "CREATE INDEX runs_by_keeper ON runs (keeper, state)",
        """CREATE TABLE firings (
            source TEXT NOT NULL, key TEXT NOT NULL, run TEXT NOT NULL, digest TEXT NOT NULL, time REAL NOT NULL,
            PRIMARY KEY (source, key)) WITHOUT ROWID""",
        "CREATE INDEX firings_by_time ON firings (time)",
        "CREATE TABLE positions (source TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    ),
)
"""Each step is the statements of one version of the database; the file's ``user_version`` counts the steps done.

Times are seconds since 1970, durations seconds. A value stands in its row where it is short; else ``content`` is the hash
under which ``contents`` has it, once for all rows. ``definition`` is such a hash as well, and ``parts`` names the texts that it is made of.
A row of ``firings`` makes what fires a run by itself fire it once: its ``key`` names the delivery, the moment or the event.
"""
