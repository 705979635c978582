"""The names of prompts and agents documents, and where tasks write them."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.chats import chat_use, error_template_names, is_plain_name, parse_text
from mfo_dialect.analysis.outputs import used_template
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import Names, SchemaType, TextType
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.model.workflow import Task
from mfo_dialect.syntax import Scalar, follow
from mfo_dialect.templates import VariableRead
from mfo_dialect.text import Span
from mfo_lsp.features.symbols.flows import declared, used
from mfo_lsp.features.symbols.values import Occurrence, Symbol, SymbolKind

TOOL_CHOICES = ("auto", "none", "required")
AGENT_TOOL = "agent:"
ERROR_VARIABLE = "error"
_SECRET_ROOT = "SECRET."  # noqa: S105 - how a declared secret may be written
_KINDS = {
    Names.PROMPT_TEMPLATE: SymbolKind.PROMPT_TEMPLATE,
    Names.AGENT: SymbolKind.AGENT,
    Names.CAPABILITY: SymbolKind.CAPABILITY,
    Names.TOOL: SymbolKind.TOOL,
    Names.SCHEMA: SymbolKind.SCHEMA,
    Names.SECRET: SymbolKind.SECRET,
}


def in_declarations(bundle: Bundle) -> Iterator[Occurrence]:
    """What prompts and agents documents, schemas and the project file declare."""
    for document in bundle.prompts:
        for tool in document.tools:
            yield declared(Symbol(SymbolKind.TOOL, tool.name.text), document.document, tool.name, tool.parameters)
        for template in document.templates:
            yield from _of_template(template)
    for owner in (*bundle.prompts, *bundle.workflows):
        for name, (key, node) in owner.schemas.items():
            yield declared(Symbol(SymbolKind.SCHEMA, name), owner.document, key, node)
    for agents in bundle.agents_documents:
        for agent in agents.agents:
            yield declared(Symbol(SymbolKind.AGENT, agent.id.text), agents.document, agent.id, agent.mapping)
            for item in agent.capabilities:
                yield declared(Symbol(SymbolKind.CAPABILITY, item.text), agents.document, item)
    for name in bundle.project.task_types:
        span = bundle.project.place_of("task_types", name)
        yield Occurrence(Symbol(SymbolKind.TASK_TYPE, name), bundle.project.document, span, True, span)


def _of_template(template: PromptTemplate) -> Iterator[Occurrence]:
    document = template.document
    yield declared(Symbol(SymbolKind.PROMPT_TEMPLATE, template.id.text), document, template.id, template.mapping)
    for name, (key, value) in template.error_templates.items():
        yield declared(Symbol(SymbolKind.ERROR_TEMPLATE, name, (template.id.text,)), document, key, value)
    for tool in template.inline_tools:
        yield declared(Symbol(SymbolKind.TOOL, tool.name.text), document, tool.name, tool.parameters)
    for key, value in (template.variables or {}).values():
        yield declared(variable_symbol(template, key.text), document, key, value)
    for key, value in template.defaults.values():
        yield declared(variable_symbol(template, key.text), document, key, value)
    for scalar, read in _variable_reads(template):
        span = scalar.span_of(name_in(read, scalar.text))
        yield Occurrence(variable_symbol(template, read.name), document, span, is_declaration=False, whole=span)


def variable_symbol(template: PromptTemplate, name: str) -> Symbol:
    """The symbol of a template's variable."""
    return Symbol(SymbolKind.VARIABLE, name, (template.id.text,))


def _variable_reads(template: PromptTemplate) -> Iterator[tuple[Scalar, VariableRead]]:
    for scalar in template.texts:
        for read in parse_text(scalar.text, template.engine).reads:
            yield scalar, read
    for _, value in template.error_templates.values():
        if isinstance(value, Scalar):
            for read in parse_text(value.text, template.engine).reads:
                if read.name != ERROR_VARIABLE:
                    yield value, read


def name_in(read: VariableRead, source: str) -> Span:
    """Where in the source the variable's name itself stands."""
    at = source.find(read.name, read.span.start, max(read.span.end, read.span.start + len(read.name)))
    return Span(at, at + len(read.name)) if at >= 0 else read.span


def in_chats(snapshot: Snapshot) -> Iterator[Occurrence]:
    """The error templates and the variables that tasks write."""
    for view in snapshot.nodes:
        yield from _of_chat(view, snapshot.bundle)


def _of_chat(view: NodeView, bundle: Bundle) -> Iterator[Occurrence]:
    template = used_template(view.node, bundle) if isinstance(view.node, Task) else None
    if template is None:
        return
    for scalar in error_template_names(view):
        symbol = Symbol(SymbolKind.ERROR_TEMPLATE, scalar.text, (template.id.text,))
        yield used(symbol, view.document, scalar)
    chat = chat_use(view, bundle)
    if chat is not None and chat.context is not None:
        for pair in chat.context.effective_pairs():
            key = follow(pair.key)
            if isinstance(key, Scalar):
                yield used(variable_symbol(template, key.text), view.document, key)


def in_names(snapshot: Snapshot) -> Iterator[Occurrence]:
    """The names that values write, as the catalogue declares them."""
    for visit in snapshot.visits:
        if isinstance(visit.type, (TextType, SchemaType)) and isinstance(visit.node, Scalar):
            found = _named(visit, visit.node)
            if found is not None:
                yield found


def _named(visit: Visit, scalar: Scalar) -> Occurrence | None:
    names = visit.type.names if isinstance(visit.type, (TextType, SchemaType)) else None
    kind = _KINDS.get(names) if names is not None else None
    if visit.key is not None and visit.key.name == "tool_id":
        kind = SymbolKind.TOOL
    if kind is None or scalar.is_missing or not is_plain_name(scalar):
        return None
    if kind is SymbolKind.TOOL:
        return _tool(visit, scalar)
    if kind is SymbolKind.SECRET:
        start = len(_SECRET_ROOT) if scalar.text.startswith(_SECRET_ROOT) else 0
        return _part(Symbol(kind, scalar.text[start:], (visit.document,)), visit.document, scalar, start)
    return used(Symbol(kind, scalar.text), visit.document, scalar)


def _tool(visit: Visit, scalar: Scalar) -> Occurrence | None:
    if visit.key is not None and visit.key.name == "tool_choice" and scalar.text in TOOL_CHOICES:
        return None
    if scalar.text.startswith(AGENT_TOOL):
        symbol = Symbol(SymbolKind.AGENT, scalar.text[len(AGENT_TOOL) :])
        return _part(symbol, visit.document, scalar, len(AGENT_TOOL))
    return used(Symbol(SymbolKind.TOOL, scalar.text), visit.document, scalar)


def _part(symbol: Symbol, document: str, scalar: Scalar, start: int) -> Occurrence:
    span = scalar.span_of(Span(start, len(scalar.text)))
    return Occurrence(symbol, document, span, is_declaration=False, whole=span)
