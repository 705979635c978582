"""A failure shows the lines of the task that failed: enough to see it, never a secret, and nothing of its neighbours."""

from __future__ import annotations

import pytest
from processes import mfo

from mfo_dialect.text import LineIndex
from mfo_runtime.cli.excerpts import item_at

DOCUMENT = """\
name: t
tasks:
  - id: one
    type: a
    config:
      key: k
      password: hunter2-hunter2
      token: "${SECRET.api}"
      also: {api_key: SECRET.key, secret: xyzzy-plugh}
      limits: {max_tokens: 5}

  # of two
  - id: two
    type: b
"""


def shown(line, column, text=DOCUMENT):
    return "\n".join(item_at(LineIndex(text), line - 1, column - 1)) + "\n"


def test_the_item_is_shown_with_a_mark_and_without_secrets():
    assert (
        shown(5, 5)
        == """\
   |
 3 |   - id: one
 4 |     type: a
 5 |     config:
   |     ^
 6 |       key: k
 7 |       password: ••••••••
 8 |       token: "${SECRET.api}"
 9 |       also: {api_key: SECRET.key, secret: ••••••••}
10 |       limits: {max_tokens: 5}
"""
    )


def test_the_last_item_and_what_is_in_no_item():
    assert (
        shown(14, 11)
        == """\
   |
13 |   - id: two
14 |     type: b
   |           ^
"""
    )
    assert shown(1, 7) == "  |\n1 | name: t\n  |       ^\n"


@pytest.mark.parametrize("line", [3, 10, 20, 41])
def test_a_long_item_is_cut_around_the_place(line):
    text = "tasks:\n  - id: long\n" + "".join(f"    key{number}: v\n" for number in range(3, 42)) + "  - id: next\n"
    lines = shown(line, 5, text).splitlines()
    assert len(lines) == 10
    assert any(each.lstrip().startswith(f"{line} |") for each in lines)
    assert "next" not in "".join(lines)


def test_a_failing_run_shows_its_task(tmp_path):
    flow = tmp_path / "workflow_definition.yml"
    flow.write_text(
        "name: t\ntasks:\n  - id: first\n    type: mfo_api_memory_get\n    config: {key: none}\n"
        "  - {id: second, type: mfo_api_tool_list, dependencies: [first]}\n"
    )
    ended = mfo("run", flow, "--server", "local", home=tmp_path / "home")
    assert (
        "3 |   - id: first\n  |         ^\n4 |     type: mfo_api_memory_get\n5 |     config: {key: none}\n"
        in ended.stderr
    )
    assert "second" not in ended.stderr.split("[not_found]")[-1].split("Go on")[0]
