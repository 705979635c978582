"""A trigger starts a taskflow that is not there.

## What it finds

A ``target_taskflow`` that no taskflow of the same document has as its id, and a trigger without a target in a document
with several taskflows.

## Why it matters

Nothing runs when the trigger fires.

## Bad

```yaml workflow.yml
workflow_name: letters
triggers:
  - id: nightly
    type: schedule
    config: {cron_expression: "0 2 * * *"}
    target_taskflow: anser_letters
    #                ^^^^^^^^^^^^^ MFO703 did you mean "answer_letters"
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
    config: {cron_expression: "0 2 * * *"}
    target_taskflow: answer_letters
taskflows:
  - taskflow_id: answer_letters
    tasks:
      - id: answer
        type: mfo_api_chat_send
        config: {prompt: "Answer the letters"}
```

## Fix

Write the id of the taskflow that was meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.snapshot import Snapshot, TriggerView
from mfo_dialect.findings import Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import rename_to_nearest
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import did_you_mean


def check(view: TriggerView, _snapshot: Snapshot) -> Iterator[Report]:
    """Report a trigger whose taskflow is not there, or not named where it must be."""
    workflow, trigger = view.workflow, view.trigger
    if workflow.root.damaged:
        return
    names = tuple(flow.name for flow in workflow.taskflows if flow.name)
    if len(names) < len(workflow.taskflows):
        return
    if trigger.target is None:
        if len(names) > 1 and not trigger.mapping.damaged:
            place = trigger.id.content_span if trigger.id is not None else trigger.mapping.pairs[0].key.span
            message = f"target_taskflow is missing: the document has {len(names)} taskflows, {', '.join(names)}"
            yield Report(workflow.document, place, message)
        return
    if trigger.target.text not in names:
        span, wrong = trigger.target.content_span, trigger.target.text
        fixes = rename_to_nearest(workflow.document, span, wrong, names)
        yield Report(
            workflow.document, span, f'no taskflow is called "{wrong}"{did_you_mean(wrong, names)}', fixes=fixes
        )


RULE = Rule("MFO703", "unknown-taskflow", Severity.ERROR, select.triggers, check, fix="unsafe")
