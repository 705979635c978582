"""What others read of a node: a choice that would take it away from them would be an error where they stand."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.chats import users_of
from mfo_dialect.analysis.node_reads import node_reads_of
from mfo_dialect.analysis.outputs import outputs_as
from mfo_dialect.analysis.scopes import FlowView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.catalogue.task_types import TaskType
from mfo_dialect.model.access import texts_at
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.model.workflow import Task
from mfo_dialect.shapes import Shape, step
from mfo_lsp.features.written import parts_naming


def serves_readers(
    view: NodeView, declared: TaskType, template: PromptTemplate | None, snapshot: Snapshot
) -> bool:  # fmt: skip
    """Whether a task would give all that is read of it if it were of a type and used a prompt template."""
    if not isinstance(view.node, Task):
        return True
    shape = outputs_as(view.node, declared, template, snapshot.bundle)
    return all(_has(shape, path) for path in snapshot.kept(view, _paths_read))


def template_serves_readers(name: str, template: PromptTemplate, snapshot: Snapshot) -> bool:
    """Whether the tasks that use a prompt template would give what is read of them if it were like another one."""
    project = snapshot.bundle.project
    for chat in users_of(name, snapshot):
        declared = project.task_type(chat.view.type_name)
        if declared is not None and not serves_readers(chat.view, declared, template, snapshot):
            return False
    return True


def _has(shape: Shape, path: tuple[str, ...]) -> bool:
    found: Shape | None = shape
    for name in path:
        found = step(found, name) if found is not None else None
    return found is not None


def _paths_read(view: NodeView, snapshot: Snapshot) -> frozenset[tuple[str, ...]]:
    """What is read below a node's id, in its taskflow and in its own list of outputs."""
    if view.node.id is None:
        return frozenset()
    named = (part for around in view.path for part in parts_naming(snapshot, view.document, around.id))
    parts = dict.fromkeys(part for part in named if isinstance(part, NodeView | FlowView))
    found = {path for part in parts for producer, path in _reads(part, snapshot) if producer is view}
    for scalar in texts_at(view.node.mapping, "outputs"):
        root, *path = scalar.text.strip().split(".")
        if root == view.id:
            found.add(tuple(path))
    return frozenset(found)


def _reads(part: NodeView | FlowView, snapshot: Snapshot) -> Iterator[tuple[NodeView, tuple[str, ...]]]:
    """The nodes that a node, or what a taskflow returns, reads, each with the path below it."""
    if isinstance(part, NodeView):
        yield from ((read.producer, read.path) for read in node_reads_of(part, snapshot))
        return
    for use in snapshot.uses_of(part):
        resolution = snapshot.resolution(use) if not use.reference.problem else None
        if resolution is not None and resolution.node is not None:
            yield resolution.node, (use.reference.root, *use.reference.path)[resolution.depth :]
