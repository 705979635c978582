"""How a run is told to people and programs: its state of this moment, and what is known of it, as JSON values."""

from __future__ import annotations

from typing import Any

from mfo_runtime.journal.contract import RunJournal
from mfo_runtime.journal.rows import StoredRun


def state_now(journal: RunJournal, run: StoredRun) -> str:
    """The state of a run.

    Where it says that it runs: ``queued`` as long as nothing of it has begun, ``interrupted`` where no process executes it.
    """
    if run.state != "running":
        return run.state
    if not journal.is_executed(run):
        return "interrupted"
    has_begun = any(True for _ in journal.events(run))
    return run.state if has_begun else "queued"


def run_data(run: StoredRun, state: str) -> dict[str, Any]:
    """A run as JSON values; ``state`` as ``state_now`` gives it."""
    return {
        "id": run.id,
        "taskflow": run.taskflow,
        "document": run.document,
        "trigger": run.trigger,
        "state": state,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "duration": run.duration,
        "usage": dict(run.usage),
        "error": run.error,
        "executed_by": run.holder if state == "running" else None,
    }
