"""What a check found, written for people and for machines: one format a file.

Every format is a function from the same value to text; none of them knows the checker, the terminal or the disk.
"""

from __future__ import annotations

from collections.abc import Callable

from mfo_lsp.reports.concise import concise_report
from mfo_lsp.reports.github import github_report
from mfo_lsp.reports.github_summary import github_summary_report
from mfo_lsp.reports.gitlab import gitlab_report
from mfo_lsp.reports.json_format import json_report
from mfo_lsp.reports.junit import junit_report
from mfo_lsp.reports.sarif import sarif_report
from mfo_workspace.outcome import CheckOutcome
from mfo_workspace.text_report import text_report

Format = Callable[[CheckOutcome], str]
FORMATS: dict[str, Format] = {
    "text": text_report,
    "concise": concise_report,
    "json": json_report,
    "sarif": sarif_report,
    "github": github_report,
    "github-summary": github_summary_report,
    "gitlab": gitlab_report,
    "junit": junit_report,
}

__all__ = ["FORMATS", "CheckOutcome", "Format", "text_report"]
