"""What stands at an offset: the document, a declared value, a reference, an expression, a template."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mfo_dialect.analysis.bundle import Document
from mfo_dialect.analysis.expression_texts import ExpressionText, expression_texts
from mfo_dialect.analysis.scopes import FlowView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot, TriggerView
from mfo_dialect.analysis.template_texts import TemplateText, template_texts
from mfo_dialect.analysis.uses import Use
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.syntax import Node, Scalar, path_at

__all__ = [
    "Owner",
    "document_at",
    "expression_at",
    "key_visit_at",
    "owner_of",
    "scalar_at",
    "template_at",
    "use_at",
    "value_visit_at",
]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose keys and values stand at a place; None for what is not around it.

    Attributes:
        view: the innermost node.
        flow: the taskflow.
        trigger: the trigger.
        template: the prompt template.
    """

    view: NodeView | None = None
    flow: FlowView | None = None
    trigger: TriggerView | None = None
    template: PromptTemplate | None = None


def document_at(snapshot: Snapshot, key: str, offset: int) -> Document | None:
    """The YAML document of a text in which an offset lies; of a stream, the last one that starts before it."""
    source = snapshot.bundle.sources.get(key)
    if source is None or not source.documents:
        return None
    found = source.documents[0]
    for document, yaml in zip(source.documents, source.tree.documents, strict=False):
        if yaml.span.start <= offset:
            found = document
    return found


def scalar_at(root: Node | None, offset: int) -> Scalar | None:
    """The scalar, key or value, that a cursor touches."""
    steps = path_at(root, offset) if root is not None else ()
    node = steps[-1].node if steps else root
    return node if isinstance(node, Scalar) and node.span.contains(offset) else None


def owner_of(snapshot: Snapshot, around: Iterable[Node]) -> Owner:
    """Who owns a place.

    Args:
        snapshot: the bundle.
        around: the nodes around the place, outermost first.
    """
    inside = {id(node) for node in around}
    views = [view for view in snapshot.nodes if id(view.node.mapping) in inside]
    view = max(views, key=lambda found: len(found.path), default=None)
    flow = view.flow if view is not None else None
    flow = flow or next((found for found in snapshot.flows if id(found.taskflow.mapping) in inside), None)
    trigger = next((found for found in snapshot.triggers if id(found.trigger.mapping) in inside), None)
    template = next((found for found in snapshot.templates if id(found.mapping) in inside), None)
    return Owner(view, flow, trigger, template)


def key_visit_at(snapshot: Snapshot, document: str, offset: int) -> Visit | None:
    """The declared value whose key a cursor touches."""
    for visit in snapshot.visits:
        if visit.document == document and visit.pair is not None and visit.pair.key.span.contains(offset):
            return visit
    return None


def value_visit_at(snapshot: Snapshot, document: str, offset: int) -> Visit | None:
    """The innermost declared scalar that a cursor touches."""
    for visit in snapshot.visits:
        if visit.document == document and isinstance(visit.node, Scalar) and visit.node.span.contains(offset):
            return visit
    return None


def use_at(snapshot: Snapshot, document: str, offset: int) -> tuple[Use, int] | None:
    """The reference that a cursor touches, and the index of the segment; the root's where it touches only a mark."""
    for use in _uses_near(snapshot, document, offset):
        if use.document == document and use.reference.segments and use.span.contains(offset):
            touched = [
                index for index in range(len(use.reference.segments)) if use.segment_span(index).contains(offset)
            ]
            return use, touched[-1] if touched else 0
    return None


def _uses_near(snapshot: Snapshot, document: str, offset: int) -> Iterable[Use]:
    """The references of the part around an offset; all where an alias may bring what is written there to other parts."""
    source = snapshot.bundle.sources.get(document)
    if source is None or "&" in source.text:
        return snapshot.uses
    around = (snapshot.borders.get(id(step.node)) for step in path_at(source.tree, offset))
    part = next(reversed([part for part in around if part is not None]), None)
    flows = [flow for flow in snapshot.flows if flow.document == document] if part is None else []
    return snapshot.uses_of(part) if part is not None else [use for flow in flows for use in snapshot.uses_of(flow)]


def expression_at(snapshot: Snapshot, document: str, offset: int) -> ExpressionText | None:
    """The expression that a cursor touches."""
    for text in expression_texts(snapshot):
        if text.view.document == document and text.scalar.span.contains(offset):
            return text
    return None


def template_at(snapshot: Snapshot, document: str, offset: int) -> TemplateText | None:
    """The template text that a cursor touches."""
    for text in template_texts(snapshot):
        if text.document == document and text.scalar.span.contains(offset):
            return text
    return None
