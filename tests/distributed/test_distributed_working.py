"""Submitted runs are executed by workers, and are looked at, stopped and gone on with as those of one machine."""

from __future__ import annotations

import pytest

from mfo_runtime.distributed.status import look_at
from tests.effort import PATIENCE
from tests.runs.processes import EXAMPLES

from .forking import mfo, mfo_server
from .pool import until, worker

ORDERS = EXAMPLES / "orders"
FLOW = """\
name: three
config: {grace: 0s}
input_schema: {type: object, required: [url], properties: {url: {type: string}, fails: {type: boolean, default: false}}}
tasks:
  - {id: first, type: http_request, config: {method: POST, url: "${INPUT.url}/first", json: {a: 1}}}
  - {id: second, type: http_request, config: {method: POST, url: "${INPUT.url}/second", json: {a: "${first.json.value}"}}, dependencies: [first]}
  - {id: third, type: transform, config: {values: {x: "INPUT.fails ? int(\\"x\\") : 1"}}, dependencies: [second]}
outputs: {value: "${second.json.value}"}
"""
ASKING = """\
name: asking
tasks:
  - {id: ask, type: ask_user, config: {question: Go on?, choices: [aye, nay]}}
"""


@pytest.fixture
def flow(tmp_path):
    path = tmp_path / "three.mfo.yml"
    path.write_text(FLOW)
    return path


def test_a_person_submits_an_example_and_sees_what_came_of_it(pool, tmp_path):
    arguments = (ORDERS / "workflow_definition.yml", "--inputs", ORDERS / "inputs.yml")
    with mfo_server("--script", ORDERS / "scripted.yml", home=tmp_path) as variables:
        alone = mfo("run", *arguments, "--json", home=tmp_path, **variables).json
        with worker(pool.url, tmp_path, **variables):
            ended = pool.mfo("submit", *arguments, "--wait", "--json", **variables)
    assert ended.status == 0
    assert alone["state"] == "succeeded"
    assert (ended.json["state"], ended.json["outputs"]["status"]) == ("succeeded", alone["outputs"]["status"])
    shown = pool.mfo("show", "last", "--json").json
    assert {node["node"]: node["state"] for node in shown["nodes"]} == alone["states"]
    assert [run["state"] for run in pool.mfo("runs", "--json").json] == ["succeeded"]


def test_runs_wait_for_a_worker(pool, flow, server, tmp_path):
    run = pool.submit(flow, url=server.url)
    assert pool.run(run).state == "queued"
    with worker(pool.url, tmp_path):
        pool.ends(run)
    assert [task for task, _ in server.keys] == ["first", "second"]


def test_what_is_submitted_with_one_key_runs_once(pool, flow):
    arguments = ("submit", flow, "--input", "url=x", "--key", "today")
    first = pool.mfo(*arguments)
    assert pool.mfo(*arguments).stdout == first.stdout
    other = pool.mfo(*arguments, "--input", "fails=true")
    run = first.stdout.strip()
    assert (other.status, other.lines[0]) == (2, f"mfo: Run {run} was submitted with this key, and with other inputs.")
    assert [found.id for found in pool.journal.runs()] == [run]


def test_a_run_that_failed_goes_on_without_repeating_what_succeeded(pool, flow, server, tmp_path):
    run = pool.submit(flow, url=server.url, fails=True)
    with worker(pool.url, tmp_path):
        pool.ends(run, "failed")
        assert pool.mfo("resume", run).status == 0
        pool.ends(run, "failed")
        assert pool.history(run).resumptions == 1
        assert [task for task, _ in server.keys] == ["first", "second"]
        pool.journal.go_on(pool.run(run), ("second",))
        pool.ends(run, "failed")
    assert [task for task, _ in server.keys] == ["first", "second", "second"]


def test_a_run_is_stopped_while_it_waits_and_while_it_is_executed(pool, flow, server, tmp_path):
    waiting = pool.submit(flow, url=server.url)
    assert pool.mfo("cancel", waiting).status == 0
    server.hold("first")
    executed = pool.submit(flow, url=server.url)
    with worker(pool.url, tmp_path):
        assert server.arrived["first"].wait(PATIENCE)
        assert pool.journal.cancel(pool.run(executed))
        pool.ends(executed, "cancelled")
    assert pool.run(waiting).state == "cancelled"
    assert [task for task, _ in server.keys] == ["first"]
    again = pool.mfo("cancel", executed)
    assert (again.status, again.lines) == (1, [f"mfo: run {executed} had ended before: cancelled"])


def test_a_question_waits_until_somebody_answers(pool, tmp_path):
    flow = tmp_path / "asking.mfo.yml"
    flow.write_text(ASKING)
    run = pool.submit(flow)
    with worker(pool.url, tmp_path):
        until(lambda: look_at(pool.journal).questions)
        assert "? ask asks: Go on? (aye, nay)" in pool.mfo("status").stdout
        assert pool.mfo("answer", run, "ask", "aye").status == 0
        pool.ends(run)
    late = pool.mfo("answer", run, "ask", "nay")
    assert (late.status, late.lines[0]) == (2, f'mfo: Run {run} has no open question of a task "ask".')


def test_status_tells_of_workers_and_of_what_waits(pool, flow, tmp_path):
    pool.submit(flow, queue="slow", url="x")
    with worker(pool.url, tmp_path, "--concurrency", "3"):
        now = pool.mfo("status", "--json").json
    assert [(one["queue"], one["concurrency"], one["lives"], one["runs"]) for one in now["workers"]] == [
        ("runs", 3, True, 0)
    ]
    assert [(one["name"], one["waiting"], one["workers"]) for one in now["queues"]] == [("runs", 0, 1), ("slow", 1, 0)]
    assert now["queues"][1]["oldest_waits_for"] >= 0


def test_a_run_keeps_the_definition_that_it_was_submitted_with(pool, flow, server, tmp_path):
    run = pool.submit(flow, url=server.url)
    flow.write_text("name: three\ntasks: []\n")
    with worker(pool.url, tmp_path):
        pool.ends(run)
    assert [task for task, _ in server.keys] == ["first", "second"]


def test_old_runs_are_forgotten_and_those_that_wait_are_not(pool, flow, server, tmp_path):
    run = pool.submit(flow, url=server.url)
    with worker(pool.url, tmp_path):
        pool.ends(run)
        pool.outcome(run)
    waiting = pool.submit(flow, url=server.url)
    assert pool.mfo("runs", "prune", "--keep-last", "0").stdout == "1 run forgotten\n"
    assert [found.id for found in pool.journal.runs()] == [waiting]


def test_the_first_of_a_queue_are_those_of_the_best_priority(pool, flow, server, tmp_path):
    later = pool.submit(flow, priority=9, url=server.url)
    sooner = pool.submit(flow, priority=1, url=server.url)
    with worker(pool.url, tmp_path, "--concurrency", "1"):
        pool.ends(later)
    assert pool.run(sooner).ended_at < pool.run(later).ended_at


def test_without_a_database_one_is_told_how_to_name_it(tmp_path, flow):
    ended = mfo("submit", flow, "--input", "url=x", home=tmp_path)
    assert (ended.status, ended.lines[0]) == (2, "mfo: The database of the workers is not named.")


def test_a_password_is_not_shown(tmp_path):
    ended = mfo("status", home=tmp_path, MFO_DATABASE_URL="postgresql://me:hunter2@127.0.0.1:9/none")
    assert ended.status == 2
    assert "hunter2" not in ended.stderr
    assert "cannot be used" in ended.stderr
