"""What tasks do: one executor for each task type, in one table that a test compares with the catalogue.

An executor takes the task's config, references already replaced, and gives the task's outputs. It knows no graph.
"""

from __future__ import annotations

from mfo_runtime.tasks import chat, jobs, local, memory, notifications, resources
from mfo_runtime.tasks.context import Ask, Execute, Question, TaskContext

EXECUTORS: dict[str, Execute] = {
    **chat.EXECUTORS,
    **memory.EXECUTORS,
    **resources.EXECUTORS,
    **jobs.EXECUTORS,
    **notifications.EXECUTORS,
    **local.EXECUTORS,
}

NOT_EXECUTED = frozenset({"mfo_agent_run"})
"""Task types of the catalogue that this version checks but does not run; a flow that has one is refused."""

__all__ = ["EXECUTORS", "NOT_EXECUTED", "Ask", "Execute", "Question", "TaskContext"]
