"""Tables of texts and of what the checker says of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from mfo_dialect.checker import check
from mfo_dialect.findings import Finding, Fix
from tests.rules.checking import apply_fix, bundle_of

Said = tuple[str, str, str]


@dataclass(frozen=True)
class Case:
    """A workflow text, the findings it must give (code, underlined text, a part of the message), and files beside it."""

    name: str
    text: str
    said: list[Said] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, str]:
        return {"workflow.yml": self.text, **self.beside}


def findings_of(files: dict[str, str]) -> tuple[Finding, ...]:
    return check(bundle_of(files))


def assert_said(case: Case) -> tuple[Finding, ...]:
    """Check that the findings are exactly those of the table, in order; gives them."""
    files = case.files
    findings = findings_of(files)
    found = [(f.code, files[f.place.document][slice(*f.place.span)], f.message) for f in findings]
    assert [said[:2] for said in found] == [said[:2] for said in case.said], "\n" + "\n".join(map(str, found))
    for (_, _, message), (_, _, words) in zip(found, case.said, strict=True):
        assert words in message
    return findings


def fix_called(findings: tuple[Finding, ...], title: str) -> Fix:
    return next(fix for finding in findings for fix in finding.fixes if fix.title == title)


def fixed(files: dict[str, str], title: str, document: str = "workflow.yml") -> str:
    """One document after the fix with this title."""
    return apply_fix(files, fix_called(findings_of(files), title))[document]
