"""Task types that call the MFO server for tools, memory, resources, jobs, notifications, triggers and webhooks."""

from __future__ import annotations

from mfo_dialect.catalogue.task_types.chat import PROVIDER_ID
from mfo_dialect.catalogue.task_types.declaration import TaskType
from mfo_dialect.catalogue.values import (
    FREE_MAP,
    VALUE,
    VALUE_DURATION,
    VALUE_MAP,
    VALUE_TEXT,
    Key,
    ListType,
    MapType,
    Names,
    References,
    TextType,
    choice,
)
from mfo_dialect.shapes import BOOLEAN, TEXT, UNKNOWN, Kind, Shape, closed_map, open_map

_RESOURCE = open_map(
    {
        "id": TEXT,
        "type": TEXT,
        "content": UNKNOWN,
        "metadata": UNKNOWN,
        "properties": UNKNOWN,
        "created_at": TEXT,
        "updated_at": TEXT,
    },
    description="The resource as the server keeps it.",
)
_JOB = open_map(
    {
        "id": TEXT,
        "status": Shape(Kind.TEXT, choices=("queued", "running", "completed", "failed", "cancelled")),
        "result": UNKNOWN,
        "error": UNKNOWN,
        "metadata": UNKNOWN,
        "created_at": TEXT,
        "updated_at": TEXT,
    },
    description="The job as the server keeps it.",
)
_SUCCESS = closed_map({"success": Shape(BOOLEAN.kind, description="Whether it was done.")})
_NON_EMPTY = TextType(References.ALL, non_empty=True)


def _task_type(
    name: str, summary: str, keys: tuple[Key, ...], outputs: Shape, *more_older_names: str, ours: bool = False
) -> TaskType:
    full_name = f"mfo_api_{name}"
    return TaskType(
        full_name,
        summary,
        MapType(f"config of {full_name}", (*keys, PROVIDER_ID)),
        outputs,
        (f"slop_api_{name}", *more_older_names),
        "ours" if ours else "",
    )


def _open_output(name: str, description: str) -> Shape:
    return closed_map({name: Shape(Kind.MAP, rest=UNKNOWN, description=description)})


_RESOURCE_ID = Key("resource_id", VALUE_TEXT, "The resource.", required=True)
_JOB_ID = Key("job_id", VALUE_TEXT, "The job.", required=True)
_MEMORY_KEY = Key("key", _NON_EMPTY, "The key in the server's memory.", required=True)
_NOTIFICATION_ID = Key("notification_id", VALUE_TEXT, "The notification.", required=True)
_TRIGGER_ID = Key("trigger_id", VALUE_TEXT, "The event trigger.", required=True)
_WEBHOOK_ID = Key("webhook_id", VALUE_TEXT, "The webhook.", required=True)
_METADATA = Key("metadata", VALUE_MAP, "Kept by the server with it.")
_PROPERTIES = Key("properties", VALUE_MAP, "What the resource holds: name to value.", required=True)

TOOL_TYPES = (
    _task_type(
        "tool_execute",
        "Run one of the server's tools.",
        (
            Key("tool_id", TextType(References.ALL, names=Names.TOOL), "The tool.", required=True),
            Key("arguments", VALUE_MAP, "The tool's arguments: name to value.", required=True),
        ),
        closed_map({"result": Shape(description="What the tool returned.")}),
        "slop_tool_call",
    ),
    _task_type(
        "tool_list", "List the server's tools.", (), closed_map({"tools": Shape(Kind.LIST, item=UNKNOWN)}), ours=True
    ),
)

MEMORY_TYPES = (
    _task_type(
        "memory_store",
        "Store a value in the server's memory.",
        (_MEMORY_KEY, Key("value", VALUE, "The value to store.", required=True), _METADATA),
        _SUCCESS,
    ),
    _task_type(
        "memory_get",
        "Read a value from the server's memory.",
        (_MEMORY_KEY,),
        closed_map({"value": Shape(description="The value that was stored.")}),
    ),
    _task_type("memory_delete", "Remove a value from the server's memory.", (_MEMORY_KEY,), _SUCCESS),
)

RESOURCE_TYPES = (
    _task_type(
        "resource_list",
        "List resources.",
        (Key("resource_type", TextType(References.ALL), "Only resources of this type."),),
        closed_map({"resources": Shape(Kind.LIST, item=_RESOURCE)}),
    ),
    _task_type(
        "resource_create",
        "Create a resource.",
        (Key("resource_type", _NON_EMPTY, "The type of the resource.", required=True), _PROPERTIES, _METADATA),
        closed_map({"resource": _RESOURCE}),
    ),
    _task_type("resource_get", "Read a resource.", (_RESOURCE_ID,), closed_map({"resource": _RESOURCE})),
    _task_type(
        "resource_update",
        "Change a resource.",
        (_RESOURCE_ID, _PROPERTIES, _METADATA),
        closed_map({"resource": _RESOURCE}),
    ),
    _task_type("resource_delete", "Delete a resource.", (_RESOURCE_ID,), _SUCCESS),
)

JOB_TYPES = (
    _task_type(
        "job_create",
        "Start a job on the server.",
        (
            Key("job_type", _NON_EMPTY, "The type of the job.", required=True),
            Key("parameters", VALUE_MAP, "The job's input: name to value.", required=True),
            _METADATA,
        ),
        closed_map({"job": _JOB}),
    ),
    _task_type(
        "job_get",
        "Read a job, or wait for its end.",
        (
            _JOB_ID,
            Key("wait", VALUE_DURATION, "Ask again until the job has ended, for at most this long.", source="ours"),
        ),
        closed_map({"job": _JOB}),
    ),
    _task_type("job_cancel", "Cancel a job.", (_JOB_ID,), closed_map({"job": _JOB})),
)

NOTIFICATION_TYPES = (
    _task_type(
        "notification_create",
        "Tell a user something.",
        (
            Key("title", VALUE_TEXT, "The title.", required=True),
            Key("message", VALUE_TEXT, "The text.", required=True),
            Key("level", choice("info", "success", "warning", "error"), "How it is shown.", default="info"),
            Key("user_id", VALUE_TEXT, "Whom to tell; the caller where it is not given."),
            _METADATA,
        ),
        _open_output("notification", "The notification as the server keeps it."),
    ),
    _task_type(
        "notification_get",
        "Read a notification.",
        (_NOTIFICATION_ID,),
        _open_output("notification", "The notification as the server keeps it."),
    ),
    _task_type("notification_mark_read", "Mark a notification as read.", (_NOTIFICATION_ID,), _SUCCESS),
    _task_type("notification_delete", "Delete a notification.", (_NOTIFICATION_ID,), _SUCCESS),
)

EVENT_TRIGGER_TYPES = (
    _task_type(
        "event_trigger_create",
        "Have the server do something when an event happens.",
        (
            Key(
                "event_type",
                TextType(References.EXPLICIT, non_empty=True),
                "The event, such as job.completed.",
                required=True,
            ),
            Key(
                "action_type",
                TextType(References.EXPLICIT, non_empty=True),
                "What the server does: webhook, notification, job.",
                required=True,
            ),
            Key(
                "action_config", FREE_MAP, "How it does it; text for the server, no references of ours.", required=True
            ),
            Key("filter", TextType(References.EXPLICIT), "Only events for which this holds, in the server's words."),
            Key("condition", VALUE, "Only events that match."),
            _METADATA,
        ),
        _open_output("event_trigger", "The event trigger as the server keeps it."),
    ),
    _task_type(
        "event_trigger_get",
        "Read an event trigger.",
        (_TRIGGER_ID,),
        _open_output("event_trigger", "The event trigger as the server keeps it."),
    ),
    _task_type("event_trigger_delete", "Delete an event trigger.", (_TRIGGER_ID,), _SUCCESS),
)

WEBHOOK_TYPES = (
    _task_type(
        "webhook_create",
        "Have the server call a URL when events happen.",
        (
            Key("url", VALUE_TEXT, "The URL to call.", required=True),
            Key(
                "events",
                ListType(TextType(References.EXPLICIT, non_empty=True), non_empty=True),
                "The events to be told of.",
                required=True,
            ),
            Key("webhook_type", choice("event", "trigger", "callback"), "What the call is for.", default="event"),
            Key("secret", VALUE_TEXT, "What the calls are signed with; a reference to a declared secret."),
            _METADATA,
        ),
        _open_output("webhook", "The webhook as the server keeps it."),
    ),
    _task_type(
        "webhook_get", "Read a webhook.", (_WEBHOOK_ID,), _open_output("webhook", "The webhook as the server keeps it.")
    ),
    _task_type("webhook_delete", "Delete a webhook.", (_WEBHOOK_ID,), _SUCCESS),
)
