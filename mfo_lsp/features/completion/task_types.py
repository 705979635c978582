"""Task types: those that take the config that is written, and give what is read of the task."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mfo_dialect.analysis.outputs import used_template
from mfo_dialect.catalogue.task_types import TaskType
from mfo_dialect.model.workflow import Task
from mfo_dialect.syntax import Mapping
from mfo_lsp.features.completion.fitting import fits, lacks
from mfo_lsp.features.completion.items import CompletionClient, ItemKind
from mfo_lsp.features.completion.objections import Objection, least_opposed
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.completion.readers import serves_readers
from mfo_lsp.features.completion.slot import Candidate, has_room_below
from mfo_lsp.features.completion.snippets import Writer
from mfo_lsp.features.documentation import of_task_type


def task_types(place: Place, client: CompletionClient) -> Iterator[Candidate]:
    """The candidates for a task's type; where there is no config yet, with what it requires."""
    siblings = {name for name, _ in place.context.siblings}
    has_room = "config" not in siblings and has_room_below(place, client)
    types = place.snapshot.bundle.project.all_task_types
    judged = ((_candidate(one, place, client, has_room=has_room), _objection(one, place)) for one in types)
    yield from least_opposed(judged, place)


def _candidate(task_type: TaskType, place: Place, client: CompletionClient, *, has_room: bool) -> Candidate:
    tail = _required_config(task_type, place, client) if has_room and task_type.has_required_config else ""
    return Candidate(
        task_type.name,
        ItemKind.TASK_TYPE,
        "custom" if task_type.custom else "",
        partial(of_task_type, task_type),
        rank=4 if task_type.custom else 5,
        tail=tail,
        is_snippet=bool(tail),
    )


def _required_config(task_type: TaskType, place: Place, client: CompletionClient) -> str:
    column = place.context.indent
    return f"\n{' ' * column}config:{Writer(client).required(task_type.config, column + 2)}"


def _objection(task_type: TaskType, place: Place) -> Objection:
    view = place.owner.view
    task = view.node if view is not None else None
    if view is None or not isinstance(task, Task):
        return Objection.NONE
    config = task.config if isinstance(task.config, Mapping) and task.config.pairs else None
    if config is not None and not fits(task_type.config, config, place):
        return Objection.CLASHES
    if not serves_readers(view, task_type, used_template(task, place.snapshot.bundle), place.snapshot):
        return Objection.CLASHES
    return Objection.LACKS if config is not None and lacks(task_type.config, config) else Objection.NONE
