"""Workflow commands of GitHub Actions: each finding becomes an annotation of the changed line."""

from __future__ import annotations

from mfo_dialect.findings import Finding, Severity
from mfo_workspace.outcome import CheckOutcome

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATION: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def github_report(outcome: CheckOutcome) -> str:
    """One command a finding; hints are left out."""
    return "".join(_command(outcome, finding) for finding in outcome.findings if finding.severity in _COMMANDS)


def _command(outcome: CheckOutcome, finding: Finding) -> str:
    start, end = outcome.start(finding.place), outcome.end(finding.place)
    properties = {
        "file": outcome.name(finding.place.document),
        "line": str(start.line),
        "endLine": str(end.line),
        "title": f"{finding.code} {finding.name}",
    }
    if start.line == end.line:  # columns are only read where both ends are on one line
        properties |= {"col": str(start.column), "endColumn": str(max(end.column, start.column))}
    written = ",".join(f"{name}={value.translate(_PROPERTY)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {written}::{finding.message.translate(_DATA)}\n"
