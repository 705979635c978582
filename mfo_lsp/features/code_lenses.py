"""What an editor writes above a line to be clicked: "Run flow" above each taskflow. It knows no protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.workflow import Taskflow
from mfo_dialect.text import Span
from mfo_lsp.features.preferences import Preferences

RUN_FLOW = "mfo.runFlow"


@dataclass(frozen=True, slots=True)
class CodeLens:
    """Words above a line, and the command that they stand for.

    Attributes:
        span: what the words stand above.
        title: the words.
        command: the command's name.
        taskflow: the id of the taskflow that the command is about; None for one without an id.
    """

    span: Span
    title: str
    command: str
    taskflow: str | None


def code_lenses(snapshot: Snapshot, document: str, preferences: Preferences) -> tuple[CodeLens, ...]:
    """The lenses of one document: one above the id of every taskflow that has nodes, in document order."""
    if not preferences.code_lenses:
        return ()
    workflows = (workflow for workflow in snapshot.bundle.workflows if workflow.document == document)
    lenses = [lens for workflow in workflows for taskflow in workflow.taskflows for lens in _lenses_of(taskflow)]
    return tuple(sorted(lenses, key=lambda lens: lens.span))


def _lenses_of(taskflow: Taskflow) -> Iterator[CodeLens]:
    if not taskflow.level.nodes:
        return
    start = taskflow.mapping.span.start
    span = taskflow.id.content_span if taskflow.id is not None else Span(start, start)
    yield CodeLens(span, "Run flow", RUN_FLOW, taskflow.name or None)
