"""A condition's result is neither a boolean nor an integer.

## What it finds

A condition whose expression is known to give something that chooses no branch: ``true`` and ``false`` and whole
numbers choose one, anything else does not.

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
      expression: "country"
      #            ^^^^^^^ MFO506
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
      expression: "country == 'BE'"
    successors: [ship, refuse]
```

## Fix

Compare the value with something.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.expression_texts import ExpressionText
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.shapes import Kind

BRANCH_VALUES = frozenset({Kind.BOOLEAN, Kind.INTEGER, Kind.NUMBER, Kind.ANY})
"""The kinds of values that can choose a branch."""


def check(text: ExpressionText, _snapshot: Snapshot) -> Iterator[Report]:
    """Report a condition whose result can choose no branch."""
    if not text.is_condition or text.checked.problems:
        return
    shape = text.checked.result
    if shape.kind not in BRANCH_VALUES:
        message = f"the result is of type {shape}, which chooses no branch: give true, false or the number of a branch"
        yield Report(text.view.document, text.scalar.content_span, message)


RULE = Rule("MFO506", "not-a-branch-value", Severity.ERROR, select.expressions, check)
