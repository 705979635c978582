"""As ``cases``, for what fails a check: errors and warnings; hints and remarks are left out."""

from __future__ import annotations

from mfo_dialect.findings import Finding, Severity
from tests.rules.cases import Case, findings_of


def told(files: dict[str, str]) -> tuple[Finding, ...]:
    """The errors and warnings of some files."""
    return tuple(finding for finding in findings_of(files) if finding.severity <= Severity.WARNING)


def assert_told(case: Case) -> tuple[Finding, ...]:
    """Check that the errors and warnings are exactly those of the table, in order; gives them."""
    files = case.files
    findings = told(files)
    found = [(f.code, files.get(f.place.document, "")[slice(*f.place.span)], f.message) for f in findings]
    assert [one[:2] for one in found] == [one[:2] for one in case.said], "\n" + "\n".join(map(str, found))
    for (_, _, message), (_, _, words) in zip(found, case.said, strict=True):
        assert words in message
    return findings
