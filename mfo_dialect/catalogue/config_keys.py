"""The keys of client configuration documents (dialect section 11) and of the project file (dialect section 1)."""

from __future__ import annotations

from mfo_dialect.catalogue.error_handling import MOST_TRIES, RETRY
from mfo_dialect.catalogue.values import (
    DURATION,
    TEXT,
    AnyType,
    BooleanType,
    EitherType,
    IntegerType,
    Key,
    ListType,
    MapType,
    NumberType,
    SchemaType,
    TextType,
)
from mfo_dialect.findings import SEVERITIES

_SECRET = EitherType(
    (
        TextType(non_empty=True),
        MapType(
            "secret",
            (
                Key("env", TextType(non_empty=True), "The environment variable that holds it."),
                Key("keyring", TextType(non_empty=True), "service/user in the system's keyring."),
                Key("file", TextType(non_empty=True), "The file that holds it."),
            ),
            one_of=(("env", "keyring", "file"),),
        ),
    )
)
CIRCUIT_BREAKER = MapType(
    "circuit breaker",
    (
        Key("failure_threshold", IntegerType(1), "How many failures in a row open it.", default="5"),
        Key("reset_timeout", DURATION, "How long it stays open.", default="1m"),
    ),
)
CLIENT = MapType(
    "client",
    (
        Key("base_url", TextType(non_empty=True), "The MFO server's address."),
        Key("timeout", DURATION, "How long one request may take.", default="30s"),
        Key(
            "retry",
            MapType(
                "client retry",
                (
                    Key(
                        "max_attempts", IntegerType(1, MOST_TRIES), "How often a request is tried in all.", default="3"
                    ),
                    Key("initial_backoff", DURATION, "The wait before the second try.", default="1s"),
                    Key("max_backoff", DURATION, "The longest wait between two tries.", default="1m"),
                    Key("backoff_multiplier", NumberType(1), "What each wait is multiplied by.", default="2.0"),
                ),
            ),
            "How requests are tried again.",
        ),
        Key("circuit_breaker", CIRCUIT_BREAKER, "When a failing server is left alone."),
        Key(
            "rate_limit",
            MapType(
                "rate limit",
                (
                    Key("requests_per_second", NumberType(0), "The steady rate."),
                    Key("burst", IntegerType(1), "How many at once."),
                ),
            ),
            "How often the server is asked.",
        ),
        Key(
            "cache",
            MapType("cache", (Key("ttl", DURATION, "How long an answer is kept."),)),
            "Keep the answers of reads.",
        ),
        Key(
            "auth",
            MapType(
                "auth",
                (
                    Key("token", _SECRET, "The API token: where it is found."),
                    Key("email", _SECRET, "The account to log in with."),
                    Key("password", _SECRET, "Its password: where it is found."),
                ),
            ),
            "How to log in.",
        ),
    ),
)
CONFIG_FILE = MapType(
    "client config",
    (
        Key("client", CLIENT, "How the MFO server is reached."),
        Key(
            "taskflow",
            MapType(
                "taskflow settings",
                (
                    Key("concurrency", IntegerType(1, 10_000), "How many tasks run at a time."),
                    Key("timeout", DURATION, "How long a run may take."),
                    Key(
                        "error_handling",
                        MapType(
                            "error handling",
                            (
                                Key("retry", RETRY, "How tasks are tried again."),
                                Key("circuit_breaker", CIRCUIT_BREAKER, "When a failing server is left alone."),
                            ),
                        ),
                        "What to do when tasks fail.",
                    ),
                ),
            ),
            "How flows run.",
        ),
        Key(
            "logging",
            MapType(
                "logging",
                (
                    Key(
                        "level",
                        TextType(choices=("debug", "info", "warning", "warn", "error")),
                        "What is logged.",
                        default="info",
                    ),
                    Key("format", TextType(choices=("text", "json")), "How it is written.", default="text"),
                    Key("output", TEXT, "stdout, stderr or a file.", default="stderr"),
                    Key("fields", MapType("fields", others=AnyType()), "Added to every line."),
                ),
            ),
            "What is logged, and where.",
        ),
    ),
)

TASK_TYPE_DECLARATION = MapType(
    "task type",
    (
        Key("description", TEXT, "What the task type does."),
        Key("config", SchemaType(), "JSON Schema of a task's config."),
        Key("outputs", SchemaType(), "JSON Schema of what later tasks may read."),
        Key("module", TextType(non_empty=True), "package.module:function, imported only to run the task."),
    ),
)
SERVER_PROFILE = MapType(
    "server profile",
    (
        Key("base_url", TextType(non_empty=True), "The MFO server's address.", required=True),
        Key("token_env", TextType(non_empty=True), "The environment variable that holds the token."),
        Key("email", TextType(non_empty=True), "Who logs in there, where mfo login is not told."),
    ),
)
_PRICE = MapType(
    "price",
    (
        Key("input", NumberType(0), "For a million tokens that are read.", required=True),
        Key("output", NumberType(0), "For a million tokens that are written.", required=True),
    ),
)
PROJECT_FILE = MapType(
    "project file",
    (
        Key(
            "bundle",
            MapType(
                "bundle",
                (
                    Key(
                        "prompts",
                        ListType(TextType(non_empty=True)),
                        "Globs of prompts documents that every workflow sees.",
                    ),
                    Key(
                        "agents",
                        ListType(TextType(non_empty=True)),
                        "Globs of agents documents that every workflow sees.",
                    ),
                    Key("config", ListType(TextType(non_empty=True)), "Globs of client configurations."),
                    Key("exclude", ListType(TextType(non_empty=True)), "Globs of files that are not MFO documents."),
                ),
            ),
            "Documents that belong to every bundle of the project.",
        ),
        Key(
            "check",
            MapType(
                "check",
                (
                    Key(
                        "select",
                        ListType(TextType(non_empty=True)),
                        "Which rules run: codes, names, families such as MFO4, tags, default, all.",
                    ),
                    Key(
                        "ignore",
                        ListType(TextType(non_empty=True)),
                        "Which rules do not run, written in the same way.",
                    ),
                ),
            ),
            "What is checked.",
        ),
        Key(
            "baseline",
            TextType(non_empty=True),
            "The file of findings that are known, written by mfo-lsp check --update-baseline.",
        ),
        Key("rules", MapType("rules", others=TextType(choices=SEVERITIES)), "Severities by rule code or name."),
        Key("task_types", MapType("task_types", others=TASK_TYPE_DECLARATION), "Custom task types by name."),
        Key("servers", MapType("servers", others=SERVER_PROFILE), "Profiles of MFO servers by name."),
        Key(
            "tools",
            MapType(
                "tools",
                (
                    Key(
                        "module",
                        TextType(non_empty=True),
                        "A Python module whose functions the local server offers as tools.",
                    ),
                ),
            ),
            "Tools for the local server.",
        ),
        Key(
            "budgets",
            MapType(
                "budgets",
                (
                    Key("max_tokens", IntegerType(1), "The most tokens that one run may use."),
                    Key("max_cost", NumberType(0), "The most that one run may cost."),
                    Key(
                        "month",
                        MapType(
                            "month's budget",
                            (
                                Key("max_tokens", IntegerType(1), "The most tokens that all runs of a month may use."),
                                Key("max_cost", NumberType(0), "The most that all runs of a month may cost."),
                            ),
                        ),
                        "What all runs of a calendar month (UTC) may spend.",
                    ),
                ),
            ),
            "What runs may spend.",
        ),
        Key(
            "prices",
            MapType("prices", others=_PRICE),
            "What a million tokens cost, by model; default counts for all that are not named.",
        ),
        Key(
            "tenants",
            MapType(
                "tenants",
                (
                    Key("requests_per_minute", IntegerType(1), "How often the models may be asked for one tenant."),
                    Key("limits", MapType("limits", others=IntegerType(1)), "The same for single tenants, by name."),
                ),
            ),
            "How often agents work for each tenant.",
        ),
        Key(
            "journal",
            MapType(
                "journal",
                (
                    Key(
                        "enabled",
                        BooleanType(),
                        "Whether runs are kept, so that they can go on after a crash.",
                        default="true",
                    ),
                    Key(
                        "synchronous",
                        TextType(choices=("normal", "full")),
                        "normal survives the end of the process, full the loss of power too, and costs a sync a commit.",
                        default="normal",
                    ),
                    Key("keep_days", NumberType(0), "For how many days runs are kept.", default="30"),
                    Key(
                        "keep_last",
                        IntegerType(0),
                        "How many runs are kept at most; in a database of workers any number, unless it is written.",
                        default="1000",
                    ),
                ),
            ),
            "How runs are kept.",
        ),
        Key(
            "engine",
            MapType(
                "engine",
                (
                    Key(
                        "database_url",
                        TextType(),
                        "The database that the project's workers share; write no password here, but set MFO_DATABASE_URL.",
                    ),
                ),
            ),
            "What executes runs, where that is more than one machine.",
        ),
    ),
)
