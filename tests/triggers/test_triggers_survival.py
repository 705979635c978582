"""What was accepted is done: after kill -9, after a stop, when too much comes at once, and when several processes serve."""

from __future__ import annotations

import random
import signal
import socket
import sqlite3
import threading
from collections import Counter
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta

import httpx

from mfo_runtime.journal import Journal
from tests.effort import IS_LONG
from tests.runs.processes import LIMIT, answering, mfo, reply
from tests.triggers.rooms import TOKEN, address_of, runs_of, service, starting, wait_for_ends, wait_until

WORKFLOW = """\
workflow_name: orders
triggers:
  - {{id: order, type: manual, target_taskflow: send}}
taskflows:
  - taskflow_id: send
    config: {{grace: 100ms}}
    tasks:
      - {{id: first, type: http_request, config: {{url: "{url}/first/${{INPUT.n}}"}}}}
      - {{id: second, type: http_request, config: {{url: "{url}/second/${{INPUT.n}}", timeout: 10m}}, dependencies: [first]}}
"""


class Gatekeeper:
    """A server whose answers to ``/second`` wait until the test lets them go."""

    def __init__(self):
        self.is_open = threading.Event()

    def __call__(self, handler):
        if "/second/" in handler.path:
            self.is_open.wait(LIMIT)
        with suppress(OSError):
            reply(200, b"{}")(handler)


@contextmanager
def room_for(folder):
    """A folder with the workflow, and the server that it calls; gives both and what was asked."""
    keeper = Gatekeeper()
    with answering(keeper) as (url, asked):
        (folder / "workflow_definition.yml").write_text(WORKFLOW.format(url=url))
        try:
            yield folder / "home", keeper, asked
        finally:
            keeper.is_open.set()


def order(running, number):
    answer = running.by_hand("order", {"n": number})
    assert answer.status_code == 202, answer.text
    return answer.json()["run_id"]


def events_of(home, run_id, kind):
    journal = Journal(home)
    return [event.node for event in journal.events(journal.find(run_id)) if event.kind == kind]


def test_after_kill_9_all_that_was_accepted_is_done_and_nothing_that_was_done_is_done_again(tmp_path):
    with room_for(tmp_path) as (home, keeper, asked):
        with service("--concurrency", "2", home=home, cwd=tmp_path) as running:
            ids = [order(running, number) for number in range(5)]
            wait_until(lambda: sum("/second/" in path for path in asked) == 2, "two runs are at their second task")
            running.kill()
        assert [run.state for run in runs_of(home)] == ["running"] * 5
        assert mfo("runs", "--json", "--state", "interrupted", home=home, cwd=tmp_path).stdout.count('"id"') == 5
        keeper.is_open.set()
        with service(home=home, cwd=tmp_path) as running:
            runs = wait_for_ends(home, 5)
            status, _ = running.stop()
    assert status == 0
    assert [(run.id, run.state) for run in runs] == [(name, "succeeded") for name in ids]
    assert {run["trigger"] for run in mfo("runs", "--json", home=home, cwd=tmp_path).json} == {"order"}
    assert mfo("runs", home=home, cwd=tmp_path).stdout.count(" order ") == 5
    counts = Counter(asked)
    assert [counts[f"GET /first/{number}"] for number in range(5)] == [1] * 5
    assert sorted(counts[f"GET /second/{number}"] for number in range(5)) == [1, 1, 1, 2, 2]


def test_whatever_the_moment_of_kill_9_all_that_was_accepted_is_done_once(tmp_path):
    chance = random.Random()
    with room_for(tmp_path) as (home, keeper, asked):
        keeper.is_open.set()
        accepted, kills = [], 40 if IS_LONG else 2

        def call_until_it_dies(running, round_number):
            with suppress(httpx.TransportError):
                for number in range(10_000):
                    accepted.append(order(running, f"{round_number}.{number}"))

        for round_number in range(kills):
            with service("--concurrency", "2", "--queue", "10000", home=home, cwd=tmp_path) as running:
                before = len(accepted)
                caller = threading.Thread(target=call_until_it_dies, args=(running, round_number))
                caller.start()
                wait_until(lambda before=before: len(accepted) > before + 2, "some calls are accepted")
                threading.Event().wait(chance.random() * 0.05)
                running.process.kill()
                caller.join(LIMIT)
        with service("--queue", "10000", home=home, cwd=tmp_path) as running:
            wait_until(lambda: all(run.state != "running" for run in runs_of(home)), "all runs have ended")
            running.stop()
    states = {run.id: run.state for run in runs_of(home)}
    assert {states.get(name) for name in accepted} <= {"succeeded"}
    assert set(states.values()) <= {"succeeded"}
    counts = Counter(path for path in asked if "/first/" in path)
    assert sum(count - 1 for count in counts.values()) <= 2 * kills, "only what was under way is asked again"


def test_told_to_stop_it_parks_what_does_not_end_and_goes_on_with_it_when_it_is_started_again(tmp_path):
    with room_for(tmp_path) as (home, keeper, asked):
        with service("--concurrency", "1", "--grace", "0.2", home=home, cwd=tmp_path) as running:
            ids = [order(running, number) for number in range(2)]
            wait_until(lambda: "GET /second/0" in asked, "a run is at its second task")
            status, said = running.stop()
        assert status == 0
        assert "1 runs are parked" in said
        assert [run.state for run in runs_of(home)] == ["running"] * 2
        assert events_of(home, ids[0], "cancelled") == []
        keeper.is_open.set()
        with service(home=home, cwd=tmp_path) as running:
            assert [run.state for run in wait_for_ends(home, 2)] == ["succeeded"] * 2
        assert asked.count("GET /first/0") == 1


def test_told_to_stop_it_lets_runs_end_that_do_so_in_time(tmp_path):
    with room_for(tmp_path) as (home, keeper, asked):
        with service("--grace", "1000", home=home, cwd=tmp_path) as running:
            order(running, 0)
            wait_until(lambda: "GET /second/0" in asked, "the run is at its second task")
            running.process.send_signal(signal.SIGTERM)
            assert "stopping" in next(line for line in running.process.stderr if line.startswith("mfo:"))
            keeper.is_open.set()
            assert running.process.wait(LIMIT) == 0
        assert [run.state for run in runs_of(home)] == ["succeeded"]


def test_told_twice_it_stops_at_once(tmp_path):
    with room_for(tmp_path) as (home, _, asked), service("--grace", "1000", home=home, cwd=tmp_path) as running:
        order(running, 0)
        wait_until(lambda: "GET /second/0" in asked, "the run is at its second task")
        running.process.send_signal(signal.SIGINT)
        assert "stopping" in next(line for line in running.process.stderr if line.startswith("mfo:"))
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(LIMIT) in {0, 130}, "130 where it cannot end at once by itself"
        assert [run.state for run in runs_of(home)] == ["running"]


def test_told_three_times_it_waits_for_nobody(tmp_path):
    with room_for(tmp_path) as (home, _, asked), service("--grace", "1000", home=home, cwd=tmp_path) as running:
        order(running, 0)
        wait_until(lambda: "GET /second/0" in asked, "the run is at its second task")
        with calling_slowly(running):
            for said in ("stopping", "1 runs are parked"):
                running.process.send_signal(signal.SIGTERM)
                assert said in next(line for line in running.process.stderr if said in line)
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(LIMIT) == 143
        assert [run.state for run in runs_of(home)] == ["running"]


@contextmanager
def calling_slowly(running):
    """A call of a trigger whose body never comes."""
    url = httpx.URL(running.url)
    with socket.create_connection((url.host, url.port)) as caller:
        head = f"POST /api/trigger/order HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
        caller.sendall(f"{head}Expect: 100-continue\r\nContent-Length: 9\r\n\r\n".encode())
        assert b" 100 " in caller.recv(100)  # the body is waited for
        yield


def test_past_the_queue_callers_are_told_to_come_back_and_nothing_is_begun(tmp_path):
    options = ("--concurrency", "1", "--queue", "3")
    with room_for(tmp_path) as (home, keeper, asked), service(*options, home=home, cwd=tmp_path) as running:
        order(running, "first")
        wait_until(lambda: "GET /second/first" in asked, "the first run is being executed")
        answers = []
        callers = [
            threading.Thread(target=lambda n=number: answers.append(running.by_hand("order", {"n": n})))
            for number in range(12)
        ]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join(LIMIT)
        assert Counter(answer.status_code for answer in answers) == {202: 3, 503: 9}
        assert {answer.headers["retry-after"] for answer in answers if answer.status_code == 503} == {"5"}
        assert len(runs_of(home)) == 4
        keeper.is_open.set()
        wait_for_ends(home, 4)
        order(running, "last")
        assert [run.state for run in wait_for_ends(home, 5)] == ["succeeded"] * 5


def test_one_can_ask_what_became_of_an_accepted_run(tmp_path):
    options = ("--concurrency", "1")
    with room_for(tmp_path) as (home, keeper, asked), service(*options, home=home, cwd=tmp_path) as running:
        token = {"authorization": f"Bearer {TOKEN}"}

        def state_of(where):
            answer = running.http.get(where, headers=token)
            assert answer.status_code == 200, answer.text
            return answer.json()["state"]

        places = [running.by_hand("order", {"n": number}).headers["location"] for number in range(2)]
        wait_until(lambda: "GET /second/0" in asked, "the first run is at its second task")
        assert list(map(state_of, places)) == ["running", "queued"]
        listed = mfo("runs", "--json", home=home, cwd=tmp_path).json
        assert [run["state"] for run in listed] == ["queued", "running"]
        keeper.is_open.set()
        wait_until(lambda: state_of(places[1]) == "succeeded", "the second run has ended")
        told = running.http.get(places[1], headers=token).json()
        assert (told["id"], told["taskflow"], told["trigger"]) == (places[1].rpartition("/")[2], "send", "order")
        assert told["error"] is None
        assert told["duration"] > 0
        assert running.http.get(places[0]).status_code == 401
        unknown = running.http.get("/api/runs/last", headers=token)
        assert (unknown.status_code, unknown.json()["message"]) == (404, "no such run")


def test_a_run_whose_process_died_is_taken_over_by_another_one_that_goes_on(tmp_path):
    with (
        room_for(tmp_path) as (home, keeper, asked),
        service(home=home, cwd=tmp_path) as other,
        service(home=home, cwd=tmp_path) as running,
    ):
        order(running, 0)
        wait_until(lambda: "GET /second/0" in asked, "the run is at its second task")
        running.kill()
        keeper.is_open.set()
        assert [run.state for run in wait_for_ends(home, 1)] == ["succeeded"]
        assert "accepted" not in other.stop()[1]


SCHEDULED = """\
workflow_name: nightly
triggers:
  - {id: tick, type: schedule, config: {cron_expression: "* * * * *", missed_runs: all}, input_mapping: {by: tick}}
taskflows:
  - {taskflow_id: report, tasks: [{id: told, type: transform, config: {values: {by: INPUT.by}}}]}
"""


def test_of_two_processes_on_one_journal_one_fires_at_each_time(tmp_path):
    document, home = tmp_path / "workflow_definition.yml", tmp_path / "home"
    document.write_text(SCHEDULED)
    home.mkdir()
    long_ago = datetime.now(UTC) - timedelta(hours=5)
    with Journal(home) as journal:
        journal.set_position(f"{document.resolve().as_posix()}#tick * * * * * UTC", long_ago.isoformat())
    with starting(home=home, cwd=tmp_path) as one, starting(home=home, cwd=tmp_path) as other:
        with closing(sqlite3.connect(home / "journal.db", isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            assert address_of(one)
            assert address_of(other)
            connection.execute("ROLLBACK")  # from now on both can write, and both have a hundred times to fire at
        wait_for_ends(home, 100)
        for process in (one, other):
            process.send_signal(signal.SIGTERM)
        accepted = [process.communicate(timeout=LIMIT)[1].count("accepted run") for process in (one, other)]
    runs = runs_of(home)
    assert 100 <= len(runs) == sum(accepted) < 150, "a hundred, and one for each minute since"
    assert {run.trigger for run in runs} == {"tick"}
    assert {run.state for run in runs} == {"succeeded"}
