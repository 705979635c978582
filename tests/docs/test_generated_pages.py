"""The generated pages are those that the code gives now."""

from pathlib import Path

import pytest

from mfo_dialect.catalogue.task_types import TASK_TYPES, TaskType
from mfo_dialect.catalogue.values import EitherType, Key, ListType, MapType
from mfo_dialect.rules import RULES, Rule
from mfo_workspace.outcome import RULE_URL
from scripts.generate_docs import DOCS, generated, outdated
from scripts.pages.lsp_support import unneeded_reasons
from scripts.pages.task_types import task_types


def test_no_page_is_out_of_date() -> None:
    assert outdated() == [], "run: python -m scripts.generate_docs"


@pytest.mark.parametrize("page", ["cli.md", "rules/MFO101.md"])
def test_a_changed_page_is_noticed(page: str, tmp_path: Path) -> None:
    for path, text in generated().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8", newline="\n")
    assert outdated(tmp_path) == []
    (tmp_path / page).write_text("changed", encoding="utf-8")
    (tmp_path / "rules" / "MFO000.md").write_text("no such rule", encoding="utf-8")
    assert outdated(tmp_path) == sorted([page, "rules/MFO000.md"])


def test_only_what_is_not_supported_has_a_reason_why_not() -> None:
    assert unneeded_reasons() == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_address_of_a_finding_leads_to_its_page(rule: Rule) -> None:
    address = RULE_URL.format(code=rule.code)
    assert (DOCS / "rules" / address.rsplit("/", 1)[-1]).is_file()


@pytest.mark.parametrize("task_type", TASK_TYPES, ids=lambda task_type: task_type.name)
def test_every_config_key_is_told(task_type: TaskType) -> None:
    section = task_types().split(f"\n## {task_type.name}\n")[1].split("\n## ")[0]
    for key in task_type.config.keys:
        assert f"| `{key.name}`" in section
        for inner in _inner(key):
            assert f"| `{key.name}.{inner.name}`" in section


def _inner(key: Key) -> tuple[Key, ...]:
    match key.type:
        case MapType(title="error handling") | ListType() | EitherType():
            return ()
        case MapType(keys=keys):
            return keys
        case _:
            return ()
