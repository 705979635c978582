"""One line a finding, for terminals, editors' problem matchers and ``grep``."""

from __future__ import annotations

from mfo_dialect.findings import Severity
from mfo_workspace.outcome import CheckOutcome
from mfo_workspace.text_report import printable


def concise_report(outcome: CheckOutcome, *, hints: bool = False) -> str:
    """Lines of ``file:line:column: severity CODE name: message``; nothing where nothing was found.

    Args:
        outcome: what was found.
        hints: whether to show hints too.
    """
    lines: list[str] = []
    for finding in outcome.findings:
        if finding.severity is Severity.HINT and not hints:
            continue
        start = outcome.start(finding.place)
        where = f"{outcome.name(finding.place.document)}:{start.line}:{start.column}"
        lines.append(f"{where}: {finding.severity.word} {finding.code} {finding.name}: {finding.message}")
    return "".join(f"{printable(line)}\n" for line in lines)
