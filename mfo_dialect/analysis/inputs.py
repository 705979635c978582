"""What is known of INPUT and TRIGGER where a node reads them (dialect sections 3 and 6)."""

from __future__ import annotations

from dataclasses import replace

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.graph import NodeKind
from mfo_dialect.analysis.schemas import schema_shape
from mfo_dialect.analysis.scopes import FlowView, LevelView
from mfo_dialect.model.workflow import Subflow, Trigger
from mfo_dialect.shapes import OPEN_MAP, TEXT, UNKNOWN, Kind, Shape, closed_map, open_map


def input_shape(level: LevelView, bundle: Bundle) -> Shape:
    """The shape of INPUT on a level: the taskflow's, overlaid by each subflow's ``input_mapping`` on the way."""
    return bundle.kept(level, _input_shape)


def _input_shape(level: LevelView, bundle: Bundle) -> Shape:
    owner = level.owner
    if owner is None:
        return _as_map(schema_shape(level.flow.taskflow.input_schema, bundle))
    outer = input_shape(owner.level, bundle)
    subflow = owner.node
    if not isinstance(subflow, Subflow):
        return outer
    own = schema_shape(subflow.input_schema, bundle)
    mapped = (
        [pair.name for pair in subflow.input_mapping.effective_pairs() if pair.name]
        if subflow.input_mapping is not None
        else []
    )
    fields = {**outer.fields, **dict.fromkeys(mapped, UNKNOWN), **own.fields}
    if own.kind is Kind.MAP:
        return open_map(fields, own.rest) if own.rest is not None else closed_map(fields)
    return open_map(fields, outer.rest) if outer.rest is not None else closed_map(fields)


def _as_map(shape: Shape) -> Shape:
    return OPEN_MAP if shape.kind is Kind.ANY else shape


def trigger_shape(triggers: tuple[Trigger, ...], bundle: Bundle) -> Shape:
    """The shape of TRIGGER, for one trigger's mapping or for a taskflow that several triggers start."""
    payloads = [_payload_shape(trigger, bundle) for trigger in triggers]
    payload = payloads[0] if payloads and all(shape == payloads[0] for shape in payloads) else UNKNOWN
    return closed_map(
        {
            "payload": replace(payload, description="What the trigger was called with."),
            "id": replace(TEXT, description="The trigger's id."),
            "type": replace(TEXT, description="The trigger's type."),
            "headers": Shape(Kind.MAP, rest=TEXT, description="The request's headers."),
        }
    )


def _payload_shape(trigger: Trigger, bundle: Bundle) -> Shape:
    if trigger.config is None or trigger.type is None or trigger.type.text != "webhook":
        return UNKNOWN
    return schema_shape(trigger.config.get("expected_payload_schema"), bundle)


def is_only_triggered(flow: FlowView) -> bool:
    """Whether the taskflow's tasks may read TRIGGER: it is a trigger's target."""
    return bool(flow.triggers)


def taskflow_shape(flow: FlowView, bundle: Bundle) -> Shape:
    """The shape of TASKFLOW."""
    return bundle.kept(flow, _taskflow_shape)


def _taskflow_shape(flow: FlowView, _bundle: Bundle) -> Shape:
    conditions = {view.id: Shape(Kind.INTEGER) for view in flow.nodes if view.kind is NodeKind.CONDITION}
    map_of = open_map if flow.damaged else closed_map
    return closed_map(
        {
            "process_id": replace(TEXT, description="The run's own id."),
            "id": replace(TEXT, description="The taskflow's id."),
            "name": replace(TEXT, description="The taskflow's name."),
            "started_at": replace(TEXT, description="When the run started, in UTC."),
            "iterations": map_of(conditions, description="How often each condition has taken its loop edge."),
        }
    )
