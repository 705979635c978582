"""A task may wait without an end.

## What it finds

Tasks that wait for a model, an agent, a tool, a person or a job, without a ``timeout`` of their own, in a taskflow
without one. Off unless it is asked for.

## Why it matters

A run that hangs holds its place, and nobody is told.

## Bad

```toml mfo.toml
[rules]
no-timeout = "information"
```

```yaml workflow.yml
name: letters
tasks:
  - id: answer
#       ^^^^^^ MFO806 timeout
    type: mfo_api_chat_send
    config: {prompt: Answer the letter}
```

## Good

```toml mfo.toml
[rules]
no-timeout = "information"
```

```yaml workflow.yml
name: letters
config: {timeout: 10m}
tasks:
  - id: answer
    type: mfo_api_chat_send
    config: {prompt: Answer the letter}
```

## Fix

Give the task a ``timeout``, or the taskflow one in its ``config``.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity
from mfo_dialect.model.access import mapping_at
from mfo_dialect.model.workflow import Task
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule

_WAITING = frozenset({"mfo_api_chat_send", "mfo_agent_run", "mfo_api_tool_execute", "ask_user"})


def check(view: NodeView, _snapshot: Snapshot) -> Iterator[Report]:
    """Report one task that may wait without an end."""
    task, flow = view.node, view.flow.taskflow
    if not isinstance(task, Task) or view.type_name not in _WAITING or task.mapping.damaged or view.flow.damaged:
        return
    if "timeout" in task.mapping or (flow.config is not None and "timeout" in flow.config):
        return
    limits = mapping_at(task.config, "limits") if task.config is not None else None
    own = [settings for settings in (task.config, limits) if settings is not None]
    if not any("timeout" in settings for settings in own):
        message = f'"{view.id}" may wait without an end: give it or its taskflow a timeout'
        yield Report(view.document, view.name_span, message)


RULE = Rule("MFO806", "no-timeout", Severity.INFORMATION, select.nodes, check, enabled=False, topics=("reliability",))
