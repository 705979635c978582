"""A schedule that can never work.

## What it finds

A ``cron_expression`` that has not five fields, a field out of its range, an expression that never fires, such as the
30th of February, and a ``timezone`` that is none.

## Why it matters

The taskflow is never started.

## Bad

```yaml workflow.yml
workflow_name: letters
triggers:
  - id: nightly
    type: schedule
    config:
      cron_expression: "0 26 * * *"
      #                   ^^ MFO704 hour
      timezone: Europe/Brussel
      #         ^^^^^^^^^^^^^^ MFO704 did you mean "Europe/Brussels"
taskflows:
  - taskflow_id: answer_letters
    tasks:
      - id: answer
        type: mfo_api_chat_send
        config: {prompt: "Answer the letters"}
```

## Good

```yaml workflow.yml
workflow_name: letters
triggers:
  - id: nightly
    type: schedule
    config:
      cron_expression: "0 2 * * *"
      timezone: Europe/Brussels
taskflows:
  - taskflow_id: answer_letters
    tasks:
      - id: answer
        type: mfo_api_chat_send
        config: {prompt: "Answer the letters"}
```

## Fix

Correct the field that is underlined: minute, hour, day of month, month, day of week.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import Format, Key, TextType, ValueType
from mfo_dialect.findings import Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import rename_to_nearest
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import did_you_mean
from mfo_dialect.syntax import Scalar
from mfo_dialect.text import Span


def check(visit: Visit, _snapshot: Snapshot) -> Iterator[Report]:
    """Report a wrong cron expression or time zone."""
    scalar = visit.node
    if not isinstance(visit.type, TextType) or not isinstance(scalar, Scalar) or not scalar.text.strip():
        return
    from mfo_dialect.analysis import schedules  # noqa: PLC0415 - few workflows have a schedule

    if visit.type.format is Format.CRON:
        problem = schedules.cron_problem(scalar.text)
        if problem is not None:
            yield Report(visit.document, scalar.span_of(Span(problem.start, problem.end)), problem.message)
    elif visit.type.format is Format.TIMEZONE and not schedules.is_timezone(scalar.text):
        names, span = schedules.timezone_names(), scalar.content_span
        message = f'"{scalar.text}" is no IANA time zone{did_you_mean(scalar.text, names)}'
        yield Report(visit.document, span, message, fixes=rename_to_nearest(visit.document, span, scalar.text, names))


def _is_about_time(declared: ValueType, _: Key | None) -> bool:
    return isinstance(declared, TextType) and (declared.format is Format.CRON or declared.format is Format.TIMEZONE)


RULE = Rule("MFO704", "invalid-cron", Severity.ERROR, select.visits_where(_is_about_time), check, fix="unsafe")
