"""What a check found, written for people and for machines: one format a file.

Every format is a function from the same value to text; none of them knows the checker, the terminal or the disk.
"""

from __future__ import annotations

from collections.abc import Callable

from mfo_lsp.reports.github import github_report
from mfo_lsp.reports.json_format import json_report
from mfo_workspace.outcome import CheckOutcome
from mfo_workspace.text_report import text_report

Format = Callable[[CheckOutcome], str]
FORMATS: dict[str, Format] = {"text": text_report, "json": json_report, "github": github_report}

__all__ = ["FORMATS", "CheckOutcome", "Format", "text_report"]
