"""An expression is broken.

## What it finds

A condition's ``expression``, or a value of a ``transform``, that does not follow the grammar of the expression
language. The place is exact inside quoted texts and block scalars too.

## Why it matters

The condition fails when the run comes to it.

## Bad

```yaml workflow.yml
name: orders
input_schema:
  properties: {amount: {type: integer}, country: {type: string}}
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
      expression: "amount > 100 and"
      #                           ^ MFO501
    successors: [ship, refuse]
```

## Good

```yaml workflow.yml
name: orders
input_schema:
  properties: {amount: {type: integer}, country: {type: string}}
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
      expression: "amount > 100 and country == 'BE'"
    successors: [ship, refuse]
```

## Fix

Correct the token that is underlined.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect import expressions
from mfo_dialect.analysis.expression_texts import ExpressionText, expression_texts
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity
from mfo_dialect.rules.rule import Report, Rule


def check(text: ExpressionText, _snapshot: Snapshot) -> Iterator[Report]:
    """Report the first syntax problem of one expression: how the rest is read may follow from it."""
    problems = [problem for problem in text.parsed.problems if problem.kind is expressions.ProblemKind.SYNTAX]
    for problem in sorted(problems, key=lambda problem: problem.span)[:1]:
        yield Report(text.view.document, text.span_of(problem.span), problem.message)


RULE = Rule("MFO501", "expression-syntax", Severity.ERROR, expression_texts, check)
