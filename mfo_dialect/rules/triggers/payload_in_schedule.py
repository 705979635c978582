"""A schedule's input mapping reads a payload, which a schedule does not have.

## What it finds

A ``TRIGGER`` reference in the ``input_mapping`` of a trigger of type ``schedule``.

## Why it matters

There is nothing to read when a schedule fires, so the run fails before its first task.

## Bad

```yaml workflow.yml
workflow_name: letters
triggers:
  - id: nightly
    type: schedule
    config: {cron_expression: "0 2 * * *"}
    input_mapping:
      folder: TRIGGER.payload.folder
      #       ^^^^^^^^^^^^^^^^^^^^^^ MFO705
taskflows:
  - taskflow_id: answer_letters
    tasks:
      - id: answer
        type: mfo_api_chat_send
        config: {prompt: "Answer the letters in ${INPUT.folder}"}
```

## Good

```yaml workflow.yml
workflow_name: letters
triggers:
  - id: nightly
    type: schedule
    config: {cron_expression: "0 2 * * *"}
    input_mapping:
      folder: inbox
taskflows:
  - taskflow_id: answer_letters
    tasks:
      - id: answer
        type: mfo_api_chat_send
        config: {prompt: "Answer the letters in ${INPUT.folder}"}
```

## Fix

Write the value itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Reader, Use
from mfo_dialect.findings import Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule


def check(use: Use, _snapshot: Snapshot) -> Iterator[Report]:
    """Report a reference to TRIGGER in a schedule's mapping."""
    trigger = use.trigger
    if use.reader is not Reader.TRIGGER or trigger is None or trigger.type is None or use.reference.problem:
        return
    if trigger.type.text == "schedule" and use.reference.root == "TRIGGER":
        yield Report(use.document, use.span, "a schedule has no payload: its input_mapping holds plain values only")


RULE = Rule("MFO705", "payload-in-schedule", Severity.ERROR, select.uses_of_triggers, check)
