"""Findings that a baseline knows, as an editor shows them: still there, and in nobody's way."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from mfo_dialect.findings import Finding, Severity


def with_known_as_hints(findings: Iterable[Finding], known: Collection[Finding], baseline: str) -> tuple[Finding, ...]:
    """The findings in their order, those that are known as hints that say so.

    Args:
        findings: what the checker found.
        known: those of them that the baseline holds.
        baseline: the name of the baseline's file.
    """
    # Two findings may be equal but for their place in the order, so it is identity that counts.
    ids = set(map(id, known))
    return tuple(_as_hint(finding, baseline) if id(finding) in ids else finding for finding in findings)


def _as_hint(finding: Finding, baseline: str) -> Finding:
    still = "; for a run it is still an error" if finding.severity is Severity.ERROR else ""
    return replace(finding, severity=Severity.HINT, message=f"{finding.message} (known, in {baseline}{still})")
