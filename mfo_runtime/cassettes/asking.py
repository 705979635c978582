"""Which task asks, for cassettes and their messages; whoever executes a task sets it."""

from __future__ import annotations

from contextvars import ContextVar

ASKING_TASK: ContextVar[str] = ContextVar("asking_task", default="")
"""The path of the task, with iterations; empty outside of tasks."""
