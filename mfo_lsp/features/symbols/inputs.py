"""Which level declares an input, and where: schemas, a subflow's mapping, a trigger's mapping."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView, TriggerView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.access import entries_at, items_at
from mfo_dialect.model.workflow import Subflow
from mfo_dialect.syntax import Mapping, Node, Scalar, follow
from mfo_dialect.text import Span
from mfo_lsp.features.symbols.values import Occurrence, Symbol, SymbolKind, flow_scope, node_scope

_Property = tuple[str, Scalar, Node]


def input_symbol(name: str, level: LevelView, bundle: Bundle) -> Symbol:
    """The input that ``INPUT.name`` means on a level: that of the nearest subflow that declares it, else the flow's."""
    owner = level.owner
    while owner is not None:
        if name in dict(_inputs_of_subflow(owner, bundle)):
            return Symbol(SymbolKind.INPUT, name, node_scope(owner))
        owner = owner.level.owner
    return Symbol(SymbolKind.INPUT, name, flow_scope(level.flow))


def schema_properties(node: Node | None, document: str, bundle: Bundle) -> Iterator[_Property]:
    """The properties of a JSON Schema, written here or named: the document of each, its key and its own schema."""
    schema, document = _written_schema(node, document, bundle)
    if schema is not None:
        for key, value in entries_at(schema, "properties"):
            yield document, key, value


def _written_schema(node: Node | None, document: str, bundle: Bundle) -> tuple[Mapping | None, str]:
    if isinstance(node, Scalar):
        declared = bundle.schemas.get(node.text)
        if declared is None:
            return None, document
        node, document = declared.node, declared.document
    return (node if isinstance(node, Mapping) else None), document


def _required(node: Node | None, document: str, bundle: Bundle) -> Iterator[tuple[str, Scalar]]:
    """The names in the ``required`` list of a JSON Schema, each with its document."""
    schema, document = _written_schema(node, document, bundle)
    if schema is not None:
        for item in items_at(schema, "required"):
            if isinstance(item, Scalar):
                yield document, item


def _inputs_of_subflow(view: NodeView, bundle: Bundle) -> Iterator[tuple[str, _Property]]:
    subflow = view.node
    assert isinstance(subflow, Subflow)
    for document, key, value in schema_properties(subflow.input_schema, view.document, bundle):
        yield key.text, (document, key, value)
    if subflow.input_mapping is not None:
        for pair in subflow.input_mapping.effective_pairs():
            key = follow(pair.key)
            if isinstance(key, Scalar):
                yield key.text, (view.document, key, follow(pair.value))


def declared_inputs(flow: FlowView, bundle: Bundle) -> Iterator[Occurrence]:
    """Where a taskflow declares inputs; its subflows declare their own."""
    for document, key, value in schema_properties(flow.taskflow.input_schema, flow.document, bundle):
        yield _declaration(Symbol(SymbolKind.INPUT, key.text, flow_scope(flow)), document, key, value)
    for document, item in _required(flow.taskflow.input_schema, flow.document, bundle):
        yield _use(Symbol(SymbolKind.INPUT, item.text, flow_scope(flow)), document, item)


def inputs_of_subflow(view: NodeView, bundle: Bundle) -> Iterator[Occurrence]:
    """Where a subflow declares inputs; nothing for other nodes."""
    if view.inner is None:
        return
    for name, (document, key, value) in _inputs_of_subflow(view, bundle):
        yield _declaration(Symbol(SymbolKind.INPUT, name, node_scope(view)), document, key, value)
    if isinstance(view.node, Subflow):
        for document, item in _required(view.node.input_schema, view.document, bundle):
            yield _use(input_symbol(item.text, view.inner, bundle), document, item)


def _declaration(symbol: Symbol, document: str, key: Scalar, value: Node) -> Occurrence:
    whole = Span(key.span.start, max(key.span.end, value.span.end))
    return Occurrence(symbol, document, key.content_span, is_declaration=True, whole=whole, scalar=key)


def _use(symbol: Symbol, document: str, scalar: Scalar) -> Occurrence:
    return Occurrence(symbol, document, scalar.content_span, is_declaration=False, whole=scalar.span, scalar=scalar)


def mapped_inputs(view: TriggerView, snapshot: Snapshot) -> Iterator[Occurrence]:
    """Where a trigger gives inputs to the taskflows that it starts."""
    mapping, document = view.trigger.input_mapping, view.workflow.document
    if mapping is None:
        return
    started = [flow for flow in snapshot.flows if flow.document == document and view.trigger in flow.triggers]
    for pair in mapping.effective_pairs():
        key = follow(pair.key)
        if isinstance(key, Scalar):
            for flow in started:
                yield _use(Symbol(SymbolKind.INPUT, key.text, flow_scope(flow)), document, key)
