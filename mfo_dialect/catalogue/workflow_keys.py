"""The keys of workflow documents, in both shapes (dialect sections 2, 3 and 10)."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from mfo_dialect.catalogue.error_handling import ERROR_HANDLING
from mfo_dialect.catalogue.task_types import TASK_TYPES, TaskType
from mfo_dialect.catalogue.values import (
    DURATION,
    TEXT,
    VALUE,
    VALUE_MAP,
    AnyType,
    BooleanType,
    EitherType,
    Format,
    IntegerType,
    Key,
    ListType,
    MapType,
    Names,
    SchemaType,
    TextType,
)

_IDENTIFIER = TextType(format=Format.IDENTIFIER, names=Names.NODE_HERE, non_empty=True)
_NODE_LIST = ListType(TextType(names=Names.NODE, non_empty=True))
_NAME = Key("name", TEXT, "A title for people.")
_DESCRIPTION = Key("description", TEXT, "What it is for.")
_DEPENDENCIES = Key("dependencies", _NODE_LIST, "The nodes that must have ended before this one starts.")
_SUCCESSORS = Key("successors", _NODE_LIST, "The nodes that wait for this one.")

TASKFLOW_CONFIG = MapType(
    "config",
    (
        Key("max_concurrency", IntegerType(1, 10_000), "How many tasks run at a time.", default="four per CPU"),
        Key("timeout", DURATION, "How long the whole run may take."),
        Key(
            "max_iterations", IntegerType(1, 1_000_000), "How often a condition may take its loop edge.", default="100"
        ),
        Key(
            "on_failure",
            TextType(choices=("stop", "continue")),
            "Whether independent branches go on after a failure.",
            default="stop",
        ),
        Key("grace", DURATION, "How long running tasks may go on after a failure.", default="5s"),
    ),
)

CONDITION = MapType(
    "condition",
    (
        Key("id", _IDENTIFIER, "The name by which others refer to the condition.", required=True),
        Key("type", TextType(choices=("expr",)), "The kind of condition.", required=True),
        Key(
            "config",
            MapType(
                "config of a condition",
                (
                    Key(
                        "expression",
                        TextType(format=Format.EXPRESSION, non_empty=True),
                        "What decides the branch.",
                        required=True,
                    ),
                    Key("vars", MapType("vars", others=VALUE), "Names for the expression: name to value or reference."),
                ),
            ),
            "The expression and its variables.",
            required=True,
        ),
        _NAME,
        _DESCRIPTION,
        _DEPENDENCIES,
        Key(
            "successors",
            ListType(TextType(names=Names.BRANCH, non_empty=True), non_empty=True),
            "The branches, in order: true or 0 first.",
            required=True,
        ),
    ),
)


def task_map(task_types: Iterable[TaskType]) -> MapType:
    """The keys of a task, whose ``config`` depends on its type."""
    variants: dict[str, tuple[Key, ...]] = {}
    for task_type in task_types:
        variants |= dict.fromkeys(task_type.older_names, _config_key(task_type.as_older()))
        variants[task_type.name] = _config_key(task_type)
    return MapType(
        "task",
        (
            Key("id", _IDENTIFIER, "The name by which others refer to the task.", required=True),
            Key("type", TextType(names=Names.TASK_TYPE, non_empty=True), "What the task does.", required=True),
            _NAME,
            _DESCRIPTION,
            _DEPENDENCIES,
            _SUCCESSORS,
            Key(
                "priority",
                TextType(choices=("low", "normal", "high")),
                "Which of the ready tasks start first.",
                default="normal",
            ),
            Key("timeout", DURATION, "How long the task may take, retries included."),
            Key(
                "outputs",
                ListType(TextType(format=Format.OUTPUT_PATH)),
                "For readers: the outputs that matter, as id.key.",
            ),
            Key("error_handling", ERROR_HANDLING, "What to do when the task fails."),
        ),
        discriminator="type",
        variants=MappingProxyType(variants),
        otherwise=(Key("config", VALUE_MAP, "What the task needs."),),
    )


def _config_key(task_type: TaskType) -> tuple[Key, ...]:
    summary = f"The config of {task_type.name}."
    return (Key("config", task_type.config, summary, required=task_type.has_required_config),)


def subflow_map(task: MapType, depth: int = 6) -> MapType:
    """The keys of a subflow; subflows may hold subflows, here down to ``depth`` levels."""
    inner = (
        (Key("subflows", ListType(subflow_map(task, depth - 1)), "Groups of tasks inside."),)
        if depth
        else (Key("subflows", ListType(AnyType()), "Groups of tasks inside."),)
    )
    return MapType(
        "subflow",
        (
            Key("id", _IDENTIFIER, "The name by which others refer to the subflow.", required=True),
            Key("tasks", ListType(task), "The tasks inside.", required=True),
            Key("conditions", ListType(CONDITION), "The conditions inside."),
            *inner,
            Key("input_schema", SchemaType(Names.SCHEMA), "What INPUT must be like inside."),
            Key("input_mapping", VALUE_MAP, "Laid over the enclosing INPUT: name to value.", source="ours"),
            _NAME,
            _DESCRIPTION,
            _DEPENDENCIES,
            _SUCCESSORS,
        ),
    )


_EVENT_TRIGGER_CONFIG = (
    Key(
        "config",
        MapType(
            "config of an event trigger",
            (
                Key("event_type", TextType(non_empty=True), "The event that starts the taskflow.", required=True),
                Key(
                    "filter",
                    EitherType((TEXT, MapType("filter", others=AnyType()))),
                    "Only events for which this holds.",
                ),
            ),
        ),
        "Which events.",
        required=True,
    ),
)
_SCHEDULE_CONFIG = (
    Key(
        "config",
        MapType(
            "config of a schedule",
            (
                Key(
                    "cron_expression",
                    TextType(format=Format.CRON, non_empty=True),
                    "When: minute, hour, day of month, month, day of week.",
                    required=True,
                ),
                Key(
                    "timezone",
                    TextType(format=Format.TIMEZONE, non_empty=True),
                    "The IANA time zone of the schedule.",
                    default="UTC",
                ),
                Key(
                    "missed_runs",
                    TextType(choices=("latest", "all", "skip")),
                    "What becomes of the times at which nobody was there to start the flow.",
                    default="latest",
                    source="ours",
                ),
            ),
        ),
        "When.",
        required=True,
    ),
)
_WEBHOOK_CONFIG = (
    Key(
        "config",
        MapType(
            "config of a webhook",
            (
                Key("http_path", TextType(non_empty=True), "The path at which the webhook is served."),
                Key(
                    "http_method",
                    TextType(choices=("GET", "POST", "PUT", "PATCH", "DELETE")),
                    "The HTTP method.",
                    default="POST",
                ),
                Key("provider", TextType(non_empty=True), "The sender: served at /webhooks/provider/webhook_id."),
                Key("webhook_id", TextType(non_empty=True), "The webhook at that sender."),
                Key(
                    "secret_ref",
                    TextType(names=Names.SECRET, non_empty=True),
                    "The declared secret that requests are signed with.",
                ),
                Key("expected_payload_schema", SchemaType(Names.SCHEMA), "What the payload must be like."),
            ),
            one_of=(("http_path", "provider"),),
            needs=(("provider", "webhook_id"),),
        ),
        "Where it is served and who may call.",
        required=True,
    ),
)

TRIGGER = MapType(
    "trigger",
    (
        Key("id", TextType(format=Format.IDENTIFIER, non_empty=True), "The trigger's name.", required=True),
        Key(
            "type",
            TextType(choices=("webhook", "schedule", "user_input", "manual", "event")),
            "What starts the taskflow.",
            required=True,
        ),
        Key("enabled", BooleanType(), "Whether it is in force.", default="true"),
        Key(
            "target_taskflow",
            TextType(names=Names.TASKFLOW, non_empty=True),
            "The taskflow that it starts; may be left out where there is exactly one.",
        ),
        Key(
            "input_mapping",
            VALUE_MAP,
            "The taskflow's INPUT: name to value, TRIGGER.payload... for the payload's parts.",
        ),
        _NAME,
        _DESCRIPTION,
    ),
    discriminator="type",
    variants=MappingProxyType(
        {"webhook": _WEBHOOK_CONFIG, "schedule": _SCHEDULE_CONFIG, "event": _EVENT_TRIGGER_CONFIG}
    ),
    otherwise=(Key("config", MapType("config", others=AnyType()), "Settings of the trigger."),),
)

GLOBAL_CONFIGS = MapType(
    "global_configs",
    (
        Key(
            "secrets",
            MapType(
                "secrets",
                others=MapType(
                    "secret",
                    (
                        Key("env", TextType(non_empty=True), "The environment variable that holds it."),
                        Key("keyring", TextType(non_empty=True), "service/user in the system's keyring."),
                        Key("file", TextType(non_empty=True), "The file that holds it."),
                    ),
                    one_of=(("env", "keyring", "file"),),
                ),
                key_names=Names.SECRET,
            ),
            "Names for secrets, and where each is found; read as SECRET.name.",
            source="ours",
        ),
        Key(
            "env",
            ListType(TextType(non_empty=True)),
            "The environment variables that the flow may read as ENV.NAME.",
            source="ours",
        ),
    ),
    others=AnyType(),
)

_SCHEMA_ITEM = MapType(
    "schema",
    (Key("id", TEXT, "The schema's name."), Key("name", TEXT, "The schema's name.")),
    others=AnyType(),
    any_of=(("id", "name"),),
)
SCHEMAS = EitherType((ListType(_SCHEMA_ITEM), MapType("schemas", others=SchemaType(), key_names=Names.SCHEMA)))


def _taskflow_body(task: MapType) -> tuple[Key, ...]:
    return (
        Key("config", TASKFLOW_CONFIG, "How the taskflow runs."),
        Key("tasks", ListType(task), "The tasks.", required=True),
        Key("subflows", ListType(subflow_map(task)), "Groups of tasks that count as one node."),
        Key("conditions", ListType(CONDITION), "Where the flow branches."),
    )


def taskflow_map(task: MapType) -> MapType:
    """The keys of a taskflow."""
    return MapType(
        "taskflow",
        (
            Key(
                "taskflow_id",
                TextType(format=Format.IDENTIFIER, names=Names.TASKFLOW_HERE, non_empty=True),
                "The taskflow's name.",
            ),
            Key(
                "id",
                TextType(format=Format.IDENTIFIER, names=Names.TASKFLOW_HERE, non_empty=True),
                "Another way to write taskflow_id.",
            ),
            _NAME,
            _DESCRIPTION,
            Key("input_schema", SchemaType(Names.SCHEMA), "What INPUT must be like."),
            Key(
                "outputs",
                MapType("outputs", others=VALUE),
                "What a run returns: name to reference.",
                default="every task's output",
                source="ours",
            ),
            *_taskflow_body(task),
        ),
        one_of=(("taskflow_id", "id"),),
    )


def flow_file(task: MapType) -> MapType:
    """The keys of a flow file: one taskflow."""
    return MapType(
        "flow file",
        (
            Key("name", TextType(names=Names.TASKFLOW_HERE, non_empty=True), "The taskflow's name.", required=True),
            _DESCRIPTION,
            Key("version", AnyType(), "The version of this definition."),
            Key("input_schema", SchemaType(Names.SCHEMA), "What INPUT must be like.", source="ours"),
            Key(
                "outputs",
                MapType("outputs", others=VALUE),
                "What a run returns: name to reference.",
                default="every task's output",
                source="ours",
            ),
            Key("global_configs", GLOBAL_CONFIGS, "Secrets and settings.", source="ours"),
            *_taskflow_body(task),
        ),
    )


def workflow_file(task: MapType) -> MapType:
    """The keys of a workflow file: many taskflows, and what starts them."""
    return MapType(
        "workflow file",
        (
            Key("workflow_name", TextType(non_empty=True), "The workflow's name."),
            _DESCRIPTION,
            Key("version", AnyType(), "The version of this definition."),
            Key("global_configs", GLOBAL_CONFIGS, "Secrets and settings for all taskflows."),
            Key("triggers", ListType(TRIGGER), "What starts the taskflows."),
            Key("taskflows", ListType(taskflow_map(task)), "The taskflows.", required=True),
            Key("schemas", SCHEMAS, "JSON Schemas by name."),
        ),
    )


TASK = task_map(TASK_TYPES)
SUBFLOW = subflow_map(TASK)
FLOW_FILE = flow_file(TASK)
WORKFLOW_FILE = workflow_file(TASK)
ONLY_FLOW_KEYS = ("tasks", "subflows", "conditions")
ONLY_WORKFLOW_KEYS = ("workflow_name", "taskflows", "triggers", "schemas")
