"""Which rules run, and what their findings weigh: what speaks of fewer rules wins."""

from __future__ import annotations

import pytest

from mfo_dialect.checker import check
from mfo_dialect.findings import Severity
from mfo_dialect.model.rule_settings import NOTHING_SAID, RuleSettings
from mfo_dialect.rules import RULES, Rule
from mfo_dialect.rules.choosing import Choice, rule_names, selectors
from tests.rules.checking import bundle_of

BY_NAME = {name: rule for rule in RULES for name in (rule.code, rule.name)}
OPTIONAL = {rule.code for rule in RULES if not rule.enabled}
ALWAYS = {"MFO101", "MFO902", "MFO999"}


def running(project: RuleSettings, asked: RuleSettings = NOTHING_SAID, fixed: tuple[str, ...] = ()) -> set[str]:
    choice = Choice(project, asked, fixed)
    return {rule.code for rule in RULES if choice.runs(rule)}


def codes(start: str) -> set[str]:
    return {rule.code for rule in RULES if rule.code.startswith(start)}


EVERY = codes("MFO")
DEFAULT = EVERY - OPTIONAL


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (RuleSettings(), DEFAULT),
        (RuleSettings(select=("all",)), EVERY),
        (RuleSettings(select=("default", "style")), DEFAULT | {"MFO407"}),
        (RuleSettings(select=("MFO4",)), codes("MFO4") | ALWAYS),
        (RuleSettings(select=("MFO40",)), codes("MFO40") | ALWAYS),
        (RuleSettings(select=("references",)), codes("MFO4") | ALWAYS),
        (RuleSettings(select=("unknown-node", "MFO303")), {"MFO302", "MFO303"} | ALWAYS),
        (RuleSettings(ignore=("MFO4",)), DEFAULT - codes("MFO4")),
        (RuleSettings(ignore=("MFO101",)), DEFAULT - {"MFO101"}),
        (RuleSettings(select=("MFO302",), ignore=("MFO3",)), {"MFO302"} | ALWAYS),
        (RuleSettings(select=("MFO3",), ignore=("MFO302",)), codes("MFO3") - {"MFO302"} | ALWAYS),
        (RuleSettings(select=("MFO302",), ignore=("MFO302",)), ALWAYS),
        (RuleSettings(select=("MFO4",), ignore=("style",)), codes("MFO4") | ALWAYS),
        (RuleSettings(select=("all",), ignore=("style",)), EVERY - {"MFO407"}),
        (RuleSettings(severities=(("MFO407", "hint"),)), DEFAULT | {"MFO407"}),
        (RuleSettings(severities=(("unknown-node", "off"),)), DEFAULT - {"MFO302"}),
        (RuleSettings(select=("MFO3",), severities=(("MFO401", "hint"),)), codes("MFO3") | {"MFO401"} | ALWAYS),
    ],
)
def test_what_runs(settings: RuleSettings, expected: set[str]) -> None:
    assert running(settings) == running(NOTHING_SAID, settings) == expected


@pytest.mark.parametrize(
    ("project", "asked", "expected"),
    [
        (RuleSettings(select=("MFO3",)), RuleSettings(select=("MFO4",)), codes("MFO4") | ALWAYS),
        (RuleSettings(ignore=("MFO401",)), RuleSettings(select=("MFO4",)), codes("MFO4") - {"MFO401"} | ALWAYS),
        (RuleSettings(ignore=("MFO401",)), RuleSettings(select=("MFO401",)), {"MFO401"} | ALWAYS),
        (RuleSettings(severities=(("MFO401", "off"),)), RuleSettings(select=("MFO401",)), {"MFO401"} | ALWAYS),
        (RuleSettings(severities=(("MFO407", "hint"),)), RuleSettings(select=("MFO3",)), codes("MFO3") | ALWAYS),
        (
            RuleSettings(severities=(("MFO407", "hint"),)),
            RuleSettings(ignore=("MFO4",)),
            DEFAULT - codes("MFO4") | {"MFO407"},
        ),
        (RuleSettings(select=("MFO3",)), RuleSettings(ignore=("MFO302",)), codes("MFO3") - {"MFO302"} | ALWAYS),
        (RuleSettings(ignore=("MFO302",)), RuleSettings(severities=(("MFO302", "hint"),)), DEFAULT),
    ],
)
def test_a_caller_speaks_on_top_of_the_project_file(
    project: RuleSettings, asked: RuleSettings, expected: set[str]
) -> None:
    assert running(project, asked) == expected


ANCHORS = "name: &never f\ntasks:\n  - id: &x a\n    name: &x b\n    type: mfo_api_memory_get\n    config: {key: *x}\n"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", [("hint", "never"), ("warning", "twice")]),
        ("[rules]\nMFO105 = 'off'\n", []),
        ("[rules]\nunused-anchor = 'off'\n", [("warning", "twice")]),
        ("[rules]\nunused-anchor = 'warning'\n", [("warning", "never"), ("warning", "twice")]),
        ("[rules]\nMFO105 = 'error'\n", [("error", "never"), ("error", "twice")]),
        ("[rules]\nMFO105 = 'error'\nunused-anchor = 'information'\n", [("information", "never"), ("error", "twice")]),
        ("[check]\nselect = ['unused-anchor']\n", [("hint", "never")]),
        ("[check]\nselect = ['MFO1']\nignore = ['duplicate-anchor']\n", [("hint", "never")]),
    ],
)
def test_a_second_name_speaks_of_its_findings_only(settings: str, expected: list[tuple[str, str]]) -> None:
    found = check(bundle_of({"workflow.yml": ANCHORS, "mfo.toml": settings}))
    told = [(finding.severity.word, "never" if "never" in finding.message else "twice") for finding in found]
    assert told == expected
    assert {finding.code for finding in found} <= {"MFO105"}


def test_what_is_fixed_is_neither_switched_off_nor_weakened() -> None:
    settings = RuleSettings(select=("MFO4",), ignore=("MFO3",), severities=(("MFO302", "hint"), ("MFO301", "off")))
    fixed = tuple(codes("MFO3"))
    assert running(settings, fixed=fixed) >= codes("MFO3")
    broken = "name: f\ntasks:\n  - {id: a, type: mfo_api_tool_list, dependencies: [b]}\n"
    bundle = bundle_of({"workflow.yml": broken, "mfo.toml": "[rules]\nMFO302 = 'hint'\n"})
    assert [finding.severity for finding in check(bundle)] == [Severity.HINT]


def test_every_second_name_of_a_rule_is_one_that_it_reports() -> None:
    """A name that no report carries could be set and would change nothing."""
    import inspect

    for rule in RULES:
        source = inspect.getsource(inspect.getmodule(rule.check))
        for name in rule.more_names:
            assert source.count(f'"{name}"') > 1 or f'_DELEGATE = "{name}"' in source, name


def test_selectors_are_listed_once_and_rules_by_all_their_names() -> None:
    listed = selectors(RULES)
    assert len(listed) == len(set(listed))
    assert {"MFO4", "MFO40", "security", "references", "all", "default", "unknown-delegate"} <= set(listed)
    assert rule_names(RULES)["unknown-delegate"] == "MFO701"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_has_its_family_as_a_tag(rule: Rule) -> None:
    assert rule.tags[0].isalpha()
    assert len(set(rule.tags)) == len(rule.tags)
