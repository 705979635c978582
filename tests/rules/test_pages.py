"""Every rule's page is true: its bad example gives the marked findings, its good one none, its fixes mend."""

import pytest

from mfo_dialect.checker import check
from mfo_dialect.rules import RULES, Rule
from tests.marks import fenced_files, read_marks, section
from tests.rules.checking import apply_fix, assert_marks, bundle_of, show

HEADINGS = ("What it finds", "Why it matters", "Bad", "Good", "Fix")
MADE_BY_THE_CHECKER = {"MFO999"}
OF_RARER_MISTAKES = {"MFO102", "MFO105", "MFO201", "MFO204", "MFO706"}
"""Rules whose page shows a mistake without a fix, or with an unsafe one only; others of their mistakes have one."""
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
every_rule_with_examples = pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.code not in MADE_BY_THE_CHECKER], ids=lambda rule: rule.code
)


@every_rule
def test_the_page_has_every_heading(rule: Rule) -> None:
    for heading in HEADINGS:
        assert section(rule.page, heading).strip(), heading


@every_rule_with_examples
def test_the_bad_example_gives_exactly_the_marked_findings(rule: Rule) -> None:
    findings = assert_marks(fenced_files(section(rule.page, "Bad")))
    assert rule.code in {finding.code for finding in findings}


@every_rule_with_examples
def test_the_good_example_is_clean(rule: Rule) -> None:
    files = fenced_files(section(rule.page, "Good"))
    assert files
    findings = check(bundle_of(files))
    assert not findings, "\n" + "\n".join(show(finding, files) for finding in findings)


@every_rule_with_examples
def test_each_fix_of_the_bad_example_leaves_fewer_findings(rule: Rule) -> None:
    files = {name: read_marks(text)[0] for name, text in fenced_files(section(rule.page, "Bad")).items()}
    before = check(bundle_of(files))
    for finding in before:
        for fix in finding.fixes:
            after = check(bundle_of(apply_fix(files, fix)))
            assert len(after) < len(before), f"{fix.title}:\n" + "\n".join(show(left, files) for left in after)


@every_rule_with_examples
def test_a_rule_says_which_fixes_it_has(rule: Rule) -> None:
    files = {name: read_marks(text)[0] for name, text in fenced_files(section(rule.page, "Bad")).items()}
    fixes = [fix for finding in check(bundle_of(files)) if finding.code == rule.code for fix in finding.fixes]
    allowed = {"safe": {True, False}, "unsafe": {False}, "none": set()}[rule.fix]
    assert {fix.safe for fix in fixes} <= allowed
    if rule.code not in OF_RARER_MISTAKES:
        assert fixes or rule.fix == "none"
        assert rule.fix != "safe" or any(fix.safe for fix in fixes)


def test_codes_and_names_are_used_once() -> None:
    codes = [rule.code for rule in RULES]
    names = [rule.name for rule in RULES]
    assert codes == sorted(set(codes))
    assert len(names) == len(set(names))
