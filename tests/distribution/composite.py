"""A runner for the shell steps of a composite action: as little of GitHub's as ``action.yml`` uses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mfo_dialect.syntax import parse, to_value

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_COMPARISON = re.compile(r"(\S+)\s*(==|!=)\s*'([^']*)'")


def action(path: Path) -> dict[str, Any]:
    """The action as data."""
    return to_value(parse(path.read_text(encoding="utf-8")).documents[0].root)


@dataclass
class Job:
    """What the steps of one job leave behind.

    Attributes:
        used: the other actions that were called, with what they were given.
        status: that of the step which ended the job; 0 where all steps ended well.
    """

    folder: Path
    temporary: Path
    inputs: dict[str, str]
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    log: str = ""
    status: int = 0

    @property
    def summary(self) -> str:
        path = self.temporary / "summary"
        return path.read_text(encoding="utf-8") if path.exists() else ""


def run_action(path: Path, job: Job) -> None:
    """Run the steps of an action, its own other actions left out; stops at the first that fails."""
    said = action(path)
    job.inputs = {name: str(one.get("default", "")) for name, one in said["inputs"].items()} | job.inputs
    values = {f"inputs.{name}": value for name, value in job.inputs.items()}
    values["github.action_path"] = path.parent.as_posix()
    job.outputs["python"] = {"python-path": sys.executable}
    for step in said["runs"]["steps"]:
        known = values | {
            f"steps.{name}.outputs.{key}": value for name, one in job.outputs.items() for key, value in one.items()
        }
        if not _holds(step.get("if", ""), known):
            continue
        if "uses" in step:
            job.used[step["uses"].partition("@")[0]] = {
                name: _filled(value, known) for name, value in step["with"].items() if isinstance(value, str)
            }
            continue
        job.status = _run(step, known, job)
        if job.status:
            return


def _run(step: dict[str, Any], known: dict[str, str], job: Job) -> int:
    assert "${{" not in step["run"], "what a user gives must not become shell text"
    output = job.temporary / f"output-{len(job.outputs)}"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=job.folder,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("MFO_")},
            **{name: _filled(value, known) for name, value in step.get("env", {}).items()},
            "RUNNER_TEMP": job.temporary.as_posix(),
            "GITHUB_OUTPUT": output.as_posix(),
            "GITHUB_STEP_SUMMARY": (job.temporary / "summary").as_posix(),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    job.log += done.stdout
    lines = output.read_text(encoding="utf-8").splitlines() if output.exists() else []
    job.outputs[step.get("id", str(len(job.outputs)))] = dict(line.split("=", 1) for line in lines)
    return done.returncode


def _filled(text: str, known: dict[str, str]) -> str:
    return _EXPRESSION.sub(lambda match: _value(match[1], known), text)


def _value(expression: str, known: dict[str, str]) -> str:
    return next((known[name] for name in expression.split(" || ") if known.get(name)), "")


def _holds(condition: str, known: dict[str, str]) -> bool:
    for part in condition.split(" && ") if condition else ():
        match = _COMPARISON.fullmatch(part)
        assert match is not None, part
        if (known.get(match[1], "") == match[3]) is not (match[2] == "=="):
            return False
    return True
