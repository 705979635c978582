"""The options of ``check``: which rules run, what fails, where reports go, what files are."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.check.conftest import EXAMPLES, Command
from tests.check.test_check import FLOW, WARNED, WRONG, write

MANY = (
    "name: f\ntasks:\n"
    '  - {id: a, type: mfo_api_memory_get, config: {key: "${nope.x}"}}\n'
    '  - {id: b, type: mfo_api_memory_get, config: {key: "{{ .x }}"}, dependencies: [nobody]}\n'
)


def codes(command: Command, folder: Path, *arguments: str) -> list[str]:
    found = json.loads(command("check", "--format", "json", *arguments, cwd=folder).out)["findings"]
    return [finding["code"] for finding in found]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), ["MFO401", "MFO406", "MFO302"]),
        (("--select", "MFO4"), ["MFO401", "MFO406"]),
        (("--select", "MFO4,unknown-node"), ["MFO401", "MFO406", "MFO302"]),
        (("--select", "mfo401", "--select", "GRAPH"), ["MFO401", "MFO302"]),
        (("--ignore", "references"), ["MFO302"]),
        (("--select", "MFO4", "--ignore", "MFO406"), ["MFO401"]),
        (("--severity", "MFO401=off, template-in-config=off"), ["MFO302"]),
    ],
)
def test_which_rules_run(command: Command, tmp_path: Path, arguments: tuple, expected: list) -> None:
    write(tmp_path, workflow=MANY)
    assert codes(command, tmp_path, *arguments) == expected


def test_the_command_line_speaks_on_top_of_the_project_file(command: Command, tmp_path: Path) -> None:
    write(tmp_path, workflow=MANY)
    (tmp_path / "mfo.toml").write_text('[check]\nignore = ["MFO3", "MFO406"]\n[rules]\nMFO401 = "warning"\n')
    assert codes(command, tmp_path) == ["MFO401"]
    assert command("check", "--fail-level", "error", cwd=tmp_path).status == 0
    assert command("check", "--fail-level", "error", "--severity", "MFO401=error", cwd=tmp_path).status == 1
    assert codes(command, tmp_path, "--select", "MFO302,MFO406") == ["MFO406", "MFO302"]


def test_select_turns_on_what_is_off(command: Command, tmp_path: Path) -> None:
    chat = FLOW.replace("memory_get", "chat_send").replace("key: k", "prompt: hi")
    write(tmp_path, workflow=chat)
    assert codes(command, tmp_path) == []
    assert codes(command, tmp_path, "--select", "no-timeout") == ["MFO806"]
    assert codes(command, tmp_path, "--select", "default,MFO806") == ["MFO806"]
    assert set(codes(command, tmp_path, "--select", "reliability")) == {"MFO806", "MFO809"}
    assert codes(command, tmp_path, "--severity", "MFO806=hint") == ["MFO806"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--select", "MFO44"), 'there is no rule, family or tag "MFO44"; did you mean "MFO4"?'),
        (("--ignore", "unknown_node"), '"unknown_node"; did you mean "unknown-node"?'),
        (("--select", "secrity"), 'did you mean "security"?'),
        (("--select", ","), "it names no rule"),
        (("--severity", "MFO401"), "sets no level"),
        (("--severity", "MFO4=error"), 'there is no rule "MFO4"'),
        (("--severity", "MFO401=eror"), 'did you mean "error"?'),
        (("--severity", "MFO401=loud"), "it is one of error, warning"),
        (("--output", "sarf=x"), 'did you mean "sarif"?'),
        (("--output", "xml=x"), "it is one of concise, github"),
        (("--output", "sarif"), "write FORMAT=FILE"),
        (("--output", "sarif=-"), "standard output gets the format of --format"),
        (("--output", "json=x", "--output", "sarif=x"), "two reports would be written to x"),
        (("--fail-level", "fatal"), "'fatal' is not one of"),
        (("--color", "maybe"), "is not one of"),
        (("--statistics", "--format", "sarif"), "--statistics goes with"),
        (("--stdin-filename", "x.yml"), "--stdin-filename goes with -"),
        (("--stdin-filename", ".", "-"), "is a directory"),
        (("--watch", "-"), "--watch does not go with standard input"),
        (("--watch", "--explain-files"), "--watch does not go with --explain-files"),
        (("--explain-files", "--output", "json=x"), "leave out --output"),
        (("--explain-files", "--format", "junit"), "goes with the formats"),
        (("--select",), "requires an argument"),
    ],
)
def test_an_error_of_use_is_one_line(command: Command, tmp_path: Path, arguments: tuple, words: str) -> None:
    write(tmp_path, workflow=WRONG)
    ran = command("check", *arguments, cwd=tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("mfo-lsp: ")
    assert words in ran.err
    assert ran.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["workflow.yml"]


@pytest.mark.parametrize(
    ("text", "level", "status"),
    [
        (WRONG, "error", 1),
        (WARNED, "error", 0),
        (WARNED, "warning", 1),
        (WARNED, "ERROR", 0),
        (FLOW.replace("mfo_", "slop_"), "information", 0),
        (FLOW.replace("mfo_", "slop_"), "hint", 1),
        (WRONG, "never", 0),
    ],
)
def test_what_fails(command: Command, tmp_path: Path, text: str, level: str, status: int) -> None:
    write(tmp_path, workflow=text)
    ran = command("check", "--fail-level", level, cwd=tmp_path)
    assert ran.status == status
    assert ran == command("check", "--fail-level", level, cwd=tmp_path)


def test_exit_zero_forgives_findings_but_no_unreadable_file(command: Command, tmp_path: Path) -> None:
    write(tmp_path, workflow=WRONG)
    assert command("check", "--exit-zero", cwd=tmp_path).status == 0
    assert command("check", "--exit-zero", "nope.yml", cwd=tmp_path).status == 2


def test_quiet_and_hints(command: Command, tmp_path: Path) -> None:
    write(tmp_path, workflow=WRONG.replace("mfo_", "slop_"))
    assert (command("check", "-q", cwd=tmp_path).status, command("check", "-q", cwd=tmp_path).out) == (1, "")
    concise = command("check", "--format", "concise", cwd=tmp_path).out
    with_hints = command("check", "--format", "concise", "--hints", cwd=tmp_path).out
    assert (concise.count("\n"), with_hints.count("\n")) == (1, 2)
    assert "hint MFO207" in with_hints


def test_several_reports_in_one_run(command: Command, tmp_path: Path) -> None:
    write(tmp_path, workflow=WRONG)
    (tmp_path / "old.json").write_text("old, and longer than what comes" * 1000)
    ran = command(
        "check",
        "--format",
        "concise",
        "--output",
        "sarif=a b.sarif",
        "--output",
        "json=old.json",
        "--output",
        "text=deep.txt",
        "--color",
        "always",
        cwd=tmp_path,
    )
    assert ran.status == 1
    assert ran.out.startswith("workflow.yml:5:22: error MFO401")
    assert json.loads((tmp_path / "a b.sarif").read_text())["version"] == "2.1.0"
    assert json.loads((tmp_path / "old.json").read_text())["summary"]["errors"] == 1
    assert "\x1b" not in (tmp_path / "deep.txt").read_text()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        "a b.sarif",
        "deep.txt",
        "old.json",
        "workflow.yml",
    ]


def test_a_report_that_cannot_be_written_is_one_line_and_the_others_are_there(command: Command, tmp_path: Path) -> None:
    write(tmp_path, workflow=FLOW)
    ran = command("check", "--output", "json=no/such.json", "--output", "junit=ok.xml", cwd=tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "mfo-lsp: no/such.json: the file cannot be written: no such file or directory\n"
    assert (tmp_path / "ok.xml").read_text().startswith("<?xml")


def test_the_github_format_appends_the_job_summary(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, workflow=WRONG)
    summary = tmp_path / "summary.md"
    summary.write_text("from the step before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    command("check", cwd=tmp_path)
    assert summary.read_text() == "from the step before\n"
    assert command("check", "--format", "github", cwd=tmp_path).out.startswith("::error file=workflow.yml,line=5")
    text = summary.read_text()
    assert text.startswith("from the step before\n### MFO: 1 error in 1 file\n")
    assert "MFO401" in text
    command("check", "--output", f"github={tmp_path}/found.txt", cwd=tmp_path)
    assert summary.read_text().count("### MFO") == 2
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "no" / "summary.md"))
    ran = command("check", "--format", "github", cwd=tmp_path)
    assert ran.status == 2
    assert "summary.md: the job summary cannot be written: no such file" in ran.err


def test_statistics(command: Command, tmp_path: Path) -> None:
    write(tmp_path, workflow=MANY, other_workflow=WRONG.replace("mfo_", "slop_"))
    ran = command("check", "--statistics", cwd=tmp_path)
    assert ran.status == 1
    assert ran.out == (
        "2  MFO401  error    unknown-reference\n"
        "1  MFO302  error    unknown-node\n"
        "1  MFO406  warning  template-in-config  (1 fixable)\n"
    )
    assert "MFO207  hint" in command("check", "--statistics", "--hints", cwd=tmp_path).out
    report = json.loads(command("check", "--statistics", "--format", "json", cwd=tmp_path).out)
    assert report["statistics"][0] == {
        "code": "MFO401",
        "name": "unknown-reference",
        "severity": "error",
        "count": 2,
        "fixable": 0,
    }
    assert sum(one["count"] for one in report["statistics"]) == len(report["findings"])
    assert "statistics" not in json.loads(command("check", "--format", "json", cwd=tmp_path).out)


@pytest.mark.parametrize(
    ("option", "variables", "coloured"),
    [
        ("always", {}, True),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {}, False),
    ],
)
def test_colour(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, variables: dict, coloured: bool
) -> None:
    write(tmp_path, workflow=WRONG)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[31m" in command("check", "--color", option, cwd=tmp_path).out) is coloured


def with_stdin(command: Command, monkeypatch: pytest.MonkeyPatch, folder: Path, data: bytes, *arguments: str):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    return command("check", "--format", "concise", *arguments, cwd=folder)


CHAT = "name: f\ntasks:\n  - id: a\n    type: mfo_api_chat_send\n    config: {prompt_template_id: hi}\n"


def test_standard_input_lies_over_its_file_within_its_bundle(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub", workflow=WRONG, prompts="templates:\n  hi:\n    user_prompt: x\n")
    named = ("--stdin-filename", "sub/workflow.yml", "-")
    assert with_stdin(command, monkeypatch, tmp_path, CHAT.encode(), *named).status == 0
    ran = with_stdin(command, monkeypatch, tmp_path, CHAT.replace("hi}", "ho}").encode(), *named)
    assert ran.out.startswith("sub/workflow.yml:5:34: error MFO601")
    new = ("--stdin-filename", "sub/new_workflow.yml", "-")
    assert with_stdin(command, monkeypatch, tmp_path, CHAT.encode(), *new).status == 0
    both = with_stdin(command, monkeypatch, tmp_path, CHAT.encode(), *new, "sub")
    assert (both.status, both.out.count("\n")) == (1, 1)
    assert (tmp_path / "sub" / "workflow.yml").read_text() == WRONG


def test_standard_input_without_a_name(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = with_stdin(command, monkeypatch, tmp_path, WRONG.encode(), "-")
    assert (ran.status, ran.out.startswith("-:5:22: error MFO401")) == (1, True)
    nothing = with_stdin(command, monkeypatch, tmp_path, b"", "-")
    assert (nothing.status, nothing.err) == (0, "mfo-lsp: there is no MFO document among these files\n")


def test_standard_input_that_is_no_text(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = with_stdin(command, monkeypatch, tmp_path, b"name: f\n\xff", "-")
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "-:2:1: the file is not UTF-8 text" in ran.err


def test_files_are_explained(command: Command, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("build/\ndraft*.yml\n")
    (tmp_path / "mfo.toml").write_text('[bundle]\nexclude = ["old*"]\n')
    for folder in ("build", "node_modules"):
        (tmp_path / folder).mkdir()
    write(
        tmp_path,
        workflow=FLOW,
        prompts="templates: {}\n",
        draft_workflow=FLOW,
        old_workflow=FLOW,
        compose="services: {}\n",
        my_workflow="services: {}\n",
    )
    (tmp_path / "flow.test.yml").write_text("flow: workflow.yml\n")
    (tmp_path / "large.mfo.yml").write_bytes(b"#" * (16 * 1024 * 1024 + 1))
    (tmp_path / "latin_workflow.yml").write_bytes(b"name: \xe9\n")
    ran = command("check", "--explain-files", cwd=tmp_path)
    lines = {line.split(maxsplit=1)[1].split(": ")[0]: line for line in ran.out.splitlines()}
    assert {name: line.split()[0] for name, line in lines.items()} == {
        "build": "skipped",
        "compose.yml": "skipped",
        "draft_workflow.yml": "skipped",
        "flow.test.yml": "skipped",
        "large.mfo.yml": "unreadable",
        "latin_workflow.yml": "unreadable",
        "my_workflow.yml": "skipped",
        "node_modules": "skipped",
        "old_workflow.yml": "skipped",
        "prompts.yml": "prompts",
        "workflow.yml": "workflow",
    }
    for name, words in {
        "build": "ignored by git: the pattern build/ in ",
        "compose.yml": "not an MFO document: neither its content nor its name says so",
        "draft_workflow.yml": "the pattern draft*.yml in ",
        "flow.test.yml": "its name says that it is a test of a flow, for mfo test",
        "large.mfo.yml": "larger than 16 MB",
        "latin_workflow.yml": "not UTF-8 text (line 1, column 7)",
        "my_workflow.yml": '"services" belongs to another tool',
        "node_modules": "a directory not entered",
        "old_workflow.yml": 'excluded by "exclude" of ',
        "prompts.yml": 'it has a top-level "templates" map',
        "workflow.yml": 'its "tasks" have an id or a type',
    }.items():
        assert words in lines[name], name
    assert ran.status == 2
    named = command("check", "--explain-files", "--format", "json", "draft_workflow.yml", "workflow.yml", cwd=tmp_path)
    assert named.status == 0
    assert [(one["file"], one["state"], one["kind"]) for one in json.loads(named.out)["files"]] == [
        ("draft_workflow.yml", "checked", "workflow"),
        ("workflow.yml", "checked", "workflow"),
    ]
    assert command("check", "--explain-files", "nope", cwd=tmp_path).status == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_behind_standard_output_is_one_line(tmp_path: Path) -> None:
    write(tmp_path, workflow=WRONG)
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "mfo_lsp", "check", str(tmp_path)],
            env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent), "PYTHONUNBUFFERED": ""},  # as users have it
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (ran.returncode, ran.stderr) == (
        2,
        b"mfo-lsp: standard output cannot be written: no space left on device\n",
    )


def test_closed_streams_are_no_error(tmp_path: Path) -> None:
    write(tmp_path, workflow=WRONG)
    ran = subprocess.run(
        f'"{sys.executable}" -m mfo_lsp check "{tmp_path}" >&- 2>&- <&-',
        shell=True,
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent)},
        check=False,
    )
    assert ran.returncode == 1
