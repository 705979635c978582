"""One finding as JSON values: lines and columns from 1, columns in code points.

What ``mfo-lsp check --format json`` prints and what a refused run prints are the same values.
"""

from __future__ import annotations

from typing import Any

from mfo_dialect.findings import Edit, Finding, Fix, Place
from mfo_workspace.outcome import RULE_URL, CheckOutcome


def finding_data(outcome: CheckOutcome, finding: Finding, *, fixes: bool) -> dict[str, Any]:
    """A finding with its related places, and with its fixes where they are wanted."""
    data: dict[str, Any] = {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.word,
        "message": finding.message,
        **_place(outcome, finding.place),
        "related": [{**_place(outcome, related.place), "message": related.message} for related in finding.related],
    }
    if fixes:
        data["fixes"] = [_fix(outcome, fix) for fix in finding.fixes]
    return {**data, "url": RULE_URL.format(code=finding.code)}


def _place(outcome: CheckOutcome, place: Place) -> dict[str, Any]:
    start, end = outcome.start(place), outcome.end(place)
    return {
        "file": outcome.name(place.document),
        "start": {"line": start.line, "column": start.column},
        "end": {"line": end.line, "column": end.column},
    }


def _fix(outcome: CheckOutcome, fix: Fix) -> dict[str, Any]:
    return {"title": fix.title, "safe": fix.safe, "edits": [_edit(outcome, edit) for edit in fix.edits]}


def _edit(outcome: CheckOutcome, edit: Edit) -> dict[str, Any]:
    return {**_place(outcome, edit.place), "text": edit.new_text}
