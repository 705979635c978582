"""Two webhooks are served at one address.

## What it finds

Enabled webhook triggers of one document with the same path and method. A ``provider`` with a ``webhook_id`` is served at
``POST /webhooks/<provider>/<webhook_id>``.

## Why it matters

Only one of them can answer; the other taskflow never starts.

## Bad

```yaml workflow.yml
workflow_name: letters
global_configs: {secrets: {hook: {env: HOOK}}}
triggers:
  - id: new_letter
    type: webhook
    config: {http_path: /letters, secret_ref: hook}
    target_taskflow: answer
  - id: lost_letter
    type: webhook
    config: {http_path: /letters/, secret_ref: hook}
    #                   ^^^^^^^^^ MFO708 "new_letter"
    target_taskflow: answer
taskflows:
  - taskflow_id: answer
    tasks:
      - {id: look, type: mfo_api_tool_list}
```

## Good

```yaml workflow.yml
workflow_name: letters
global_configs: {secrets: {hook: {env: HOOK}}}
triggers:
  - id: new_letter
    type: webhook
    config: {http_path: /letters, secret_ref: hook}
    target_taskflow: answer
  - id: lost_letter
    type: webhook
    config: {http_path: /letters, http_method: DELETE, secret_ref: hook}
    target_taskflow: answer
taskflows:
  - taskflow_id: answer
    tasks:
      - {id: look, type: mfo_api_tool_list}
```

## Fix

Give one of them another path or method, or disable it.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Document
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.webhooks import Route, served_at
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.model.workflow import Workflow
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Scalar


def check(document: Document, _snapshot: Snapshot) -> Iterator[Report]:
    """Report the webhooks of one document that have the address of another one."""
    workflow = document.model
    if not isinstance(workflow, Workflow):
        return
    first: dict[Route, tuple[str, Scalar]] = {}
    for trigger in workflow.triggers:
        served = served_at(trigger) if trigger.enabled else None
        if served is None:
            continue
        route, scalar = served
        name = trigger.id.text if trigger.id is not None else "another trigger"
        if route not in first:
            first[route] = (name, scalar)
            continue
        other, place = first[route]
        if trigger.id is not None and other == name:
            continue
        related = (Related(Place(workflow.document, place.content_span), f'"{other}" is served here'),)
        message = f'"{other}" is served at {route[0]} {route[1]} already'
        yield Report(workflow.document, scalar.content_span, message, related)


RULE = Rule("MFO708", "duplicate-route", Severity.ERROR, select.documents, check)
