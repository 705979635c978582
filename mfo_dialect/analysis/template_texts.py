"""Every text of a bundle that is a template, with the language that it is written in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mfo_dialect.analysis.chats import parse_text
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.catalogue.values import Format, TextType
from mfo_dialect.model.access import text_at
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.syntax import Mapping, Scalar
from mfo_dialect.templates import Template


@dataclass(frozen=True, slots=True, eq=False)
class TemplateText:
    """One text.

    Attributes:
        document: the key of the document.
        scalar: the text as written.
        template: the text as read.
    """

    document: str
    scalar: Scalar
    template: Template


def template_texts(snapshot: Snapshot) -> Iterator[TemplateText]:
    """The prompts and error templates of prompts documents, the layers of agents, and the rendered prompts of tasks."""
    kinds = {document.key: document.kind for document in snapshot.documents}
    for visit in snapshot.visits:
        if not isinstance(visit.type, TextType) or visit.type.format is not Format.TEMPLATE:
            continue
        scalar, container = visit.node, visit.container
        if not isinstance(scalar, Scalar) or scalar.is_missing:
            continue
        if kinds.get(visit.document) is DocumentKind.WORKFLOW and not (
            isinstance(container, Mapping) and "prompt_context" in container
        ):
            continue
        yield TemplateText(
            visit.document, scalar, parse_text(scalar.text, _engine(snapshot, visit.document, scalar, container))
        )


def _engine(snapshot: Snapshot, document: str, scalar: Scalar, container: object) -> str:
    if isinstance(container, Mapping) and "engine" in container:
        engine = text_at(container, "engine")
        return engine.text if engine is not None else "go"
    for template in snapshot.templates:
        if template.document == document and template.mapping.span.contains(scalar.span.start):
            return template.engine
    return "go"
