"""``mfo-lsp new``: every template checks clean and runs, and nothing is overwritten or left half made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_lsp.cli.new import _MAX_NAME, _NAME
from mfo_lsp.scaffolds import SCAFFOLDS, render
from mfo_workspace.checking import check_files
from mfo_workspace.files import DiskFiles
from scripts.generate_examples import outdated
from tests.docs.blocks import ROOT
from tests.effort import PATIENCE, examples

TEMPLATES = [scaffold.name for scaffold in SCAFFOLDS]


def run(folder: Path, *arguments: str, module: str = "mfo_lsp") -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MFO_")}
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def new(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "new", *arguments)


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("template", TEMPLATES)
def test_it_checks_clean_is_laid_out_and_runs(template: str, tmp_path: Path) -> None:
    made = new(tmp_path, "my flow", "--template", template)
    assert (made.returncode, made.stderr) == (0, "")
    folder = tmp_path / "my flow"
    checked = run(folder, "check", "--format", "json")
    assert json.loads(checked.stdout)["findings"] == []
    assert json.loads(checked.stdout)["summary"]["files"] >= 2
    laid_out = run(folder, "format", "--check")
    assert (laid_out.returncode, laid_out.stdout) == (0, "")
    ran = run(folder, "run", "workflow_definition.yml", "--inputs", "inputs.yml", "--json", module="mfo_runtime")
    outcome = json.loads(ran.stdout)
    assert (ran.returncode, outcome["state"]) == (0, "succeeded")
    assert outcome["outputs"]
    assert set(outcome["states"].values()) <= {"succeeded", "skipped"}


def test_it_says_what_it_made_and_what_to_do_next(tmp_path: Path) -> None:
    made = new(tmp_path, "letters")
    assert made.stdout.startswith("Made in letters:\n  workflow_definition.yml")
    next_steps = made.stdout.split("Next:\n")[1].splitlines()
    assert next_steps[0].strip() == "cd letters"
    readme = (tmp_path / "letters" / "README.md").read_text(encoding="utf-8")
    assert all(step.strip() in readme for step in next_steps[1:])
    assert all(f"`{name}`" in readme for name in files(tmp_path / "letters"))
    assert ".mfo/" in (tmp_path / "letters" / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_name_is_that_of_the_directory(tmp_path: Path) -> None:
    new(tmp_path, "a b/Grüße 2")
    assert "\nname: Gr_e_2\n" in (tmp_path / "a b" / "Grüße 2" / "workflow_definition.yml").read_text(encoding="utf-8")
    new(tmp_path, "2024")
    assert "\nname: hello\n" in (tmp_path / "2024" / "workflow_definition.yml").read_text(encoding="utf-8")


def test_a_list_of_templates(tmp_path: Path) -> None:
    listed = new(tmp_path, "--list")
    assert [line.split()[0] for line in listed.stdout.splitlines()] == TEMPLATES
    assert files(tmp_path) == {}


def test_what_is_there_already_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mfo.toml").write_text("# mine\n", encoding="utf-8")
    refused = new(tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "mfo-lsp: mfo.toml is there already; nothing was written (--force overwrites)\n"
    assert files(tmp_path) == {"mfo.toml": "# mine\n"}
    assert new(tmp_path, "--force").returncode == 0
    assert len(files(tmp_path)) == len(SCAFFOLDS[0].files)
    assert "# mine" not in (tmp_path / "mfo.toml").read_text(encoding="utf-8")


def test_a_second_time_there_is_nothing_to_do(tmp_path: Path) -> None:
    new(tmp_path, "a")
    before = files(tmp_path)
    again = new(tmp_path, "a")
    assert (again.returncode, again.stdout.splitlines()[0]) == (0, "Everything is in a already.")
    assert files(tmp_path) == before


def test_all_or_nothing(tmp_path: Path) -> None:
    (tmp_path / "flow" / "README.md").mkdir(parents=True)
    refused = new(tmp_path, "flow", "--force")
    assert refused.returncode == 2
    assert refused.stderr == "mfo-lsp: flow/README.md: this is a directory, not a file; nothing was written\n"
    assert files(tmp_path) == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("x", "--template", "emial"), 'did you mean "email"?'),
        (("x", "--template", "none"), "there are minimal, email, orders and report"),
        (("x", "--name", "a b"), "is no name"),
        (("x", "--name", ""), "is no name"),
        (("x", "--name", "a" * 65), "at most 64"),
        (("file/x",), "file"),
        (("file",), "this is a file"),
        (("n" * 300,), "name too long"),
        (("x", "y"), "unexpected"),
    ],
)
def test_a_mistake_is_one_line_and_status_2(arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = new(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("mfo-lsp: ")
    assert words in line
    assert files(tmp_path) == {"file": ""}


NAMES = st.from_regex(_NAME, fullmatch=True).filter(lambda name: len(name) <= _MAX_NAME)
ODD_NAMES = st.sampled_from(["on", "No", "y", "null", "TRUE", "False", "INPUT", "e1", "_", "x-", "nan", "inf"])


@settings(max_examples=examples(12))
@given(scaffold=st.sampled_from(SCAFFOLDS), name=ODD_NAMES | NAMES)
def test_any_name_checks_clean(scaffold, name, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("new")
    for file, text in render(scaffold, name).items():
        (folder / file).write_text(text, encoding="utf-8")
    wanted = [((folder / file).as_posix(), True) for file in scaffold.own_files]
    assert [finding.message for finding in check_files(wanted, DiskFiles()).findings] == []


def test_the_examples_are_those_that_the_templates_give() -> None:
    assert outdated() == [], "change mfo_lsp/scaffolds, then run: python -m scripts.generate_examples"
