"""The job summary of GitHub Actions: Markdown to append to the file that ``GITHUB_STEP_SUMMARY`` names."""

from __future__ import annotations

import re
from itertools import islice

from mfo_dialect.findings import Finding, Severity
from mfo_workspace.outcome import RULE_URL, CheckOutcome
from mfo_workspace.text_report import printable

_SYMBOLS = {
    Severity.ERROR: "\N{CROSS MARK} error",
    Severity.WARNING: "\N{WARNING SIGN}\N{VARIATION SELECTOR-16} warning",
    Severity.INFORMATION: "\N{INFORMATION SOURCE}\N{VARIATION SELECTOR-16} information",
}
_MOST_ROWS = 200
_MOST_CHARACTERS = 400
_MARKUP = re.compile(r"[!#$&*<>@\[\\\]^`{|}~]|\b_|_\b")


def github_summary_report(outcome: CheckOutcome) -> str:
    """A heading that sums up and a table of the findings, the heaviest first; hints are left out.

    GitHub refuses summaries past one megabyte, so what comes after the first 200 findings is only counted.
    """
    shown = sorted(
        (finding for finding in outcome.findings if finding.severity in _SYMBOLS), key=lambda finding: finding.severity
    )
    lines = [f"### MFO: {_counts(outcome)}", ""]
    if shown:
        lines += ["| | rule | place | what is wrong |", "| --- | --- | --- | --- |"]
        lines += [_row(outcome, finding) for finding in islice(shown, _MOST_ROWS)]
        lines.append("")
    if len(shown) > _MOST_ROWS:
        lines += [f"And {len(shown) - _MOST_ROWS} more.", ""]
    return "\n".join(lines)


def _row(outcome: CheckOutcome, finding: Finding) -> str:
    start = outcome.start(finding.place)
    place = f"{outcome.name(finding.place.document)}:{start.line}:{start.column}"
    rule = f"[{finding.code}]({RULE_URL.format(code=finding.code)}) {_inert(finding.name)}"
    return f"| {_SYMBOLS[finding.severity]} | {rule} | {_inert(place)} | {_inert(finding.message)} |"


def _inert(text: str) -> str:
    """A text that Markdown shows as it is: on one line, its special characters written as numbers."""
    short = text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 3]}..."
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", printable(" ".join(short.split())))


def _counts(outcome: CheckOutcome) -> str:
    parts = [
        _counted(outcome.count(Severity.ERROR), "error"),
        _counted(outcome.count(Severity.WARNING), "warning"),
        _counted(outcome.count(Severity.INFORMATION), "remark"),
    ]
    return f"{', '.join(part for part in parts if part) or 'nothing found'} in {_counted(outcome.file_count, 'file') or 'no file'}"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}" if count else ""
