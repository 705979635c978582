"""Checking texts in tests: files in, findings out."""

from __future__ import annotations

from mfo_dialect.analysis.bundle import Bundle, make_bundle, read_source
from mfo_dialect.checker import check
from mfo_dialect.findings import Finding, Fix
from mfo_dialect.model.project import read_project
from mfo_dialect.text import Span, TextEdit, apply_edits
from tests.marks import Expected, read_marks


def bundle_of(files: dict[str, str]) -> Bundle:
    """A bundle of texts; ``mfo.toml`` is its project file, and every file is at home."""
    project = read_project(files["mfo.toml"], "mfo.toml") if "mfo.toml" in files else None
    sources = [read_source(name, text) for name, text in files.items() if name != "mfo.toml"]
    return make_bundle(sources, project)


def check_marked(files: dict[str, str]) -> tuple[dict[str, str], list[Expected], tuple[Finding, ...]]:
    """The plain texts, what their marks ask for, and what the checker found."""
    plain: dict[str, str] = {}
    expected: list[Expected] = []
    for name, text in files.items():
        plain[name], asked = read_marks(text, name)
        expected += asked
    return plain, expected, check(bundle_of(plain))


def assert_marks(files: dict[str, str]) -> tuple[Finding, ...]:
    """Check that the findings are exactly the marked ones; gives the findings."""
    plain, expected, findings = check_marked(files)
    found = sorted((finding.place.document, finding.place.span, finding.code) for finding in findings)
    asked = sorted((mark.document, mark.span, mark.code) for mark in expected)
    assert found == asked, "\n" + "\n".join(show(finding, plain) for finding in findings)
    for mark in expected:
        messages = [f.message for f in findings if f.place.span == mark.span and f.code == mark.code]
        assert any(mark.words in message for message in messages), messages
    return findings


def show(finding: Finding, files: dict[str, str]) -> str:
    """A finding in one line, for a failing test."""
    text = files.get(finding.place.document, "")
    span = finding.place.span
    line = text.count("\n", 0, span.start) + 1
    return f"{finding.place.document}:{line} {finding.code} {finding.message} [{text[span.start : span.end]!r}]"


def apply_fix(files: dict[str, str], fix: Fix) -> dict[str, str]:
    """The files after a fix."""
    changed = dict(files)
    for document in {edit.place.document for edit in fix.edits}:
        edits = [TextEdit(edit.place.span, edit.new_text) for edit in fix.edits if edit.place.document == document]
        changed[document] = apply_edits(changed.get(document, ""), edits)
    return changed


__all__ = ["Span", "apply_fix", "assert_marks", "bundle_of", "check_marked", "show"]
