"""The task types: one table that gives completion, hover, validation, the schemas and the engine."""

from __future__ import annotations

from mfo_dialect.catalogue.task_types.chat import CHAT_TYPES, USAGE
from mfo_dialect.catalogue.task_types.declaration import TaskType
from mfo_dialect.catalogue.task_types.local import HTTP_METHODS, LOCAL_TYPES
from mfo_dialect.catalogue.task_types.server import (
    EVENT_TRIGGER_TYPES,
    JOB_TYPES,
    MEMORY_TYPES,
    NOTIFICATION_TYPES,
    RESOURCE_TYPES,
    TOOL_TYPES,
    WEBHOOK_TYPES,
)

TASK_TYPES: tuple[TaskType, ...] = (
    *CHAT_TYPES,
    *TOOL_TYPES,
    *MEMORY_TYPES,
    *RESOURCE_TYPES,
    *JOB_TYPES,
    *NOTIFICATION_TYPES,
    *EVENT_TRIGGER_TYPES,
    *WEBHOOK_TYPES,
    *LOCAL_TYPES,
)
BUILT_IN: dict[str, TaskType] = {task_type.name: task_type for task_type in TASK_TYPES}
OLDER_NAMES: dict[str, TaskType] = {
    older: task_type.as_older() for task_type in TASK_TYPES for older in task_type.older_names
}


def current_name(name: str) -> str:
    """The name that counts for a task type: an older name gives the present one."""
    older = OLDER_NAMES.get(name)
    return older.name if older is not None else name


__all__ = ["BUILT_IN", "HTTP_METHODS", "OLDER_NAMES", "TASK_TYPES", "USAGE", "TaskType", "current_name"]
