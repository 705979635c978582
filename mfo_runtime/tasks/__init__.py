"""What tasks do: one executor for each task type, in one table that a test compares with the catalogue.

An executor takes the task's config, references already replaced, and gives the task's outputs. It knows no graph.
"""

from __future__ import annotations

from mfo_runtime.tasks import agents, chat, jobs, local, memory, notifications, resources
from mfo_runtime.tasks.context import Ask, Execute, Question, TaskContext
from mfo_runtime.tasks.safeguards import Safeguards, Spending, spending_of

EXECUTORS: dict[str, Execute] = {
    **chat.EXECUTORS,
    **memory.EXECUTORS,
    **resources.EXECUTORS,
    **jobs.EXECUTORS,
    **notifications.EXECUTORS,
    **local.EXECUTORS,
    **agents.EXECUTORS,
}

__all__ = ["EXECUTORS", "Ask", "Execute", "Question", "Safeguards", "Spending", "TaskContext", "spending_of"]
