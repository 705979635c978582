"""What an editor writes above a line to be clicked: above taskflows and tasks, above what is named. It knows no protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.parts_at import parts_between
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.prompts import Agent, PromptTemplate
from mfo_dialect.model.workflow import Task, Taskflow
from mfo_dialect.text import Span
from mfo_lsp.features.preferences import Preferences

RUN_FLOW = "mfo.runFlow"
RUN_TASK = "mfo.runTask"
DRY_RUN = "mfo.dryRun"
SHOW_GRAPH = "mfo.showGraph"
RUN_TESTS = "mfo.runTests"


@dataclass(frozen=True, slots=True)
class CodeLens:
    """Words above a line, and the command that they stand for.

    Attributes:
        span: what the words stand above.
        title: the words; empty for the number of places that name what stands there, which is counted when it is shown.
        command: the command's name; empty where places are counted.
        arguments: what the command is about, besides the document.
    """

    span: Span
    title: str = ""
    command: str = ""
    arguments: Mapping[str, str | None] = field(default_factory=dict[str, str | None])


def code_lenses(
    snapshot: Snapshot, document: str, preferences: Preferences, within: Span | None = None
) -> tuple[CodeLens, ...]:
    """The lenses of one document, in document order.

    Above the id of every taskflow that has nodes stand those that run or show it, above the name of every prompt template
    and agent the places that name it, and where the user wants them, above every task the one that executes it alone.

    Args:
        snapshot: the bundle.
        document: the key of the text.
        preferences: which lenses the user wants.
        within: where lenses are wanted, of tasks no others; everywhere where it is None.
    """
    if not preferences.code_lenses:
        return ()
    lenses = [*_of_taskflows(snapshot, document), *_of_names(snapshot, document, preferences)]
    if preferences.task_lenses:
        within = within or Span(0, snapshot.bundle.sources[document].tree.lines.length)
        lenses += _of_tasks(parts_between(snapshot, document, within), within)
    return tuple(sorted(lenses, key=lambda lens: lens.span))


def counted(number: int) -> str:
    """The words for a number of places that name something."""
    return f"{number} reference{'' if number == 1 else 's'}"


def _of_taskflows(snapshot: Snapshot, document: str) -> Iterator[CodeLens]:
    for workflow in snapshot.bundle.workflows:
        for taskflow in workflow.taskflows if workflow.document == document else ():
            yield from _of_taskflow(taskflow)


def _of_tasks(parts: Iterable[Part], within: Span) -> Iterator[CodeLens]:
    for part in parts:
        task = part.node if isinstance(part, NodeView) else None
        if isinstance(part, NodeView) and isinstance(task, Task) and task.id is not None:
            if task.id.span.start > within.end or task.id.span.end < within.start:
                continue
            about = {"taskflow": part.flow.taskflow.name or None, "task": part.id}
            yield CodeLens(task.id.content_span, "Run task", RUN_TASK, about)


def _of_taskflow(taskflow: Taskflow) -> Iterator[CodeLens]:
    if not taskflow.level.count:
        return
    start = taskflow.mapping.span.start
    span = taskflow.id.content_span if taskflow.id is not None else Span(start, start)
    about = {"taskflow": taskflow.name or None}
    yield CodeLens(span, "Run flow", RUN_FLOW, about)
    yield CodeLens(span, "Dry run", DRY_RUN, about)
    yield CodeLens(span, "Show graph", SHOW_GRAPH, about)


def _of_names(snapshot: Snapshot, document: str, preferences: Preferences) -> Iterator[CodeLens]:
    if not preferences.reference_lenses:
        return
    named: list[PromptTemplate | Agent] = [*snapshot.templates]
    for agents in snapshot.bundle.agents_documents:
        named += agents.agents
    for one in named:
        if one.document == document:
            yield CodeLens(one.id.content_span)
