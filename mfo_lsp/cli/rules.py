"""``mfo-lsp rules``: which rules there are, as a table or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable

import click

from mfo_dialect.rules import RULES, Rule
from mfo_lsp.cli.output import write_stdout
from mfo_workspace.outcome import RULE_URL

VERSION = 1


@click.command("rules")
@click.option(
    "--json", "as_json", is_flag=True, help="Write JSON, with second names, tags and the addresses of the rules' pages."
)
def rules_command(*, as_json: bool) -> None:
    """List all rules: code, name, severity, whether it runs where nobody asks for it, its fixes, what it finds."""
    write_stdout(rules_json(RULES) if as_json else rules_table(RULES))


def rules_table(rules: Iterable[Rule]) -> str:
    """One line a rule, in columns, below a line of headings."""
    rows = [("code", "name", "severity", "enabled", "fix", "what it finds")]
    rows += [(rule.code, rule.name, rule.severity.word, _state(rule), rule.fix, _plain(rule.summary)) for rule in rules]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = ("  ".join((*map(str.ljust, row, widths), row[-1])) for row in rows)
    return "".join(f"{line}\n" for line in lines)


def rules_json(rules: Iterable[Rule]) -> str:
    """The same as JSON, version 1; keys are only ever added."""
    listed = [
        {
            "code": rule.code,
            "name": rule.name,
            "more_names": list(rule.more_names),
            "severity": rule.severity.word,
            "enabled": rule.enabled,
            "fix": rule.fix,
            "tags": list(rule.tags),
            "summary": _plain(rule.summary),
            "url": RULE_URL.format(code=rule.code),
        }
        for rule in rules
    ]
    return json.dumps({"version": VERSION, "rules": listed}, indent=2, ensure_ascii=False) + "\n"


def _state(rule: Rule) -> str:
    return "yes" if rule.enabled else "no"


def _plain(summary: str) -> str:
    return summary.replace("``", '"')
