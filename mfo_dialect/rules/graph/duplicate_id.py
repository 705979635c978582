"""Two nodes, taskflows or triggers have one id.

## What it finds

An id that a node of the same taskflow has already, those inside subflows included; a taskflow's or trigger's id that
another one of the document has; an agent's id that another one of the list has.

## Why it matters

Edges and references by that id mean the first one. The other can never be named, and its outputs are lost.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
  - id: fetch
    #   ^^^^^ MFO301 already
    type: mfo_api_memory_get
    config: {key: envelope}
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
  - id: fetch_envelope
    type: mfo_api_memory_get
    config: {key: envelope}
```

## Fix

Give the second one an id of its own. What named it must then be changed by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mfo_dialect.analysis.bundle import Document
from mfo_dialect.analysis.scopes import FlowView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.model.access import mappings_at, text_at
from mfo_dialect.model.prompts import AgentsDocument
from mfo_dialect.model.workflow import Workflow
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Scalar


def check(item: FlowView | Document, _snapshot: Snapshot) -> Iterator[Report]:
    """Report the ids that are used twice among the nodes of one taskflow, or in the lists of one document."""
    if isinstance(item, FlowView):
        ids = [view.node.id for view in item.nodes if view.node.id is not None]
        yield from _doubles(item.document, ids, "a node of this taskflow")
        return
    match item.model:
        case Workflow(taskflows=taskflows, triggers=triggers):
            yield from _doubles(item.key, [flow.id for flow in taskflows if flow.id is not None], "a taskflow")
            yield from _doubles(item.key, [t.id for t in triggers if t.id is not None], "a trigger")
        case AgentsDocument(root=root):
            listed = (text_at(agent, "id") for agent in mappings_at(root, "agents"))
            yield from _doubles(item.key, [name for name in listed if name is not None], "an agent")
        case _:
            return


def _doubles(document: str, ids: Iterable[Scalar], what: str) -> Iterator[Report]:
    ordered = sorted((item for item in ids if item.text.strip()), key=lambda item: item.span)
    taken = {item.text for item in ordered}
    first: dict[str, Scalar] = {}
    for item in ordered:
        if item.text not in first:
            first[item.text] = item
            continue
        fresh = next(name for number in range(2, len(taken) + 3) if (name := f"{item.text}_{number}") not in taken)
        taken.add(fresh)
        related = (Related(Place(document, first[item.text].content_span), "the first one"),)
        fix = replace_text(document, item.content_span, fresh, f'Change to "{fresh}"')
        message = f'"{item.text}" is already the id of {what}'
        yield Report(document, item.content_span, message, related, (fix,))


def _items(snapshot: Snapshot) -> Iterator[FlowView | Document]:
    yield from select.flows(snapshot)
    yield from select.documents(snapshot)


RULE = Rule("MFO301", "duplicate-id", Severity.ERROR, _items, check, fix="unsafe")
