"""The names of prompts and agents documents, and where tasks write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.chats import ChatUse, chat_use, error_template_names, is_plain_name, parse_text
from mfo_dialect.analysis.delegation import AGENT_TOOL
from mfo_dialect.analysis.outputs import used_template
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import Names, SchemaType, TextType
from mfo_dialect.model.access import text_at
from mfo_dialect.model.project import Project
from mfo_dialect.model.prompts import PromptsDocument, PromptTemplate
from mfo_dialect.model.workflow import Task
from mfo_dialect.syntax import Mapping, Scalar, follow
from mfo_dialect.templates import VariableRead
from mfo_dialect.text import Span
from mfo_lsp.features.symbols.flows import declared, used
from mfo_lsp.features.symbols.values import Occurrence, Spelling, Symbol, SymbolKind, node_scope

TOOL_CHOICES = ("auto", "none", "required")
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


def in_prompts(document: PromptsDocument) -> Iterator[Occurrence]:
    """What a prompts document declares beside its templates."""
    for tool in document.tools:
        yield declared(Symbol(SymbolKind.TOOL, tool.name.text), document.document, tool.name, tool.parameters)
    for name, (key, node) in document.schemas.items():
        yield declared(Symbol(SymbolKind.SCHEMA, name), document.document, key, node)


def in_project(project: Project) -> Iterator[Occurrence]:
    """The task types that the project file declares."""
    for name in project.task_types:
        symbol = Symbol(SymbolKind.TASK_TYPE, name)
        for number, quoted in enumerate(project.places_of("task_types", name)):
            is_quoted = project.text[quoted.start] in {'"', "'"}
            span = Span(quoted.start + 1, quoted.end - 1) if is_quoted else quoted
            yield Occurrence(symbol, project.document, span, is_declaration=not number, whole=span)


def in_template(template: PromptTemplate) -> Iterator[Occurrence]:
    """What a prompt template declares, and the variables that its texts read."""
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
        yield from read_here(variable_symbol(template, read.name), document, scalar, read)


def read_here(symbol: Symbol, document: str, scalar: Scalar, read: VariableRead) -> Iterator[Occurrence]:
    """The place where a template reads a variable, if its name is written there."""
    within = name_in(read, scalar.text)
    if within is not None:
        yield _part(symbol, document, scalar, within)


def read_below(symbol: Symbol, document: str, scalar: Scalar, read: VariableRead) -> Iterator[Occurrence]:
    """The last name of what a template reads below a variable, if it is written there."""
    within = Span(read.span.end - len(symbol.name), read.span.end)
    if symbol.name and scalar.text[within.start : within.end] == symbol.name:
        yield _part(symbol, document, scalar, within)


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


def name_in(read: VariableRead, source: str) -> Span | None:
    """Where in the source the variable's name itself stands; None where it is read by way of a cursor or another name.

    A read that starts with the name (jinja2), or with a dot or a ``$`` and has all names of its path (Go).
    """
    start, length = read.span.start, len(read.name)
    if source.startswith(read.name, start):
        return Span(start, start + length)
    first, *names = source[start : read.span.end].split(".")
    if tuple(names) != (read.name, *read.path) or first[:1] not in {"", "$"}:
        return None
    return Span(start + len(first) + 1, start + len(first) + 1 + length)


def in_chat(view: NodeView, bundle: Bundle) -> Iterator[Occurrence]:
    """The error templates and the variables that a task writes; nothing for other nodes."""
    template = used_template(view.node, bundle) if isinstance(view.node, Task) else None
    if template is not None:
        for scalar in error_template_names(view):
            symbol = Symbol(SymbolKind.ERROR_TEMPLATE, scalar.text, (template.id.text,))
            yield used(symbol, view.document, scalar)
    chat = chat_use(view, bundle)
    if chat is not None and chat.context is not None:
        yield from _of_context(chat, chat.context)


def _of_context(chat: ChatUse, context: Mapping) -> Iterator[Occurrence]:
    """The variables that a task gives to its prompt, and reads in what it writes of the prompt itself."""
    document = chat.view.document
    scope = (chat.template.id.text,) if chat.template is not None else node_scope(chat.view)
    is_own = chat.template_id is None
    if chat.template is None and not is_own:
        return
    for pair in context.effective_pairs():
        key = follow(pair.key)
        if isinstance(key, Scalar):
            symbol = Symbol(SymbolKind.VARIABLE, key.text, scope)
            yield declared(symbol, document, key, follow(pair.value)) if is_own else used(symbol, document, key)
    for name in ("prompt", "system_prompt"):
        text = text_at(chat.config, name)
        if text is not None:
            for read in parse_text(text.text, "go").reads:
                yield from read_here(Symbol(SymbolKind.VARIABLE, read.name, scope), document, text, read)


def in_names(visits: Iterable[Visit]) -> Iterator[Occurrence]:
    """The names that values write, as the catalogue declares them."""
    for visit in visits:
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
        symbol = Symbol(kind, scalar.text[start:], (visit.document,))
        return _part(symbol, visit.document, scalar, Span(start, len(scalar.text)))
    return used(Symbol(kind, scalar.text), visit.document, scalar)


def _tool(visit: Visit, scalar: Scalar) -> Occurrence | None:
    if visit.key is not None and visit.key.name == "tool_choice" and scalar.text in TOOL_CHOICES:
        return None
    if scalar.text.startswith(AGENT_TOOL):
        symbol = Symbol(SymbolKind.AGENT, scalar.text[len(AGENT_TOOL) :])
        return _part(symbol, visit.document, scalar, Span(len(AGENT_TOOL), len(scalar.text)))
    return used(Symbol(SymbolKind.TOOL, scalar.text), visit.document, scalar)


def _part(symbol: Symbol, document: str, scalar: Scalar, within: Span) -> Occurrence:
    span = scalar.span_of(within)
    return Occurrence(symbol, document, span, is_declaration=False, whole=span, scalar=scalar, spelling=Spelling.PART)
