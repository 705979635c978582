"""The engine refuses exactly what ``check`` calls an error, for every example and for both ways to write them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mfo_dialect.findings import Finding, Severity
from mfo_runtime.flow import load_flow
from mfo_workspace.checking import check_files
from mfo_workspace.files import DiskFiles
from tests.programs import ROOT, run_python

WORKFLOWS = sorted((ROOT / "examples").rglob("workflow_definition.yml"))
every_example = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.parent.name)


def errors_of(path: Path) -> set[Finding]:
    files = [(file.as_posix(), True) for file in sorted(path.parent.glob("*.yml"))]
    found = check_files(files, DiskFiles()).findings
    return {finding for finding in found if finding.severity is Severity.ERROR}


def program(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_python("-m", module, *arguments)


@every_example
def test_a_loaded_flow_has_the_errors_of_check(path: Path) -> None:
    assert set(load_flow(str(path)).findings) == errors_of(path)


@pytest.mark.parametrize("path", [path for path in WORKFLOWS if errors_of(path)], ids=lambda path: path.parent.name)
def test_a_refused_run_says_what_check_says(path: Path) -> None:
    folder = path.parent.relative_to(ROOT).as_posix()
    checked = json.loads(program("mfo_lsp", "check", "--format", "json", folder).stdout)["findings"]
    refused = program("mfo_runtime", "run", f"{folder}/workflow_definition.yml", "--json")
    assert refused.returncode == 1
    outcome: dict[str, Any] = json.loads(refused.stdout)
    assert outcome["state"] == "refused"
    errors = [finding for finding in checked if finding["severity"] == "error"]
    assert len(outcome["findings"]) == len(errors)
    for shown, finding in zip(outcome["findings"], errors, strict=True):
        assert {"code", "message", "file", "start", "end", "related"} <= shown.keys()
        assert shown == {key: finding[key] for key in shown}


def test_there_are_good_and_bad_examples() -> None:
    assert {path.parent.name for path in WORKFLOWS if not errors_of(path)} >= {"email", "orders", "report"}
    assert sum(1 for path in WORKFLOWS if errors_of(path)) >= 4
