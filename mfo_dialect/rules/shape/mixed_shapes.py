"""A workflow document has keys of both shapes.

## What it finds

Keys of a flow file (``tasks``, ``subflows``, ``conditions`` at the top) and of a workflow file (``workflow_name``,
``taskflows``, ``triggers``, ``schemas``) in one document.

## Why it matters

A flow file is one taskflow, a workflow file holds many. In a mixture nobody can tell what the triggers start.

## Bad

```yaml workflow.yml
workflow_name: letters
taskflows:
  - taskflow_id: read
    tasks:
      - id: fetch
        type: mfo_api_memory_get
        config: {key: letter}
"tasks":
#^^^^^ MFO208 taskflows
  - id: again
    type: mfo_api_memory_get
    config: {key: letter}
```

## Good

```yaml workflow.yml
workflow_name: letters
taskflows:
  - taskflow_id: read
    tasks:
      - id: fetch
        type: mfo_api_memory_get
        config: {key: letter}
      - id: again
        type: mfo_api_memory_get
        config: {key: letter}
```

## Fix

Put the nodes into a taskflow, or make the document a flow file with ``name`` at the top.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Document
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.catalogue.workflow_keys import ONLY_FLOW_KEYS, ONLY_WORKFLOW_KEYS
from mfo_dialect.findings import Fix, Place, Related, Severity
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Mapping, Pair, Scalar
from mfo_dialect.text import Span


def check(document: Document, _snapshot: Snapshot) -> Iterator[Report]:
    """Report one document with keys of both shapes."""
    root = document.root
    if document.kind is not DocumentKind.WORKFLOW or not isinstance(root, Mapping):
        return
    of_flow = [pair for pair in root.pairs if pair.name in ONLY_FLOW_KEYS]
    of_workflow = [pair for pair in root.pairs if pair.name in ONLY_WORKFLOW_KEYS]
    if not of_flow or not of_workflow:
        return
    taskflows = next((pair for pair in of_workflow if pair.name == "taskflows"), None)
    is_first = taskflows is not None and taskflows.span.start < of_flow[0].span.start
    wrong, right = (of_flow[0], of_workflow) if is_first else (taskflows or of_workflow[0], of_flow)
    witness = next((pair for pair in right if pair.name in {"taskflows", "tasks"}), right[0])
    related = (Related(Place(document.key, _span(witness)), f'"{witness.name}" stands here'),)
    yield Report(document.key, _span(wrong), _message(wrong, witness), related, _fixes(document.key, root, of_workflow))


def _message(wrong: Pair, witness: Pair) -> str:
    shapes = {True: "flow files", False: "workflow files"}
    return (
        f'"{wrong.name}" is a key of {shapes[wrong.name in ONLY_FLOW_KEYS]}, '
        f'"{witness.name}" of {shapes[witness.name in ONLY_FLOW_KEYS]}: a document has one shape'
    )


def _fixes(document: str, root: Mapping, of_workflow: list[Pair]) -> tuple[Fix, ...]:
    """A flow file whose name is only written with the other shape's key."""
    names = {pair.name for pair in of_workflow}
    if names != {"workflow_name"} or "name" in root:
        return ()
    return (replace_text(document, _span(of_workflow[0]), "name", 'Make it a flow file: change to "name"'),)


def _span(pair: Pair) -> Span:
    return pair.key.content_span if isinstance(pair.key, Scalar) else pair.key.span


RULE = Rule("MFO208", "mixed-document-shapes", Severity.ERROR, select.documents, check)
