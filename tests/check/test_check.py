"""``mfo-lsp check``: exit statuses, what is walked, and its three formats."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mfo_lsp.cli.check import running
from tests.check.conftest import EXAMPLES, Command

BROKEN = sorted(path.name for path in (EXAMPLES / "broken").iterdir() if path.is_dir())
SNAPSHOTS = Path(__file__).parent / "snapshots"
FLOW = "name: f\ntasks:\n  - id: a\n    type: mfo_api_memory_get\n    config: {key: k}\n"
WRONG = FLOW.replace("key: k", 'key: "${nope.x}"')
WARNED = FLOW.replace("key: k", "key: '{{ .x }}'")


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", ["email", "orders", "report"])
def test_the_good_examples_are_silent(command: Command, name: str) -> None:
    ran = command("check", f"examples/{name}", cwd=EXAMPLES.parent)
    assert (ran.status, ran.out, ran.err) == (0, "", "")


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_said_of_the_broken_examples(command: Command, name: str) -> None:
    ran = command("check", "--hints", f"examples/broken/{name}", cwd=EXAMPLES.parent)
    snapshot = SNAPSHOTS / f"{name}.out"
    if os.environ.get("MFO_REFRESH_SNAPSHOTS") and not os.environ.get("CI"):
        snapshot.write_text(ran.out, encoding="utf-8")
    assert ran.out == snapshot.read_text(encoding="utf-8")
    assert ran.err == ""
    assert ran.status == (1 if "error" in ran.out or "warning" in ran.out else 0)


def test_every_snapshot_has_its_example() -> None:
    assert sorted(path.stem for path in SNAPSHOTS.glob("*.out")) == BROKEN


@pytest.mark.parametrize(("text", "status"), [(FLOW, 0), (WRONG, 1), (WARNED, 1), (FLOW.replace("mfo_", "slop_"), 0)])
def test_errors_and_warnings_fail_and_hints_do_not(command: Command, tmp_path: Path, text: str, status: int) -> None:
    write(tmp_path, workflow=text)
    assert command("check", ".", cwd=tmp_path).status == status


def test_the_current_directory_is_the_default_and_a_file_may_be_named(command: Command, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    write(tmp_path / "deep", workflow=WRONG)
    everything = command("check", cwd=tmp_path)
    named = command("check", "deep/workflow.yml", cwd=tmp_path)
    assert everything == named
    assert everything.out.startswith("deep/workflow.yml:5:22 error MFO401 unknown-reference:")
    assert command("check", "workflow.yml", cwd=tmp_path / "deep").out.startswith("workflow.yml:5:22")


def test_only_the_named_file_is_reported_but_its_neighbours_are_seen(command: Command, tmp_path: Path) -> None:
    chat = "name: f\ntasks:\n  - id: a\n    type: mfo_api_chat_send\n    config: {prompt_template_id: hi}\n"
    write(tmp_path, workflow=chat, prompts="templates:\n  hi:\n    user_prompt: x\n", other_workflow=WRONG)
    assert command("check", "workflow.yml", cwd=tmp_path).status == 0


def test_a_file_that_is_named_twice_is_checked_once(command: Command, tmp_path: Path) -> None:
    write(tmp_path, workflow=WRONG)
    assert command("check", ".", "workflow.yml", str(tmp_path), cwd=tmp_path) == command("check", ".", cwd=tmp_path)


def test_the_json_format_is_stable(command: Command, tmp_path: Path) -> None:
    write(tmp_path, workflow=FLOW.replace("config: {key: k}", "config: {key: '😀 ${a.value}'}"))
    ran = command("check", "--format", "json", cwd=tmp_path)
    place = {"file": "workflow.yml", "start": {"line": 5, "column": 22}, "end": {"line": 5, "column": 32}}
    assert json.loads(ran.out) == {
        "version": 1,
        "summary": {"files": 1, "errors": 1, "warnings": 0, "information": 0, "hints": 0},
        "findings": [
            {
                "code": "MFO403",
                "name": "reference-before-run",
                "severity": "error",
                "message": '"a" reads its own output, which is not there before it has run',
                **place,
                "related": [
                    {
                        "file": "workflow.yml",
                        "start": {"line": 3, "column": 9},
                        "end": {"line": 3, "column": 10},
                        "message": '"a" stands here',
                    }
                ],
                "fixes": [],
                "url": "https://github.com/mfo-lsp/mfo-lsp/blob/main/docs/rules/MFO403.md",
            }
        ],
    }
    assert (ran.status, ran.err) == (1, "")


def test_the_json_format_gives_fixes_with_their_edits(command: Command, tmp_path: Path) -> None:
    write(tmp_path, workflow=FLOW + "  - id: b\n    type: mfo_api_memory_get\n    config: {key: '${a.value}'}\n")
    (finding,) = json.loads(command("check", "--format", "json", cwd=tmp_path).out)["findings"]
    place = {"line": 8, "column": 32}
    edit = {"file": "workflow.yml", "start": place, "end": place, "text": "\n    dependencies: [a]"}
    assert finding["fixes"] == [{"title": 'Add "a" to dependencies', "safe": True, "edits": [edit]}]


def test_json_of_nothing(command: Command, tmp_path: Path) -> None:
    write(tmp_path, workflow=FLOW)
    report = json.loads(command("check", "--format", "json", cwd=tmp_path).out)
    assert (report["summary"]["files"], report["findings"]) == (1, [])


def test_the_github_format_is_escaped(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a,b:100%").mkdir()
    write(tmp_path / "a,b:100%", workflow=WRONG.replace("nope.x", "HOME:-100%"))
    ran = command("check", "--format", "github", cwd=tmp_path)
    assert ran.out == (
        "::error file=a%2Cb%3A100%25/workflow.yml,line=5,endLine=5,title=MFO401 unknown-reference,col=26,endColumn=32"
        '::":" cannot stand in a reference; to write it as text, write $${HOME:-100%25}\n'
    )


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours_come_when_asked_for(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict, coloured: bool
) -> None:
    write(tmp_path, workflow=WRONG)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[31m" in command("check", cwd=tmp_path).out) is coloured


def test_what_git_ignores_is_left_out(command: Command, tmp_path: Path) -> None:
    (tmp_path / ".git" / "info").mkdir(parents=True)
    (tmp_path / ".git" / "info" / "exclude").write_text("secret/\n")
    (tmp_path / ".gitignore").write_text("build/\n*.tmp.yml\n!\n[z-a]\n\\\n/top.yml\n")
    for folder in ("build", "secret", "sub", "sub/build", "sub/kept", "node_modules", ".git/x", ".github"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        write(tmp_path / folder, workflow=WRONG)
    (tmp_path / "sub" / ".gitignore").write_text("workflow.yml\n!kept/workflow.yml\n")
    write(tmp_path, **{"x.tmp": WRONG, "top": WRONG, "workflow": WRONG})

    def files(*arguments: str, cwd: Path) -> set[str]:
        found = json.loads(command("check", "--format", "json", *arguments, cwd=cwd).out)["findings"]
        return {finding["file"] for finding in found}

    assert files(cwd=tmp_path) == {"workflow.yml", "sub/kept/workflow.yml", ".github/workflow.yml"}
    assert files("sub", cwd=tmp_path) == {"sub/kept/workflow.yml"}
    assert files(".", cwd=tmp_path / "sub") == {"kept/workflow.yml"}
    assert files("build", cwd=tmp_path) == {"build/workflow.yml"}
    assert files("build/workflow.yml", cwd=tmp_path) == {"build/workflow.yml"}


def test_rules_above_count_only_inside_a_repository(command: Command, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*\n")
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub", workflow=WRONG)
    assert command("check", cwd=tmp_path / "sub").status == 1


def test_what_the_project_file_excludes_is_not_ours(command: Command, tmp_path: Path) -> None:
    (tmp_path / "mfo.toml").write_text('[bundle]\nexclude = ["old/*.yml", "draft_workflow.yml"]\n')
    (tmp_path / "old").mkdir()
    write(tmp_path / "old", workflow=WRONG)
    write(tmp_path, draft_workflow=WRONG, workflow=FLOW)
    assert (command("check", cwd=tmp_path).status, command("check", "old", cwd=tmp_path).status) == (0, 0)


def test_a_broken_rule_list_is_told_in_one_line(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("words of the document")

    monkeypatch.setattr(running, "check_on_disk", broken)
    ran = command("check", cwd=tmp_path)
    assert ran.status == 2
    assert ran.err.startswith("mfo-lsp: internal error: KeyError in broken, test_check.py:")
    assert ran.err.count("\n") == 1
    assert "words of the document" not in ran.err


@pytest.mark.parametrize("arguments", [["chek"], ["check", "--format", "xml"], ["check", "--nope"], ["explain"]])
def test_misuse_is_told_in_one_line(command: Command, arguments: list) -> None:
    ran = command(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("mfo-lsp: ")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("rule", ["MFO402", "mfo402", "unknown-output", " Unknown-Output "])
def test_a_rule_is_explained_by_code_and_by_name(command: Command, rule: str) -> None:
    ran = command("explain", rule)
    assert ran.status == 0
    assert ran.out.startswith("# MFO402 unknown-output (error)\n\nA reference reads something")
    assert "## Fix" in ran.out


def test_a_rule_is_explained_by_its_second_name(command: Command) -> None:
    assert command("explain", "wrong-arguments").out.startswith("# MFO503 ")


@pytest.mark.parametrize(("rule", "meant"), [("MFO40", "MFO401"), ("unknown-outputs", "unknown-output"), ("xyzzy", "")])
def test_an_unknown_rule_gives_the_nearest(command: Command, rule: str, meant: str) -> None:
    ran = command("explain", rule)
    assert ran.status == 2
    assert f'there is no rule "{rule}"' in ran.err
    assert (f'did you mean "{meant}"' in ran.err) == bool(meant)
    assert ran.err.count("\n") == 1


def test_checking_starts_without_server_and_network_libraries(tmp_path: Path) -> None:
    write(tmp_path, workflow=WRONG)
    script = (
        "import sys; from mfo_lsp.__main__ import main\ntry: main()\nexcept SystemExit as end: status = end.code\n"
        "heavy = {'pygls', 'lsprotocol', 'httpx', 'starlette', 'asyncio', 'uvicorn', 'sqlite3'} & set(sys.modules)\n"
        "assert not heavy, heavy\nsys.exit(status)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, "check", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (1, "")


def test_the_module_runs_and_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    write(tmp_path, **{f"w{number}": WRONG for number in range(200)})
    with subprocess.Popen(
        [sys.executable, "-m", "mfo_lsp", "check", str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
