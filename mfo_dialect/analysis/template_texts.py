"""Every text of a bundle that is a template, with the language that it is written in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mfo_dialect import templates
from mfo_dialect.analysis.chats import parse_text
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.catalogue.values import Format, TextType
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.syntax import Mapping, Node, Scalar


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
    template: templates.Template


def template_texts(snapshot: Snapshot) -> tuple[TemplateText, ...]:
    """The prompts and error templates of prompts documents, the layers of agents, and the rendered prompts of tasks."""
    return snapshot.every(_template_texts)


def _template_texts(snapshot: Snapshot) -> Iterator[TemplateText]:
    owners = {text: template for template in snapshot.templates for text in _texts_of(template)}
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
        owner = owners.get(scalar)
        yield TemplateText(
            visit.document, scalar, owner.read(scalar) if owner is not None else parse_text(scalar.text, "go")
        )


def _texts_of(template: PromptTemplate) -> Iterator[Node]:
    yield from template.texts
    for _, text in template.error_templates.values():
        yield text


def first_causes(problems: Iterable[templates.Problem]) -> list[templates.Problem]:
    """The problems without those that follow from others before them.

    Where the form is broken, or a word such as ``if`` is misspelt, what stands behind is read otherwise than it is meant:
    of mistakes in form the first one counts, if no unknown function stands before it, and nothing behind it.
    """
    kept: list[templates.Problem] = []
    for problem in sorted(problems, key=lambda problem: problem.noticed_at):
        if problem.kind is not templates.ProblemKind.SYNTAX:
            kept.append(problem)
            continue
        if not any(one.kind is templates.ProblemKind.UNKNOWN_FUNCTION for one in kept):
            kept.append(problem)
        break
    return kept
