"""A task's config holds a template mark, which is not rendered there.

## What it finds

``{{ ... }}`` in a value of a task's config. Templates are rendered in prompts documents, and in ``prompt`` and
``system_prompt`` where a ``prompt_context`` is given; everywhere else they are sent as they stand.

## Why it matters

The model or the server gets the braces in place of the value.

## Bad

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config:
      prompt: "Hello {{ .name }}"
      #              ^^^^^^^^^^^ MFO406 ${INPUT.name}
```

## Good

```yaml workflow.yml
name: greet
tasks:
  - id: hello
    type: mfo_api_chat_send
    config:
      prompt: "Hello ${INPUT.name}"
```

## Fix

Write the reference in its dotted form: ``${INPUT.name}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mfo_dialect.analysis.resolve import Outcome, Scope, resolve
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import references_of, scalars_at, walk
from mfo_dialect.catalogue.values import VALUE_MAP, Format, References, TextType
from mfo_dialect.findings import Fix, Severity
from mfo_dialect.model.workflow import Task
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Scalar
from mfo_dialect.text import Span

_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_PATH = re.compile(r"\.((?:[A-Za-z_]\w*)(?:\.\w+)*)")


def check(view: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    """Report template marks in one task's config."""
    task = view.node
    if not isinstance(task, Task) or task.config is None:
        return
    written = task.config.source
    if "{{" not in written and "\\" not in written and "*" not in written:  # the others may write braces, or bring them
        return
    task_type = snapshot.bundle.project.task_type(task.type_name)
    rendered = "prompt_context" in task.config
    for visit in walk(view.document, task.config, task_type.config if task_type is not None else VALUE_MAP):
        is_template = isinstance(visit.type, TextType) and visit.type.format is Format.TEMPLATE
        if references_of(visit.type) is not References.NONE and not (is_template and rendered):
            for scalar in scalars_at(visit):
                yield from _check_scalar(scalar, view, snapshot)


def _check_scalar(scalar: Scalar, view: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    if scalar.damaged or "{{" not in scalar.text:  # a template without quotes is a mistake of its own
        return
    for action in _ACTION.finditer(scalar.text):
        span = scalar.span_of(Span(*action.span()))
        reference = _reference(action.group(1), view, snapshot)
        fixes: tuple[Fix, ...] = ()
        advice = "write a reference such as ${INPUT.name}"
        if reference is not None:
            fixes = (replace_text(view.document, span, reference, f"Write {reference}", safe=True),)
            advice = f"write {reference}"
        yield Report(view.document, span, f"templates are not rendered in a task's config; {advice}", fixes=fixes)


def _reference(action: str, view: NodeView, snapshot: Snapshot) -> str | None:
    """The reference that an action ``.path`` stands for: a node's output where there is such a node, else an input."""
    path = _PATH.fullmatch(action)
    if path is None:
        return None
    names = tuple(path.group(1).split("."))
    known = names if names[0] in view.flow.by_id and len(names) > 1 else ("INPUT", *names)
    found = resolve(known, Scope(snapshot.bundle, view.level))
    return "${" + ".".join(known) + "}" if found.outcome in {Outcome.KNOWN, Outcome.UNKNOWN} else None


RULE = Rule("MFO406", "template-in-config", Severity.WARNING, select.nodes, check, fix="safe")
