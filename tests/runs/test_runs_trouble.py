"""Trouble in the middle of a run: a clear error, a journal that goes on from there, and no work lost or done twice."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from processes import LIMIT, MFO, answering, environment, mfo, reply, started

NOBODY = "http://127.0.0.1:9"
"""A server that nobody asks: the flows here call other URLs only."""

WELL = reply(200, b"{}")


@pytest.fixture
def flow(tmp_path):
    """Three calls, one after the other."""
    path = tmp_path / "workflow_definition.yml"
    names = ["", "a", "b", "c"]
    tasks = [
        f'  - {{id: {name}, type: http_request, config: {{url: "${{INPUT.url}}/{name}", timeout: 10m}}, dependencies: [{before}]}}\n'
        for before, name in itertools.pairwise(names)
    ]
    path.write_text("name: t\nconfig: {grace: 100ms}\ntasks:\n" + "".join(tasks))
    return path


class Server:
    """Answers well, but for one path as long as it is in trouble."""

    def __init__(self, trouble):
        self.trouble, self.is_in_trouble = trouble, True
        self.is_asked = threading.Event()

    def __call__(self, handler):
        if handler.path == "/b" and self.is_in_trouble:
            self.is_asked.set()
            self.trouble(handler)
        else:
            WELL(handler)


def half(handler):
    """Announces more than it sends."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"half": ')
    handler.wfile.flush()
    handler.connection.close()


def half_a_chunk(handler):
    handler.protocol_version = "HTTP/1.1"
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"ff\r\nnot so many")
    handler.wfile.flush()
    handler.connection.close()


def a_hundred_megabytes(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(100 * 1024 * 1024))
    handler.end_headers()
    try:
        for _ in range(100):
            handler.wfile.write(b"7" * 1024 * 1024)
    except OSError:
        pass


TROUBLE = [
    ("half an answer", half, "connection_failed"),
    ("half a chunk", half_a_chunk, "connection_failed"),
    ("100 MB", a_hundred_megabytes, "invalid_response"),
    ("no HTTP", lambda handler: handler.wfile.write(b"220 mail ready\r\n\r\n"), "invalid_response"),
]


@pytest.mark.parametrize(("trouble", "code"), [row[1:] for row in TROUBLE], ids=[row[0] for row in TROUBLE])
def test_a_server_in_trouble_ends_the_run_and_the_rest_is_done_when_it_is_well_again(trouble, code, flow, tmp_path):
    server = Server(trouble)
    with answering(server) as (url, asked):
        ended = mfo("run", flow, "--input", f"url={url}", "--server", NOBODY, home=tmp_path / "home")
        assert ended.status == 1
        line = next(line for line in ended.lines if ": task " in line)
        assert ('task "b": ' in line, line.endswith(f"[{code}]")) == (True, True)
        assert ended.lines[-1].startswith("  Go on from here: mfo run --resume ")
        assert ended.lines[-2].startswith("  "), "and what to do"
        asked.clear()
        server.is_in_trouble = False
        assert mfo("run", "--resume", "last", flow, home=tmp_path / "home").status == 0
    assert asked == ["GET /b", "GET /c"]


def test_ctrl_c_twice_stops_at_once_and_nothing_that_ended_is_done_again(flow, tmp_path):
    server = Server(lambda _: server.may_answer.wait(LIMIT))
    server.may_answer = threading.Event()
    flow.write_text(flow.read_text().replace("100ms", "10m"))
    with answering(server) as (url, asked):
        arguments = ("run", flow, "--input", f"url={url}", "--server", NOBODY)
        with started(*arguments, home=tmp_path / "home") as process:
            assert server.is_asked.wait(LIMIT)
            process.send_signal(signal.SIGINT)
            while "stopping" not in process.stderr.readline():
                pass
            process.send_signal(signal.SIGINT)
            _, stderr = process.communicate(timeout=LIMIT)
        assert process.returncode == 130
        assert "Traceback" not in stderr
        server.is_in_trouble = False
        server.may_answer.set()
        asked.clear()
        (run,) = mfo("runs", "--json", home=tmp_path / "home").json
        assert run["state"] in {"cancelled", "interrupted"}
        assert mfo("run", "--resume", "last", flow, home=tmp_path / "home").status == 0
    assert asked == ["GET /b", "GET /c"]


def test_two_processes_keep_their_runs_in_one_journal(flow, tmp_path):
    with answering(WELL) as (url, asked):
        begun = [
            subprocess.Popen(
                [*MFO, "run", str(flow), "--input", f"url={url}", "--server", NOBODY, "--json"],
                env=environment(tmp_path / "home"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )
            for _ in range(3)
        ]  # fmt: skip
        outcomes = [json.loads(process.communicate(timeout=LIMIT)[0]) for process in begun]
    assert [outcome["state"] for outcome in outcomes] == ["succeeded"] * 3
    assert Counter(asked) == {"GET /a": 3, "GET /b": 3, "GET /c": 3}
    runs = mfo("runs", "--json", home=tmp_path / "home").json
    assert {run["id"] for run in runs} == {outcome["run_id"] for outcome in outcomes}
    for run in runs:
        nodes = mfo("show", run["id"], "--json", home=tmp_path / "home").json["nodes"]
        assert [(node["node"], node["executions"]) for node in nodes] == [("a", 1), ("b", 1), ("c", 1)]


@pytest.mark.parametrize("jump", [90_000, -90_000])
def test_a_clock_that_jumps_changes_neither_waits_nor_durations_nor_what_is_done(jump, flow, tmp_path):
    """A day forth or back, in the middle of a call and again before the run goes on."""
    clock = tmp_path / "clock"
    clock.write_text("0")

    def leap(handler):
        clock.write_text(str(jump))
        reply(500, b"{}")(handler)

    server = Server(leap)
    flow.write_text(
        flow.read_text().replace(
            "dependencies: [a]",
            "dependencies: [a], error_handling: {retry: {max_attempts: 2, initial_delay: 10ms, retry_on: [task_failed, internal]}}",
        )
    )
    flow.write_text(flow.read_text().replace('/b"', '/b", expect_status: [200]'))
    program = [sys.executable, str(Path(__file__).with_name("jumping_clock.py"))]
    variables = environment(tmp_path / "home", TEST_CLOCK=str(clock))

    def run(*arguments):
        return subprocess.run(
            [*program, *map(str, arguments)], env=variables, capture_output=True, text=True, timeout=LIMIT, check=False
        )

    with answering(server) as (url, asked):
        ended = run("run", flow, "--input", f"url={url}", "--server", NOBODY, "--json")
        outcome = json.loads(ended.stdout)
        assert (ended.returncode, outcome["state"], "Traceback" in ended.stderr) == (1, "failed", False)
        assert 0 <= outcome["duration"] < LIMIT
        assert asked == ["GET /a", "GET /b", "GET /b"]
        asked.clear()
        server.is_in_trouble = False
        clock.write_text("0")
        ended = run("run", "--resume", "last", flow, "--json")
        outcome = json.loads(ended.stdout)
    assert (outcome["state"], asked) == ("succeeded", ["GET /b", "GET /c"])
    assert 0 <= outcome["duration"] < LIMIT
    shown = json.loads(run("show", "last", "--json").stdout)
    durations = [node["duration"] for node in shown["nodes"]]
    assert all(0 <= seconds < LIMIT for seconds in durations), durations
    assert "Traceback" not in run("runs").stderr
