"""The stable JSON format, version 1: lines and columns from 1, columns in code points."""

from __future__ import annotations

import json
from typing import Any

from mfo_dialect.findings import Edit, Finding, Fix, Place, Severity
from mfo_workspace.outcome import RULE_URL, CheckOutcome

VERSION = 1


def json_report(outcome: CheckOutcome) -> str:
    """All findings, with fixes and related places."""
    summary = {
        "files": outcome.file_count,
        "errors": outcome.count(Severity.ERROR),
        "warnings": outcome.count(Severity.WARNING),
        "information": outcome.count(Severity.INFORMATION),
        "hints": outcome.count(Severity.HINT),
    }
    findings = [_finding(outcome, finding) for finding in outcome.findings]
    return (
        json.dumps({"version": VERSION, "summary": summary, "findings": findings}, indent=2, ensure_ascii=False) + "\n"
    )


def _finding(outcome: CheckOutcome, finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.word,
        "message": finding.message,
        **_place(outcome, finding.place),
        "related": [{**_place(outcome, related.place), "message": related.message} for related in finding.related],
        "fixes": [_fix(outcome, fix) for fix in finding.fixes],
        "url": RULE_URL.format(code=finding.code),
    }


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
