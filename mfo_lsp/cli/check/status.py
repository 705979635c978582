"""How the process ends: clean, with findings, or because something could not be read or written."""

from __future__ import annotations

from mfo_dialect.findings import Severity
from mfo_lsp.cli.check.options import CheckOptions
from mfo_workspace.outcome import CheckOutcome

CLEAN = 0
FINDINGS = 1
TROUBLE = 2


def exit_status(outcome: CheckOutcome, problem_count: int, options: CheckOptions) -> int:
    """0 where nothing weighs as much as asked for, 1 where something does, 2 where a file was not read or written."""
    if problem_count:
        return TROUBLE
    if options.exit_zero or options.fail_level == "never":
        return CLEAN
    heaviest = Severity[options.fail_level.upper()]
    return FINDINGS if any(finding.severity <= heaviest for finding in outcome.findings) else CLEAN
