"""``mfo-lsp schema``: what it prints and writes, and how a mistake is told."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from mfo_lsp.cli.schema import KINDS, file_name, schema_text
from tests.docs.blocks import ROOT
from tests.programs import run_python_on


def run(*arguments: str, folder: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return run_python_on(b"", "-m", "mfo_lsp", "schema", *arguments, folder=folder, **environment)


def test_it_prints_a_schema_in_utf_8_whatever_the_terminal_takes() -> None:
    done = run("workflow", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode("utf-8").replace("\r\n", "\n") == schema_text("workflow")


def test_without_a_kind_it_lists_them() -> None:
    done = run()
    assert [line.split()[0] for line in done.stdout.decode().splitlines()] == list(KINDS)


def test_it_writes_one_or_all(tmp_path: Path) -> None:
    assert run("agents", "--output", "new/mine.json", folder=tmp_path).returncode == 0
    assert (tmp_path / "new" / "mine.json").read_text(encoding="utf-8") == schema_text("agents")
    assert run("--output", "all", folder=tmp_path).returncode == 0
    written = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in (tmp_path / "all").iterdir()}
    assert written == {file_name(kind): json.loads(schema_text(kind)) for kind in KINDS}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("prompt",), "is not one of"),
        (("agents", "--output", "."), "cannot be written"),
        (("agents", "config"), "unexpected"),
    ],
)
def test_a_mistake_is_one_line_and_status_2(arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    done = run(*arguments, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("mfo-lsp: ")
    assert words in line
