"""A name hides a function of the expression language.

## What it finds

A variable of ``vars``, or a node of a taskflow that has expressions, that is called as a function of the expression
language is: ``count``, ``first``, ``none``.

## Why it matters

Names win over functions, so the function cannot be called any more, and a reader takes one for the other.

## Bad

```yaml workflow.yml
name: orders
input_schema:
  properties: {amount: {type: integer}}
tasks:
  - id: ship
    type: mfo_api_job_create
    config: {job_type: ship, parameters: {}}
  - id: refuse
    type: mfo_api_job_create
    config: {job_type: refuse, parameters: {}}
conditions:
  - id: is_large
    type: expr
    config:
      expression: "count > 100"
      vars:
        count: ${INPUT.amount}
      # ^^^^^ MFO507 count
    successors: [ship, refuse]
```

## Good

```yaml workflow.yml
name: orders
input_schema:
  properties: {amount: {type: integer}}
tasks:
  - id: ship
    type: mfo_api_job_create
    config: {job_type: ship, parameters: {}}
  - id: refuse
    type: mfo_api_job_create
    config: {job_type: refuse, parameters: {}}
conditions:
  - id: is_large
    type: expr
    config:
      expression: "total > 100"
      vars:
        total: ${INPUT.amount}
    successors: [ship, refuse]
```

## Fix

Choose another name.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.expression_texts import expression_texts_of
from mfo_dialect.analysis.scopes import FlowView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.expressions import FUNCTION_NAMES
from mfo_dialect.findings import Severity
from mfo_dialect.model.workflow import Condition
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule


def check(view: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    """Report a node, and variables of a condition, that hide functions, where the taskflow has expressions."""
    variables = view.node.vars if isinstance(view.node, Condition) else None
    hiding = (
        [pair for pair in variables.effective_pairs() if pair.name in FUNCTION_NAMES] if variables is not None else []
    )
    is_hiding = view.id in FUNCTION_NAMES
    if not (is_hiding or hiding) or True not in snapshot.index(view.flow, _has_expressions):
        return
    if is_hiding:
        yield Report(view.document, view.name_span, _message(view.id))
    for pair in hiding:
        yield Report(view.document, pair.key.span, _message(pair.name or ""))


def _has_expressions(part: NodeView | FlowView, snapshot: Snapshot) -> tuple[bool, ...]:
    return (True,) if isinstance(part, NodeView) and expression_texts_of(part, snapshot) else ()


def _message(name: str) -> str:
    return f'"{name}" hides the function {name}() in expressions; choose another name'


RULE = Rule("MFO507", "shadowed-builtin", Severity.WARNING, select.nodes, check)
