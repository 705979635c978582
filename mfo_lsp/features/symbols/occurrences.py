"""The names that one part of a bundle says, wherever they are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from mfo_dialect.analysis.bundle import Bundle, Document
from mfo_dialect.analysis.expression_texts import expression_texts_of
from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.scopes import FlowView, NodeView, TriggerView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit, walk
from mfo_dialect.model.prompts import Agent, AgentsDocument, PromptsDocument, PromptTemplate
from mfo_dialect.model.workflow import Workflow
from mfo_lsp.features.symbols.agents import allowed_triggers, in_agent, in_agent_task
from mfo_lsp.features.symbols.flows import in_node, in_outputs, in_taskflow, in_trigger, in_workflow
from mfo_lsp.features.symbols.inputs import declared_inputs, inputs_of_subflow, mapped_inputs
from mfo_lsp.features.symbols.paths import in_expression, in_output_list, in_use
from mfo_lsp.features.symbols.prompts import in_chat, in_names, in_project, in_prompts, in_template
from mfo_lsp.features.symbols.values import Occurrence, Symbol, SymbolKind

Sayer: TypeAlias = Part
"""Who says names: a part of a document that findings are wanted for, another document as a whole, or the bundle, which
stands for its project file."""


def task_types_of(sayer: Sayer) -> tuple[Occurrence, ...]:
    """Those of ``occurrences_of`` that name a task type, of which there may be one in every task."""
    found = (
        in_node(sayer)
        if isinstance(sayer, NodeView)
        else in_project(sayer.project)
        if isinstance(sayer, Bundle)
        else ()
    )
    return _distinct(one for one in found if one.symbol.kind is SymbolKind.TASK_TYPE)


def occurrences_of(sayer: Sayer, snapshot: Snapshot) -> tuple[Occurrence, ...]:
    """Each name that is said, once at each place; where a place both declares and uses a name, it declares it.

    Args:
        sayer: who says them.
        snapshot: the bundle.

    Returns:
        Occurrences with the places of the moment; not to be kept over an edit.
    """
    if isinstance(sayer, Document) and sayer.key not in snapshot.bundle.home:
        return _distinct(_of_other(sayer, snapshot))
    return _distinct(_of_part(sayer, snapshot))


def _distinct(found: Iterable[Occurrence]) -> tuple[Occurrence, ...]:
    known: dict[tuple[Symbol, str, int], Occurrence] = {}
    for one in found:
        if one.span.end > one.span.start:
            place = (one.symbol, one.document, one.span.start)
            before = known.setdefault(place, one)
            if one.is_declaration and not before.is_declaration:
                known[place] = one
    return tuple(known.values())


def _of_part(part: Part, snapshot: Snapshot) -> Iterator[Occurrence]:
    match part:
        case Bundle():
            yield from in_project(part.project)
            return
        case Document():
            yield from _of_document(part)
        case FlowView():
            yield from in_taskflow(part.taskflow, part.document)
            yield from in_outputs(part)
            yield from declared_inputs(part, snapshot.bundle)
        case NodeView():
            yield from _of_node(part, snapshot)
        case TriggerView():
            yield from in_trigger(part.trigger, part.workflow.document)
            yield from mapped_inputs(part, snapshot)
        case PromptTemplate():
            yield from in_template(part)
        case Agent():
            yield from in_agent(part)
            yield from allowed_triggers(part, snapshot.bundle)
        case _:
            return
    yield from in_names(snapshot.visits_of(part))
    for use in snapshot.uses_of(part):
        yield from in_use(use, snapshot.bundle)


def _of_node(view: NodeView, snapshot: Snapshot) -> Iterator[Occurrence]:
    bundle = snapshot.bundle
    yield from in_node(view)
    yield from inputs_of_subflow(view, bundle)
    yield from in_chat(view, bundle)
    yield from in_agent_task(view)
    for text in expression_texts_of(view, snapshot):
        yield from in_expression(text)
    yield from in_output_list(view, bundle)


def _of_document(document: Document) -> Iterator[Occurrence]:
    """What is declared beside the parts of a document."""
    match document.model:
        case Workflow() as workflow:
            yield from in_workflow(workflow)
        case PromptsDocument() as prompts:
            yield from in_prompts(prompts)
        case _:
            pass


def _of_other(document: Document, snapshot: Snapshot) -> Iterator[Occurrence]:
    """All of a document that the project file lists; of a workflow, which may see other prompts, what it declares."""
    yield from _of_document(document)
    match document.model:
        case Workflow() as workflow:
            for taskflow in workflow.taskflows:
                yield from in_taskflow(taskflow, document.key)
            for trigger in workflow.triggers:
                yield from in_trigger(trigger, document.key)
            return
        case PromptsDocument(templates=templates):
            for template in templates:
                yield from in_template(template)
        case AgentsDocument(agents=agents):
            for agent in agents:
                yield from in_agent(agent)
                yield from allowed_triggers(agent, snapshot.bundle)
        case None:
            pass
    yield from in_names(_visits_in(document, snapshot))


def _visits_in(document: Document, snapshot: Snapshot) -> Iterator[Visit]:
    declared = snapshot.root_type(document)
    return (
        walk(document.key, document.root, declared) if document.root is not None and declared is not None else iter(())
    )
