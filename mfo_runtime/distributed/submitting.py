"""Putting a run on a queue."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from mfo_runtime.distributed.journal import SharedJournal
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow import Flow, Keeping, RunOptions, TriggerCall
from mfo_runtime.flow.running import announced_run
from mfo_runtime.journal import Fired, Firing, NewRun

DEFAULT_QUEUE = "runs"


@dataclass(frozen=True, slots=True)
class Submission:
    """How a run is put on a queue.

    Attributes:
        queue: which.
        priority: 1 comes first; None comes before all that have one.
        settings: what the worker is told of the server, as JSON values.
        trigger: what starts the run.
        run_id: the run's id; a fresh one where it is empty.
        firing: what makes the run begin once.
        first: a queue of one worker, which begins the run; ``queue`` gets it only when that worker is gone.
    """

    queue: str = DEFAULT_QUEUE
    priority: int | None = None
    settings: Mapping[str, Any] | None = None
    trigger: TriggerCall | None = None
    run_id: str = ""
    firing: Firing | None = None
    first: str | None = None


def submit(journal: SharedJournal, flow: Flow, inputs: Mapping[str, Any], submission: Submission) -> tuple[str, bool]:
    """Put a run of a flow on a queue; the run is in the database when this returns.

    Args:
        journal: the pool's.
        flow: the taskflow, without errors.
        inputs: INPUT.
        submission: how.

    Returns:
        The run's id, and whether the same firing had begun it before.

    Raises:
        InvalidInputError: the inputs are not what ``input_schema`` asks for, or others were submitted by this firing.
        JournalError: the database cannot be written.
    """
    keeping = Keeping(journal, settings=dict(submission.settings or {}))
    options = RunOptions(run_id=submission.run_id or uuid4().hex, trigger=submission.trigger, keeping=keeping)
    run = announced_run(flow.view, flow.bundle, inputs, None, options)
    fired = submit_run(journal, run, submission)
    if fired is None:
        return run.id, False
    if not fired.is_same:
        raise InvalidInputError(
            f"Run {fired.run_id} was submitted with this key, and with other inputs.", hint="Choose another key."
        )
    return fired.run_id, True


def submit_run(journal: SharedJournal, run: NewRun, submission: Submission) -> Fired | None:
    """As ``submit``, for a run that is laid out already."""
    with journal.database.writing() as connection:
        fired = journal.submit(connection, run, submission.queue, submission.firing)
        if fired is None:
            queue = submission.first or submission.queue
            journal.workflows.enqueue(connection, run.id, 1, queue, submission.priority)
    return fired


def named_firing(flow: Flow, key: str, inputs: Mapping[str, Any]) -> Firing:
    """The firing of a caller's own key: the same flow and inputs with it are one run."""
    digest = hashlib.sha256(json.dumps(inputs, sort_keys=True, default=str).encode()).hexdigest()
    return Firing(f"submit {flow.view.document} {flow.name}", (key,), digest, time.time())
