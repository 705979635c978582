"""The names of taskflows and their nodes: ids, edges, branches, outputs of transforms, variables of conditions."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.scopes import FlowView, NodeView
from mfo_dialect.model.access import entries_at
from mfo_dialect.model.workflow import Condition, Task, Taskflow, Trigger, Workflow
from mfo_dialect.syntax import Mapping, Node, Scalar, follow
from mfo_dialect.text import Span
from mfo_lsp.features.symbols.values import Occurrence, Symbol, SymbolKind, flow_scope, node_scope


def in_workflow(workflow: Workflow) -> Iterator[Occurrence]:
    """What a workflow document declares beside its taskflows and triggers."""
    own = (workflow.document,)
    for name, (key, node) in workflow.schemas.items():
        yield declared(Symbol(SymbolKind.SCHEMA, name), workflow.document, key, node)
    for name, key in workflow.secrets.items():
        yield declared(Symbol(SymbolKind.SECRET, name, own), workflow.document, key)
    for name, item in workflow.env.items():
        yield declared(Symbol(SymbolKind.ENVIRONMENT, name, own), workflow.document, item)


def in_taskflow(taskflow: Taskflow, document: str) -> Iterator[Occurrence]:
    """The name of a taskflow."""
    if taskflow.id is not None:
        symbol = Symbol(SymbolKind.TASKFLOW, taskflow.id.text, (document,))
        yield declared(symbol, document, taskflow.id, taskflow.mapping)


def in_outputs(flow: FlowView) -> Iterator[Occurrence]:
    """The names of what a taskflow gives in the end."""
    if flow.taskflow.outputs is not None:
        yield from _keys(flow.taskflow.outputs, SymbolKind.OUTPUT, flow.document, flow_scope(flow))


def in_trigger(trigger: Trigger, document: str) -> Iterator[Occurrence]:
    """The name of a trigger, and that of the taskflow that it starts."""
    own = (document,)
    if trigger.id is not None:
        yield declared(Symbol(SymbolKind.TRIGGER, trigger.id.text, own), document, trigger.id, trigger.mapping)
    if trigger.target is not None:
        yield used(Symbol(SymbolKind.TASKFLOW, trigger.target.text, own), document, trigger.target)


def declared(symbol: Symbol, document: str, key: Scalar, value: Node | None = None) -> Occurrence:
    """The declaration of a symbol by a key and what belongs to it."""
    other = value.span if value is not None else key.span
    whole = Span(min(key.span.start, other.start), max(key.span.end, other.end))
    return Occurrence(symbol, document, key.content_span, is_declaration=True, whole=whole, scalar=key)


def used(symbol: Symbol, document: str, scalar: Scalar) -> Occurrence:
    """A use of a symbol by a whole scalar."""
    return Occurrence(symbol, document, scalar.content_span, is_declaration=False, whole=scalar.span, scalar=scalar)


def in_node(view: NodeView) -> Iterator[Occurrence]:
    """What a node is called, waits for and leads to, its type, and what it declares inside."""
    node, document = view.node, view.document
    if node.id is not None:
        yield declared(Symbol(SymbolKind.NODE, node.id.text, flow_scope(view.flow)), document, node.id, node.mapping)
    for scalar in (*node.dependencies, *node.successors):
        yield used(Symbol(SymbolKind.NODE, scalar.text, flow_scope(view.flow)), document, scalar)
    if isinstance(node, Condition) and node.vars is not None:
        yield from _keys(node.vars, SymbolKind.VAR, document, node_scope(view))
    if isinstance(node, Task):
        if node.type is not None:
            yield used(Symbol(SymbolKind.TASK_TYPE, view.type_name), document, node.type)
        if view.type_name == "transform" and node.config is not None:
            for key, value in entries_at(node.config, "values"):
                yield declared(Symbol(SymbolKind.OUTPUT, key.text, node_scope(view)), document, key, value)


def _keys(mapping: Mapping, kind: SymbolKind, document: str, scope: tuple[str, ...]) -> Iterator[Occurrence]:
    for pair in mapping.effective_pairs():
        key = follow(pair.key)
        if isinstance(key, Scalar):
            yield declared(Symbol(kind, key.text, scope), document, key, follow(pair.value))
