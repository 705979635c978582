"""A node waits for itself.

## What it finds

A node's own id in its ``dependencies`` or ``successors``.

## Why it matters

It could never start. A loop needs a node between the condition and itself.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
    dependencies: [fetch]
    #              ^^^^^ MFO304 itself
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
```

## Fix

Remove the id from the list.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.graph import NodeKind
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.graph.edges import removing_edges
from mfo_dialect.rules.rule import Report, Rule


def check(view: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    """Report where one node names itself among its edges."""
    node, own_id = view.node, view.id
    own = [("dependencies", item) for item in node.dependencies if item.text == own_id]
    if node.successors:
        own += [("successors", item) for item in node.successors if item.text == own_id]
    for key, item in own if own and not view.flow.damaged else ():
        verb = "waits for itself" if key == "dependencies" else "is a successor of itself"
        is_branch = key == "successors" and view.kind is NodeKind.CONDITION
        if is_branch:
            verb = "is a branch of itself: a loop goes through another node"
        fixes = removing_edges([(view, key, item)], f"Remove it from {key}", snapshot, safe=not is_branch)
        yield Report(view.document, item.content_span, f'"{view.id}" {verb}', fixes=fixes)


RULE = Rule("MFO304", "self-dependency", Severity.ERROR, select.nodes, check, fix="safe")
