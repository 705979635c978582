"""Which level declares an input, and where: schemas, a subflow's mapping, a trigger's mapping."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.access import entries_at
from mfo_dialect.model.workflow import Subflow
from mfo_dialect.syntax import Mapping, Node, Scalar, follow
from mfo_dialect.text import Span
from mfo_lsp.features.symbols.values import Occurrence, Symbol, SymbolKind, flow_scope, node_scope


def input_symbol(name: str, level: LevelView, bundle: Bundle) -> Symbol:
    """The input that ``INPUT.name`` means on a level: that of the nearest subflow that declares it, else the flow's."""
    owner = level.owner
    while owner is not None:
        if name in dict(_inputs_of_subflow(owner, bundle)):
            return Symbol(SymbolKind.INPUT, name, node_scope(owner))
        owner = owner.level.owner
    return Symbol(SymbolKind.INPUT, name, flow_scope(level.flow))


def schema_properties(node: Node | None, document: str, bundle: Bundle) -> Iterator[tuple[str, Scalar, Node]]:
    """The properties of a JSON Schema, written here or named: the document of each, its key and its own schema."""
    if isinstance(node, Scalar):
        declared = bundle.schemas.get(node.text)
        if declared is None:
            return
        node, document = declared.node, declared.document
    if isinstance(node, Mapping):
        for key, value in entries_at(node, "properties"):
            yield document, key, value


def _inputs_of_subflow(view: NodeView, bundle: Bundle) -> Iterator[tuple[str, tuple[str, Scalar, Node]]]:
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
    """Where a taskflow and its subflows declare inputs."""
    for document, key, value in schema_properties(flow.taskflow.input_schema, flow.document, bundle):
        yield _declaration(Symbol(SymbolKind.INPUT, key.text, flow_scope(flow)), document, key, value)
    for level in flow.levels:
        if level.owner is not None:
            for name, (document, key, value) in _inputs_of_subflow(level.owner, bundle):
                yield _declaration(Symbol(SymbolKind.INPUT, name, node_scope(level.owner)), document, key, value)


def _declaration(symbol: Symbol, document: str, key: Scalar, value: Node) -> Occurrence:
    whole = Span(key.span.start, max(key.span.end, value.span.end))
    return Occurrence(symbol, document, key.content_span, is_declaration=True, whole=whole)


def mapped_inputs(snapshot: Snapshot) -> Iterator[Occurrence]:
    """Where triggers give inputs to the taskflows that they start."""
    for flow in snapshot.flows:
        for trigger in flow.triggers:
            if trigger.input_mapping is None:
                continue
            for pair in trigger.input_mapping.effective_pairs():
                key = follow(pair.key)
                if isinstance(key, Scalar):
                    symbol = Symbol(SymbolKind.INPUT, key.text, flow_scope(flow))
                    yield Occurrence(symbol, flow.document, key.content_span, is_declaration=False, whole=key.span)
