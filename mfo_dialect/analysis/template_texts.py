"""Every text of a bundle that is a template, with the language that it is written in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from mfo_dialect import templates
from mfo_dialect.analysis.bundle import Document
from mfo_dialect.analysis.chats import parse_text
from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.scopes import FlowView, NodeView, TriggerView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.catalogue.values import Format, TextType
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.model.prompts import PromptTemplate
from mfo_dialect.records import record
from mfo_dialect.syntax import Mapping, Node, Scalar


@record(eq=False, guarded=False)
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


_TEMPLATE = Format.TEMPLATE


def template_texts(snapshot: Snapshot) -> Iterator[TemplateText]:
    """The prompts and error templates of prompts documents, the layers of agents, and the rendered prompts of tasks."""
    return (text for part in snapshot.parts for text in template_texts_of(part, snapshot))


def template_texts_of(part: Part, snapshot: Snapshot) -> tuple[TemplateText, ...]:
    """The prompts and error templates of a prompt template, the layers of an agent, or the rendered prompts of a task."""
    return snapshot.kept(part, _template_texts)


def _template_texts(part: Part, snapshot: Snapshot) -> tuple[TemplateText, ...]:
    visits = snapshot.notable_visits_of(part)
    declared = [visit for visit in visits if type(visit.type) is TextType and visit.type.format is _TEMPLATE]
    return tuple(_found(part, declared)) if declared else ()


_RENDERED_BY_NAME = (NodeView, FlowView, TriggerView)


def _found(part: Part, declared: Iterable[Visit]) -> Iterator[TemplateText]:
    owned = set(_texts_of(part)) if isinstance(part, PromptTemplate) else set[Node]()
    is_rendered_by_name = isinstance(part, _RENDERED_BY_NAME) or (
        isinstance(part, Document) and part.kind is DocumentKind.WORKFLOW
    )
    for visit in declared:
        scalar, container = visit.node, visit.container
        if not isinstance(scalar, Scalar) or scalar.is_missing:
            continue
        if is_rendered_by_name and not (isinstance(container, Mapping) and "prompt_context" in container):
            continue
        template = part.read(scalar) if isinstance(part, PromptTemplate) and scalar in owned else None
        yield TemplateText(visit.document, scalar, template or parse_text(scalar.text, "go"))


def _texts_of(template: PromptTemplate) -> Iterator[Node]:
    yield from template.texts
    for _, text in template.error_templates.values():
        yield text


def first_causes(problems: Collection[templates.Problem]) -> list[templates.Problem]:
    """The problems without those that follow from others before them.

    Where the form is broken, or a word such as ``if`` is misspelt, what stands behind is read otherwise than it is meant:
    of mistakes in form the first one counts, if no unknown function stands before it, and nothing behind it.
    """
    kept: list[templates.Problem] = []
    for problem in () if not problems else sorted(problems, key=lambda problem: problem.noticed_at):
        if problem.kind is not templates.ProblemKind.SYNTAX:
            kept.append(problem)
            continue
        if not any(one.kind is templates.ProblemKind.UNKNOWN_FUNCTION for one in kept):
            kept.append(problem)
        break
    return kept
