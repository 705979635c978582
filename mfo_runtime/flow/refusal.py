"""Which findings keep a flow from running: the errors in what it can reach (dialect section 4.9)."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.chats import chat_use
from mfo_dialect.analysis.scopes import FlowView
from mfo_dialect.findings import Finding, Severity
from mfo_dialect.text import Span


def findings_that_refuse(findings: tuple[Finding, ...], flow: FlowView, bundle: Bundle) -> tuple[Finding, ...]:
    """The errors among the bundle's findings that concern a taskflow.

    Left out are those inside other taskflows of its document, inside prompt templates that it does not use, in other
    workflow documents, and in agents documents where no task names an agent.
    """
    hidden = {document: tuple(spans) for document, spans in _hidden(flow, bundle)}
    return tuple(
        finding
        for finding in findings
        if finding.severity is Severity.ERROR
        and not any(_is_inside(finding.place.span, span) for span in hidden.get(finding.place.document, ()))
    )


def _is_inside(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _hidden(flow: FlowView, bundle: Bundle) -> Iterator[tuple[str, list[Span]]]:
    everything = Span(0, 1 << 60)
    for workflow in bundle.workflows:
        if workflow.document != flow.document:
            yield workflow.document, [everything]
    yield flow.document, [other.mapping.span for other in flow.workflow.taskflows if other is not flow.taskflow]
    used = {
        chat.template.id.text for view in flow.nodes if (chat := chat_use(view, bundle)) is not None and chat.template
    }
    agents_are_used = any(
        "agent_id" in chat.config for view in flow.nodes if (chat := chat_use(view, bundle)) is not None
    ) or any(view.type_name == "mfo_agent_run" for view in flow.nodes)
    for prompts in bundle.prompts:
        yield prompts.document, [one.mapping.span for one in prompts.templates if one.id.text not in used]
    for agents in bundle.agents_documents:
        if not agents_are_used:
            yield agents.document, [everything]
