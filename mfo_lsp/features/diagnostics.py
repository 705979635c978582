"""Findings as an editor shows them, sorted by document. It knows no protocol: places are offsets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mfo_dialect.findings import Finding, Related, Severity, Tag
from mfo_dialect.text import Span
from mfo_lsp.features.preferences import Preferences
from mfo_workspace.outcome import RULE_URL


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding as an editor shows it.

    Attributes:
        span: where, in the document that it was asked for.
        severity: how much it weighs.
        code: the rule's code.
        url: where the rule's page stands.
        message: what is wrong and what would be right.
        related: other places that matter, in any document.
        tags: how the place may be drawn besides.
    """

    span: Span
    severity: Severity
    code: str
    url: str
    message: str
    related: tuple[Related, ...]
    tags: tuple[Tag, ...]


def diagnostics_by_document(findings: Iterable[Finding], preferences: Preferences) -> dict[str, tuple[Diagnostic, ...]]:
    """What to show in each document that findings speak of; documents without any are left out.

    Args:
        findings: the findings of one bundle; their order is kept.
        preferences: whether hints are wanted.
    """
    shown: dict[str, list[Diagnostic]] = {}
    for finding in findings:
        if preferences.hints or finding.severity is not Severity.HINT:
            shown.setdefault(finding.place.document, []).append(diagnostic_of(finding))
    return {document: tuple(diagnostics) for document, diagnostics in shown.items()}


def diagnostic_of(finding: Finding) -> Diagnostic:
    """One finding as an editor shows it."""
    return Diagnostic(
        finding.place.span,
        finding.severity,
        finding.code,
        RULE_URL.format(code=finding.code),
        finding.message,
        finding.related,
        finding.tags,
    )
