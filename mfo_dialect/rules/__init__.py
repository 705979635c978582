"""The rules: one file each, and one list of them all."""

from __future__ import annotations

from mfo_dialect.rules.graph import unknown_node
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.text import yaml_syntax

RULES: tuple[Rule, ...] = (
    yaml_syntax.RULE,
    unknown_node.RULE,
)

__all__ = ["RULES", "Report", "Rule"]
