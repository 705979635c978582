"""Every format of a report, literally, on outcomes built by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

from mfo_dialect.findings import Finding, Place, Severity
from mfo_dialect.rules import RULES
from mfo_dialect.text import LineIndex, Span
from mfo_lsp.reports import FORMATS, CheckOutcome
from mfo_lsp.reports.concise import concise_report
from mfo_lsp.reports.fingerprints import fingerprints
from mfo_lsp.reports.github_summary import github_summary_report
from mfo_lsp.reports.gitlab import gitlab_report
from mfo_lsp.reports.junit import junit_report
from tests.reports.outcomes import LETTERS, NODE, NOTHING, OUTCOME, TYPE

URL = "https://github.com/mfo-lsp/mfo-lsp/blob/main/docs/rules"


def test_concise() -> None:
    assert concise_report(OUTCOME) == (
        'letters.yml:3:20: error MFO206 unknown-task-type: no task type is called "transfrom"; did you mean "transform"?\n'
        'letters.yml:5:24: warning MFO302 unknown-node: there is no node "c" | <b>\N{REPLACEMENT CHARACTER}[31m*here*</b>'
        "\N{REPLACEMENT CHARACTER}$x$ & `code`\n"
        "prompts dir/é#1.yml:2:3: information MFO311 partial-join: it runs anyway\n"
    )
    assert concise_report(OUTCOME, hints=True).endswith(
        'prompts dir/é#1.yml:2:28: hint MFO605 unused-variable: "nmae" is never used\n'
    )
    assert concise_report(NOTHING) == ""


def test_gitlab() -> None:
    first, second, third = json.loads(gitlab_report(OUTCOME))
    assert first == {
        "type": "issue",
        "check_name": "MFO206 unknown-task-type",
        "description": 'MFO206: no task type is called "transfrom"; did you mean "transform"?',
        "content": {"body": f"[MFO206 unknown-task-type]({URL}/MFO206.md)"},
        "severity": "critical",
        "fingerprint": "575ab45bdf1ac78593048480b1a7320b",
        "location": {"path": "letters.yml", "lines": {"begin": 3, "end": 3}},
    }
    assert (second["severity"], third["severity"]) == ("minor", "info")
    assert third["location"] == {"path": "prompts dir/é#1.yml", "lines": {"begin": 2, "end": 2}}
    assert json.loads(gitlab_report(NOTHING)) == []


DOCUMENTED = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./|/)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}, "end": {"type": "integer"}},
                        "additionalProperties": False,
                    },
                },
            },
        },
    },
}
"""What GitLab's page on code quality says of an entry."""


def test_gitlab_reads_what_its_documentation_asks_for() -> None:
    for outcome in (OUTCOME, NOTHING):
        entries = json.loads(gitlab_report(outcome))
        Draft202012Validator(DOCUMENTED).validate(entries)
        assert len({entry["fingerprint"] for entry in entries}) == len(entries)


def test_junit() -> None:
    assert junit_report(OUTCOME) == (
        f"""<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="mfo-lsp check" tests="2" failures="2" errors="0">
  <testsuite name="letters.yml" tests="2" failures="2" errors="0" skipped="0">
    <testcase name="MFO206 unknown-task-type at 3:20" classname="letters.yml" file="letters.yml" line="3">
      <failure type="error" message='no task type is called "transfrom"; did you mean "transform"?'>letters.yml:3:20: no task type is called "transfrom"; did you mean "transform"?
{URL}/MFO206.md</failure>
    </testcase>
    <testcase name="MFO302 unknown-node at 5:24" classname="letters.yml" file="letters.yml" line="5">
      <failure type="warning" message='there is no node "c" | &lt;b&gt;[31m*here*&lt;/b&gt;&#10;$x$ &amp; `code`'>letters.yml:5:24: there is no node "c" | &lt;b&gt;[31m*here*&lt;/b&gt;
$x$ &amp; `code`
{URL}/MFO302.md</failure>
    </testcase>
  </testsuite>
</testsuites>
"""
    )
    assert (
        junit_report(NOTHING)
        == """<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="mfo-lsp check" tests="1" failures="0" errors="0">
  <testsuite name="mfo-lsp check" tests="1" failures="0" errors="0" skipped="0">
    <testcase name="no errors and no warnings in 2 files" classname="mfo-lsp check"/>
  </testsuite>
</testsuites>
"""
    )


def test_junit_has_a_suite_for_each_file() -> None:
    elsewhere = replace(TYPE, place=Place("/w/more.yml", Span(0, 0)))
    root = ET.fromstring(junit_report(CheckOutcome((TYPE, NODE, elsewhere), OUTCOME.names, OUTCOME.texts, 2)))
    assert [(suite.get("name"), suite.get("tests")) for suite in root] == [("letters.yml", "2"), ("/w/more.yml", "1")]


def test_github_summary() -> None:
    assert github_summary_report(OUTCOME) == (
        f"""### MFO: 1 error, 1 warning, 1 remark in 3 files

| | rule | place | what is wrong |
| --- | --- | --- | --- |
| ❌ error | [MFO206]({URL}/MFO206.md) unknown-task-type | letters.yml:3:20 | no task type is called "transfrom"; did you mean "transform"? |
| ⚠️ warning | [MFO302]({URL}/MFO302.md) unknown-node | letters.yml:5:24 | there is no node "c" &#124; &#60;b&#62;\N{REPLACEMENT CHARACTER}&#91;31m&#42;here&#42;&#60;/b&#62; &#36;x&#36; &#38; &#96;code&#96; |
| ℹ️ information | [MFO311]({URL}/MFO311.md) partial-join | prompts dir/é&#35;1.yml:2:3 | it runs anyway |
"""
    )
    assert github_summary_report(NOTHING) == "### MFO: nothing found in 2 files\n"


def test_a_summary_stays_below_the_limit() -> None:
    many = CheckOutcome(
        tuple(replace(TYPE, message="|" * 5_000, place=Place("|" * 5_000, Span(0, 0))) for _ in range(2_000)),
        file_count=1,
    )
    summary = github_summary_report(many)
    assert len(summary.encode()) < 2**20
    assert summary.endswith("\nAnd 1800 more.\n")


# Fingerprints


def outcome_of(text: str, *needles: tuple[int, str]) -> CheckOutcome:
    """A finding at the n-th place where each text stands."""
    findings: list[Finding] = []
    for number, needle in needles:
        start = -1
        for _ in range(number):
            start = text.index(needle, start + 1)
        findings.append(replace(TYPE, place=Place("f", Span(start, start + len(needle)))))
    return CheckOutcome(tuple(findings), {"f": "f.yml"}, {"f": LineIndex(text)}, 1)


BEFORE = "a: 1\nb: wrong\nc: wrong\nb: wrong\n"


@pytest.mark.parametrize(
    ("after", "numbers"),
    [
        ("# more\n\n" + BEFORE, (1, 2, 3)),
        (BEFORE.replace("\n", "\r\n"), (1, 2, 3)),
        ("x:\n" + "".join(f"  {line}\n" for line in BEFORE.splitlines()), (1, 2, 3)),
        ("d: wrong\n" + BEFORE, (2, 3, 4)),
    ],
    ids=["lines above", "other line ends", "deeper", "one more of the rule"],
)
def test_fingerprints_stay_when_lines_move(after: str, numbers: tuple[int, ...]) -> None:
    before = fingerprints(outcome_of(BEFORE, (1, "wrong"), (2, "wrong"), (3, "wrong")))
    moved = fingerprints(outcome_of(after, *((number, "wrong") for number in numbers)))
    assert moved == before
    assert len(set(before)) == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda outcome: replace(outcome, findings=(replace(outcome.findings[0], code="MFO999"),)),
        lambda outcome: replace(outcome, names={"f": "g.yml"}),
        lambda outcome: replace(outcome, texts={"f": LineIndex(BEFORE.replace("b:", "e:"))}),
        lambda outcome: replace(outcome, findings=(replace(TYPE, place=Place("f", Span(5, 6))),)),
    ],
    ids=["rule", "file", "line", "part of the line"],
)
def test_fingerprints_tell_findings_apart(change: Callable[[Any], CheckOutcome]) -> None:
    outcome = outcome_of(BEFORE, (1, "wrong"))
    assert fingerprints(change(outcome)) != fingerprints(outcome)


# Any text


NASTY = 'a\x00\x08\x1b\ud800\uffff\u2028<![CDATA[]]>&"\n|`\U0001f600{0}'


@pytest.mark.parametrize("name", FORMATS)
def test_any_characters_may_stand_in_messages_names_and_texts(name: str) -> None:
    finding = replace(NODE, severity=Severity.ERROR, message=NASTY, place=Place("f", Span(0, len(NASTY))))
    outcome = CheckOutcome((finding, finding), {"f": NASTY}, {"f": LineIndex(NASTY)}, 1)
    written = FORMATS[name](outcome).encode("utf-8", "replace")
    if name in {"json", "sarif", "gitlab"}:
        assert json.loads(written)
    if name == "junit":
        (suite,) = ET.fromstring(written)
        failure = suite[0][0]
        assert failure.get("message") == 'a\u2028<![CDATA[]]>&"\n|`\U0001f600{0}'
    if name in {"concise", "github-summary"}:
        assert b"\x1b" not in written
        assert b"\x00" not in written


@pytest.mark.parametrize("name", FORMATS)
def test_a_place_outside_the_text_is_its_end(name: str) -> None:
    far = replace(TYPE, place=Place("/w/letters.yml", Span(len(LETTERS) + 5, len(LETTERS) + 9)))
    assert "6" in FORMATS[name](CheckOutcome((far,), OUTCOME.names, OUTCOME.texts, 1))


def test_the_rules_of_a_report_are_known_ones() -> None:
    known = {rule.code: rule.name for rule in RULES}
    assert all(known[finding.code] == finding.name for finding in OUTCOME.findings)
