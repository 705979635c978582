"""docs/agents.md: each do, don't and tip of the orchestration guide names rules and tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mfo_dialect.rules import RULES
from mfo_runtime.errors import error_codes

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Do and don't")[2].partition("\n## ")[0]
ROWS = [
    [cell.strip() for cell in line[1:-1].split("|")]
    for line in SECTION.split("\n")
    if line.startswith("| ") and "| --- |" not in line
]
HEADS = {"do", "don't", "tip"}
TESTS = set(
    re.findall(
        r"^\s*(?:async )?def (test_\w+)\(",
        "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")),
        re.MULTILINE,
    )
)


def test_all_that_the_guide_asks_for_has_a_row():
    begins = [number for number, row in enumerate(ROWS) if row[0] in HEADS]
    sizes = [end - begin - 1 for begin, end in zip(begins, [*begins[1:], len(ROWS)], strict=True)]
    assert sizes == [9, 12, 9]  # the guide has so many; of its solutions and tips those that no practice says already
    assert {len(row) for row in ROWS} == {4}


@pytest.mark.parametrize("row", [row for row in ROWS if row[0] not in HEADS], ids=lambda row: row[0])
def test_what_serves_it_is_there(row):
    named = re.findall(r"`(\w+)`", row[3])
    assert named
    assert set(named) <= TESTS
    linked = re.findall(r"\[(MFO\d+)\]\(rules/(MFO\d+)\.md\)", row[2])
    assert {code for pair in linked for code in pair} <= {rule.code for rule in RULES}


def test_errors_and_commands_that_it_names_are_there():
    section = PAGE.partition("## When something goes wrong")[2]
    codes = {name for name in re.findall(r"`([a-z]+_[a-z_]+)`", section) if name != "max_context_tokens"}
    assert len(codes) == 7
    assert codes <= set(error_codes())
