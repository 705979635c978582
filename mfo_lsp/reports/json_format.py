"""The stable JSON format, version 1: lines and columns from 1, columns in code points."""

from __future__ import annotations

import json
from typing import Any

from mfo_dialect.findings import Severity
from mfo_lsp.reports.statistics import statistics_data
from mfo_workspace.finding_data import finding_data
from mfo_workspace.outcome import CheckOutcome

VERSION = 1


def json_report(outcome: CheckOutcome, *, statistics: bool = False) -> str:
    """All findings, with fixes and related places.

    Args:
        outcome: what was found.
        statistics: whether the findings are counted by rule besides.
    """
    report: dict[str, Any] = {
        "version": VERSION,
        "summary": {
            "files": outcome.file_count,
            "errors": outcome.count(Severity.ERROR),
            "warnings": outcome.count(Severity.WARNING),
            "information": outcome.count(Severity.INFORMATION),
            "hints": outcome.count(Severity.HINT),
        },
        "findings": [finding_data(outcome, finding, fixes=True) for finding in outcome.findings],
    }
    if statistics:
        report["statistics"] = statistics_data(outcome)
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"
