"""The pages of the rules, and the list of them."""

from __future__ import annotations

from mfo_dialect.rules import RULES, Rule
from scripts.pages.tables import NOTE, table

FAMILIES = {
    "1": "Text",
    "2": "Shape",
    "3": "Graph",
    "4": "References",
    "5": "Expressions",
    "6": "Prompts",
    "7": "Agents and triggers",
    "8": "Practice",
    "9": "The tool and its project file",
}


def rule_page(rule: Rule) -> str:
    """The page of one rule."""
    also = (
        f" Also reported under this code: {', '.join(f'`{name}`' for name in rule.more_names)}."
        if rule.more_names
        else ""
    )
    state = "" if rule.enabled else " It is off until it is selected, or given a severity."
    head = f"# {rule.code} {rule.name}\n\n*Severity: {rule.severity.word}. Fix: {rule.fix}.*{state}{also}\n\n"
    return NOTE + "\n" + head + rule.page


def rules_index() -> str:
    """The list of all rules."""
    lines = [
        NOTE,
        "# The rules",
        "",
        "Codes are stable and never given to another rule. `mfo-lsp explain CODE` prints the same pages. In the bad",
        "examples, a comment with carets (`# ^^^^ MFO401 ...`) stands below the text that is underlined; it says the",
        "code and a part of the message.",
        "",
        "A project file changes severities by code or name, and `off` turns a rule off; `[check]` says",
        "[which rules run](../checking.md#which-rules-run):",
        "",
        "```toml",
        "[check]",
        'select = ["default", "style"]',
        "[rules]",
        'MFO207 = "warning"',
        'template-in-config = "off"',
        "```",
    ]
    for digit, title in FAMILIES.items():
        family = [rule for rule in RULES if rule.code.removeprefix("MFO").startswith(digit)]
        if family:
            rows = [
                [
                    f"[{rule.code}]({rule.code}.md)",
                    " ".join(f"`{name}`" for name in (rule.name, *rule.more_names)),
                    rule.severity.word,
                    rule.summary,
                ]
                for rule in family
            ]
            lines += ["", f"## {title}", "", *table(("code", "name", "severity", "what it finds"), rows)]
    return "\n".join(lines) + "\n"
