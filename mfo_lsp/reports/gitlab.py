"""GitLab's code quality report: a JSON list that a merge request is compared by."""

from __future__ import annotations

import json
from typing import Any

from mfo_dialect.findings import Finding, Severity
from mfo_lsp.reports.fingerprints import fingerprints
from mfo_workspace.outcome import RULE_URL, CheckOutcome

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFORMATION: "info"}


def gitlab_report(outcome: CheckOutcome) -> str:
    """One entry a finding; hints are left out."""
    found = zip(outcome.findings, fingerprints(outcome), strict=True)
    entries = [_entry(outcome, finding, print_) for finding, print_ in found if finding.severity in _SEVERITIES]
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def _entry(outcome: CheckOutcome, finding: Finding, fingerprint: str) -> dict[str, Any]:
    return {
        "type": "issue",
        "check_name": f"{finding.code} {finding.name}",
        "description": f"{finding.code}: {finding.message}",
        "content": {"body": f"[{finding.code} {finding.name}]({RULE_URL.format(code=finding.code)})"},
        "severity": _SEVERITIES[finding.severity],
        "fingerprint": fingerprint,
        "location": {
            "path": outcome.name(finding.place.document),
            "lines": {"begin": outcome.start(finding.place).line, "end": outcome.end(finding.place).line},
        },
    }
