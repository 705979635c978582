"""Which finding is about which node of a taskflow, by where they stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping

from mfo_dialect.analysis.scopes import FlowView, NodeView
from mfo_dialect.findings import Finding
from mfo_dialect.text import Span
from mfo_lsp.features.flow_graph.values import Location, Problem


def problems_of(
    flow: FlowView,
    keys: Mapping[NodeView, str],
    findings: Iterable[Finding],
    locate: Callable[[Span], Location],
) -> tuple[Problem, ...]:
    """The findings in the taskflow's document that are not about another taskflow, each with its node.

    Args:
        flow: the taskflow.
        keys: the keys of its nodes, subflows before what is in them.
        findings: what was found, in whichever documents.
        locate: where a span starts, as people read it.
    """
    own = flow.taskflow.mapping.span
    others = [other.mapping.span for other in flow.workflow.taskflows if other is not flow.taskflow]
    spans = _Spans(keys)
    problems: list[Problem] = []
    for finding in findings:
        start = finding.place.span.start
        if finding.place.document != flow.document:
            continue
        if not _holds(own, start) and any(_holds(other, start) for other in others):
            continue
        problems.append(
            Problem(
                finding.code,
                finding.name,
                finding.severity,
                finding.message,
                locate(finding.place.span),
                spans.innermost(start),
            )
        )
    return tuple(problems)


def _holds(span: Span, offset: int) -> bool:
    return span.start <= offset < span.end


class _Spans:
    """The stretches of the nodes, which lie in each other or apart, by where they start."""

    def __init__(self, keys: Mapping[NodeView, str]) -> None:
        ordered = sorted(
            ((view.node.mapping.span, key) for view, key in keys.items()),
            key=lambda item: (item[0].start, -item[0].end),
        )
        self.spans = [span for span, _ in ordered]
        self.starts = [span.start for span in self.spans]
        self.keys = [key for _, key in ordered]
        self.around: list[int | None] = []
        opened: list[int] = []
        for place, span in enumerate(self.spans):
            while opened and self.spans[opened[-1]].end <= span.start:
                opened.pop()
            self.around.append(opened[-1] if opened else None)
            opened.append(place)

    def innermost(self, offset: int) -> str | None:
        """The key of the innermost node around an offset."""
        place: int | None = bisect_right(self.starts, offset) - 1
        while place is not None and place >= 0:
            if _holds(self.spans[place], offset):
                return self.keys[place]
            place = self.around[place]
        return None
