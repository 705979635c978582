"""Workers that are killed between any two things that they do, while they execute the examples or take them over."""

from __future__ import annotations

import random
import signal
from contextlib import ExitStack

import pytest

from mfo_runtime.client.calls import header_of_key
from mfo_runtime.distributed.submitting import Submission, submit
from mfo_runtime.flow import load_flow
from tests.effort import IS_LONG, PATIENCE
from tests.runs.processes import EXAMPLES

from .between import Between
from .forking import mfo, mfo_server
from .pool import until, worker
from .test_distributed_survival import FLOW, tasks

WORKERS = [1, 3] if IS_LONG else [1]
DOOMED = "tests.distributed.doomed"
INPUTS = {"email": {"resource_id": "email-0001", "thread_id": "thread-42"}, "report": {"team": "everyone"}}


class Stage:
    """Workers that live, a server that counts, and runs that begin with a worker that is to die."""

    def __init__(self, pool, home, example, variables, between):
        self.pool, self.home, self.example, self.between = pool, home, example, between
        self.variables = variables
        self.flow = load_flow(str(EXAMPLES / example / "workflow_definition.yml"))

    def play(self, doom):
        """Begin a run with a doomed worker, and wait until others have ended it; gives its id, and how far that one came."""
        seen = self.home / f"seen {doom} {len(self.between.keys)}"
        seen.touch()
        variables = {**self.variables, "DOOM": str(doom), "DOOM_FILE": str(seen), "DOOM_ROLE": "worker"}
        run = submit(self.pool.journal, self.flow, INPUTS[self.example], Submission(first="doomed"))[0]
        recorded, before = set(), len(self.between.keys)
        with worker(self.pool.url, self.home, "--queue", "doomed", module=DOOMED, **variables) as process:
            until(lambda: process.poll() is not None or self.pool.run(run).state not in {"queued", "running"})
            if process.poll() is not None:
                before, recorded = len(self.between.keys), self.recorded(run)
            self.pool.ends(run)
            outcome = self.pool.outcome(run)
        asked_again = {
            key for key in self.between.keys[before:] if key.rpartition(".")[0] in recorded or key in recorded
        }
        assert asked_again == set(), seen.read_text()
        return run, outcome, seen.read_text().splitlines()

    def recorded(self, run):
        """The idempotency keys of the tasks of a run that are recorded as done."""
        nodes = self.pool.history(run).nodes
        return {header_of_key(f"{run}/{node.node}") for node in nodes if node.attempts and node.state == "succeeded"}

    def writes(self, run):
        """The keys of a run's writes, without the run; each of them is one write, however often it was sent."""
        mine = [key.removeprefix(header_of_key(run)) for key in self.between.keys if key.startswith(header_of_key(run))]
        return set(mine), max(mine.count(key) for key in mine)


def some(boundaries):
    """Which of so many boundaries somebody is killed at: all of them in a campaign, else one."""
    return range(1, boundaries + 1) if IS_LONG else [random.Random().randint(1, boundaries)]


@pytest.fixture
def stage(request, pool, tmp_path):
    example, count = request.param
    with ExitStack() as stack:
        script = EXAMPLES / example / "scripted.yml"
        variables = stack.enter_context(mfo_server("--script", script, home=tmp_path / "server"))
        between = Between(variables["MFO_BASE_URL"], random.Random(), lost=0.05 if IS_LONG else 0.0)
        variables["MFO_BASE_URL"] = stack.enter_context(between.serving())
        for _ in range(count):
            stack.enter_context(worker(pool.url, tmp_path, **variables))
        yield Stage(pool, tmp_path, example, variables, between)


@pytest.mark.parametrize("stage", [(name, count) for name in INPUTS for count in WORKERS], indirect=True)
def test_whatever_a_worker_was_doing_when_it_was_killed_others_end_the_run(stage):
    stage.play(doom=0)  # the first run finds nothing that an earlier one has kept
    run, expected, seen = stage.play(doom=0)
    writes, _ = stage.writes(run)
    for doom in some(len(seen)):
        run, outcome, passed = stage.play(doom)
        assert (outcome["state"], outcome["states"]) == (expected["state"], expected["states"]), passed[-1]
        found, most = stage.writes(run)
        assert found == writes, passed[-1]
        assert most <= 2 + 3 * IS_LONG, passed[-1]  # lost answers are asked for again as well


def dooms(home, role, doom):
    seen = home / f"seen {role} {doom}"
    seen.touch()
    return {"DOOM": str(doom), "DOOM_ROLE": role, "DOOM_FILE": str(seen)}


def test_a_worker_that_is_killed_while_it_takes_over_leaves_that_to_the_next_one(pool, server, tmp_path):
    flow = tmp_path / "four.mfo.yml"
    flow.write_text(FLOW)
    for doom in some(4):
        server.keys.clear()
        server.hold("two")
        run = pool.submit(flow, url=server.url)
        with worker(pool.url, tmp_path) as first:
            assert server.arrived["two"].wait(PATIENCE)
            first.kill()
        arguments = ("--queue", "other")
        with worker(pool.url, tmp_path, *arguments, module=DOOMED, **dooms(tmp_path, "taker", doom)) as taker:
            assert taker.wait() == -signal.SIGKILL
        server.let_go("two")
        with worker(pool.url, tmp_path):
            pool.ends(run)
        assert tasks(server) == ["one", "two", "two", "three"], doom


def test_a_command_that_is_killed_while_it_submits_has_submitted_or_not(pool, server, tmp_path):
    flow = tmp_path / "four.mfo.yml"
    flow.write_text(FLOW)
    for doom in some(4):
        arguments = ("submit", flow, "--input", f"url={server.url}", "--key", f"key {doom}")
        known = {run.id for run in pool.journal.runs()}
        ended = mfo(
            *arguments, home=tmp_path, module=DOOMED, MFO_DATABASE_URL=pool.url, **dooms(tmp_path, "submitter", doom)
        )
        assert ended.status == -signal.SIGKILL
        assert len({run.id for run in pool.journal.runs()} - known) == (doom == 4)
        assert pool.mfo(*arguments).status == 0
        (run,) = {run.id for run in pool.journal.runs()} - known
        with worker(pool.url, tmp_path):
            pool.ends(run)
