"""Where a JSON Schema declares the field that a reference reads: answers of prompts, arguments of tools, payloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.outputs import used_template
from mfo_dialect.analysis.resolve import Resolution
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.findings import Place
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.model.workflow import Task
from mfo_dialect.syntax import Mapping, Node, Scalar
from mfo_dialect.text import Span
from mfo_lsp.features.symbols.inputs import schema_properties
from mfo_lsp.features.targets import use_at


@dataclass(frozen=True, slots=True)
class SchemaField:
    """A property in a schema, and the segment of a reference that reads it."""

    origin: Span
    name: Place
    whole: Span


@dataclass(frozen=True, slots=True)
class _Start:
    """A schema, the document that holds it, and the segment of the path that is its first property."""

    schema: Node | None
    document: str
    index: int


def field_at(snapshot: Snapshot, document: str, offset: int) -> SchemaField | None:
    """The property that the segment under the cursor reads; None where no schema of the bundle declares it."""
    touched = use_at(snapshot, document, offset)
    if touched is None:
        return None
    use, index = touched
    names = tuple(segment.name for segment in use.reference.segments)
    origin = use.segment_span(index)
    resolution = snapshot.resolution(use)
    if resolution.node is not None and index >= resolution.depth:
        custom = _of_custom_type(resolution.node, snapshot.bundle)
        if custom is not None:
            return SchemaField(origin, custom, custom.span)
    start = _start(use, names, resolution, snapshot.bundle)
    return _follow(start, names[: index + 1], origin, snapshot.bundle) if start is not None else None


def schema_at(snapshot: Snapshot, document: str, offset: int) -> SchemaField | None:
    """The schema that describes what the path up to the segment under the cursor reads; None where none does."""
    field = field_at(snapshot, document, offset)
    if field is not None:
        return SchemaField(field.origin, Place(field.name.document, field.whole), field.whole)
    touched = use_at(snapshot, document, offset)
    if touched is None:
        return None
    use, index = touched
    names = tuple(segment.name for segment in use.reference.segments)
    if not use.segment_span(index).contains(offset):
        return None
    start = _start(use, names, snapshot.resolution(use), snapshot.bundle)
    if start is None and names[0] == "INPUT" and use.level is not None:
        start = _Start(use.level.flow.taskflow.input_schema, use.document, 1)
    if start is None or start.schema is None or index != start.index - 1:
        return None
    return written_schema(start.schema, start.document, use.segment_span(index), snapshot.bundle)


def written_schema(node: Node, document: str, origin: Span, bundle: Bundle) -> SchemaField:
    """Where a schema is written: here, or in the declaration of the name that stands here."""
    declared = bundle.schemas.get(node.text) if isinstance(node, Scalar) else None
    if declared is None:
        return SchemaField(origin, Place(document, node.span), node.span)
    whole = declared.node.span if declared.node is not None else declared.name.span
    start, end = min(declared.name.span.start, whole.start), max(declared.name.span.end, whole.end)
    return SchemaField(origin, Place(declared.document, declared.name.content_span), Span(start, end))


def _of_custom_type(view: NodeView, bundle: Bundle) -> Place | None:
    if not isinstance(view.node, Task) or view.node.type_name not in bundle.project.task_types:
        return None
    span = bundle.project.place_of("task_types", view.node.type_name, "outputs")
    return Place(bundle.project.document, span)


def _start(use: Use, names: Sequence[str], resolution: Resolution, bundle: Bundle) -> _Start | None:
    if resolution.node is not None:
        return _of_chat(resolution.node, names[resolution.depth :], resolution.depth, bundle)
    match tuple(names):
        case ("TRIGGER", "payload", *_):
            triggers = (use.trigger,) if use.trigger is not None else use.flow.triggers if use.flow is not None else ()
            config = triggers[0].config if triggers else None
            return _Start(config.get("expected_payload_schema"), use.document, 2) if config is not None else None
        case ("INPUT", *_) if (
            use.level is not None and names[1:2] and names[1] in input_shape(use.level, bundle).fields
        ):
            return _Start(use.level.flow.taskflow.input_schema, use.document, 1)
        case _:
            return None


def _of_chat(view: NodeView, names: Sequence[str], depth: int, bundle: Bundle) -> _Start | None:
    template = used_template(view.node, bundle) if isinstance(view.node, Task) else None
    if template is None:
        return None
    match tuple(names):
        case ("parsed_content", *_):
            return _Start(template.output_schema, template.document, depth + 1)
        case ("tool_call_results", tool, *_):
            return _of_tool(tool, template, depth + 2, bundle)
        case _:
            return None


def _of_tool(name: str, template: PromptTemplate, index: int, bundle: Bundle) -> _Start | None:
    for tool in template.inline_tools:
        if tool.name.text == name:
            return _Start(tool.parameters, template.document, index)
    declared = bundle.tools.get(name)
    return _Start(declared[1].parameters, declared[0], index) if declared is not None else None


def _follow(start: _Start, names: Sequence[str], origin: Span, bundle: Bundle) -> SchemaField | None:
    schema, document = start.schema, start.document
    found: SchemaField | None = None
    for name in names[start.index :]:
        if name.isdecimal() and isinstance(schema, Mapping):
            schema = schema.get("items")
            continue
        declared = {key.text: (place, key, value) for place, key, value in schema_properties(schema, document, bundle)}
        if name not in declared:
            return None
        document, key, schema = declared[name]
        whole = Span(key.span.start, max(key.span.end, schema.span.end))
        found = SchemaField(origin, Place(document, key.content_span), whole)
    return found
