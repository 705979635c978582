"""What a trigger or a subflow maps does not fit the inputs that are asked for.

## What it finds

An ``input_mapping`` that leaves out a required input without a default, or gives one that the ``input_schema`` does not
know: a trigger's for the taskflow that it starts, a subflow's for its own schema. A subflow has the inputs around it as
well, so only what is surely not among them is missing. A schedule without a mapping gives nothing; the payload of other
triggers without one is the input, and is left alone.

## Why it matters

Each run that the trigger starts is refused; and a value under a wrong name never arrives.

## Bad

```yaml workflow.yml
workflow_name: letters
triggers:
  - id: by_hand
    type: manual
    input_mapping:
#   ^^^^^^^^^^^^^ MFO706 "letter"
      sender: ${TRIGGER.payload.sender}
#     ^^^^^^ MFO706 there are letter
taskflows:
  - taskflow_id: answer
    input_schema:
      required: [letter]
      properties: {letter: {type: string}}
    tasks:
      - id: write
        type: mfo_api_chat_send
        config: {prompt: "Answer ${INPUT.letter}"}
```

## Good

```yaml workflow.yml
workflow_name: letters
triggers:
  - id: by_hand
    type: manual
    input_mapping:
      letter: ${TRIGGER.payload.letter}
taskflows:
  - taskflow_id: answer
    input_schema:
      required: [letter]
      properties: {letter: {type: string}}
    tasks:
      - id: write
        type: mfo_api_chat_send
        config: {prompt: "Answer ${INPUT.letter}"}
```

## Fix

Map every required input, under the name that the schema has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.schemas import schema_data, schema_shape
from mfo_dialect.analysis.scopes import FlowView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot, TriggerView
from mfo_dialect.catalogue.workflow_keys import TRIGGER
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.model.workflow import Subflow, Trigger
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import rename_to_nearest
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.shapes import Kind, Shape, step
from mfo_dialect.suggestions import did_you_mean, nearest
from mfo_dialect.syntax import Mapping, Node, Scalar, is_merge_key


def check(item: TriggerView | NodeView, snapshot: Snapshot) -> Iterator[Report]:
    """Report the inputs that one mapping leaves out, or gives in vain."""
    if isinstance(item, NodeView):
        yield from _check_subflow(item, snapshot)
        return
    flow = _started(item, snapshot)
    trigger = item.trigger
    mapping = trigger.input_mapping
    if flow is None or trigger.mapping.damaged or flow.taskflow.mapping.damaged:
        return
    if mapping is None and not _gives_nothing(trigger):
        return
    comparison = _Comparison(item.workflow.document, mapping, flow.taskflow.input_schema, snapshot)
    yield from comparison.reports(trigger.mapping, lambda _: True)


def _gives_nothing(trigger: Trigger) -> bool:
    """Whether a trigger without a mapping surely gives no input: a schedule, which has no payload either."""
    written = [pair.name for pair in trigger.mapping.effective_pairs()]
    is_schedule = trigger.type is not None and trigger.type.text == "schedule"
    return is_schedule and all(name in _KNOWN_KEYS or (name or "").startswith("x-") for name in written)


_KNOWN_KEYS = frozenset(key.name for key in TRIGGER.keys) | {"config"}


def _started(view: TriggerView, snapshot: Snapshot) -> FlowView | None:
    found = [flow for flow in snapshot.flows if flow.workflow is view.workflow and view.trigger in flow.triggers]
    return found[0] if len(found) == 1 else None


def _check_subflow(view: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    subflow = view.node
    if not isinstance(subflow, Subflow) or subflow.input_schema is None or subflow.mapping.damaged or view.flow.damaged:
        return
    outer = input_shape(view.level, snapshot.bundle)
    comparison = _Comparison(view.document, subflow.input_mapping, subflow.input_schema, snapshot)
    yield from comparison.reports(subflow.mapping, lambda name: step(outer, name) is None)


class _Comparison:
    """One mapping beside the schema of the inputs that it gives."""

    def __init__(self, document: str, mapping: Mapping | None, schema: Node | None, snapshot: Snapshot) -> None:
        self._document = document
        self._mapping = mapping
        self._schema = schema
        self._shape: Shape = schema_shape(schema, snapshot.bundle)
        self._data: object = schema_data(schema, snapshot.bundle)

    def reports(self, holder: Mapping, is_lacking: Callable[[str], bool]) -> Iterator[Report]:
        """What does not fit; ``is_lacking`` says of an input that is not mapped whether it comes from nowhere else."""
        if self._shape.kind is not Kind.MAP or not self._shape.fields:
            return
        pairs = list(self._mapping.effective_pairs()) if self._mapping is not None else []
        given = [pair.name for pair in pairs if pair.name is not None]
        missing = [name for name in self._required() if name not in given and is_lacking(name)]
        unknown = [name for name in given if step(self._shape, name) is None]
        misspelt = {near for name in unknown for near in nearest(name, missing)}
        if misspelt < set(missing):
            yield self._missing(holder, [name for name in missing if name not in misspelt])
        for pair in pairs:
            if pair.name in unknown and isinstance(pair.key, Scalar) and not is_merge_key(pair.key):
                yield self._unknown(pair.key, missing)

    def _missing(self, holder: Mapping, missing: list[str]) -> Report:
        pair = holder.pair("input_mapping") or holder.pair("id") or holder.pairs[0]
        names = ", ".join(f'"{name}"' for name in missing)
        what = "a required input is" if len(missing) == 1 else "required inputs are"
        return Report(
            self._document, pair.key.span, f"{what} not given: {names}", self._related(), missing=tuple(missing)
        )

    def _unknown(self, key: Scalar, missing: list[str]) -> Report:
        names = tuple(self._shape.fields)
        advice = (
            did_you_mean(key.text, missing) or did_you_mean(key.text, names) or f"; there are {', '.join(names[:8])}"
        )
        fixes = rename_to_nearest(self._document, key.content_span, key.text, tuple(missing) or names)
        return Report(
            self._document, key.content_span, f'the input_schema has no "{key.text}"{advice}', self._related(), fixes
        )

    def _related(self) -> tuple[Related, ...]:
        if not isinstance(self._schema, Mapping) or not self._schema.pairs:
            return ()
        return (Related(Place(self._document, self._schema.pairs[0].key.span), "the input_schema stands here"),)

    def _required(self) -> list[str]:
        data = self._data
        keywords = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
        names, properties = keywords.get("required"), keywords.get("properties")
        fields = cast("dict[str, Any]", properties) if isinstance(properties, dict) else {}
        listed = cast("list[object]", names) if isinstance(names, list) else []
        return [name for name in listed if isinstance(name, str) and not _has_default(fields.get(name))]


def _has_default(schema: object) -> bool:
    return isinstance(schema, dict) and "default" in schema


RULE = Rule("MFO706", "input-mismatch", Severity.ERROR, (select.triggers, select.subflows), check, fix="unsafe")
