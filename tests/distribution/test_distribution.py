"""The project as others take it: the wheel, the pre-commit hooks, and the GitHub Action."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.distribution.composite import Job, action, run_action
from tests.docs.blocks import ROOT

pytestmark = [pytest.mark.registry, pytest.mark.timeout(600)]

BROKEN = "name: x\ntasks:\n- id: a\n  type: transform\n  config: {value: 1}\n"
GOOD = "name: x\ntasks:\n  - id: a\n    type: transform\n    config: {values: {x: '1'}}\n"


def run(*command: str | Path, folder: Path, status: int = 0, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**{k: v for k, v in os.environ.items() if not k.startswith(("MFO_", "GIT_", "PYTHON"))}, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=500,
        check=False,
    )
    assert done.returncode == status, done.stdout
    return done.stdout


def new_environment(folder: Path, *packages: str | Path) -> Path:
    """The folder of the programs of a new environment that has these packages."""
    run(sys.executable, "-m", "venv", folder, folder=folder.parent)
    run(folder / "bin" / "pip", "install", "-q", "--disable-pip-version-check", *packages, folder=folder.parent)
    return folder / "bin"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as committed."""
    folder = tmp_path_factory.mktemp("clone") / "mfo-lsp"
    run("git", "clone", "-q", "--no-hardlinks", ROOT, folder, folder=ROOT)
    return folder


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit and check-jsonschema are installed."""
    return new_environment(tmp_path_factory.mktemp("tools") / "env", "pre-commit>=4", "check-jsonschema>=0.29")


def test_the_wheel_has_all_that_new_format_and_schema_need(clone: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", tmp_path, clone, folder=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    programs = new_environment(tmp_path / "env", wheel)
    names = run(programs / "mfo-lsp", "new", "--list", folder=tmp_path).split("\n")
    for name in (line.split()[0] for line in names if line):
        run(programs / "mfo-lsp", "new", name, "--template", name, folder=tmp_path)
        folder = tmp_path / name
        assert run(programs / "mfo-lsp", "check", folder=folder) == ""
        assert run(programs / "mfo-lsp", "format", "--check", folder=folder) == ""
        ran = run(programs / "mfo", "run", "workflow_definition.yml", "--inputs", "inputs.yml", "--json", folder=folder)
        assert json.loads(ran)["state"] == "succeeded"
        run(programs / "mfo-lsp", "graph", "workflow_definition.yml", "--output", "flow.html", folder=folder)
    assert json.loads(run(programs / "mfo-lsp", "schema", "workflow", folder=tmp_path))["title"] == "MFO workflow"


def test_the_pre_commit_hooks(clone: Path, tools: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "flows").mkdir(parents=True)
    flow = project / "flows" / "workflow.yml"
    flow.write_text(BROKEN, encoding="utf-8")
    (project / "compose.yml").write_text("services :  {}\n", encoding="utf-8")
    revision = run("git", "rev-parse", "HEAD", folder=clone).strip()
    (project / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {clone}\n    rev: {revision}\n    hooks: [{{id: mfo-check}}, {{id: mfo-format}}]\n",
        encoding="utf-8",
    )
    run("git", "init", "-q", folder=project)
    run("git", "add", ".", folder=project)
    home = {"PRE_COMMIT_HOME": str(tmp_path / "home")}
    said = run(tools / "pre-commit", "run", "--all-files", folder=project, status=1, **home)
    assert "flows/workflow.yml:5:12 error MFO201" in said
    assert "formatted flows/workflow.yml" in said
    assert flow.read_text(encoding="utf-8") == GOOD.replace("values: {x: '1'}", "value: 1")
    flow.write_text(GOOD, encoding="utf-8")
    run("git", "add", ".", folder=project)
    said = run(tools / "pre-commit", "run", "--all-files", folder=project, **home)
    assert said.count("Passed") == 2
    assert (project / "compose.yml").read_text(encoding="utf-8") == "services :  {}\n"


def test_the_action_is_one(tools: Path) -> None:
    run(tools / "check-jsonschema", "--builtin-schema", "vendor.github-actions", ROOT / "action.yml", folder=ROOT)
    documents = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in documents for name in action(ROOT / "action.yml")["inputs"])


def test_the_action_runs(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "work" / "bad").mkdir(parents=True)
    (tmp_path / "work" / "good").mkdir()
    (tmp_path / "work" / "bad" / "workflow.yml").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "work" / "good" / "workflow.yml").write_text(GOOD, encoding="utf-8")

    runner = tmp_path / "runner"
    runner.mkdir()

    def job(**inputs: str) -> Job:
        for left in (path for path in runner.iterdir() if path.is_file()):
            left.unlink()
        made = Job(tmp_path / "work", runner, {key.replace("_", "-"): value for key, value in inputs.items()})
        run_action(clone / "action.yml", made)
        return made

    good = job(paths="good")
    assert (good.status, good.outputs["check"]) == (0, {"status": "0"})
    assert set(good.used) == {"actions/setup-python"}
    installed = {"package": "mfo-lsp"}  # by the first job
    bad = job(paths="good\nbad", upload_sarif="true", **installed)
    assert bad.status == 1
    assert "::error file=bad/workflow.yml,line=5" in bad.log
    assert bad.summary.count("MFO201/") + bad.summary.count("MFO201]") == 1
    sarif = bad.used["github/codeql-action/upload-sarif"]["sarif_file"]
    assert json.loads(Path(sarif).read_text(encoding="utf-8"))["version"] == "2.1.0"
    excused = job(paths="bad", arguments="--exit-zero", summary="false", sarif_file="out.sarif", **installed)
    assert (excused.status, excused.summary) == (0, "")
    assert (tmp_path / "work" / "out.sarif").exists()
    missing = job(paths="none $(touch pwned) *.yml", **installed)
    assert missing.status == 2
    assert not (tmp_path / "work" / "pwned").exists()
