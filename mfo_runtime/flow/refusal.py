"""Which findings keep a flow from running: the errors in what it can reach (dialect section 4.9)."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.chats import chat_use
from mfo_dialect.analysis.scopes import FlowView
from mfo_dialect.findings import Finding, Severity
from mfo_dialect.rules import RULES
from mfo_dialect.text import Span

FIXED_CODES = frozenset(rule.code for rule in RULES if rule.code[3] in "123")
"""The families 1xx to 3xx: no comment suppresses them for the engine, and no setting weakens them."""


def findings_that_refuse(findings: tuple[Finding, ...], flow: FlowView, bundle: Bundle) -> tuple[Finding, ...]:
    """The errors among the bundle's findings that concern a taskflow.

    Left out are those inside other taskflows of its document and the triggers that start them, in prompts that
    it does not use, in other workflow documents, and in agents documents where no task names an agent.
    """
    hidden = {document: tuple(spans) for document, spans in _hidden(flow, bundle)}
    return tuple(
        finding
        for finding in findings
        if finding.severity is Severity.ERROR
        and not any(_is_inside(finding.place.span, span) for span in hidden.get(finding.place.document, ()))
    )


def errors_of_document(findings: tuple[Finding, ...], document: str) -> tuple[Finding, ...]:
    """The errors of one document."""
    return tuple(
        finding for finding in findings if finding.severity is Severity.ERROR and finding.place.document == document
    )


def _is_inside(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _hidden(flow: FlowView, bundle: Bundle) -> Iterator[tuple[str, list[Span]]]:
    everything = Span(0, 1 << 60)
    for workflow in bundle.workflows:
        if workflow.document != flow.document:
            yield workflow.document, [everything]
    others = [other for other in flow.workflow.taskflows if other is not flow.taskflow]
    names = {other.name for other in others}
    yield (
        flow.document,
        [
            *(other.mapping.span for other in others),
            *(
                one.mapping.span
                for one in flow.workflow.triggers
                if one.target is not None and one.target.text in names
            ),
        ],
    )
    used = {
        chat.template.id.text for view in flow.nodes if (chat := chat_use(view, bundle)) is not None and chat.template
    }
    agents_are_used = any(
        "agent_id" in chat.config for view in flow.nodes if (chat := chat_use(view, bundle)) is not None
    ) or any(view.type_name == "mfo_agent_run" for view in flow.nodes)
    if agents_are_used:
        used |= {agent.prompt_template_id.text for agent in bundle.agents.values() if agent.prompt_template_id}
    for prompts in bundle.prompts:
        unused = [one.mapping.span for one in prompts.templates if one.id.text not in used]
        is_used = len(unused) < len(prompts.templates) or prompts.tools or prompts.schemas
        yield prompts.document, unused if is_used else [everything]
    for agents in bundle.agents_documents:
        if not agents_are_used:
            yield agents.document, [everything]
