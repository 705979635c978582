"""A node depends on a condition that does not lead to it.

## What it finds

A condition's id in the ``dependencies`` of a node that the condition does not list in its ``successors``.

## Why it matters

Only the condition's own ``successors`` are its branches. No branch leads to the node, so it is unclear when it should
run.

## Bad

```yaml workflow.yml
name: letters
input_schema: {properties: {urgent: {type: boolean}}}
tasks:
  - id: rush
    type: mfo_api_memory_get
    config: {key: express}
  - id: file
    type: mfo_api_memory_get
    config: {key: archive}
    dependencies: [is_urgent]
    #              ^^^^^^^^^ MFO306 successors
conditions:
  - id: is_urgent
    type: expr
    config: {expression: INPUT.urgent}
    successors: [rush]
```

## Good

```yaml workflow.yml
name: letters
input_schema: {properties: {urgent: {type: boolean}}}
tasks:
  - id: rush
    type: mfo_api_memory_get
    config: {key: express}
  - id: file
    type: mfo_api_memory_get
    config: {key: archive}
    dependencies: [is_urgent]
conditions:
  - id: is_urgent
    type: expr
    config: {expression: INPUT.urgent}
    successors: [rush, file]
```

## Fix

Add the node to the condition's ``successors``, at the place of the result that should lead to it, or let it depend on
another node. Where the condition is true or false and one of its two branches is free, the node becomes that branch
without a question.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.expression_texts import expression_texts_of
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Fix, Place, Related, Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import append_to_list
from mfo_dialect.rules.graph.edges import without_edges
from mfo_dialect.rules.layout import text_of
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.shapes import Kind
from mfo_dialect.suggestions import nearest
from mfo_dialect.syntax import Scalar


def check(view: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    """Report the conditions that one node depends on and that do not lead to it."""
    if view.node.id is None:
        return
    level = view.level
    for item in view.node.dependencies:
        condition = level.condition(item.text)
        if condition is None or condition.id == view.id:
            continue
        if not _leads_to(condition, view) and not _is_unclear(condition, view):
            yield _report(view, item, condition, snapshot)


def _leads_to(condition: NodeView, view: NodeView) -> bool:
    return any(item.text == view.id for item in condition.node.successors)


def _is_unclear(condition: NodeView, view: NodeView) -> bool:
    """Whether the branches could not be read, are missing, or one of them is a misspelling of the node's id."""
    mapping = condition.node.mapping
    if mapping.damaged or not condition.node.successors:
        return True
    unknown = [item.text for item in condition.node.successors if item.text not in view.level.by_id]
    strays = [other for other in view.level.depending_on(condition.id) if not _leads_to(condition, other)]
    return len(strays) <= len(unknown) or any(view.id in nearest(name, view.level.by_id, 3) for name in unknown)


def _report(view: NodeView, item: Scalar, condition: NodeView, snapshot: Snapshot) -> Report:
    successors = condition.node.mapping.pair("successors")
    place = successors.key.span if successors is not None else condition.name_span
    related = (Related(Place(condition.document, place), f'the branches of "{condition.id}"'),)
    message = f'no branch of the condition "{condition.id}" leads here: its successors do not list "{view.id}"'
    return Report(view.document, item.content_span, message, related, lambda: _fixes(view, item, condition, snapshot))


def _fixes(view: NodeView, item: Scalar, condition: NodeView, snapshot: Snapshot) -> tuple[Fix, ...]:
    text = text_of(snapshot, condition.document)
    edit = append_to_list(condition.document, condition.node.mapping, "successors", view.id, text)
    title, is_free = f'Make it the next branch of "{condition.id}"', _has_one_free_branch(condition, snapshot)
    adding = (Fix(title, (edit,), safe=is_free),) if edit is not None else ()
    removing = without_edges([(view, "dependencies", item)], f'Remove "{condition.id}" from dependencies', snapshot)
    return (*adding, *removing)


def _has_one_free_branch(condition: NodeView, snapshot: Snapshot) -> bool:
    """Whether the result is true or false and only one of the two has a branch, so that there is no choice."""
    text = next(iter(expression_texts_of(condition, snapshot)), None)
    is_boolean = text is not None and not text.checked.problems and text.checked.result.kind is Kind.BOOLEAN
    return is_boolean and len(condition.node.successors) == 1


RULE = Rule("MFO306", "not-a-branch", Severity.ERROR, select.nodes, check, fix="safe")
