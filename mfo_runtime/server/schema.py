"""The tables of the server's database, as the steps that lead from an empty file to today's.

A step is never changed once released; a change of the tables is a further step. Columns that hold JSON are named
after what they hold; times are ISO 8601 in UTC except ``*_due`` and ``*_seen``, which are seconds since 1970.
"""

from __future__ import annotations

STEPS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
        "CREATE TABLE workers (id TEXT PRIMARY KEY, last_seen REAL NOT NULL)",
        """CREATE TABLE users (
            id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, password TEXT NOT NULL, created_at TEXT NOT NULL)""",
        """CREATE TABLE tokens (
            id TEXT PRIMARY KEY, user_id TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL UNIQUE,
            created_at TEXT NOT NULL)""",
        """CREATE TABLE replays (
            user_id TEXT NOT NULL, route TEXT NOT NULL, key TEXT NOT NULL, status INTEGER NOT NULL,
            body BLOB NOT NULL, last_seen REAL NOT NULL, PRIMARY KEY (user_id, route, key))""",
        """CREATE TABLE threads (
            id TEXT PRIMARY KEY, metadata TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL)""",
        """CREATE TABLE messages (
            id TEXT PRIMARY KEY, thread_id TEXT NOT NULL, position INTEGER NOT NULL, role TEXT NOT NULL,
            content TEXT NOT NULL, extra TEXT NOT NULL, created_at TEXT NOT NULL, UNIQUE (thread_id, position))""",
        "CREATE TABLE thread_tags (thread_id TEXT NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (thread_id, tag))",
        "CREATE TABLE script_turns (conversation TEXT PRIMARY KEY, turn INTEGER NOT NULL, last_seen REAL NOT NULL)",
        """CREATE TABLE memory (
            key TEXT PRIMARY KEY, value TEXT NOT NULL, metadata TEXT NOT NULL, created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL)""",
        """CREATE TABLE resources (
            id TEXT PRIMARY KEY, type TEXT NOT NULL, content TEXT NOT NULL, properties TEXT NOT NULL,
            metadata TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL)""",
        "CREATE INDEX resources_by_type ON resources (type)",
        """CREATE TABLE jobs (
            id TEXT PRIMARY KEY, type TEXT NOT NULL, status TEXT NOT NULL, input TEXT NOT NULL, result TEXT NOT NULL,
            error TEXT NOT NULL, metadata TEXT NOT NULL, depth INTEGER NOT NULL, starts INTEGER NOT NULL,
            worker TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL)""",
        "CREATE INDEX jobs_by_status ON jobs (status)",
        """CREATE TABLE notifications (
            id TEXT PRIMARY KEY, level TEXT NOT NULL, title TEXT NOT NULL, message TEXT NOT NULL, user_id TEXT,
            metadata TEXT NOT NULL, created_at TEXT NOT NULL, read_at TEXT)""",
        """CREATE TABLE event_triggers (
            id TEXT PRIMARY KEY, event_type TEXT NOT NULL, filter TEXT NOT NULL, condition TEXT NOT NULL,
            action_type TEXT NOT NULL, action_config TEXT NOT NULL, metadata TEXT NOT NULL, last_error TEXT NOT NULL,
            created_at TEXT NOT NULL, updated_at TEXT NOT NULL)""",
        "CREATE INDEX event_triggers_by_event ON event_triggers (event_type)",
        """CREATE TABLE webhooks (
            id TEXT PRIMARY KEY, type TEXT NOT NULL, url TEXT NOT NULL, secret TEXT NOT NULL, events TEXT NOT NULL,
            metadata TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL)""",
        """CREATE TABLE events (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
            data TEXT NOT NULL, created_at TEXT NOT NULL)""",
        """CREATE TABLE deliveries (
            id TEXT PRIMARY KEY, origin TEXT NOT NULL, event_id TEXT NOT NULL, method TEXT NOT NULL, url TEXT NOT NULL,
            headers TEXT NOT NULL, body BLOB NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL,
            next_due REAL NOT NULL, response_status INTEGER, error TEXT NOT NULL, worker TEXT NOT NULL,
            created_at TEXT NOT NULL, updated_at TEXT NOT NULL)""",
        "CREATE INDEX deliveries_by_status ON deliveries (status, next_due)",
        "CREATE INDEX deliveries_by_origin ON deliveries (origin)",
    ),
    (
        "ALTER TABLE replays ADD COLUMN digest TEXT NOT NULL DEFAULT ''",
        """ALTER TABLE tokens ADD COLUMN scopes TEXT NOT NULL DEFAULT '["*"]'""",
    ),
    (
        "ALTER TABLE users ADD COLUMN disabled_at TEXT",
        "ALTER TABLE users ADD COLUMN logins INTEGER NOT NULL DEFAULT 0",
    ),
)
"""Each step is the statements of one version of the database; the file's ``user_version`` counts the steps done."""
