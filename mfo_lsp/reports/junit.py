"""JUnit's XML, which most CI servers show as test results: one suite a file, one failed case a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from mfo_dialect.findings import Finding, Severity
from mfo_workspace.outcome import RULE_URL, CheckOutcome

_FAILURES = frozenset({Severity.ERROR, Severity.WARNING})
_NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def junit_report(outcome: CheckOutcome) -> str:
    """The errors and warnings as failed test cases; one case that passes where there are none."""
    failures = [finding for finding in outcome.findings if finding.severity in _FAILURES]
    counts = f'tests="{len(failures) or 1}" failures="{len(failures)}" errors="0"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="mfo-lsp check" {counts}>',
        *(_suites(outcome, failures) if failures else _nothing_found(outcome)),
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _suites(outcome: CheckOutcome, failures: list[Finding]) -> Iterator[str]:
    for document, group in groupby(failures, lambda finding: finding.place.document):
        found, name = list(group), _attribute(outcome.name(document))
        yield f'  <testsuite name={name} tests="{len(found)}" failures="{len(found)}" errors="0" skipped="0">'
        for finding in found:
            yield from _case(outcome, finding, name)
        yield "  </testsuite>"


def _case(outcome: CheckOutcome, finding: Finding, file: str) -> Iterator[str]:
    start, name = outcome.start(finding.place), outcome.name(finding.place.document)
    place = f"{start.line}:{start.column}"
    case = _attribute(f"{finding.code} {finding.name} at {place}")
    words = f"{name}:{place}: {finding.message}\n{RULE_URL.format(code=finding.code)}"
    yield f'    <testcase name={case} classname={file} file={file} line="{start.line}">'
    yield f"      <failure type={_attribute(finding.severity.word)} message={_attribute(finding.message)}>{_text(words)}</failure>"
    yield "    </testcase>"


def _nothing_found(outcome: CheckOutcome) -> Iterator[str]:
    """Some servers take a report without any case for a run that went wrong."""
    name = _attribute(f"no errors and no warnings in {outcome.file_count} file{'' if outcome.file_count == 1 else 's'}")
    yield '  <testsuite name="mfo-lsp check" tests="1" failures="0" errors="0" skipped="0">'
    yield f'    <testcase name={name} classname="mfo-lsp check"/>'
    yield "  </testsuite>"


def _attribute(text: str) -> str:
    return quoteattr(_xml(text))


def _text(text: str) -> str:
    return escape(_xml(text))


def _xml(text: str) -> str:
    """A text without the characters that XML 1.0 cannot hold."""
    return _NOT_XML.sub("", text)
