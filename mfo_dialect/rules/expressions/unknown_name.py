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

from mfo_dialect import expressions
from mfo_dialect.analysis.expression_texts import ExpressionText
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity
from mfo_dialect.model.workflow import Condition
from mfo_dialect.rules import select
from mfo_dialect.rules.expressions.reporting import reports_of
from mfo_dialect.rules.fixes import replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import nearest


def check(text: ExpressionText, _snapshot: Snapshot) -> Iterator[Report]:
    """Report such problems of one expression."""
    yield from reports_of(text, {expressions.ProblemKind.UNKNOWN_NAME: "unknown-name"})
    if text.parsed.problems:
        return
    for read in expressions.reads(text.parsed):
        if read.root == _SECRET and _SECRET not in text.names and text.are_names_open:
            message = (
                "secrets cannot be read in expressions, whose values are kept: write SECRET.name in a task's config"
            )
            yield Report(text.view.document, text.span_of(read.root_span), message)
    if text.are_names_open:
        yield from _slips(text)


_SECRET = "SECRET"  # noqa: S105 - the name of a root


def _slips(text: ExpressionText) -> Iterator[Report]:
    """Names that may be inputs which nobody declares, but are nearly those of variables that are not read otherwise."""
    known = text.names
    unread = set(_variables(text))
    found = [
        read
        for read in expressions.reads(text.parsed)
        if read.root != _SECRET and read.root not in known and read.root not in expressions.FUNCTIONS
    ]
    unread.difference_update(read.root for read in expressions.reads(text.parsed))
    for read in found:
        likely = nearest(read.root, unread) or _nodes_with(read, text)
        if likely:
            span = text.span_of(read.root_span)
            message = f'"{read.root}" is no variable here; did you mean "{likely[0]}"?'
            fix = replace_text(text.view.document, span, likely[0], f'Change to "{likely[0]}"')
            yield Report(text.view.document, span, message, fixes=(fix,), severity=Severity.WARNING)


def _variables(text: ExpressionText) -> Iterator[str]:
    node = text.view.node
    if isinstance(node, Condition) and node.vars is not None:
        yield from (pair.name for pair in node.vars.effective_pairs() if pair.name is not None)


def _nodes_with(read: expressions.Read, text: ExpressionText) -> list[str]:
    """The nodes with nearly that name which have the output that is read."""
    if not read.path:
        return []
    near = nearest(read.root, text.view.flow.by_id)
    return [name for name in near if str(read.path[0].key) in text.names[name].fields]


RULE = Rule("MFO502", "unknown-name", Severity.ERROR, select.expressions, check, fix="unsafe")
