"""What stands at an offset: the document, a declared value, a reference, an expression, a template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mfo_dialect.analysis.bundle import Document
from mfo_dialect.analysis.expression_texts import ExpressionText, expression_texts_of
from mfo_dialect.analysis.parts_at import flows_written_as, parts_near
from mfo_dialect.analysis.scopes import FlowView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot, TriggerView
from mfo_dialect.analysis.template_texts import TemplateText, template_texts_of
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
    borders = snapshot.borders
    parts = [part for part in (borders.get(id(node)) for node in around) if part is not None]
    view = next((part for part in reversed(parts) if isinstance(part, NodeView)), None)
    flows = [part for part in parts if isinstance(part, FlowView)]
    flows += [flow for part in parts if isinstance(part, Document) for flow in flows_written_as(part, snapshot)]
    return Owner(
        view,
        view.flow if view is not None else next(iter(flows), None),
        next((part for part in parts if isinstance(part, TriggerView)), None),
        next((part for part in parts if isinstance(part, PromptTemplate)), None),
    )


def key_visit_at(snapshot: Snapshot, document: str, offset: int) -> Visit | None:
    """The declared value whose key a cursor touches."""
    for visit in _visits_near(snapshot, document, offset):
        if visit.pair is not None and visit.pair.key.span.contains(offset):
            return visit
    return None


def value_visit_at(snapshot: Snapshot, document: str, offset: int) -> Visit | None:
    """The innermost declared scalar that a cursor touches."""
    for visit in _visits_near(snapshot, document, offset):
        if isinstance(visit.node, Scalar) and visit.node.span.contains(offset):
            return visit
    return None


def _visits_near(snapshot: Snapshot, document: str, offset: int) -> Iterator[Visit]:
    return (visit for part in parts_near(snapshot, document, offset) for visit in snapshot.visits_of(part))


def use_at(snapshot: Snapshot, document: str, offset: int) -> tuple[Use, int] | None:
    """The reference that a cursor touches, and the index of the segment; the root's where it touches only a mark."""
    uses = (use for part in parts_near(snapshot, document, offset) for use in snapshot.uses_of(part))
    for use in uses:
        if use.reference.segments and use.span.contains(offset):
            touched = [
                index for index in range(len(use.reference.segments)) if use.segment_span(index).contains(offset)
            ]
            return use, touched[-1] if touched else 0
    return None


def expression_at(snapshot: Snapshot, document: str, offset: int) -> ExpressionText | None:
    """The expression that a cursor touches."""
    for part in parts_near(snapshot, document, offset):
        for text in expression_texts_of(part, snapshot) if isinstance(part, NodeView) else ():
            if text.scalar.span.contains(offset):
                return text
    return None


def template_at(snapshot: Snapshot, document: str, offset: int) -> TemplateText | None:
    """The template text that a cursor touches."""
    for part in parts_near(snapshot, document, offset):
        for text in template_texts_of(part, snapshot):
            if text.scalar.span.contains(offset):
                return text
    return None
