"""Jobs of the local server that are taskflows."""

from __future__ import annotations

import re
import signal
from contextlib import contextmanager

import httpx
import pytest

from mfo_runtime.client import ClientSettings
from mfo_runtime.flow import load_flow
from mfo_runtime.journal import Journal
from mfo_runtime.server.job_calls import JobCall
from mfo_runtime.triggers.flow_jobs import FlowJob
from tests.runs.processes import LIMIT, answering, mfo, started
from tests.triggers.rooms import TOKEN, runs_of, wait_until
from tests.triggers.test_triggers_survival import Gatekeeper

WORKFLOW = """\
workflow_name: work
taskflows:
  - taskflow_id: count
    input_schema: {type: object, required: [text], properties: {text: {type: string}}}
    outputs: {length: counted.length, job: counted.job, kept: "kept.success"}
    tasks:
      - {id: counted, type: transform, config: {values: {length: "len(INPUT.text)", job: SYSTEM.JOB_ID}}}
      - {id: kept, type: mfo_api_memory_store, config: {key: last, value: "${counted.length}"}, dependencies: [counted]}
  - taskflow_id: wait
    tasks:
      - {id: first, type: http_request, config: {url: "URL/first/1"}}
      - {id: second, type: http_request, config: {url: "URL/second/1", timeout: 10m}, dependencies: [first]}
  - taskflow_id: starts
    outputs: {length: done.job.result.length}
    tasks:
      - {id: begun, type: mfo_api_job_create, config: {job_type: count, parameters: {text: hello}}}
      - {id: done, type: mfo_api_job_get, config: {job_id: "${begun.job.id}", wait: 10m}, dependencies: [begun]}
"""
FAILING = "name: asks\ntasks: [{id: q, type: ask_user, config: {question: Well}}]\n"


class Jobs:
    def __init__(self, process, url):
        self.process = process
        headers = {"Authorization": f"Bearer {TOKEN}"}
        self.http = httpx.Client(base_url=url, headers=headers, timeout=LIMIT, trust_env=False)

    def create(self, job_type, job_input=None):
        answer = self.http.post("/api/jobs", json={"type": job_type, "input": job_input})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def ended(self, job_id):
        found = {}

        def is_over():
            found.update(self.http.get(f"/api/jobs/{job_id}").json())
            return found["status"] in {"completed", "failed", "cancelled"}

        wait_until(is_over, "the job has ended")
        return found


@contextmanager
def server(folder):
    arguments = ("server", "--port", "0", "--token", TOKEN, "--flows", "workflow.yml")
    with started(*arguments, home=folder / "home", cwd=folder) as process:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        jobs = Jobs(process, re.fullmatch(r"serving at (http://\S+)\n", line)[1])
        with jobs.http:
            yield jobs


@pytest.fixture
def room(tmp_path):
    """A folder with the flows, and the server that they call."""
    keeper = Gatekeeper()
    with answering(keeper) as (url, asked):
        (tmp_path / "workflow.yml").write_text(WORKFLOW.replace("URL", url))
        yield tmp_path, keeper, asked
        keeper.is_open.set()


def test_a_job_runs_its_taskflow_against_the_server_that_has_it(room):
    folder, _, _ = room
    with server(folder) as jobs:
        job_id = jobs.create("count", {"text": "four"})
        job = jobs.ended(job_id)
        assert (job["status"], job["error"]) == ("completed", None)
        assert job["result"] == {"length": 4, "job": job_id, "kept": True}
        assert jobs.http.get("/api/memory/last").json()["value"] == 4
        assert jobs.ended(jobs.create("starts"))["result"] == {"length": 5}
        wrong = jobs.ended(jobs.create("count", {"text": 5}))
        assert wrong["status"] == "failed"
        assert "5 is not of type 'string'" in wrong["error"]
        assert jobs.ended(jobs.create("count", ["text"]))["error"].startswith("The job's input is no map of inputs.")
        assert jobs.http.post("/api/jobs", json={"type": "cuont"}).json()["message"].endswith('did you mean "count"?')
    assert runs_of(folder / "home")[0].id == job_id


def test_a_job_goes_on_where_it_was_when_the_server_stopped(room):
    folder, keeper, asked = room
    with server(folder) as jobs:
        job_id = jobs.create("wait")
        wait_until(lambda: "GET /second/1" in asked, "the job is at its second task")
        jobs.process.send_signal(signal.SIGTERM)
        assert jobs.process.wait(LIMIT) == 0
    keeper.is_open.set()
    with server(folder) as jobs:
        assert jobs.ended(job_id)["status"] == "completed"
    assert asked.count("GET /first/1") == 1
    assert [(run.id, run.state) for run in runs_of(folder / "home")] == [(job_id, "succeeded")]


def test_a_job_that_is_cancelled_stops_its_run(room):
    folder, _, asked = room
    with server(folder) as jobs:
        job_id = jobs.create("wait")
        wait_until(lambda: "GET /second/1" in asked, "the job is at its second task")
        assert jobs.http.post(f"/api/jobs/{job_id}/cancel").json()["status"] == "cancelled"
        wait_until(lambda: runs_of(folder / "home")[0].state == "cancelled", "its run is cancelled")


def test_a_flow_starts_another_one_of_its_file_as_a_job_of_the_server_that_is_built_in(room):
    folder, _, _ = room
    ended = mfo("run", "workflow.yml", "--taskflow", "starts", home=folder / "home", cwd=folder)
    assert (ended.status, ended.json) == (0, {"length": 5}), ended.stderr
    assert {run.taskflow for run in runs_of(folder / "home")} == {"starts", "count"}


def test_flows_with_errors_keep_the_server_from_starting(room):
    folder, _, _ = room
    text = (folder / "workflow.yml").read_text()
    (folder / "workflow.yml").write_text(text.replace("mfo_api_job_get", "mfo_api_job_gte"))
    ended = mfo("server", "--port", "0", "--flows", "workflow.yml", home=folder / "home", cwd=folder)
    assert ended.status == 1
    assert "mfo_api_job_get" in ended.stderr
    (folder / "workflow.yml").write_text(text.replace("taskflow_id: wait", "taskflow_id: echo"))
    ended = mfo("server", "--port", "0", "--flows", "workflow.yml", home=folder / "home", cwd=folder)
    assert ended.status == 2
    assert 'there is another job type "echo"' in ended.stderr


async def test_a_job_whose_run_had_failed_before_the_server_died_fails_with_its_error(tmp_path):
    (tmp_path / "workflow.yml").write_text(FAILING)
    loaded = []

    def load():
        loaded.append(load_flow(str(tmp_path / "workflow.yml")))
        return loaded[-1]

    with Journal(tmp_path) as journal:
        job = FlowJob(load, lambda: journal, lambda: ClientSettings("http://127.0.0.1:9"))
        messages = []
        for _ in range(2):
            with pytest.raises(ValueError, match="Nobody can be asked") as raised:
                await job(JobCall("job_1", None, lambda: False))
            messages.append(str(raised.value))
        assert len(loaded) == 1
        assert messages[0].endswith("[task_failed]")
        assert messages[1].endswith("[task_failed]")
        assert len([event for event in journal.events(journal.find("job_1")) if event.kind == "resumed"]) == 0
