"""An expression reads a name that is not there.

## What it finds

A name that is neither a variable of ``vars``, nor an input, nor a node, nor a root; and a field that its owner is
known not to have. Where the taskflow has no ``input_schema``, an unknown name may be an input and is left alone.

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
      expression: "amonut > 100"
      #            ^^^^^^ MFO502
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

Write the name that was meant; the nearest ones are offered.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.expression_texts import ExpressionText, expression_texts
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.expressions import ProblemKind
from mfo_dialect.findings import Severity
from mfo_dialect.rules.expressions.reporting import reports_of
from mfo_dialect.rules.rule import Report, Rule


def check(text: ExpressionText, _snapshot: Snapshot) -> Iterator[Report]:
    """Report such problems of one expression."""
    return reports_of(text, {ProblemKind.UNKNOWN_NAME: "unknown-name"})


RULE = Rule("MFO502", "unknown-name", Severity.ERROR, expression_texts, check, fix="unsafe")
