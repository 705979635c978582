"""What data one node takes in and hands on, as plain values that tell where it comes from and not what it says.

A linear data flow over whole values: it knows which task reads which, and what kind of value is read, and neither
branches nor what a text says. Numbers, booleans, values of an enum and ids that the server gives carry nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import TypeAlias

from mfo_dialect import expressions
from mfo_dialect.analysis.expression_texts import expression_texts_of
from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.node_reads import node_reads_of, producer_of
from mfo_dialect.analysis.resolve import Scope
from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot, TriggerView
from mfo_dialect.analysis.uses import Reader, Use
from mfo_dialect.model.access import text_at
from mfo_dialect.model.workflow import Subflow, Task
from mfo_dialect.records import record
from mfo_dialect.shapes import Kind, Shape
from mfo_dialect.syntax import Mapping, Scalar, follow

_OPEN_TRIGGERS = frozenset({"webhook", "event", "user_input"})
_HARMLESS_KINDS = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN, Kind.NULL})
_GIVEN_BY_THE_SERVER = frozenset({"thread_id", "usage", "success"})
_RECORDS = frozenset({"resource", "job"})
_GIVEN_IN_RECORDS = frozenset({"id", "type", "status", "created_at", "updated_at"})
_PASSING = frozenset(
    {
        "mfo_api_chat_send",
        "mfo_agent_run",
        "mfo_api_tool_execute",
        "mfo_api_job_create",
        "mfo_api_resource_create",
        "mfo_api_resource_update",
    }
)
_LOOKED_UP = frozenset({"mfo_api_resource_get", "mfo_api_job_get"})
_TELLING = {(), ("payload",), ("headers",)}
_GIVEN_BY_TRIGGERS = {("id",), ("type",)}


class Outside(Enum):
    """Where data comes from that nobody in the bundle has written."""

    REQUEST = "what a server outside answers"


@record
class MemoryKey:
    """A key of the memory."""

    name: str


@record
class InputPart:
    """INPUT as it is read on a level, or one of its fields: none or one name."""

    level: LevelView
    names: tuple[str, ...]


@record
class Triggered:
    """What the triggers of a taskflow bring in."""

    flow: FlowView


Origin: TypeAlias = NodeView | MemoryKey | InputPart | Triggered | Outside


@record
class Ways:
    """The data of one node.

    Attributes:
        taken: where what it gives comes from, in the order in which it is read.
        key: the memory key that it stores under; None where it stores nothing.
        stored: where what it stores comes from.
    """

    taken: tuple[Origin, ...] = ()
    key: MemoryKey | None = None
    stored: tuple[Origin, ...] = ()


@record
class Given:
    """What a subflow gives to its nodes as inputs: the names, and where each comes from."""

    names: frozenset[str]
    origins: tuple[tuple[frozenset[str], Origin], ...]


def is_harmless(shape: Shape) -> bool:
    """Whether a value of this shape can carry no words of a stranger."""
    return shape.kind in _HARMLESS_KINDS or bool(shape.choices)


def ways_of(view: NodeView, snapshot: Snapshot) -> Ways:
    """The data of one node; kept."""
    return snapshot.kept(view, _ways_of)


def producers_of(view: NodeView, snapshot: Snapshot) -> tuple[NodeView, ...]:
    """The nodes that a node reads, each once; kept."""
    return snapshot.kept(view, _producers_of)


def given_by(owner: NodeView, snapshot: Snapshot) -> Given:
    """What a subflow gives to its nodes; kept."""
    return snapshot.kept(owner, _given_by)


def open_triggers(flow: FlowView, snapshot: Snapshot) -> tuple[TriggerView, ...]:
    """The triggers of a taskflow by which strangers can send something; kept."""
    return snapshot.kept(flow, _open_triggers)


def _open_triggers(flow: FlowView, snapshot: Snapshot) -> tuple[TriggerView, ...]:
    views = {id(view.trigger): view for view in snapshot.triggers if view.workflow is flow.workflow}
    found = (views.get(id(trigger)) for trigger in flow.triggers)
    return tuple(view for view in found if view is not None and _is_open(view))


def _is_open(view: TriggerView) -> bool:
    trigger = view.trigger
    return trigger.enabled and trigger.type is not None and trigger.type.text in _OPEN_TRIGGERS


def mapped_by(view: TriggerView, snapshot: Snapshot) -> tuple[tuple[int, frozenset[str]], ...] | None:
    """The references of a trigger's mapping that carry what was sent, by their numbers, each with the inputs that hold it.

    None where the trigger has no mapping, so that all that is sent becomes the input.
    """
    return snapshot.kept(view, _mapped_by)


def _mapped_by(view: TriggerView, snapshot: Snapshot) -> tuple[tuple[int, frozenset[str]], ...] | None:
    mapping = view.trigger.input_mapping
    if mapping is None:
        return None
    return tuple(
        (number, _holding(mapping, use.scalar))
        for number, use in enumerate(snapshot.uses_of(view))
        if use.reference.root == "TRIGGER"
        and not use.reference.problem
        and not is_harmless(snapshot.resolution(use).shape)
        and use.reference.path[:1] not in _GIVEN_BY_TRIGGERS
    )


def origin_of(use: Use, snapshot: Snapshot) -> Origin | None:
    """Where what a reference reads comes from; None where that can carry nothing."""
    reference = use.reference
    if reference.problem or use.level is None:
        return None
    resolution = snapshot.resolution(use)
    if is_harmless(resolution.shape):
        return None
    if resolution.node is not None:
        names = tuple(segment.name for segment in reference.segments[resolution.depth :])
        return None if _is_given(resolution.node, names) else resolution.node
    if reference.root == "INPUT":
        return InputPart(use.level, reference.path[:1])
    if reference.root == "TRIGGER" and reference.path[:1] in _TELLING and use.flow is not None:
        return Triggered(use.flow)
    return None


def _is_given(producer: NodeView, names: tuple[str, ...]) -> bool:
    """Whether the server itself gives what is read of a node."""
    if not names:
        return False
    if names[0] in _GIVEN_BY_THE_SERVER and producer.type_name != "transform":
        return True
    return names[0] in _RECORDS and names[1:2] != () and names[1] in _GIVEN_IN_RECORDS


def _producers_of(view: NodeView, snapshot: Snapshot) -> tuple[NodeView, ...]:
    return tuple(dict.fromkeys(read.producer for read in node_reads_of(view, snapshot)))


def _ways_of(view: NodeView, snapshot: Snapshot) -> Ways:
    task = view.node
    if not isinstance(task, Task):
        return Ways()
    key = text_at(task.config, "key") if task.config is not None else None
    memory = MemoryKey(key.text) if key is not None else None
    if view.type_name == "http_request":
        return Ways((Outside.REQUEST,))
    if view.type_name == "mfo_api_memory_get":
        return Ways((memory,) if memory is not None else ())
    if view.type_name == "mfo_api_memory_store" and key is not None and task.config is not None:
        return Ways((), memory, tuple(_stored(view, task.config, key, snapshot)))
    return Ways(tuple(dict.fromkeys(_taken(view, snapshot))))


def _taken(view: NodeView, snapshot: Snapshot) -> Iterator[Origin]:
    project = snapshot.bundle.project
    if view.type_name in _PASSING or (view.type_name and project.task_types.get(view.type_name)):
        found = (origin_of(use, snapshot) for use in snapshot.uses_of(view))
        yield from (origin for origin in found if origin is not None)
    elif view.type_name in _LOOKED_UP:
        for use in snapshot.uses_of(view):
            # What another task of the bundle stored, and this one reads back by the id that was given for it.
            producer = snapshot.resolution(use).node if not use.reference.problem else None
            if producer is not None and producer.type_name in _PASSING:
                yield producer
    elif view.type_name == "transform":
        yield from _computed(view, snapshot)


def _computed(view: NodeView, snapshot: Snapshot) -> Iterator[Origin]:
    inputs = input_shape(view.level, snapshot.bundle)
    for text in expression_texts_of(view, snapshot):
        if is_harmless(text.checked.result):
            continue
        for read in expressions.reads(text.parsed):
            path = tuple(str(segment.key) for segment in read.path)
            producer = None if read.root in inputs.fields else producer_of(read, Scope(snapshot.bundle, view.level))
            if producer is not None:
                depth = len(producer.path) - len(view.flow.by_id[read.root].path)
                if not _is_given(producer, path[depth:]):
                    yield producer
            elif read.root == "INPUT" or read.root in inputs.fields:
                yield InputPart(view.level, path[:1] if read.root == "INPUT" else (read.root,))


def _stored(view: NodeView, config: Mapping, key: Scalar, snapshot: Snapshot) -> Iterator[Origin]:
    pair = config.pair("value")
    value = follow(pair.value) if pair is not None else None
    for use in snapshot.uses_of(view) if value is not None else ():
        if value is not None and value.span.contains(use.scalar.span.start) and use.scalar is not key:
            origin = origin_of(use, snapshot)
            if origin is not None:
                yield origin


def _given_by(owner: NodeView, snapshot: Snapshot) -> Given:
    mapping = owner.node.input_mapping if isinstance(owner.node, Subflow) else None
    if mapping is None:
        return Given(frozenset(), ())
    names = frozenset(pair.name for pair in mapping.effective_pairs() if pair.name is not None)
    uses = (use for use in snapshot.uses_of(owner) if use.reader is Reader.INPUT_MAPPING)
    found = ((_holding(mapping, use.scalar), origin_of(use, snapshot)) for use in uses)
    return Given(names, tuple((holding, origin) for holding, origin in found if origin is not None))


def _holding(mapping: Mapping, scalar: Scalar) -> frozenset[str]:
    """The keys of a map whose values hold a scalar."""
    names = (pair.name for pair in mapping.effective_pairs())
    start = scalar.span.start
    return frozenset(name for name in names if name is not None and _contains(mapping, name, start))


def _contains(mapping: Mapping, name: str, offset: int) -> bool:
    value = mapping.get(name)
    return value is not None and value.span.contains(offset)
