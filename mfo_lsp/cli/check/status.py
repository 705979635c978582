"""How the process ends: clean, with findings, or because something could not be read or written."""

from __future__ import annotations

from collections.abc import Sequence

from mfo_dialect.findings import Severity
from mfo_workspace.outcome import CheckOutcome

CLEAN = 0
FINDINGS = 1
UNREADABLE = 2


def exit_status(outcome: CheckOutcome, problems: Sequence[object]) -> int:
    """0 where there is no error and no warning, 1 where there is, 2 where something could not be read."""
    if problems:
        return UNREADABLE
    failing = outcome.count(Severity.ERROR) + outcome.count(Severity.WARNING)
    return FINDINGS if failing else CLEAN
