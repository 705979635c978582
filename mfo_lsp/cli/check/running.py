"""One run of ``check``: collect, check, write, and say how it ends."""

from __future__ import annotations

from mfo_lsp.cli.check.collecting import collect
from mfo_lsp.cli.check.options import CheckOptions
from mfo_lsp.cli.check.status import exit_status
from mfo_lsp.cli.check.writing import shown_path, tell_nothing_found, tell_problems, write_report
from mfo_workspace.checking import CheckedFiles, check_files
from mfo_workspace.files import DiskFiles
from mfo_workspace.outcome import CheckOutcome


def run_check(options: CheckOptions) -> int:
    """Do what was asked for; the process's exit status comes out."""
    collected = collect(options.paths or (".",))
    checked = check_files(collected.wanted.items(), DiskFiles())
    problems = [*collected.problems, *checked.unreadable]
    outcome = make_outcome(checked)
    write_report(outcome, options)
    tell_problems(problems)
    if not outcome.file_count and not problems:
        tell_nothing_found()
    return exit_status(outcome, problems)


def make_outcome(checked: CheckedFiles) -> CheckOutcome:
    """What was found, with the names that a reader sees."""
    return CheckOutcome(
        checked.findings,
        {document: shown_path(document) for document in checked.documents},
        checked.lines,
        checked.file_count,
    )
