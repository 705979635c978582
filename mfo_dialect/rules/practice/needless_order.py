"""A task waits for another one without reading anything from it.

## What it finds

An edge between two tasks that only read or only ask a model, where no data goes from one to the other, neither directly
nor through others, and where both run whatever the conditions say. Edges into or out of anything that changes something are left alone,
since order may matter there.

## Why it matters

The two could run side by side; as it is, the run takes as long as both together.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: read_mail
    type: mfo_api_memory_get
    config: {key: mail}
  - id: read_calendar
    type: mfo_api_memory_get
    config: {key: calendar}
    dependencies: [read_mail]
    #              ^^^^^^^^^ MFO807 side by side
outputs: {mail: "${read_mail.value}", calendar: "${read_calendar.value}"}
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: read_mail
    type: mfo_api_memory_get
    config: {key: mail}
  - id: read_calendar
    type: mfo_api_memory_get
    config: {key: calendar}
outputs: {mail: "${read_mail.value}", calendar: "${read_calendar.value}"}
```

## Fix

Take the edge out, unless the second task is not worth while without the first.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.chats import chat_use
from mfo_dialect.analysis.node_reads import node_reads_of
from mfo_dialect.analysis.resolve import Outcome
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.findings import Severity
from mfo_dialect.model.access import text_at
from mfo_dialect.model.workflow import Task
from mfo_dialect.rules import select
from mfo_dialect.rules.graph.edges import is_trusted, written_edges
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Scalar

_READING = frozenset(
    {
        "mfo_api_memory_get",
        "mfo_api_resource_get",
        "mfo_api_resource_list",
        "mfo_api_tool_list",
        "mfo_api_notification_get",
    }
)


def check(after: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    """Report the edges to one task, between two without effects, that are the only way and carry no data."""
    level = after.level
    for before in _free_edges(after, snapshot):
        if any(_is_unclear(use, snapshot) for use in snapshot.uses_of(after)):
            return
        if any(read.producer is before for read in node_reads_of(after, snapshot)):
            continue
        if not is_trusted(level, snapshot):
            return
        message = f'"{after.id}" reads nothing from "{before.id}": the two could run side by side'
        for _, _, item in written_edges(level, before.id, after.id):
            yield Report(before.document, item.content_span, message)


def _is_unclear(use: Use, snapshot: Snapshot) -> bool:
    """Whether a reference leads nowhere, so that it may have been meant for any node."""
    return bool(use.reference.problem) or snapshot.resolution(use).outcome not in {Outcome.KNOWN, Outcome.UNKNOWN}


def _free_edges(view: NodeView, snapshot: Snapshot) -> Iterator[NodeView]:
    """The tasks that a task could run beside, if it reads nothing of them."""
    wiring = view.level.wiring
    sources = wiring.predecessors(view) if _has_no_effect(view, snapshot) else ()
    if not sources or not wiring.is_unconditional(view):
        return
    may_repeat = not wiring.is_plain
    if may_repeat and wiring.in_loop(view):
        return
    for source in sources:
        if (may_repeat and wiring.in_loop(source)) or not _has_no_effect(source, snapshot):
            continue
        if not any(wiring.leads_to(source, other) for other in sources if other is not source):
            yield source


def _has_no_effect(view: NodeView, snapshot: Snapshot) -> bool:
    return snapshot.kept(view, _only_reads)


def _only_reads(view: NodeView, snapshot: Snapshot) -> bool:
    task = view.node
    if not isinstance(task, Task) or task.config is None or task.error_handling is not None:
        return False
    if view.type_name in _READING:
        return True
    if view.type_name == "http_request":
        method = text_at(task.config, "method")
        return method is None or method.text == "GET"
    chat = chat_use(view, snapshot.bundle)
    if chat is None or chat.is_filled_by_agent or any(key in task.config for key in ("thread_id", "request_body")):
        return False
    if chat.template_id is not None and (chat.template is None or "tools" in chat.template.mapping):
        return False
    tools = (task.config.get("include_tools"), task.config.get("include_server_tools"))
    return all(value is None or (isinstance(value, Scalar) and value.value is False) for value in tools)


RULE = Rule("MFO807", "needless-order", Severity.HINT, select.nodes, check, topics=("performance",))
