"""``mfo-lsp check`` with a baseline: what is left out, what is told, how it is written, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.check.conftest import Command

FLOW = """\
name: f
tasks:
  - id: a
    type: mfo_api_tool_list
    colour: red
    dependencies: [nobody]
  - id: b
    type: mfo_api_memory_get
    config: {key: '{{ .x }}'}
"""
FILE = "mfo-baseline.json"
SETTINGS = f'baseline = "{FILE}"\n'


def write(folder: Path, **texts: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")


def taken(command: Command, folder: Path, flow: str = FLOW) -> None:
    write(folder, workflow__yml=flow)
    assert command("check", "--baseline", FILE, "--update-baseline", cwd=folder).status == 0


def test_what_is_known_is_left_out_and_told(command: Command, tmp_path: Path) -> None:
    write(tmp_path, workflow__yml=FLOW)
    before = command("check", cwd=tmp_path)
    assert before.status == 1
    written = command("check", "--baseline", FILE, "--update-baseline", cwd=tmp_path)
    assert (written.status, written.out) == (0, "")
    assert written.err.splitlines()[0] == f"mfo-lsp: {FILE}: written with 3 findings; 3 came, 0 went"
    after = command("check", "--baseline", FILE, cwd=tmp_path)
    assert (after.status, after.out) == (0, "")
    assert (
        after.err
        == f"mfo-lsp: {FILE}: 3 findings left out, as known; 2 errors among them still keep flows from running\n"
    )
    assert command("check", cwd=tmp_path) == before


def test_a_hint_that_a_baseline_knows_is_not_gone_where_hints_are_not_shown(command: Command, tmp_path: Path) -> None:
    write(tmp_path, workflow__yml=FLOW.replace("mfo_api_memory_get", "slop_api_memory_get"), mfo__toml=SETTINGS)
    assert command("check", "--update-baseline", "--hints", cwd=tmp_path).status == 0
    for _ in range(2):
        ran = command("check", cwd=tmp_path)
        assert (ran.status, ran.out) == (0, "")
        assert "4 findings left out" in ran.err


def test_only_what_is_new_is_reported(command: Command, tmp_path: Path) -> None:
    taken(command, tmp_path)
    moved = FLOW.replace("tasks:\n", "tasks:\n\n  # more\n").replace("    colour: red\n", "")
    write(
        tmp_path, workflow__yml=moved.replace("    dependencies", "    shade: red\n    colour: red\n    dependencies")
    )
    ran = command("check", "--baseline", FILE, "--format", "json", cwd=tmp_path)
    assert ran.status == 1
    (new,) = json.loads(ran.out)["findings"]
    assert (new["code"], new["start"]["line"]) == ("MFO201", 7)


@pytest.mark.parametrize("name", ["mfo.toml", "pyproject.toml"])
def test_the_project_file_names_it(command: Command, tmp_path: Path, name: str) -> None:
    settings = SETTINGS if name == "mfo.toml" else f"[tool.mfo]\n{SETTINGS}"
    (tmp_path / name).write_text(settings, encoding="utf-8")
    write(tmp_path / "flows", workflow__yml=FLOW)
    missing = command("check", cwd=tmp_path)
    assert missing.status == 1
    assert (
        missing.err
        == f"mfo-lsp: {FILE}: the project file names this baseline, and it is not there; --update-baseline writes it\n"
    )
    assert command("check", "--update-baseline", cwd=tmp_path).status == 0
    entries = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))["findings"]
    assert {entry["file"] for entry in entries} == {"flows/workflow.yml"}
    assert command("check", cwd=tmp_path).status == 0
    below = command("check", "workflow.yml", cwd=tmp_path / "flows")
    assert (below.status, below.out) == (0, "")
    assert below.err.startswith(f"mfo-lsp: ../{FILE}: 3 findings left out")


def test_each_project_has_its_own(command: Command, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, workflow__yml=FLOW, mfo__toml=SETTINGS)
    write(tmp_path / "three", workflow__yml=FLOW)
    assert command("check", "--update-baseline", "one", "two", cwd=tmp_path).status == 0
    ran = command("check", "--format", "concise", cwd=tmp_path)
    assert ran.status == 1
    assert {line.split("/")[0] for line in ran.out.splitlines()} == {"three"}
    assert (tmp_path / "one" / FILE).read_bytes() == (tmp_path / "two" / FILE).read_bytes()


def test_stale_entries_are_told_and_taken_out(command: Command, tmp_path: Path) -> None:
    taken(command, tmp_path)
    write(tmp_path, workflow__yml=FLOW.replace("    colour: red\n", ""))
    ran = command("check", "--baseline", FILE, cwd=tmp_path)
    assert ran.status == 0
    assert ran.err.splitlines()[1:] == [
        f"mfo-lsp: {FILE}: stale: MFO201 in task a of workflow.yml",
        f"mfo-lsp: {FILE}: 1 entry is stale; --update-baseline takes them out",
    ]
    written = command("check", "--baseline", FILE, "--update-baseline", cwd=tmp_path)
    assert written.err.splitlines()[0] == f"mfo-lsp: {FILE}: written with 2 findings; 0 came, 1 went"
    again = command("check", "--baseline", FILE, "--update-baseline", cwd=tmp_path)
    assert again.err.splitlines()[0] == f"mfo-lsp: {FILE}: up to date, with 2 findings"


def test_entries_of_files_that_are_gone_are_stale_and_those_of_other_files_are_kept(
    command: Command, tmp_path: Path
) -> None:
    write(tmp_path / "one", workflow__yml=FLOW)
    write(tmp_path / "two", workflow__yml=FLOW)
    assert command("check", "--baseline", FILE, "--update-baseline", cwd=tmp_path).status == 0
    whole = (tmp_path / FILE).read_bytes()
    part = command("check", "--baseline", FILE, "--update-baseline", "one", cwd=tmp_path)
    assert "stale" not in part.err
    assert (tmp_path / FILE).read_bytes() == whole
    (tmp_path / "two" / "workflow.yml").unlink()
    assert "3 entries are stale" in command("check", "--baseline", FILE, "one", cwd=tmp_path).err
    assert command("check", "--baseline", FILE, "--update-baseline", "one", cwd=tmp_path).status == 0
    assert {entry["file"] for entry in json.loads((tmp_path / FILE).read_text())["findings"]} == {"one/workflow.yml"}


@pytest.mark.parametrize("arguments", [("--ignore", "MFO201"), ("--select", "MFO4"), ("--severity", "MFO201=off")])
def test_what_did_not_run_is_not_judged(command: Command, tmp_path: Path, arguments: tuple[str, str]) -> None:
    taken(command, tmp_path)
    whole = (tmp_path / FILE).read_bytes()
    ran = command("check", "--baseline", FILE, *arguments, cwd=tmp_path)
    assert "stale" not in ran.err
    command("check", "--baseline", FILE, "--update-baseline", *arguments, cwd=tmp_path)
    assert (tmp_path / FILE).read_bytes() == whole


def test_what_hides_others_is_reported_and_judges_nothing(command: Command, tmp_path: Path) -> None:
    taken(command, tmp_path)
    write(tmp_path, workflow__yml=FLOW.replace("colour: red", 'colour: "red'))
    for update in ((), ("--update-baseline",)):
        ran = command("check", "--baseline", FILE, "--format", "concise", *update, cwd=tmp_path)
        assert ran.status == 1
        assert "MFO101" in ran.out
        assert "stale" not in ran.err
    write(tmp_path, workflow__yml=FLOW)
    assert command("check", "--baseline", FILE, cwd=tmp_path).status == 0


REFUSED = [
    (("--baseline", "none.json"), "there is no baseline none.json; --update-baseline writes one"),
    (("--baseline", ""), "--baseline needs the name of a file"),
    (
        ("--baseline", "newer.json"),
        "newer.json: the baseline has version 2, and this mfo-lsp reads version 1: use a newer mfo-lsp",
    ),
    (("--baseline", "damaged.json"), "damaged.json:1:2: this is no baseline, as it is not JSON"),
    (("--baseline", "damaged.json", "--update-baseline"), "damaged.json:1:2: this is no baseline, as it is not JSON"),
    (
        ("--baseline", "package.json", "--update-baseline"),
        'package.json: this is no baseline: it does not say "version": 1',
    ),
    (("--baseline", "no/such/folder.json", "--update-baseline"), "no/such/folder.json"),
    (("--baseline", "."), "there is no baseline ."),
    (("--update-baseline",), '--update-baseline needs --baseline FILE, or "baseline" in the project file'),
    (("--update-baseline", "--watch", "--baseline", FILE), "--update-baseline does not go with --watch"),
    (("--update-baseline", "--baseline", FILE, "-"), "--update-baseline does not go with standard input"),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSED, ids=range(len(REFUSED)))
def test_errors_of_use_are_one_line(command: Command, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    write(tmp_path, workflow__yml=FLOW, damaged__json="{", newer__json='{"version": 2, "findings": []}')
    write(tmp_path, package__json='{"version": "1.0.0"}')
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    ran = command("check", *arguments, cwd=tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"mfo-lsp: {words}")
    assert ran.err.count("\n") == 1
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_a_suppressed_finding_is_not_known_twice(command: Command, tmp_path: Path) -> None:
    taken(command, tmp_path)
    write(tmp_path, workflow__yml=FLOW.replace("colour: red", "colour: red # mfo: ignore[MFO201] ours"))
    assert "stale: MFO201 in task a" in command("check", "--baseline", FILE, cwd=tmp_path).err


def test_other_commands_refuse_what_is_known(command: Command, tmp_path: Path) -> None:
    write(tmp_path, mfo__toml=SETTINGS)
    taken(command, tmp_path)
    from mfo_runtime.flow import load_flow

    assert {finding.code for finding in load_flow(str(tmp_path / "workflow.yml")).findings} >= {"MFO201", "MFO302"}


def test_a_run_that_knows_its_groups_from_earlier_still_honours_it(command: Command, tmp_path: Path) -> None:
    write(tmp_path, mfo__toml=SETTINGS)
    taken(command, tmp_path)
    first = command("check", cwd=tmp_path)
    assert first == command("check", cwd=tmp_path)
    assert first.status == 0
    (tmp_path / FILE).write_text('{"version": 1, "findings": []}', encoding="utf-8")
    assert command("check", cwd=tmp_path).status == 1
