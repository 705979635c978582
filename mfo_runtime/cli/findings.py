"""The findings that keep a flow from running, as ``mfo-lsp check`` shows them."""

from __future__ import annotations

import os
import sys
from typing import Any

from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.findings import Finding
from mfo_runtime.cli.output import say, shown_path
from mfo_workspace.finding_data import finding_data
from mfo_workspace.outcome import CheckOutcome
from mfo_workspace.text_report import text_report


def outcome_of(findings: tuple[Finding, ...], bundle: Bundle) -> CheckOutcome:
    """Findings, ready to be shown."""
    texts = {key: source.tree.lines for key, source in bundle.sources.items()}
    if bundle.project.document:
        texts[bundle.project.document] = bundle.project.lines
    documents = {finding.place.document for finding in findings}
    return CheckOutcome(findings, {key: shown_path(key) for key in (*texts, *documents)}, texts, len(documents))


def show_findings(outcome: CheckOutcome) -> None:
    """Write findings on stderr, as ``mfo-lsp check`` does."""
    colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    say(text_report(outcome, colour=colour).removesuffix("\n"))


def findings_data(outcome: CheckOutcome) -> list[dict[str, Any]]:
    """Findings as the JSON format of ``mfo-lsp check`` has them, without their fixes."""
    return [finding_data(outcome, finding, fixes=False) for finding in outcome.findings]
