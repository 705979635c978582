"""How often each rule found something."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from mfo_dialect.findings import Severity
from mfo_workspace.outcome import CheckOutcome


@dataclass(frozen=True, slots=True)
class RuleCount:
    """One rule's findings of one severity: how many, and how many of them have a safe fix."""

    code: str
    name: str
    severity: Severity
    count: int
    fixable: int


def rule_counts(outcome: CheckOutcome) -> tuple[RuleCount, ...]:
    """The rules that found something, the most frequent first; those of one rule with two severities apart."""
    counts: Counter[tuple[str, str, Severity]] = Counter()
    fixable: Counter[tuple[str, str, Severity]] = Counter()
    for finding in outcome.findings:
        key = finding.code, finding.name, finding.severity
        counts[key] += 1
        fixable[key] += any(fix.safe for fix in finding.fixes)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(RuleCount(*key, count, fixable[key]) for key, count in ordered)


def statistics_report(outcome: CheckOutcome, *, hints: bool = False) -> str:
    """A line a rule: how many findings, the code, the severity, the name, and how many have a safe fix.

    Args:
        outcome: what was found.
        hints: whether to count hints too.
    """
    counts = [one for one in rule_counts(outcome) if hints or one.severity is not Severity.HINT]
    rows = [
        (str(one.count), one.code, one.severity.word, one.name, f"({one.fixable} fixable)" if one.fixable else "")
        for one in counts
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(5)]
    lines = ("  ".join((row[0].rjust(widths[0]), *map(str.ljust, row[1:], widths[1:]))).rstrip() for row in rows)
    return "".join(f"{line}\n" for line in lines)


def statistics_data(outcome: CheckOutcome) -> list[dict[str, Any]]:
    """The same as JSON values, hints among them."""
    return [
        {
            "code": one.code,
            "name": one.name,
            "severity": one.severity.word,
            "count": one.count,
            "fixable": one.fixable,
        }
        for one in rule_counts(outcome)
    ]
