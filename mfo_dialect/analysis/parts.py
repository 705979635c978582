"""The parts of a bundle: what is looked at by itself, and looked at again when it, or what it asks for, has changed.

A part is known by what stands for it: a node by its view, a prompt template by itself. What is written in a part
inside another one belongs to the inner one alone: of a taskflow its own keys are left, of a document those at its top.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from mfo_dialect.analysis.bundle import Bundle, Document, Source
from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView, TriggerView
from mfo_dialect.model.prompts import Agent, AgentsDocument, PromptsDocument, PromptTemplate
from mfo_dialect.syntax import Mapping

Part: TypeAlias = Bundle | Source | Document | FlowView | LevelView | NodeView | TriggerView | PromptTemplate | Agent

WRITTEN = (Document, FlowView, NodeView, TriggerView, PromptTemplate, Agent)
"""The kinds of parts that hold declared values."""


def parts_of_document(document: Document, flows: Iterable[FlowView], triggers: Iterable[TriggerView]) -> Iterator[Part]:
    """A document and its parts, outer ones first.

    Args:
        document: the document.
        flows: its taskflows.
        triggers: its triggers.
    """
    yield document
    for flow in flows:
        yield flow
        for level in flow.levels:
            yield level
            yield from level.nodes
    yield from triggers
    match document.model:
        case PromptsDocument(templates=templates):
            yield from templates
        case AgentsDocument(agents=agents):
            yield from agents
        case _:
            return


def root_of(part: Part) -> Mapping | None:
    """The map that a part is written as; None of those that are more or less than one map."""
    match part:
        case NodeView():
            return part.node.mapping
        case FlowView():
            return part.taskflow.mapping
        case TriggerView():
            return part.trigger.mapping
        case PromptTemplate() | Agent():
            return part.mapping
        case _:
            return None


def borders_of(parts: Iterable[Part]) -> dict[int, Part]:
    """The parts of a document by the identity of the maps that they are written as.

    The map of a flow file is its document's; of two parts that share a map, as aliases make them, it is the first one's.
    """
    borders: dict[int, Part] = {}
    for part in parts:
        root = part.root if isinstance(part, Document) else root_of(part)
        if root is not None:
            borders.setdefault(id(root), part)
    return borders


def place_of(part: Part) -> tuple[str, int, int]:
    """Where a part stands among all others: sorted by it, parts are in the order of the texts, outer ones first."""
    if type(part) is NodeView:  # nearly all are
        mapping = part.node.mapping
        return part.document, mapping.origin.base + mapping.start, 2
    root = part.root if isinstance(part, Document) else root_of(part)
    rank = 0 if isinstance(part, Document) else 1 if isinstance(part, FlowView) else 2
    return document_key(part) or "", root.origin.base + root.start if root is not None else 0, rank


def document_key(part: Part) -> str | None:
    """The key of the text that a part stands in; None of the bundle."""
    match part:
        case NodeView() | PromptTemplate() | Agent() | FlowView():  # the most frequent first
            return part.document
        case Bundle():
            return None
        case Source() | Document():
            return part.key
        case TriggerView():
            return part.workflow.document
        case LevelView():
            return part.flow.document
