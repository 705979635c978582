"""What keeps a name from being changed: it is declared nowhere or twice, texts are damaged, or the new name is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mfo_dialect.analysis.chats import parse_text
from mfo_dialect.analysis.expression_texts import expression_texts_of
from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.catalogue.task_types import BUILT_IN, OLDER_NAMES
from mfo_dialect.findings import Place
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.model.workflow import Workflow
from mfo_dialect.syntax import ProblemKind, Scalar
from mfo_lsp.features.rename.names import name_problem
from mfo_lsp.features.rename.values import words_for
from mfo_lsp.features.symbols import Occurrence, Symbol, SymbolIndex, SymbolKind
from mfo_lsp.features.symbols.agents import layers_of
from mfo_lsp.features.symbols.values import flow_scope
from mfo_lsp.features.written import parts_naming

_UNIQUE = frozenset({SymbolKind.NODE, SymbolKind.TASKFLOW, SymbolKind.TRIGGER, SymbolKind.PROMPT_TEMPLATE,
                     SymbolKind.AGENT, SymbolKind.SCHEMA, SymbolKind.TASK_TYPE, SymbolKind.ERROR_TEMPLATE})  # fmt: skip
_OF_TEMPLATES = frozenset({SymbolKind.ERROR_TEMPLATE, SymbolKind.VARIABLE})
_HARMLESS = frozenset({ProblemKind.DUPLICATE_ANCHOR, ProblemKind.UNQUOTED_TEMPLATE})


def obstacle(symbol: Symbol, snapshot: Snapshot, index: SymbolIndex) -> str:
    """Why a name cannot be changed at all, in one sentence; empty where it can."""
    return next(_obstacles(symbol, snapshot, index), "")


def obstacle_to(symbol: Symbol, new_name: str, snapshot: Snapshot, index: SymbolIndex) -> str:
    """Why a name cannot be changed into another one, in one sentence; empty where it can."""
    problem = name_problem(new_name, symbol.kind, is_title=_is_title(symbol, snapshot))
    if problem:
        return problem
    others = index.of(replace(symbol, name=new_name))
    if not others:
        return ""
    other = next((one for one in others if one.is_declaration), others[0])
    at = words_for(Place(other.document, other.span), snapshot.bundle)
    if other.is_declaration:
        return f'There is a {symbol.kind.value} "{new_name}" already, at {at}.'
    return f'{at} names a {symbol.kind.value} "{new_name}" that is not there, and would then mean this one.'


def _obstacles(symbol: Symbol, snapshot: Snapshot, index: SymbolIndex) -> Iterator[str]:
    declarations = index.declarations(symbol)
    name, kind, bundle = symbol.name, symbol.kind.value, snapshot.bundle
    if symbol.kind is SymbolKind.TASK_TYPE and (name in BUILT_IN or name in OLDER_NAMES):
        yield f'The {kind} "{name}" is built in.'
    elif not declarations and not _needs_no_declaration(symbol, snapshot):
        yield f'The {kind} "{name}" is declared nowhere in this bundle.'
    named = bundle.templates.get(name) if symbol.kind is SymbolKind.PROMPT_TEMPLATE else None
    if named is not None and named.id.is_missing:
        file = named.document.rsplit("/", 1)[-1]
        yield f'The {kind} "{name}" is called as its file: give {file} an "id" first, or rename the file.'
    if symbol.kind is SymbolKind.AGENT_VARIABLE and declarations:
        yield f'The server\'s memory keeps "{name}" under this name, which renaming would not change there.'
    if symbol.kind in _UNIQUE and len(declarations) > 1:
        yield _declared_twice(symbol, declarations, snapshot)
    template = Symbol(SymbolKind.PROMPT_TEMPLATE, symbol.scope[0]) if symbol.kind in _OF_TEMPLATES else None
    if template is not None and len(index.declarations(template)) > 1:
        yield _declared_twice(template, index.declarations(template), snapshot)
    for document in _documents(symbol, index, snapshot):
        problems = bundle.sources[document].tree.problems if document in bundle.sources else ()
        for problem in problems:
            if problem.kind not in _HARMLESS:
                at = words_for(Place(document, problem.span), bundle)
                yield f'{at} cannot be read, so "{name}" may stand there too: mend it first.'
    if symbol.kind is SymbolKind.TASK_TYPE and bundle.project.problem is not None:
        yield f"{bundle.project.document.rsplit('/', 1)[-1]} cannot be read: mend it first."
    yield from _unreadable_texts(symbol, snapshot)


def _declared_twice(symbol: Symbol, declarations: tuple[Occurrence, ...], snapshot: Snapshot) -> str:
    places = [words_for(Place(found.document, found.span), snapshot.bundle) for found in declarations]
    return f'There are several {symbol.kind.value}s "{symbol.name}" ({", ".join(places)}): which one is meant cannot be told.'


def _needs_no_declaration(symbol: Symbol, snapshot: Snapshot) -> bool:
    """Whether a name is what its uses say: variables of templates, and inputs of taskflows that do not list theirs."""
    if symbol.kind in {SymbolKind.VARIABLE, SymbolKind.AGENT_VARIABLE}:
        return True
    flows = [flow for flow in snapshot.flows if flow_scope(flow) == symbol.scope]
    is_input = symbol.kind is SymbolKind.INPUT
    return is_input and any(input_shape(flow.top, snapshot.bundle).rest is not None for flow in flows)


def _documents(symbol: Symbol, index: SymbolIndex, snapshot: Snapshot) -> list[str]:
    """The texts in which the name may be written."""
    sources = snapshot.bundle.sources
    if symbol.scope and symbol.scope[0] in sources and symbol.kind not in _OF_TEMPLATES:
        return sorted({symbol.scope[0], *(occurrence.document for occurrence in index.of(symbol))})
    return [key for key, source in sources.items() if source.is_ours]


def _unreadable_texts(symbol: Symbol, snapshot: Snapshot) -> Iterator[str]:
    """Expressions and templates that seem to hold the name, and cannot be read."""
    word = re.compile(rf"(?<![\w-]){re.escape(symbol.name)}(?![\w-])")
    if symbol.kind is SymbolKind.VARIABLE:
        template = snapshot.bundle.templates.get(symbol.scope[0])
        yield from _unreadable_in_template(symbol.name, word, template, snapshot) if template is not None else ()
    elif symbol.kind is SymbolKind.AGENT_VARIABLE:
        agent = snapshot.bundle.agents.get(symbol.scope[0])
        for scalar in layers_of(agent) if agent is not None else ():
            if parse_text(scalar.text, "go").problems and word.search(scalar.text):
                at = words_for(Place(agent.document, scalar.span), snapshot.bundle) if agent is not None else ""
                yield f'The layer at {at} seems to name "{symbol.name}" and cannot be read: mend it first.'
    elif symbol.scope:
        naming = parts_naming(snapshot, symbol.scope[0], symbol.name)
        views = (part for part in naming if isinstance(part, NodeView))
        for text in (text for view in views for text in expression_texts_of(view, snapshot)):
            if text.parsed.problems and word.search(text.scalar.text):
                at = words_for(Place(text.view.document, text.scalar.span), snapshot.bundle)
                yield f'The expression at {at} seems to name "{symbol.name}" and cannot be read: mend it first.'


def _unreadable_in_template(
    name: str, word: re.Pattern[str], template: PromptTemplate, snapshot: Snapshot
) -> Iterator[str]:
    errors = (value for _, value in template.error_templates.values() if isinstance(value, Scalar))
    for scalar in (*template.texts, *errors):
        read = template.read(scalar)
        at = words_for(Place(template.document, scalar.span), snapshot.bundle)
        if read.problems and word.search(scalar.text):
            yield f'The template text at {at} seems to name "{name}" and cannot be read: mend it first.'
        if read.reads_everything and re.search(rf"""(["'`]){re.escape(name)}\1""", scalar.text):
            yield f'The template text at {at} looks "{name}" up among all variables, which renaming would not change.'


def _is_title(symbol: Symbol, snapshot: Snapshot) -> bool:
    """Whether a taskflow is that of a flow file, whose name may be any words."""
    if symbol.kind is not SymbolKind.TASKFLOW:
        return False
    return any(
        taskflow.mapping is workflow.root and taskflow.name == symbol.name
        for workflow in _workflows(symbol, snapshot)
        for taskflow in workflow.taskflows
    )


def _workflows(symbol: Symbol, snapshot: Snapshot) -> Iterator[Workflow]:
    return (workflow for workflow in snapshot.bundle.workflows if workflow.document == symbol.scope[0])
