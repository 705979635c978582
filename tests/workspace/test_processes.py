"""Many files in many processes: the same findings in the same order, and nobody left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from mfo_dialect.model.rule_settings import NOTHING_SAID
from mfo_workspace.checked import FileGroup, grouped
from mfo_workspace.checking import check_observed
from mfo_workspace.processes import check_in_processes
from mfo_workspace.walking import walk_yaml
from tests.effort import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
CHILDREN = "/proc/{0}/task/{0}/children"
FLOW = "name: f\ntasks:\n" + "".join(
    f"  - id: a{number}\n    type: mfo_api_memory_get\n    config: {{key: k}}\n    dependencies: [a{number + 1}]\n"
    for number in range(40)
)


TWO_THAT_NEVER_END = """
import os, time
from mfo_lsp.cli.commands import main
from mfo_workspace import processes

os.sched_getaffinity = lambda _: {0, 1}
processes.check_observed = lambda *_, **__: time.sleep(3600)
main()
"""
"""A check by two workers, who are at it for as long as it takes to look at them."""


def example_groups() -> tuple[FileGroup, ...]:
    return grouped((path, False) for path in walk_yaml(ROOT / "examples"))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_how_many_workers_there_are_does_not_show(count: int) -> None:
    groups = example_groups()
    alone = [(group.findings, dict(group.texts), seen) for group, seen in check_observed(groups, NOTHING_SAID)]
    by_many = check_in_processes(groups, NOTHING_SAID, count)
    sent = [(group.opened(), seen) for group, seen in by_many]
    assert [(group.findings, dict(group.texts), seen) for group, seen in sent] == alone
    assert any(findings for findings, _, _ in alone)


def test_what_a_lost_worker_leaves_is_checked_here(monkeypatch: pytest.MonkeyPatch) -> None:
    own = os.getpid()

    def check_or_die(groups: object, asked: object, **said: object) -> object:
        if os.getpid() != own:
            os._exit(1)
        return check_observed(groups, asked, **said)

    groups = example_groups()
    monkeypatch.setattr("mfo_workspace.processes.check_observed", check_or_die)
    by_many = [group.opened().findings for group, _ in check_in_processes(groups, NOTHING_SAID, 2)]
    assert by_many == [group.findings for group, _ in check_observed(groups, NOTHING_SAID)]


@pytest.mark.parametrize(("ending", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_workers_end_with_the_command(tmp_path: Path, ending: signal.Signals, status: int) -> None:
    for number in range(100):
        folder = tmp_path / "flows" / str(number)
        folder.mkdir(parents=True)
        (folder / "workflow.yml").write_text(FLOW)
    running = subprocess.Popen(
        [sys.executable, "-c", TWO_THAT_NEVER_END, "check", "--no-cache", "flows"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    workers = wait_for(lambda: at_least(2, children_of(running.pid)))
    running.send_signal(ending)
    _, errors = running.communicate(timeout=PATIENCE)
    assert running.returncode == status, errors
    assert "Traceback" not in errors
    wait_for(lambda: not any(is_alive(worker) for worker in workers))


def at_least(count: int, found: list[int]) -> list[int]:
    return found if len(found) >= count else []


def children_of(process: int) -> list[int]:
    return [int(child) for child in Path(CHILDREN.format(process)).read_text().split()]


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_for(look: object, seconds: float = PATIENCE):
    end = monotonic() + seconds
    while monotonic() < end:
        if found := look():
            return found
        sleep(0.01)
    raise AssertionError("it has not come to be")
