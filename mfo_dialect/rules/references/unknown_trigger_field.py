"""A reference reads a field of a trigger's payload that is not there.

## What it finds

A field of ``TRIGGER.payload`` that the trigger's ``expected_payload_schema`` does not list. Payloads without a schema
are left alone.

## Why it matters

A payload that fits the schema does not have the field, so each call of the trigger fails.

## Bad

```yaml workflow.yml
workflow_name: letters
global_configs: {secrets: {mail_hook: {env: MAIL_HOOK}}}
triggers:
  - id: new_letter
    type: webhook
    config:
      http_path: /letters
      secret_ref: mail_hook
      expected_payload_schema: {properties: {letter_id: {type: string}}}
    input_mapping:
      letter: ${TRIGGER.payload.leter_id}
      #                         ^^^^^^^^ MFO410 did you mean "letter_id"?
taskflows:
  - taskflow_id: answer_letter
    tasks:
      - id: fetch
        type: mfo_api_memory_get
        config: {key: "${INPUT.letter}"}
```

## Good

```yaml workflow.yml
workflow_name: letters
global_configs: {secrets: {mail_hook: {env: MAIL_HOOK}}}
triggers:
  - id: new_letter
    type: webhook
    config:
      http_path: /letters
      secret_ref: mail_hook
      expected_payload_schema: {properties: {letter_id: {type: string}}}
    input_mapping:
      letter: ${TRIGGER.payload.letter_id}
taskflows:
  - taskflow_id: answer_letter
    tasks:
      - id: fetch
        type: mfo_api_memory_get
        config: {key: "${INPUT.letter}"}
```

## Fix

Read a field that the payload has, or add it to the schema.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.resolve import Outcome
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.model.workflow import Trigger
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import rename_to_nearest
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import did_you_mean

_MOST_NAMES = 8


def check(use: Use, snapshot: Snapshot) -> Iterator[Report]:
    """Report the first name below TRIGGER.payload that is known to be absent."""
    if use.reference.problem or use.reference.root != "TRIGGER" or _is_schedule(use.trigger):
        return
    resolution = snapshot.resolution(use)
    if resolution.outcome is not Outcome.ABSENT or resolution.node is not None or resolution.failed_at <= 1:
        return
    segments, index = use.reference.segments, resolution.failed_at
    wrong, span = segments[index].name, use.segment_span(index)
    before = ".".join(segment.name for segment in segments[:index])
    listed = ", ".join(resolution.choices[:_MOST_NAMES])
    advice = did_you_mean(wrong, resolution.choices) or (f"; there are {listed}" if listed else "")
    schema = _schema_place(use)
    related = (Related(schema, "the payload's schema stands here"),) if schema is not None else ()
    fixes = rename_to_nearest(use.document, span, wrong, resolution.choices)
    yield Report(use.document, span, f'"{before}" has no "{wrong}"{advice}', related, fixes)


def _is_schedule(trigger: Trigger | None) -> bool:
    return trigger is not None and trigger.type is not None and trigger.type.text == "schedule"


def _schema_place(use: Use) -> Place | None:
    triggers = (use.trigger,) if use.trigger is not None else use.flow.triggers if use.flow is not None else ()
    for trigger in triggers:
        pair = trigger.config.pair("expected_payload_schema") if trigger.config is not None else None
        if pair is not None:
            return Place(use.document, pair.key.span)
    return None


RULE = Rule("MFO410", "unknown-trigger-field", Severity.ERROR, select.lost_uses, check, fix="unsafe")
