"""The engine refuses exactly what ``check`` calls an error, for every example and for both ways to write them."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Finding, Severity
from mfo_dialect.syntax import parse
from mfo_lsp.features.flow_tests import Flows, names_that_are_not_there
from mfo_runtime.flow import load_flow
from mfo_workspace.bundles import load_bundle
from mfo_workspace.checking import check_files
from mfo_workspace.files import DiskFiles
from tests.programs import ROOT, run_python

WORKFLOWS = sorted((ROOT / "examples").rglob("workflow_definition.yml"))
every_example = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.parent.name)


def errors_of(path: Path) -> set[Finding]:
    files = [(file.as_posix(), True) for file in sorted(path.parent.glob("*.yml"))]
    found = check_files(files, DiskFiles()).findings
    return {finding for finding in found if finding.severity is Severity.ERROR}


def program(module: str, *arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return run_python("-m", module, *arguments, folder=folder)


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


def test_what_an_editor_says_of_tests_is_what_fails_when_they_are_run(tmp_path: Path) -> None:
    (tmp_path / "greeting.yml").write_text("name: greeting\ntasks: [{id: hello, type: mfo_api_tool_list}]\n")
    text = """\
tests:
  - {name: fine, flow: greeting.yml, expect: {states: {hello: succeeded}}}
  - {name: no flow, flow: greting.yml}
  - {name: no taskflow, flow: greeting.yml, taskflow: greetin}
  - {name: no node, flow: greeting.yml, expect: {states: {helo: succeeded}}}
"""
    (tmp_path / "some.test.yml").write_text(text)
    snapshot = Snapshot(load_bundle(tmp_path.as_posix(), DiskFiles()))
    flows = {"greeting.yml": (tuple(snapshot.flows), snapshot.bundle)}
    tree = parse(text)
    found = {
        tree.lines.line_of(span.start) + 1
        for span, _ in names_that_are_not_there(tree, Flows(tuple(flows), flows.get, ()))
    }
    ran = program("mfo_runtime", "test", "some.test.yml", folder=tmp_path)
    assert found == {int(line) for line in re.findall(r"some\.test\.yml:(\d+):", ran.stdout + ran.stderr)} == {3, 4, 5}


def test_there_are_good_and_bad_examples() -> None:
    assert {path.parent.name for path in WORKFLOWS if not errors_of(path)} >= {"email", "orders", "report"}
    assert sum(1 for path in WORKFLOWS if errors_of(path)) >= 4
