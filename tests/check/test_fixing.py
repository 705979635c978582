"""``mfo-lsp check --fix`` and ``--diff``: what is written, what is said, and how it ends."""

from __future__ import annotations

import json
import os
import resource
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.check.conftest import Command
from tests.programs import run_python_on

OLD = "name: f\r\ntasks:\r\n  - id: a  # first\r\n    type: slop_api_memory_get\r\n    config: {key: k}\r\n"
NEW = OLD.replace("slop_", "mfo_")
ASKED = "name: f\ntasks:\n  - id: a\n    type: mfo_api_memory_get\n    config: {keyy: k}\n"
CHAT = "name: f\ntasks:\n  - id: ask\n    type: mfo_api_chat_send\n    config:\n      prompt_template_id: greeting\n"


def write(folder: Path, text: str, name: str = "workflow.yml", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_safe_fixes_are_applied_and_the_rest_is_reported(command: Command, tmp_path: Path) -> None:
    old = write(tmp_path, OLD, "a.mfo.yml")
    asked = write(tmp_path, ASKED, "b.mfo.yml")
    ran = command("check", "--fix", cwd=tmp_path)
    assert old.read_bytes().decode() == NEW
    assert asked.read_text() == ASKED
    assert ran.status == 1
    assert "b.mfo.yml:5:14 error MFO201" in ran.out
    assert ran.out.endswith("1 finding can be mended with --unsafe-fixes\n")
    assert ran.err == "mfo-lsp: 1 finding mended in 1 file\n"
    again = command("check", "--fix", cwd=tmp_path)
    assert (old.read_bytes().decode(), again.out, again.err) == (NEW, ran.out, "")


def test_fixes_to_confirm_are_applied_when_asked_for(command: Command, tmp_path: Path) -> None:
    path = write(tmp_path, ASKED)
    ran = command("check", "--fix", "--unsafe-fixes", cwd=tmp_path)
    assert path.read_text() == ASKED.replace("keyy", "key")
    assert (ran.status, ran.out, ran.err) == (0, "", "mfo-lsp: 1 finding mended in 1 file\n")


@pytest.mark.parametrize(
    ("text", "options", "note"),
    [
        (ASKED, [], "1 finding can be mended with --fix --unsafe-fixes"),
        (ASKED.replace("mfo_", "slop_"), ["--hints"], "1 finding can be mended with --fix, 1 more with --unsafe-fixes"),
        (
            ASKED.replace("mfo_", "slop_"),
            ["--hints", "--unsafe-fixes"],
            "2 findings can be mended with --fix --unsafe-fixes",
        ),
        # What is not shown is not counted, whether or not a comment makes rules of hints run.
        (ASKED.replace("mfo_", "slop_"), [], "1 finding can be mended with --fix --unsafe-fixes"),
        (
            ASKED.replace("mfo_", "slop_") + "  - {id: b, type: slop_api_tool_list}  # mfo: ignore[MFO207]\n",
            [],
            "1 finding can be mended with --fix --unsafe-fixes",
        ),
    ],
)
def test_without_fixing_the_summary_says_how_much_could_be(
    command: Command, tmp_path: Path, text: str, options: list[str], note: str
) -> None:
    path = write(tmp_path, text)
    ran = command("check", *options, cwd=tmp_path)
    assert ran.out.splitlines()[-1] == note
    assert ("1 error, 1 hint in 1 file" if "--hints" in options else "1 error in 1 file") in ran.out.splitlines()
    assert path.read_text() == text


def test_a_diff_is_shown_applies_and_changes_nothing(command: Command, tmp_path: Path) -> None:
    path = write(tmp_path, OLD.rstrip("\r\n"))
    ran = command("check", "--diff", cwd=tmp_path)
    assert path.read_bytes().decode() == OLD.rstrip("\r\n")
    assert (ran.status, ran.err) == (1, "mfo-lsp: 1 finding would be mended in 1 file\n")
    assert "-    type: slop_api_memory_get\r\n+    type: mfo_api_memory_get\r\n" in ran.out
    assert "\\ No newline at end of file" in ran.out
    if shutil.which("patch"):
        subprocess.run(["patch", "--binary", "-p0", "-s"], input=ran.out.encode(), cwd=tmp_path, check=True)
        assert path.read_bytes().decode() == NEW.rstrip("\r\n")


def test_a_diff_of_nothing_is_empty(command: Command, tmp_path: Path) -> None:
    write(tmp_path, ASKED)
    assert command("check", "--diff", cwd=tmp_path) == command("check", "--diff", "--exit-zero", cwd=tmp_path)
    assert command("check", "--diff", cwd=tmp_path).status == 0


def test_a_new_file_is_made_and_shown(command: Command, tmp_path: Path) -> None:
    write(tmp_path, CHAT)
    shown = command("check", "--diff", "--unsafe-fixes", cwd=tmp_path)
    assert "--- /dev/null\n+++ prompts_definition.yml\n" in shown.out
    assert not (tmp_path / "prompts_definition.yml").exists()
    ran = command("check", "--fix", "--unsafe-fixes", cwd=tmp_path)
    assert (ran.status, ran.out) == (0, "")
    assert "greeting:" in (tmp_path / "prompts_definition.yml").read_text()


def test_a_file_that_is_no_part_of_the_bundle_is_not_written_to(command: Command, tmp_path: Path) -> None:
    write(tmp_path, CHAT)
    mine = write(tmp_path, "- a list\n", "prompts_definition.yml")
    ran = command("check", "--fix", "--unsafe-fixes", cwd=tmp_path)
    assert ran.status == 1
    assert mine.read_text() == "- a list\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encoding_and_byte_order_mark_stay(command: Command, tmp_path: Path, encoding: str) -> None:
    text = OLD.replace("first", "zuerst, für É𝄞")
    path = write(tmp_path, text, encoding=encoding)
    assert command("check", "--fix", cwd=tmp_path).status == 0
    assert path.read_bytes() == text.replace("slop_", "mfo_").encode(encoding)


def test_permissions_stay_and_links_stay_links(command: Command, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "flows").mkdir()
    target = write(tmp_path / "real", OLD, "kept")
    target.chmod(0o640)
    (tmp_path / "flows" / "workflow.yml").symlink_to(target)
    assert command("check", "--fix", "flows", cwd=tmp_path).status == 0
    assert (tmp_path / "flows" / "workflow.yml").is_symlink()
    assert target.read_bytes().decode() == NEW
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["flows", "kept", "real", "workflow.yml"]


def run_limited(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process that can write no byte to a file: what a full disk is like, for every user."""
    return subprocess.run(
        [sys.executable, "-B", "-m", "mfo_lsp", "check", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_file_that_cannot_be_written_is_one_line_and_stays_as_it_was(tmp_path: Path) -> None:
    path = write(tmp_path, OLD)
    ran = run_limited(tmp_path, "--fix", "workflow.yml")
    assert ran.returncode == 2
    assert ran.stderr.splitlines() == ["mfo-lsp: workflow.yml: the file cannot be written: file too large"]
    assert path.read_bytes().decode() == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["workflow.yml"]


def pipe(folder: Path, text: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return run_python_on(text, "-m", "mfo_lsp", "check", *arguments, "-", folder=folder)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_standard_input_comes_back_mended(tmp_path: Path, encoding: str) -> None:
    both = OLD.replace("{key: k}", "{keyy: k}").encode(encoding)
    ran = pipe(tmp_path, both, "--fix")
    assert ran.stdout == NEW.replace("{key: k}", "{keyy: k}").encode(encoding)
    assert ran.returncode == 1
    assert b"error MFO201" in ran.stderr


def test_standard_input_that_is_right_comes_back_as_it_is(tmp_path: Path) -> None:
    ran = pipe(tmp_path, NEW.encode(), "--fix")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, NEW.encode(), b"")


def test_mending_standard_input_writes_no_file(tmp_path: Path) -> None:
    ran = pipe(tmp_path, CHAT.encode(), "--fix", "--unsafe-fixes")
    assert ran.stdout == CHAT.encode()
    assert list(tmp_path.iterdir()) == []


def test_only_what_is_selected_is_mended(command: Command, tmp_path: Path) -> None:
    path = write(tmp_path, ASKED.replace("mfo_", "slop_"))
    command("check", "--fix", "--unsafe-fixes", "--select", "MFO207", cwd=tmp_path)
    assert path.read_text() == ASKED
    path = write(tmp_path, ASKED.replace("mfo_", "slop_"))
    command("check", "--fix", "--unsafe-fixes", "--ignore", "MFO207", cwd=tmp_path)
    assert path.read_text() == ASKED.replace("mfo_", "slop_").replace("keyy", "key")


def test_what_is_not_mended_is_told_with_the_reason(command: Command, tmp_path: Path) -> None:
    path = write(tmp_path, ASKED.replace("keyy: k", "keyy: [k]"))
    ran = command("check", "--fix", "--unsafe-fixes", cwd=tmp_path)
    assert path.read_text() == ASKED.replace("keyy: k", "keyy: [k]")
    assert 'workflow.yml:5:14: MFO201 is not mended (Change to "key"): it would leave as many findings' in ran.err


def test_what_a_baseline_knows_is_left_as_it_is(command: Command, tmp_path: Path) -> None:
    write(tmp_path, "", "mfo.toml")
    path = write(tmp_path, OLD)
    assert command("check", "--baseline", "known.json", "--update-baseline", cwd=tmp_path).status == 0
    command("check", "--baseline", "known.json", "--fix", cwd=tmp_path)
    assert path.read_bytes().decode() == OLD


def test_reports_for_machines_stay_whole(command: Command, tmp_path: Path) -> None:
    write(tmp_path, OLD)
    ran = command("check", "--fix", "--format", "json", cwd=tmp_path)
    assert json.loads(ran.out)["findings"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--fix", "--watch"], "--fix does not go with --watch"),
        (["--diff", "--format", "json"], "--diff writes diffs and no reports"),
        (["--fix", "-", "a.yml"], "either standard input or files"),
    ],
)
def test_options_that_do_not_go_together(command: Command, tmp_path: Path, arguments: list[str], words: str) -> None:
    ran = command("check", *arguments, cwd=tmp_path)
    assert (ran.status, ran.out) == (2, "")
    assert words in ran.err


def test_findings_can_be_ignored_where_they_stand(command: Command, tmp_path: Path) -> None:
    text = "name: f\ntasks:\n  - id: a\n    type: mfo_api_chat_send\n    priority: hgh\n    config:\n"
    text += "      prompt: |\n        Hello ${INPTU.a}\n        and ${b.c}\n"
    path = write(tmp_path, text)
    shown = command("check", "--add-ignores", "--diff", cwd=tmp_path)
    assert (shown.status, path.read_text()) == (1, text)
    ran = command("check", "--add-ignores", cwd=tmp_path)
    ignoring = text.replace("hgh\n", "hgh  # mfo: ignore[MFO204]\n").replace("|\n", "|  # mfo: ignore[MFO401]\n")
    assert path.read_text() == ignoring
    assert (ran.status, ran.out, ran.err) == (0, "", "mfo-lsp: 3 findings ignored in 1 file\n")
    assert command("check", "--add-ignores", cwd=tmp_path) == command("check", cwd=tmp_path)


def test_ignoring_does_not_go_with_mending(command: Command, tmp_path: Path) -> None:
    ran = command("check", "--add-ignores", "--fix", cwd=tmp_path)
    assert ran.status == 2
    assert "--add-ignores does not go with --fix" in ran.err
