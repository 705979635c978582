"""Findings as an editor shows them. It knows no protocol: places are offsets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mfo_dialect.findings import Place, Related, Severity, Tag
from mfo_dialect.text import Span
from mfo_lsp.features.preferences import Preferences
from mfo_workspace.outcome import RULE_URL


class Said(Protocol):
    """A finding, of a check or of a bundle that is being edited."""

    @property
    def code(self) -> str: ...  # noqa: D102 - as of a finding
    @property
    def severity(self) -> Severity: ...  # noqa: D102
    @property
    def message(self) -> str: ...  # noqa: D102
    @property
    def tags(self) -> tuple[Tag, ...]: ...  # noqa: D102
    @property
    def place(self) -> Place: ...  # noqa: D102
    @property
    def related(self) -> tuple[Related, ...]: ...  # noqa: D102


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


def is_shown(finding: Said, preferences: Preferences) -> bool:
    """Whether an editor shows a finding: not where its user wants no hints and it is one."""
    return preferences.hints or finding.severity is not Severity.HINT


def diagnostic_of(finding: Said) -> Diagnostic:
    """One finding as an editor shows it."""
    return Diagnostic(
        finding.place.span,
        finding.severity,
        finding.code,
        page_of(finding.code),
        finding.message,
        finding.related,
        finding.tags,
    )


def page_of(code: str) -> str:
    """Where the page of a rule stands."""
    return RULE_URL.format(code=code)
