"""What somebody outside wrote becomes part of a call.

## What it finds

Data from triggers and from ``http_request`` that reaches the ``arguments`` of a tool or the ``url`` of a request: directly,
through other tasks and models, inputs of subflows, and keys of the memory. Numbers, booleans and values of an enum
carry nothing. Off unless it is asked for, as handing on what came in is what many flows are for.

## Why it matters

A tool does what its arguments say, and a request goes where its URL leads. Whoever can write into them may reach what they
should not.

## Bad

```toml mfo.toml
[rules]
untrusted-in-call = "information"
```

```yaml workflow.yml
workflow_name: letters
global_configs: {secrets: {hook: {env: HOOK}}}
triggers:
  - id: new_letter
    type: webhook
    config: {http_path: /letters, secret_ref: hook}
    input_mapping: {folder: "${TRIGGER.payload.folder}"}
taskflows:
  - taskflow_id: file
    tasks:
      - id: file_letter
        type: mfo_api_tool_execute
        config:
          tool_id: move_letter
          arguments: {folder: "${INPUT.folder}"}
          #                    ^^^^^^^^^^^^^^^ MFO810 "new_letter"
```

## Good

```toml mfo.toml
[rules]
untrusted-in-call = "information"
```

```yaml workflow.yml
workflow_name: letters
global_configs: {secrets: {hook: {env: HOOK}}}
triggers:
  - id: new_letter
    type: webhook
    config:
      http_path: /letters
      secret_ref: hook
      expected_payload_schema: {properties: {folder: {enum: [inbox, archive]}}}
    input_mapping: {folder: "${TRIGGER.payload.folder}"}
taskflows:
  - taskflow_id: file
    input_schema: {properties: {folder: {enum: [inbox, archive]}}}
    tasks:
      - id: file_letter
        type: mfo_api_tool_execute
        config:
          tool_id: move_letter
          arguments: {folder: "${INPUT.folder}"}
```

## Fix

Let it through only as a value of an enum or a number, or have the tool check what it is given.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import scalars_below
from mfo_dialect.findings import Severity
from mfo_dialect.model.workflow import Task
from mfo_dialect.rules import select
from mfo_dialect.rules.practice.untrusted_flow import cause_of, has_sources, path_of
from mfo_dialect.rules.rule import Report, Rule

_PLACES = {
    "mfo_api_tool_execute": ("arguments", "a tool's arguments"),
    "http_request": ("url", "the address of a request"),
}


def check(view: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    """Report the references of one task through which untrusted data reaches what it calls."""
    if view.type_name not in _PLACES:
        return
    key, place = _PLACES[view.type_name]
    config = view.node.config if isinstance(view.node, Task) else None
    value = config.get(key) if config is not None else None
    written = {id(scalar) for scalar in scalars_below(value)} if value is not None else set[int]()
    for use in snapshot.uses_of(view) if written and has_sources(snapshot) else ():
        cause = cause_of(use, snapshot) if id(use.scalar) in written else None
        if cause is not None:
            path = path_of(cause, snapshot)
            message = f"this reaches {place}, and it is not to be trusted: {path[0].message}"
            yield Report(use.document, use.span, message, path)


RULE = Rule(
    "MFO810", "untrusted-in-call", Severity.INFORMATION, select.nodes, check, enabled=False, topics=("security",)
)
