"""Hover over names that stand for things declared elsewhere: nodes, templates, agents, tools, taskflows."""

from __future__ import annotations

from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.schemas import schema_shape
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place
from mfo_dialect.model.prompts import PromptTemplate, Tool
from mfo_dialect.shapes import of_value
from mfo_dialect.syntax import Scalar
from mfo_dialect.text import Span
from mfo_lsp.features.documentation import (
    code,
    of_agent,
    of_error_template,
    of_node,
    of_shape,
    of_task_type,
    of_taskflow,
    of_template,
    of_tool,
    paragraphs,
)
from mfo_lsp.features.hover.layers import words_of_agent_variable
from mfo_lsp.features.symbols import Occurrence, Symbol, SymbolIndex, SymbolKind, index_symbols, node_named


def hover_symbol(snapshot: Snapshot, document: str, offset: int) -> tuple[Span, str] | None:
    """The name under the cursor."""
    index = index_symbols(snapshot)
    touched = index.at(document, offset)
    if touched is None:
        return None
    words = _words(touched, snapshot)
    if not words:
        return None
    return touched.span, paragraphs(words, _where(touched, index, snapshot))


def _words(touched: Occurrence, snapshot: Snapshot) -> str:
    symbol, bundle = touched.symbol, snapshot.bundle
    match symbol.kind:
        case SymbolKind.NODE:
            return _node(symbol, snapshot)
        case SymbolKind.TASK_TYPE:
            task_type = bundle.project.task_type(symbol.name)
            source = bundle.sources.get(touched.document)
            written = source.text[touched.span.start : touched.span.end] if source is not None else ""
            return of_task_type(task_type, written) if task_type is not None else ""
        case SymbolKind.PROMPT_TEMPLATE:
            template = bundle.templates.get(symbol.name)
            return of_template(template) if template is not None else ""
        case SymbolKind.ERROR_TEMPLATE:
            template = bundle.templates.get(symbol.scope[0])
            return of_error_template(symbol.name, template) if template is not None else ""
        case SymbolKind.VARIABLE:
            template = bundle.templates.get(symbol.scope[0])
            return _variable(symbol.name, template, snapshot) if template is not None else ""
        case SymbolKind.AGENT:
            agent = bundle.agents.get(symbol.name)
            return of_agent(agent) if agent is not None else ""
        case SymbolKind.AGENT_VARIABLE:
            agent = bundle.agents.get(symbol.scope[0])
            return words_of_agent_variable(symbol.name, agent, snapshot) if agent is not None else ""
        case SymbolKind.TOOL:
            tool = _find_tool(symbol.name, snapshot)
            return of_tool(tool, schema_shape(tool.parameters, bundle)) if tool is not None else ""
        case SymbolKind.TASKFLOW:
            return _taskflow(symbol, snapshot)
        case SymbolKind.SCHEMA:
            declared = bundle.schemas.get(symbol.name)
            return of_shape(symbol.name, schema_shape(declared.node, bundle)) if declared is not None else ""
        case _:
            return f"**{symbol.name}** \u2014 {symbol.kind.value}"


def _node(symbol: Symbol, snapshot: Snapshot) -> str:
    view = node_named(symbol, snapshot)
    return of_node(view, snapshot.bundle) if view is not None else ""


def _taskflow(symbol: Symbol, snapshot: Snapshot) -> str:
    for flow in snapshot.flows:
        if flow.document == symbol.scope[0] and flow.taskflow.name == symbol.name:
            return of_taskflow(flow.taskflow, input_shape(flow.top, snapshot.bundle))
    return ""


def _find_tool(name: str, snapshot: Snapshot) -> Tool | None:
    declared = snapshot.bundle.tools.get(name)
    if declared is not None:
        return declared[1]
    inline = (tool for template in snapshot.bundle.templates.values() for tool in template.inline_tools)
    return next((tool for tool in inline if tool.name.text == name), None)


def _variable(name: str, template: PromptTemplate, snapshot: Snapshot) -> str:
    required = name in (template.variables or {})
    schema = (template.variables or {}).get(name, (None, None))[1]
    shape = schema_shape(schema, snapshot.bundle)
    default = template.defaults.get(name)
    shown = f"Default: {code(default[1].text)}." if default is not None and isinstance(default[1], Scalar) else ""
    if default is not None and isinstance(default[1], Scalar) and schema is None:
        shape = of_value(default[1].value)
    role = "required variable" if required and default is None else "variable"
    return paragraphs(of_shape(name, shape), f"A {role} of {code(template.id.text)}.", shown)


def _where(touched: Occurrence, index: SymbolIndex, snapshot: Snapshot) -> str:
    if touched.is_declaration:
        return ""
    declared = next(iter(index.declarations(touched.symbol)), None)
    return _place_words(Place(declared.document, declared.span), snapshot) if declared is not None else ""


def _place_words(place: Place, snapshot: Snapshot) -> str:
    bundle = snapshot.bundle
    source = bundle.sources.get(place.document)
    lines = source.tree.lines if source is not None else bundle.project.lines
    name = place.document.rsplit("/", 1)[-1]
    return f"Declared in {code(name)}, line {lines.line_of(place.span.start) + 1}."
