"""Which fix of a finding is applied where nobody is asked, and how many findings have one.

Light to import: it loads no rule.
"""

from __future__ import annotations

from collections.abc import Iterable

from mfo_dialect.findings import Finding, Fix
from mfo_dialect.records import record


@record
class Fixable:
    """How many findings can be mended without a person's choice.

    Attributes:
        safe: those with a safe fix.
        unsafe: those with exactly one fix, one that a person should look at.
    """

    safe: int = 0
    unsafe: int = 0


def chosen_fix(finding: Finding, *, unsafe: bool = False) -> Fix | None:
    """The fix to apply: the first safe one, else with ``unsafe`` the only one; several unsafe ones are a choice."""
    for fix in finding.fixes:
        if fix.safe:
            return fix
    return finding.fixes[0] if unsafe and len(finding.fixes) == 1 else None


def count_fixable(findings: Iterable[Finding]) -> Fixable:
    """Counts what ``chosen_fix`` would choose."""
    safe = unsafe = 0
    for finding in findings:
        if chosen_fix(finding) is not None:
            safe += 1
        elif chosen_fix(finding, unsafe=True) is not None:
            unsafe += 1
    return Fixable(safe, unsafe)
