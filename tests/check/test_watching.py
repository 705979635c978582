"""``check --watch``: what changes is checked again, what fails is told, and Ctrl-C ends it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from watchfiles import Change

from mfo_lsp.cli.check.options import CheckOptions
from mfo_lsp.cli.check.outputs import Output
from mfo_lsp.cli.check.watching import filter_for
from mfo_workspace.checking import check_observed
from mfo_workspace.checking_on_disk import check_on_disk
from mfo_workspace.remembering import RememberedChecks
from tests.check.conftest import EXAMPLES
from tests.check.watched import Watching

FLOW = "name: f\ntasks:\n  - id: a\n    type: mfo_api_memory_get\n    config: {key: k}\n"
WRONG = FLOW.replace("key: k", 'key: "${nope.x}"')


def test_a_change_is_checked_and_an_interrupt_ends_it_cleanly(tmp_path: Path) -> None:
    (tmp_path / "workflow.yml").write_text(FLOW)
    with Watching(tmp_path, "--format", "concise", "--output", "json=found.json") as watching:
        watching.wait_for("err", "watching .; Ctrl-C ends it\n")
        assert json.loads((tmp_path / "found.json").read_text())["findings"] == []
        (tmp_path / "workflow.yml").write_text(WRONG)
        found = watching.wait_for("out", "MFO401 unknown-reference")
        assert found.startswith("workflow.yml:5:22: error")
        assert "\x1b" not in found
        (tmp_path / "other_workflow.yml").write_text(WRONG.replace("nope", "none"))
        watching.wait_for("out", "other_workflow.yml:5:22: error")
        (tmp_path / "mfo.toml").write_text("[rules]\nMFO401 = 'warning'\n")
        watching.wait_for("out", "other_workflow.yml:5:22: warning")
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "workflow.yml").write_text(WRONG)
        watching.wait_for("out", "sub/workflow.yml:5:22: warning")
        assert watching.interrupt() == 0
        assert watching.rest == ""


def test_a_file_that_breaks_is_told_and_the_watch_goes_on(tmp_path: Path) -> None:
    (tmp_path / "workflow.yml").write_text(FLOW)
    with Watching(tmp_path, "--format", "concise", "workflow.yml") as watching:
        watching.wait_for("err", "ends it\n")
        (tmp_path / "workflow.yml").write_bytes(b"name: \xff\n")
        watching.wait_for("err", "workflow.yml:1:7: the file is not UTF-8 text\n")
        (tmp_path / "workflow.yml").unlink()
        watching.wait_for("err", "workflow.yml: there is no such file or directory\n")
        (tmp_path / "workflow.yml").write_text(WRONG)
        watching.wait_for("out", "MFO401")
        assert watching.interrupt() == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such terminals")
def test_on_a_terminal_a_round_without_findings_says_so(tmp_path: Path) -> None:
    import pty

    (tmp_path / "workflow.yml").write_text(FLOW)
    reader, terminal = pty.openpty()
    command = [sys.executable, "-m", "mfo_lsp", "check", "--watch"]
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent)}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdin=terminal, stdout=terminal) as process:
        os.close(terminal)
        shown = b""
        while b"nothing to report in 1 file" not in shown:
            shown += os.read(reader, 65536)
        process.send_signal(signal.SIGINT)
    os.close(reader)
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("change", "path", "matters"),
    [
        (Change.modified, "sub/workflow.yml", True),
        (Change.added, "mfo.toml", True),
        (Change.deleted, "sub", True),
        (Change.added, "new.dir", True),
        (Change.added, "mfo.yaml.swp", False),
        (Change.modified, "found.yml", False),
        (Change.deleted, ".found.yml.17-0.tmp", False),
        (Change.modified, "notes.txt", False),
        (Change.modified, "node_modules/x/workflow.yml", False),
    ],
)
def test_what_matters_and_that_our_own_reports_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Change, path: str, matters: bool
) -> None:
    """A report that mattered would be written again for ever."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "new.dir").mkdir()
    options = CheckOptions(output=(Output("text", "found.yml"),))
    assert filter_for(options)(change, str(tmp_path / path)) is matters


def test_only_what_a_change_can_have_touched_is_checked_again(tmp_path: Path, monkeypatch) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "workflow.yml").write_text(FLOW)
    checked: list[str] = []

    def observed(groups, asked, **how):
        checked.extend(Path(directory).name for directory, _ in groups)
        return check_observed(groups, asked, **how)

    monkeypatch.setattr("mfo_workspace.checking.check_observed", observed)
    wanted = [((tmp_path / name / "workflow.yml").as_posix(), False) for name in ("a", "b")]
    memory = RememberedChecks()

    def codes() -> list[str]:
        checked.clear()
        return [finding.code for finding in check_on_disk(wanted, cache=memory).findings]

    assert (codes(), checked) == ([], ["a", "b"])
    assert (codes(), checked) == ([], [])
    (tmp_path / "b" / "workflow.yml").write_text(WRONG)
    assert (codes(), checked) == (["MFO401"], ["b"])
    (tmp_path / "b" / "workflow.yml").write_text(FLOW)
    assert (codes(), checked) == ([], ["b"])
    (tmp_path / "a" / "mfo.toml").write_text("[rules]\n")
    assert (codes(), checked) == ([], ["a"])
    (tmp_path / "mfo.toml").write_text("[rules]\n")
    assert (codes(), checked) == ([], ["b"])
