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

import itertools
from collections.abc import Iterable, Iterator

from mfo_dialect.analysis.bundle import Document
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.model.access import mappings_at, text_at
from mfo_dialect.model.prompts import AgentsDocument
from mfo_dialect.model.workflow import Workflow
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Scalar


def check(item: NodeView | Document, _snapshot: Snapshot) -> Iterator[Report]:
    """Report the id of a node that another one of the taskflow has, or those that a document's lists hold twice."""
    return _check_node(item) if isinstance(item, NodeView) else _check_document(item)


def _check_document(item: Document) -> Iterator[Report]:
    match item.model:
        case Workflow(taskflows=taskflows, triggers=triggers):
            yield from _doubles(item.key, [flow.id for flow in taskflows if flow.id is not None], "a taskflow")
            yield from _doubles(item.key, [t.id for t in triggers if t.id is not None], "a trigger")
        case AgentsDocument(root=root):
            listed = (text_at(agent, "id") for agent in mappings_at(root, "agents"))
            yield from _doubles(item.key, [name for name in listed if name is not None], "an agent")
        case _:
            return


def _check_node(view: NodeView) -> Iterator[Report]:
    own = view.node.id
    if own is None:
        return
    same = view.flow.named(view.id)
    if len(same) < _SEVERAL or not view.id.strip():
        return
    first, number = same[0].node.id, same.index(view)
    if first is None or not number:
        return
    free = (name for count in itertools.count(2) if not view.flow.named(name := f"{view.id}_{count}"))
    fresh = next(itertools.islice(free, number - 1, None))
    yield _report(view.document, own, first, fresh, "a node of this taskflow")


_SEVERAL = 2


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
        yield _report(document, item, first[item.text], fresh, what)


def _report(document: str, item: Scalar, first: Scalar, fresh: str, what: str) -> Report:
    related = (Related(Place(document, first.content_span), "the first one"),)
    fix = replace_text(document, item.content_span, fresh, f'Change to "{fresh}"')
    return Report(document, item.content_span, f'"{item.text}" is already the id of {what}', related, (fix,))


RULE = Rule("MFO301", "duplicate-id", Severity.ERROR, (select.nodes, select.documents), check, fix="unsafe")
