"""An expression calls a function that is not there, or calls one wrongly.

## What it finds

A function that the expression language does not have, and arguments that are too few, too many, or of a type that
the function does not take.

## Why it matters

The condition fails when the run comes to it.

## Bad

```yaml workflow.yml
name: orders
input_schema:
  properties: {country: {type: string}}
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
      expression: "uper(country) == 'BE'"
      #            ^^^^ MFO503
    successors: [ship, refuse]
```

## Good

```yaml workflow.yml
name: orders
input_schema:
  properties: {country: {type: string}}
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
      expression: "upper(country) == 'BE'"
    successors: [ship, refuse]
```

## Fix

Write the function that was meant, or correct its arguments.
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
    names = {
        expressions.ProblemKind.UNKNOWN_FUNCTION: "unknown-function",
        expressions.ProblemKind.ARGUMENTS: "wrong-arguments",
    }
    return reports_of(text, names)


RULE = Rule(
    "MFO503", "unknown-function", Severity.ERROR, expression_texts, check, more_names=("wrong-arguments",), fix="unsafe"
)
