"""A condition always decides the same way.

## What it finds

A condition whose result follows from the literals of its expression: one that reads nothing, or one in which
``false and`` or ``true or`` settles the rest. The values of ``vars`` are parameters and do not count as literals.

## Why it matters

One of the branches never runs, and nobody notices.

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
      expression: "amount > 100 or 1 < 2"
      #            ^^^^^^^^^^^^^^^^^^^^^ MFO505 always true
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
      expression: "amount > 100"
    successors: [ship, refuse]
```

## Fix

Compare something that changes from run to run, or take the condition out.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect import expressions
from mfo_dialect.analysis.expression_texts import ExpressionText, expression_texts
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity
from mfo_dialect.references import as_text
from mfo_dialect.rules.rule import Report, Rule

_UNKNOWN = object()
_AND, _OR, _NOT = ("and", "&&"), ("or", "||"), ("not", "!")


def check(text: ExpressionText, _snapshot: Snapshot) -> Iterator[Report]:
    """Report a condition whose result is known without running anything."""
    if not text.is_condition or text.checked.problems:
        return
    value = _fold(text.parsed.tree, text.scalar.text)
    condition = text.view.node
    if isinstance(value, int) and not isinstance(value, bool) and not 0 <= value < len(condition.successors):
        return  # a number without a branch is a mistake of its own
    if isinstance(value, bool | int):
        message = f"this condition is always {as_text(value)}, so only one of its branches can run"
        yield Report(text.view.document, text.span_of(text.parsed.tree.span), message)


def _fold(node: expressions.Node, source: str) -> object:
    """The value that a node always has, or ``_UNKNOWN``."""
    match node:
        case expressions.nodes.Binary(operator=operator, left=left, right=right) if operator in (*_AND, *_OR):
            decides = operator in _OR
            sides = (_fold(left, source), _fold(right, source))
            if any(side is decides for side in sides):
                return decides
            return (not decides) if all(side is (not decides) for side in sides) else _UNKNOWN
        case expressions.nodes.Unary(operator=operator, operand=operand) if operator in _NOT:
            value = _fold(operand, source)
            return (not value) if isinstance(value, bool) else _UNKNOWN
        case _:
            return _value_of(node, source)


def _value_of(node: expressions.Node, source: str) -> object:
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, expressions.nodes.Name | expressions.nodes.Pointer | expressions.nodes.Call) or (
            isinstance(inner, expressions.nodes.Builtin) and inner.name == "now"
        ):
            return _UNKNOWN
        waiting += expressions.nodes.children(inner)
    try:
        return expressions.evaluate(source[node.span.start : node.span.end], {})
    except expressions.ExpressionError:
        return _UNKNOWN


RULE = Rule("MFO505", "constant-condition", Severity.WARNING, expression_texts, check)
