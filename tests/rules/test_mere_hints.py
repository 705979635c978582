"""Where nobody learns of hints, rules that have nothing else to give do not run; everything else is found all the same."""

import random

import pytest

from mfo_dialect.checker import check
from mfo_dialect.findings import Finding, Severity
from mfo_dialect.model.rule_settings import NOTHING_SAID, RuleSettings
from mfo_dialect.rules import RULES, Rule
from mfo_dialect.rules.choosing import Choice
from tests.marks import fenced_files, read_marks, section
from tests.mutations.bundles import examples
from tests.rules.checking import bundle_of

Files = dict[str, str]
FLOW = """\
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
  - id: answer
    type: mfo_api_chat_send
    config: {prompt: "Answer ${fetch.value}"}
    dependencies: [fetch]
  - id: store
    type: mfo_api_memory_store
    config: {key: answer, value: "${answer.message}"}
    dependencies: [fetch, answer]%s
"""


def files_of(rule: Rule) -> Files:
    return {name: read_marks(text)[0] for name, text in fenced_files(section(rule.page, "Bad")).items()}


def louder(findings: tuple[Finding, ...]) -> list[Finding]:
    return [one for one in findings if one.severity is not Severity.HINT]


def assert_only_hints_are_missing(files: Files, asked: RuleSettings = NOTHING_SAID) -> None:
    bundle = bundle_of(files)
    assert louder(check(bundle, asked=asked, mere_hints=False)) == louder(check(bundle, asked=asked))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_of_a_page_only_hints_are_missing(rule: Rule) -> None:
    assert_only_hints_are_missing(files_of(rule))
    assert_only_hints_are_missing(files_of(rule), RuleSettings(select=("all",)))


@pytest.mark.parametrize("name", examples())
def test_of_a_damaged_example_only_hints_are_missing(name: str) -> None:
    chance = random.Random(name)
    files = examples()[name]
    for _ in range(8):
        key = chance.choice(list(files))
        start = chance.randrange(len(files[key]))
        cut = files[key][:start] + files[key][start + chance.choice([1, 5, 40]) :]
        assert_only_hints_are_missing({**files, key: cut})


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.severity is Severity.HINT], ids=lambda rule: rule.code)
def test_a_rule_of_hints_has_no_report_that_weighs_more(rule: Rule) -> None:
    found = check(bundle_of(files_of(rule)), [rule], RuleSettings(select=(rule.code,)))
    assert {finding.severity for finding in found if finding.code == rule.code} == {Severity.HINT}


def test_rules_of_hints_do_not_run() -> None:
    bundle = bundle_of({"workflow.yml": FLOW % ""})
    assert [finding.code for finding in check(bundle)] == ["MFO309"]
    assert check(bundle, mere_hints=False) == ()


def test_they_run_where_a_comment_may_suppress_them_or_be_needless() -> None:
    suppressed = {"workflow.yml": FLOW % "  # mfo: ignore[MFO309]"}
    assert check(bundle_of(suppressed), mere_hints=False) == ()
    needless = {"workflow.yml": (FLOW % "  # mfo: ignore[MFO309]").replace("[fetch, answer]", "[answer]")}
    assert [finding.code for finding in check(bundle_of(needless), mere_hints=False)] == ["MFO901"]


@pytest.mark.parametrize(
    ("settings", "only_hints"),
    [
        (RuleSettings(), True),
        (RuleSettings(severities=(("MFO309", "warning"),)), False),
        (RuleSettings(severities=(("redundant-dependency", "error"),)), False),
        (RuleSettings(severities=(("MFO301", "hint"),)), True),
    ],
)
def test_settings_say_what_weighs_more_than_a_hint(settings: RuleSettings, only_hints: bool) -> None:
    rule = next(rule for rule in RULES if rule.code == "MFO309")
    assert Choice(settings).only_hints(rule) is only_hints
    assert Choice(NOTHING_SAID, settings).only_hints(rule) is only_hints
    assert_only_hints_are_missing({"workflow.yml": FLOW % ""}, settings)


def test_what_is_set_to_a_hint_is_one() -> None:
    rule = next(rule for rule in RULES if rule.code == "MFO301")
    assert not Choice(NOTHING_SAID).only_hints(rule)
    assert Choice(RuleSettings(severities=(("MFO301", "hint"),))).only_hints(rule)
