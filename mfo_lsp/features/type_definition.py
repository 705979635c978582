"""Where it is declared what a value is like: the schema behind a reference, a variable or a node.

It knows no protocol: places are offsets.
"""

from __future__ import annotations

from mfo_dialect.analysis.outputs import used_template
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place
from mfo_dialect.model.workflow import Task
from mfo_dialect.text import Span
from mfo_lsp.features.definition import Definition
from mfo_lsp.features.schema_fields import SchemaField, schema_at, written_schema
from mfo_lsp.features.symbols import Occurrence, SymbolKind, index_symbols, node_named


def type_definitions(snapshot: Snapshot, document: str, offset: int) -> tuple[Definition, ...]:
    """The schema of what a cursor touches; empty where none is declared.

    A segment of a reference leads to the schema of what is read up to there, an input to its property, a variable to
    its schema in ``variables``, the id of a node to what declares its outputs: the ``output_schema`` of its prompt
    template, or its custom task type.

    Args:
        snapshot: the bundle.
        document: the key of the text.
        offset: the cursor.
    """
    field = schema_at(snapshot, document, offset)
    touched = index_symbols(snapshot).at(document, offset)
    if field is None and touched is not None:
        field = _of_symbol(touched, snapshot)
    return (Definition(field.origin, field.name, field.whole),) if field is not None else ()


def _of_symbol(touched: Occurrence, snapshot: Snapshot) -> SchemaField | None:
    bundle = snapshot.bundle
    match touched.symbol.kind:
        case SymbolKind.NODE:
            view = node_named(touched.symbol, snapshot)
            return _of_node(view, touched.span, snapshot) if view is not None else None
        case SymbolKind.INPUT | SymbolKind.SCHEMA:
            declared = next(iter(index_symbols(snapshot).declarations(touched.symbol)), None)
            place = Place(declared.document, declared.whole) if declared is not None else None
            return SchemaField(touched.span, place, place.span) if place is not None else None
        case SymbolKind.VARIABLE:
            template = bundle.templates.get(touched.symbol.scope[0])
            written = (template.variables or {}).get(touched.symbol.name) if template is not None else None
            if template is None or written is None or written[1] is None:
                return None
            return written_schema(written[1], template.document, touched.span, bundle)
        case SymbolKind.TOOL:
            tool = bundle.tools.get(touched.symbol.name)
            if tool is None or tool[1].parameters is None:
                return None
            return written_schema(tool[1].parameters, tool[0], touched.span, bundle)
        case _:
            return None


def _of_node(view: NodeView, origin: Span, snapshot: Snapshot) -> SchemaField | None:
    if not isinstance(view.node, Task):
        return None
    project = snapshot.bundle.project
    if view.type_name in project.task_types:
        span = project.place_of("task_types", view.type_name, "outputs")
        return SchemaField(origin, Place(project.document, span), span)
    template = used_template(view.node, snapshot.bundle)
    if template is None or template.output_schema is None:
        return None
    return written_schema(template.output_schema, template.document, origin, snapshot.bundle)
