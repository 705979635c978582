"""Who may say a name: found by where it is written, and by who declares it, without going through a bundle.

The texts are searched for it, and the parts around what is found are asked what they mean by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mfo_dialect.analysis.bundle import Document, Source
from mfo_dialect.analysis.parts_at import parts_between, parts_near, parts_of_text
from mfo_dialect.analysis.scopes import FlowView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.catalogue.task_types import BUILT_IN
from mfo_dialect.model.prompts import Agent, AgentsDocument, PromptsDocument, PromptTemplate
from mfo_dialect.model.workflow import Subflow, Workflow
from mfo_dialect.syntax import Node, Scalar
from mfo_dialect.text import Span
from mfo_lsp.features.symbols.occurrences import Sayer
from mfo_lsp.features.symbols.values import Symbol, SymbolKind, flow_scope, node_scope
from mfo_lsp.features.written import parts_naming, written_places

_FLOW_SCOPE = 2


def sayers_at(snapshot: Snapshot, document: str, offset: int) -> dict[Sayer, None]:
    """Who may say the name that is written at an offset: the part around it, and who uses a schema that it is in.

    Args:
        snapshot: the bundle.
        document: the key of a text, or of the project file.
        offset: the place, in code points.
    """
    bundle = snapshot.bundle
    if document == bundle.project.document and document not in bundle.sources:
        return {bundle: None}
    source = bundle.sources.get(document)
    if source is None:
        return {}
    is_home = document in bundle.home
    parts = parts_near(snapshot, document, offset) if is_home else _documents_of(source)
    return _with_users(parts, source, snapshot, Span(offset, offset))


def sayers_between(snapshot: Snapshot, document: str, span: Span) -> dict[Sayer, None]:
    """Who may say the names that are written in a stretch of a text."""
    source = snapshot.bundle.sources.get(document)
    if source is None:
        return {}
    is_home = document in snapshot.bundle.home
    parts = parts_between(snapshot, document, span) if is_home else _documents_of(source)
    return _with_users(parts, source, snapshot, span)


def with_users_of_schemas(snapshot: Snapshot, document: str, parts: Iterable[Sayer]) -> dict[Sayer, None]:
    """Some parts of a text, and those who use a schema that it declares."""
    source = snapshot.bundle.sources.get(document)
    if source is None:
        return dict.fromkeys(parts)
    return _with_users(parts, source, snapshot, Span(0, source.tree.lines.length))


def _documents_of(source: Source) -> tuple[Sayer, ...]:
    return tuple(document for document in source.documents if document.kind is not None)


def _with_users(parts: Iterable[Sayer], source: Source, snapshot: Snapshot, span: Span) -> dict[Sayer, None]:
    """Some parts, and those who use the schemas that a stretch touches."""
    found = dict.fromkeys(parts)
    for name in _schemas_around([part for part in found if isinstance(part, Document)], source, snapshot, span):
        found |= dict.fromkeys(users_of_schema(name, snapshot))
    return found


def _schemas_around(documents: Iterable[Document], source: Source, snapshot: Snapshot, span: Span) -> Iterator[str]:
    """The names of schemas that a stretch touches; all of a text whose aliases may bring it into any of them."""
    for document in documents:
        for name, (_, node) in _schemas_of(document).items():
            declared = snapshot.bundle.schemas.get(name)
            is_meant = declared is not None and declared.node is node
            is_touched = node.span.start <= span.end and span.start <= node.span.end
            if is_meant and (source.may_have_anchors or is_touched):
                yield name


def _schemas_of(document: Document) -> dict[str, tuple[Scalar, Node]]:
    model = document.model
    return model.schemas if isinstance(model, PromptsDocument | Workflow) else {}


def users_of_schema(name: str, snapshot: Snapshot) -> Iterator[Sayer]:
    """The taskflows and subflows whose inputs a schema describes by its name."""
    for key in snapshot.bundle.sources:
        yield from (part for part in parts_naming(snapshot, key, name) if _is_described_by(part, name))


def _is_described_by(part: Sayer, name: str) -> bool:
    match part:
        case FlowView():
            schema = part.taskflow.input_schema
        case NodeView() if isinstance(part.node, Subflow):
            schema = part.node.input_schema
        case _:
            return False
    return isinstance(schema, Scalar) and schema.text == name


def sayers_of(symbol: Symbol, snapshot: Snapshot) -> dict[Sayer, None]:
    """Who may say a symbol, and some who do not."""
    bundle = snapshot.bundle
    found: dict[Sayer, None] = {bundle: None} if symbol.kind is SymbolKind.TASK_TYPE else {}
    for source in bundle.sources.values():
        if source.is_ours:
            for name in _spellings(symbol):
                for offset in written_places(source, name):
                    found |= sayers_at(snapshot, source.key, offset)
    return found


def _spellings(symbol: Symbol) -> tuple[str, ...]:
    known = BUILT_IN.get(symbol.name) if symbol.kind is SymbolKind.TASK_TYPE else None
    return (symbol.name, *known.older_names) if known is not None else (symbol.name,)


def declarers_of(symbol: Symbol, snapshot: Snapshot) -> Iterator[Sayer]:
    """Who may declare a symbol, by its kind and scope."""
    match symbol.kind:
        case SymbolKind.NODE:
            for flow in _flows_of(symbol, snapshot):
                yield from flow.named(symbol.name)
        case SymbolKind.INPUT | SymbolKind.OUTPUT | SymbolKind.VAR:
            yield from _owners_of(symbol, snapshot)
        case SymbolKind.TASKFLOW | SymbolKind.TRIGGER | SymbolKind.SECRET | SymbolKind.ENVIRONMENT:
            yield from _parts_beside_nodes(symbol.scope[0], snapshot)
        case SymbolKind.TASK_TYPE:
            yield snapshot.bundle
        case SymbolKind.VARIABLE if len(symbol.scope) > _FLOW_SCOPE:
            yield from _owners_of(symbol, snapshot)
        case SymbolKind.VARIABLE | SymbolKind.ERROR_TEMPLATE:
            yield from _templates_named(symbol.scope[0], snapshot)
        case SymbolKind.PROMPT_TEMPLATE:
            yield from _templates_named(symbol.name, snapshot)
        case SymbolKind.AGENT | SymbolKind.CAPABILITY | SymbolKind.TOOL | SymbolKind.SCHEMA:
            yield from _parts_of_prompts(symbol, snapshot)
        case SymbolKind.AGENT_VARIABLE:
            yield from _parts_of_prompts(Symbol(SymbolKind.AGENT, symbol.scope[0]), snapshot)


def node_named(symbol: Symbol, snapshot: Snapshot) -> NodeView | None:
    """The node that a symbol of a node means: of two with one id, the first; None where none has it."""
    found = (flow.by_id.get(symbol.name) for flow in _flows_of(symbol, snapshot))
    return next((view for view in found if view is not None), None)


def _flows_of(symbol: Symbol, snapshot: Snapshot) -> list[FlowView]:
    flows = (flow for flow in snapshot.flows if flow.document == symbol.scope[0])
    return [flow for flow in flows if flow_scope(flow) == symbol.scope[:_FLOW_SCOPE]]


def _owners_of(symbol: Symbol, snapshot: Snapshot) -> Iterator[Sayer]:
    """The taskflow or the nodes inside which a symbol is unique."""
    path = symbol.scope[_FLOW_SCOPE:]
    for flow in _flows_of(symbol, snapshot):
        if not path:
            yield flow
            continue
        views = flow.named(path[-1]) or [view for view in flow.nodes if view.node.id is None]
        yield from (view for view in views if node_scope(view) == symbol.scope)


def _parts_beside_nodes(key: str, snapshot: Snapshot) -> Iterator[Sayer]:
    """A workflow document, its taskflows and triggers."""
    source = snapshot.bundle.sources.get(key)
    for document in source.documents if source is not None else ():
        if document.kind is not None:
            yield document
            yield from snapshot.flows_of(document)
            yield from snapshot.triggers_of(document)


def _templates_named(name: str, snapshot: Snapshot) -> Iterator[Sayer]:
    for document in snapshot.bundle.documents:
        model = document.model
        if isinstance(model, PromptsDocument):
            named = [template for template in model.templates if template.id.text == name]
            yield from named if document.key in snapshot.bundle.home else [document] if named else []


def _parts_of_prompts(symbol: Symbol, snapshot: Snapshot) -> Iterator[Sayer]:
    """The documents and their parts that say a name among those of tools, schemas, agents and capabilities."""
    home = snapshot.bundle.home
    for document in snapshot.bundle.documents:
        match document.model:
            case PromptsDocument(templates=templates) if document.key in home:
                yield document
                yield from (one for one in templates if _has_tool(one, symbol))
            case AgentsDocument(agents=agents) if document.key in home:
                yield from (agent for agent in agents if _declares(agent, symbol))
            case _:
                yield document


def _has_tool(template: PromptTemplate, symbol: Symbol) -> bool:
    return any(tool.name.text == symbol.name for tool in template.inline_tools)


def _declares(agent: Agent, symbol: Symbol) -> bool:
    return symbol.name in {agent.id.text, *(item.text for item in agent.capabilities)}


def all_sayers(snapshot: Snapshot) -> Iterator[Sayer]:
    """All who say names: the parts of the documents in the order of the texts, and the bundle for its project file."""
    bundle = snapshot.bundle
    for source in bundle.sources.values():
        if source.key in bundle.home:
            yield from parts_of_text(snapshot, source.key)
        else:
            yield from (document for document in source.documents if document.kind is not None)
    yield bundle
