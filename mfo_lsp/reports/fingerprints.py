"""What a finding is recognised by in a later report, when the lines around it have moved.

A fingerprint speaks of the rule, the file and the text that is underlined, never of line numbers.
"""

from __future__ import annotations

import hashlib
from collections import Counter

from mfo_dialect.findings import Finding
from mfo_workspace.outcome import CheckOutcome

_DIGITS = 32


def fingerprints(outcome: CheckOutcome) -> tuple[str, ...]:
    """A fingerprint for each finding, in their order; all are different.

    Findings of one rule on the same text of one file are told apart by counting them from the top.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    found: list[str] = []
    for finding in outcome.findings:
        content = _content(outcome, finding)
        found.append(_digest((*content, str(seen[content]))))
        seen[content] += 1
    return tuple(found)


def _content(outcome: CheckOutcome, finding: Finding) -> tuple[str, ...]:
    """The rule, the file, the line without its indentation, and the part of it that is underlined."""
    lines, (start, end) = outcome.lines(finding.place.document), finding.place.span
    line = lines.line_of(start)
    text = lines.line_text(line)
    first = start - lines.line_start(line)
    return (finding.code, outcome.name(finding.place.document), text.strip(), text[first : first + end - start])


def _digest(parts: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:_DIGITS]
