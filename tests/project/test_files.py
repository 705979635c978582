"""What every file of the project must be like."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("mfo_dialect", "mfo_workspace", "mfo_lsp", "mfo_runtime")
PARTS = (*PACKAGES, "scripts", "benchmarks", "tests", "docs", "schemas", "examples", ".ci")
MAX_LINES = 400
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "manager", "misc"}
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work/(?:main|shared|venv)|root/(?!\{)|tmp/[a-z]+_jobs)")
PYTHON_FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
every_python_file = pytest.mark.parametrize("path", PYTHON_FILES, ids=lambda path: path.relative_to(ROOT).as_posix())


@every_python_file
def test_a_file_has_one_subject_and_says_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_LINES
    assert text.startswith(('"""', 'r"""')), "a module opens with what it is"
    assert not {part.removesuffix(".py") for part in path.relative_to(ROOT).parts} & FORBIDDEN_NAMES


def test_no_file_names_a_place_of_one_machine() -> None:
    files = [path for part in PARTS for path in (ROOT / part).rglob("*") if path.is_file() and path.suffix != ".pyc"]
    files += [path for path in ROOT.iterdir() if path.suffix in {".md", ".toml"}]
    wrong: list[str] = []
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").split("\n"), 1):
            if MACHINE_PATHS.search(line) and path != Path(__file__):
                wrong.append(f"{path.relative_to(ROOT)}:{number}")
    assert len(files) > len(PYTHON_FILES)
    assert not wrong


def test_the_script_for_ci_needs_no_other_place() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert not re.search(r"https?://|--index-url|pypi", script)
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
