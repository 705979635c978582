"""SARIF 2.1.0, the format of code scanning: findings with their rules, related places, paths and fixes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from typing import Any
from urllib.parse import quote

from mfo_dialect.findings import Edit, Finding, Fix, Place, Related, Severity
from mfo_dialect.rules import RULES, Rule
from mfo_lsp.reports.fingerprints import fingerprints
from mfo_workspace.outcome import RULE_URL, CheckOutcome

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://github.com/mfo-lsp/mfo-lsp"
ROOT = "%SRCROOT%"
FINGERPRINT = "mfoFinding/v1"
_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
    Severity.HINT: "note",
}
_PATHS = frozenset({"MFO803", "MFO810"})
"""Rules whose related places are the steps of a data flow, from its source to the place of the finding."""
_ABSOLUTE = re.compile(r"(?:[A-Za-z]:)?[/\\]")

Json = dict[str, Any]


def sarif_report(outcome: CheckOutcome) -> str:
    """One run with all findings; hints are notes, told from remarks by their property ``severity``."""
    return json.dumps(_Run(outcome).log(), indent=2, ensure_ascii=False) + "\n"


class _Run:
    """The outcome with the indices by which SARIF's parts name each other; immutable once made."""

    def __init__(self, outcome: CheckOutcome) -> None:
        self._outcome = outcome
        codes = sorted({finding.code for finding in outcome.findings})
        self._codes = {code: index for index, code in enumerate(codes)}
        documents = dict.fromkeys(_documents(outcome.findings))
        self._documents = {document: index for index, document in enumerate(documents)}

    def log(self) -> Json:
        """The whole document."""
        outcome = self._outcome
        found = zip(outcome.findings, fingerprints(outcome), strict=True)
        run: Json = {
            "tool": {"driver": self._driver()},
            "columnKind": "unicodeCodePoints",
            "newlineSequences": ["\r\n", "\n", "\r"],
            "defaultEncoding": "utf-8",
            "originalUriBaseIds": {ROOT: {"description": {"text": "The directory in which mfo-lsp was started."}}},
            "artifacts": [{"location": self._artifact(document)} for document in self._documents],
            "results": [self._result(finding, fingerprint) for finding, fingerprint in found],
        }
        return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}

    def _driver(self) -> Json:
        known = {rule.code: rule for rule in RULES}
        names = {finding.code: finding.name for finding in self._outcome.findings}
        rules = [_rule(code, names[code], known.get(code)) for code in self._codes]
        return {"name": "mfo-lsp", "version": _version(), "informationUri": HOME, "rules": rules}

    def _result(self, finding: Finding, fingerprint: str) -> Json:
        result: Json = {
            "ruleId": finding.code,
            "ruleIndex": self._codes[finding.code],
            "level": _LEVELS[finding.severity],
            "message": {"text": finding.message},
            "locations": [{"physicalLocation": self._physical(finding.place)}],
            "partialFingerprints": {FINGERPRINT: fingerprint},
        }
        if finding.related:
            result["relatedLocations"] = [
                {"id": number, **self._related(related)} for number, related in enumerate(finding.related, 1)
            ]
        if finding.related and finding.code in _PATHS:
            result["codeFlows"] = [self._flow(finding)]
        if finding.fixes:
            result["fixes"] = [self._fix(fix) for fix in finding.fixes]
        tags = {"tags": [tag.value for tag in finding.tags]} if finding.tags else {}
        result["properties"] = {"severity": finding.severity.word, **tags}
        return result

    def _flow(self, finding: Finding) -> Json:
        steps = [*finding.related, Related(finding.place, finding.message)]
        return {"threadFlows": [{"locations": [{"location": self._related(step)} for step in steps]}]}

    def _related(self, related: Related) -> Json:
        return {"physicalLocation": self._physical(related.place), "message": {"text": related.message}}

    def _fix(self, fix: Fix) -> Json:
        """A fix; its replacements go from the end of a file to its start, so that none moves what another speaks of."""
        edits = sorted(fix.edits, key=lambda edit: edit.place)[::-1]
        changes = [
            {
                "artifactLocation": self._artifact(document),
                "replacements": [self._replacement(edit) for edit in group],
            }
            for document, group in groupby(edits, lambda edit: edit.place.document)
        ]
        return {"description": {"text": fix.title}, "artifactChanges": changes, "properties": {"safe": fix.safe}}

    def _replacement(self, edit: Edit) -> Json:
        return {"deletedRegion": self._region(edit.place), "insertedContent": {"text": edit.new_text}}

    def _physical(self, place: Place) -> Json:
        return {"artifactLocation": self._artifact(place.document), "region": self._region(place)}

    def _artifact(self, document: str) -> Json:
        return {**_location(self._outcome.name(document)), "index": self._documents[document]}

    def _region(self, place: Place) -> Json:
        start, end = self._outcome.start(place), self._outcome.end(place)
        return {
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        }


def _documents(findings: Iterable[Finding]) -> Iterable[str]:
    for finding in findings:
        yield finding.place.document
        yield from (related.place.document for related in finding.related)
        yield from (edit.place.document for fix in finding.fixes for edit in fix.edits)


def _rule(code: str, name: str, rule: Rule | None) -> Json:
    known: Json = {}
    if rule is not None:
        known = {
            "shortDescription": {"text": f"{rule.summary}."},
            "help": {"text": rule.page, "markdown": rule.page},
            "defaultConfiguration": {"enabled": rule.enabled, "level": _LEVELS[rule.severity]},
        }
    return {"id": code, "name": name, **known, "helpUri": RULE_URL.format(code=code)}


def _location(name: str) -> Json:
    """A file's address: relative to where the check was started, or a ``file:`` one for what lies elsewhere."""
    if not _ABSOLUTE.match(name):
        return {"uri": quote(name, errors="replace"), "uriBaseId": ROOT}
    path = name.replace("\\", "/")
    return {"uri": f"file://{'' if path.startswith('/') else '/'}{quote(path, safe='/:', errors='replace')}"}


def _version() -> str:
    try:
        return version("mfo-lsp")
    except PackageNotFoundError:
        return "0"
