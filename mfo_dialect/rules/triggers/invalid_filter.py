"""The filter of an event trigger is an expression that has no answer.

## What it finds

The `filter` of a trigger of type `event`, where it is written as an expression, that cannot be read, calls a function
that does not exist or calls one wrongly, combines values that do not go together, or has a result that is neither true nor
false. It may speak of the keys of the event's data and of `event`, which has `id`, `type`, `data` and `created_at`;
which keys the data have is not known, so every other name is taken for one of them.

## Why it matters

No event passes such a filter, and `mfo triggers` does not start with one that cannot be read.

## Bad

```yaml workflow.yml
workflow_name: orders
triggers:
  - id: large
    type: event
    config: {event_type: order.paid, filter: total > 100 and lenn(items) > 0}
    #                                                        ^^^^ MFO709 did you mean "len"
  - id: named
    type: event
    config: {event_type: order.paid, filter: event.type + "!"}
    #                                        ^^^^^^^^^^^^^^^^ MFO709 neither true nor false
taskflows:
  - taskflow_id: thank
    tasks:
      - {id: note, type: transform, config: {values: {said: "'thanks'"}}}
```

## Good

```yaml workflow.yml
workflow_name: orders
triggers:
  - id: large
    type: event
    config: {event_type: order.paid, filter: total > 100 and len(items) > 0}
    target_taskflow: thank
  - id: of_ada
    type: event
    config: {event_type: order.paid, filter: {customer.name: Ada}}
    target_taskflow: thank
taskflows:
  - taskflow_id: thank
    tasks:
      - {id: note, type: transform, config: {values: {said: "'thanks'"}}}
```

## Fix

Where a function has nearly that name, it is offered. Else correct the expression, or write a map from dotted paths to the
values that must stand there.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect import expressions
from mfo_dialect.analysis.scopes import TriggerView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity
from mfo_dialect.model.access import text_at
from mfo_dialect.rules import select
from mfo_dialect.rules.expressions.reporting import report_of
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.shapes import TEXT, UNKNOWN, Kind, Shape

_NAMES = {"event": Shape(Kind.MAP, {"id": TEXT, "type": TEXT, "data": UNKNOWN, "created_at": TEXT}, rest=UNKNOWN)}


def check(view: TriggerView, _snapshot: Snapshot) -> Iterator[Report]:
    """Report the first problem of one filter's form, or all others."""
    trigger = view.trigger
    if trigger.type is None or trigger.type.text != "event" or trigger.config is None:
        return
    scalar = text_at(trigger.config, "filter")
    if scalar is None or not scalar.text.strip():
        return
    document = view.workflow.document
    parsed = expressions.parse(scalar.text)
    checked = expressions.check(parsed, _NAMES, unknown_names_allowed=True)
    for problem in sorted(parsed.problems, key=lambda problem: problem.span)[:1] or checked.problems:
        yield report_of(problem, document, scalar.span_of(problem.span))
    if not (parsed.problems or checked.problems) and checked.result.kind not in {Kind.BOOLEAN, Kind.ANY}:
        message = f"the filter's result is of type {checked.result}, which is neither true nor false"
        yield Report(document, scalar.content_span, message)


RULE = Rule("MFO709", "invalid-filter", Severity.ERROR, select.triggers, check, fix="unsafe")
