"""What a check found, written for people and for machines: one format a file.

Every format is a function from the same value to text; none of them knows the checker, the terminal or the disk.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from mfo_dialect.records import record
from mfo_workspace.outcome import CheckOutcome

Format = Callable[[CheckOutcome], str]


@record
class LazyFormat:
    """A format whose module is loaded when it is first written.

    Attributes:
        module: where it stands.
        function: its name there.
    """

    module: str
    function: str

    def __call__(self, outcome: CheckOutcome) -> str:
        """Write what was found."""
        write: Format = getattr(import_module(self.module), self.function)
        return write(outcome)


FORMATS: dict[str, LazyFormat] = {
    "text": LazyFormat("mfo_workspace.text_report", "text_report"),
    "concise": LazyFormat("mfo_lsp.reports.concise", "concise_report"),
    "json": LazyFormat("mfo_lsp.reports.json_format", "json_report"),
    "sarif": LazyFormat("mfo_lsp.reports.sarif", "sarif_report"),
    "github": LazyFormat("mfo_lsp.reports.github", "github_report"),
    "github-summary": LazyFormat("mfo_lsp.reports.github_summary", "github_summary_report"),
    "gitlab": LazyFormat("mfo_lsp.reports.gitlab", "gitlab_report"),
    "junit": LazyFormat("mfo_lsp.reports.junit", "junit_report"),
}

__all__ = ["FORMATS", "CheckOutcome", "Format", "LazyFormat"]
