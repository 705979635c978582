"""``mfo-lsp rules``: the table and its JSON."""

from __future__ import annotations

import json

from click.testing import CliRunner
from jsonschema import Draft202012Validator

from mfo_dialect.findings import Severity
from mfo_dialect.rules import RULES, Rule
from mfo_dialect.rules.graph import cycle
from mfo_lsp.cli.commands import group
from mfo_lsp.cli.rules import rules_json, rules_table

TWO = (
    Rule("MFO303", "cycle", Severity.ERROR, cycle.RULE.items, cycle.RULE.check, fix="unsafe"),
    Rule(
        "MFO999",
        "long-name",
        Severity.HINT,
        cycle.RULE.items,
        cycle.RULE.check,
        enabled=False,
        more_names=("other",),
        topics=("style",),
    ),
)
LISTED = {
    "type": "object",
    "required": ["version", "rules"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": 1},
        "rules": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "name", "more_names", "severity", "enabled", "fix", "tags", "summary", "url"],
                "additionalProperties": False,
                "properties": {
                    "code": {"pattern": "^MFO[1-9][0-9]{2}$"},
                    "name": {"pattern": "^[a-z0-9-]+$"},
                    "more_names": {"items": {"pattern": "^[a-z0-9-]+$"}},
                    "severity": {"enum": ["error", "warning", "information", "hint"]},
                    "enabled": {"type": "boolean"},
                    "fix": {"enum": ["safe", "unsafe", "none"]},
                    "tags": {"items": {"pattern": "^[a-z]+$"}, "minItems": 1, "uniqueItems": True},
                    "summary": {"pattern": "^[^`]+[^.`]$"},
                    "url": {"pattern": "^https://.*MFO[0-9]{3}\\.md$"},
                },
            },
        },
    },
}


def test_the_table() -> None:
    summary = cycle.RULE.summary
    assert rules_table(TWO) == (
        f"code    name       severity  enabled  fix     what it finds\n"
        f"MFO303  cycle      error     yes      unsafe  {summary}\n"
        f"MFO999  long-name  hint      no       none    {summary}\n"
    )


def test_the_json() -> None:
    second = json.loads(rules_json(TWO))["rules"][1]
    assert second == {
        "code": "MFO999",
        "name": "long-name",
        "more_names": ["other"],
        "severity": "hint",
        "enabled": False,
        "fix": "none",
        "tags": ["graph", "style"],
        "summary": cycle.RULE.summary,
        "url": "https://github.com/mfo-lsp/mfo-lsp/blob/main/docs/rules/MFO999.md",
    }


def test_the_command_lists_every_rule_both_ways() -> None:
    table = CliRunner().invoke(group, ["rules"])
    assert [line.split()[0] for line in table.output.splitlines()] == ["code", *(rule.code for rule in RULES)]
    listed = json.loads(CliRunner().invoke(group, ["rules", "--json"]).output)
    Draft202012Validator(LISTED).validate(listed)
    assert [rule["code"] for rule in listed["rules"]] == [rule.code for rule in RULES]
