"""``mfo-lsp format``: in place, asked only, from standard input, and what is left alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.effort import PATIENCE
from tests.programs import run_python_on

BEFORE = "name :  flow\ntasks:\n- id:   a   # why\n  type: transform\n  config: { values: {x: '1'} }\n"
AFTER = "name: flow\ntasks:\n  - id: a   # why\n    type: transform\n    config: {values: {x: '1'}}\n"


def run(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return run_python_on(stdin, "-m", "mfo_lsp", "format", *arguments, folder=folder)


def said(done: subprocess.CompletedProcess[bytes]) -> tuple[int, str, str]:
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def test_in_place_and_again(tmp_path: Path) -> None:
    flow = write(tmp_path / "flow" / "workflow.yml", BEFORE)
    other = write(tmp_path / "compose.yml", "services :  {}\n")
    assert said(run(tmp_path)) == (0, "formatted flow/workflow.yml\n", "")
    assert flow.read_bytes().decode() == AFTER
    assert other.read_bytes() == b"services :  {}\n"
    assert said(run(tmp_path)) == (0, "", "")


def test_only_asked(tmp_path: Path) -> None:
    flow = write(tmp_path / "workflow.yml", BEFORE)
    assert said(run(tmp_path, "--check")) == (1, "would format workflow.yml\n", "")
    status, diff, _ = said(run(tmp_path, "--diff", "workflow.yml"))
    assert status == 1
    assert "-name :  flow\n+name: flow\n" in diff
    assert flow.read_bytes().decode() == BEFORE
    write(flow, AFTER)
    assert said(run(tmp_path, "--check")) == (0, "", "")
    assert said(run(tmp_path, "--diff")) == (0, "", "")


def test_a_diff_can_be_applied(tmp_path: Path) -> None:
    flow = write(tmp_path / "workflow.yml", BEFORE)
    diff = run(tmp_path, "--diff").stdout
    subprocess.run(["git", "apply", "-p0", "-"], cwd=tmp_path, input=diff, check=True, timeout=PATIENCE)
    assert flow.read_bytes().decode() == AFTER


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_standard_input(encoding: str, tmp_path: Path) -> None:
    crlf = BEFORE.replace("\n", "\r\n").encode(encoding)
    done = run(tmp_path, "-", stdin=crlf)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == AFTER.replace("\n", "\r\n").encode(encoding)


def test_standard_input_only_asked(tmp_path: Path) -> None:
    assert said(run(tmp_path, "-", "--check", stdin=BEFORE.encode())) == (1, "would format <stdin>\n", "")
    status, diff, _ = said(run(tmp_path, "-", "--diff", "--stdin-filename", "a.yml", stdin=BEFORE.encode()))
    assert (status, diff.splitlines()[:2]) == (1, ["--- a.yml", "+++ a.yml"])


def test_what_cannot_be_read_comes_out_as_it_went_in(tmp_path: Path) -> None:
    broken = b"name: x\ntasks:\n  - id: [\n"
    done = run(tmp_path, "-", "--stdin-filename", "workflow.yml", stdin=broken)
    assert (done.returncode, done.stdout) == (2, broken)
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("mfo-lsp: workflow.yml:3:9: ")
    other = run(tmp_path, "-", stdin=b"services :  {}\n")
    assert (other.returncode, other.stdout) == (0, b"services :  {}\n")
    binary = run(tmp_path, "-", stdin=b"\xff\x00")
    assert (binary.returncode, binary.stdout) == (2, b"\xff\x00")


def test_one_broken_file_hinders_no_other(tmp_path: Path) -> None:
    broken = write(tmp_path / "a_workflow.yml", "name: x\ntasks:\n- id: 'a\n")
    good = write(tmp_path / "b_workflow.yml", BEFORE)
    done = run(tmp_path)
    assert (done.returncode, done.stdout) == (2, b"formatted b_workflow.yml\n")
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("mfo-lsp: a_workflow.yml:3:7: ")
    assert line.endswith("; the document is left as it is")
    assert broken.read_bytes() == b"name: x\ntasks:\n- id: 'a\n"
    assert good.read_bytes().decode() == AFTER


def test_what_the_project_excludes_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path / "mfo.toml", '[bundle]\nexclude = ["vendor/"]\n')
    vendored = write(tmp_path / "vendor" / "workflow.yml", BEFORE)
    assert run(tmp_path).returncode == 0
    assert vendored.read_bytes().decode() == BEFORE


def test_line_ends_mark_and_mode_stay(tmp_path: Path) -> None:
    flow = tmp_path / "workflow.yml"
    flow.write_bytes(b"\xef\xbb\xbf" + BEFORE.replace("\n", "\r\n").encode())
    flow.chmod(0o640)
    assert run(tmp_path).returncode == 0
    assert flow.read_bytes() == b"\xef\xbb\xbf" + AFTER.replace("\n", "\r\n").encode()
    assert flow.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("none.yml",), "no such file"), (("-", "a.yml"), "standard input"), (("--chek",), "No such option")],
)
def test_a_mistake_is_one_line_and_status_2(arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    done = run(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    (line,) = done.stderr.decode().splitlines()
    assert words in line
