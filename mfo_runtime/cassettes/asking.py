"""Which task asks, and in which of its tries, for cassettes, spans and messages; whoever executes a task sets it."""

from __future__ import annotations

from contextvars import ContextVar

ASKING_TASK: ContextVar[str] = ContextVar("asking_task", default="")
"""The path of the task, with iterations; empty outside of tasks."""

ASKING_TRY: ContextVar[int] = ContextVar("asking_try", default=0)
"""Which try of the task it is, from 1; 0 outside of tasks."""
