"""A task has a type that nobody declares.

## What it finds

A ``type`` that is neither built in nor declared under ``task_types`` in the project file.

## Why it matters

The engine does not know what to do for the task, and the editor cannot help with its config.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memry_get
    #     ^^^^^^^^^^^^^^^^^ MFO206 did you mean "mfo_api_memory_get"?
    config: {key: letter}
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
  - id: weigh
    type: weigh_letter
```

```toml mfo.toml
[task_types.weigh_letter]
description = "Says what a letter weighs."
module = "letters.scales:weigh"
```

## Fix

Write a type that there is, or declare the type in ``mfo.toml``; the fix writes the declaration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.task_types import OLDER_NAMES
from mfo_dialect.catalogue.values import Names
from mfo_dialect.file_names import PROJECT_FILE
from mfo_dialect.findings import Edit, Fix, Place, Severity
from mfo_dialect.model.project import Project, read_project
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import rename_to_nearest
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.shape.maps import is_null
from mfo_dialect.rules.shape.reading import has_own_tag
from mfo_dialect.suggestions import did_you_mean, nearest
from mfo_dialect.syntax import Scalar
from mfo_dialect.text import Span

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def check(visit: Visit, snapshot: Snapshot) -> Iterator[Report]:
    """Report the type of one task that nobody declares."""
    node, project = visit.node, snapshot.bundle.project
    if not isinstance(node, Scalar) or node.damaged or is_null(node) or has_own_tag(node):
        return
    wrong = node.text.strip()
    if not wrong or project.task_type(wrong) is not None or project.problem is not None:
        return
    if wrong == "expr":
        message = '"expr" is the type of conditions: this node belongs into "conditions"'
        yield Report(visit.document, node.content_span, message)
        return
    names = tuple(task_type.name for task_type in project.all_task_types)
    if not nearest(wrong, names):
        names = tuple(OLDER_NAMES)
    declare = _declaration(visit.document, wrong, project)
    fixes = rename_to_nearest(visit.document, node.content_span, wrong, names)
    message = f'no task type is called "{wrong}"{did_you_mean(wrong, names)}'
    if not nearest(wrong, names):
        message += f": declare it in {project.document.rsplit('/', 1)[-1] or PROJECT_FILE}"
    yield Report(visit.document, node.content_span, message, fixes=(*fixes, *declare))


def _declaration(document: str, name: str, project: Project) -> tuple[Fix, ...]:
    """The fix that declares the type in the project file, or in a new one beside the document."""
    quoted_name = name if _BARE_KEY.fullmatch(name) else _toml_text(name)
    table = ".".join((*project.table, "task_types", quoted_name))
    lines = f'[{table}]\ndescription = {_toml_text("What " + name + " does.")}\n# module = "package.module:function"\n'
    if project.toml is None:
        folder = document.rsplit("/", 1)[0] + "/" if "/" in document else ""
        target, place = project.document or f"{folder}{PROJECT_FILE}", 0
    else:
        target, place = project.document, len(project.text)
        lines = _distance(project.text) + lines
        if name not in read_project(project.text + lines, target, project.table).task_types:
            return ()  # the table is written in a way that cannot be gone on with, such as in one line
    return (Fix(f'Declare "{name}" in {target.rsplit("/", 1)[-1]}', (Edit(Place(target, Span(place, place)), lines),)),)


def _distance(text: str) -> str:
    """What stands between the end of a file and a new table."""
    if not text.strip():
        return ""
    return "\n" if text.endswith("\n") else "\n\n"


def _toml_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


RULE = Rule("MFO206", "unknown-task-type", Severity.ERROR, select.visits_naming(Names.TASK_TYPE), check, fix="unsafe")
