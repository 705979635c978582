"""An expression puts values together that do not fit.

## What it finds

An operator whose operands are known to have the wrong types: a number compared with a text, ``and`` over something
that is no boolean. Types come from ``input_schema``, task types and literals; what is not known is left alone.

## Why it matters

The condition fails when the run comes to it.

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
      expression: "amount > 'many'"
      #                   ^ MFO504
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

Compare values of one type; ``int()``, ``float()`` and ``string()`` convert.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect import expressions
from mfo_dialect.analysis.expression_texts import ExpressionText, expression_texts
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity
from mfo_dialect.rules.expressions.reporting import reports_of
from mfo_dialect.rules.rule import Report, Rule


def check(text: ExpressionText, _snapshot: Snapshot) -> Iterator[Report]:
    """Report such problems of one expression."""
    return reports_of(text, {expressions.ProblemKind.TYPE: "type-error"})


RULE = Rule("MFO504", "type-error", Severity.ERROR, expression_texts, check)
