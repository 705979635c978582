"""``mfo run --resume``, ``mfo runs`` and ``mfo show`` as people use them: real processes on one journal."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import threading

import pytest

from tests.runs.processes import LIMIT, MFO, answering, environment, mfo, reply, started

NOBODY = "http://127.0.0.1:9"
"""A server that nobody asks: the flows here call other URLs only."""


def flow_of(folder, *tasks):
    flow = folder / "workflow_definition.yml"
    lines = "".join(f"  - {task}\n" for task in tasks)
    flow.write_text(f"name: t\nconfig: {{grace: 10m}}\ntasks:\n{lines}")
    return flow


def asking(name, after=""):
    """A task that asks the server of the test."""
    return f'{{id: {name}, type: http_request, config: {{url: "${{INPUT.url}}/{name}", timeout: 10m}}, dependencies: [{after}]}}'


def test_ctrl_c_then_the_rest(tmp_path):
    flow, home = flow_of(tmp_path, asking("a"), asking("b", "a"), asking("c", "b")), tmp_path / "home"
    is_asked, may_answer = threading.Event(), threading.Event()

    def answer(handler):
        if handler.path == "/b":
            is_asked.set()
            may_answer.wait(LIMIT)
        reply(200, b'{"secret": "xyzzy"}')(handler)

    with answering(answer) as (url, asked):
        arguments = ("run", flow, "--input", f"url={url}", "--server", NOBODY)
        with started(*arguments, home=home) as process:
            run_id = process.stderr.readline().split()[1]
            assert is_asked.wait(LIMIT)
            held = mfo("run", "--resume", run_id, flow, home=home)
            process.send_signal(signal.SIGINT)
            while "stopping" not in process.stderr.readline():
                pass
            may_answer.set()
            _, stderr = process.communicate(timeout=LIMIT)
        assert held.status == 2
        assert f"mfo: Run {run_id} is being executed by process {process.pid} on {os.uname().nodename}." in held.lines
        assert process.returncode == 130
        assert f"Go on from here: mfo run --resume {run_id} " in stderr
        assert "succeeded b (http_request)" in " ".join(stderr.split())
        flow.write_text(flow.read_text().replace("grace: 10m", "grace: 11m"))
        ended = mfo("run", "--resume", run_id[:8], flow, home=home)
        assert ended.status == 0
        assert ended.lines[0].startswith("mfo: changed since the run began: ")
        assert asked == ["GET /a", "GET /b", "GET /c"]
    (run,) = mfo("runs", "--json", "--state", "succeeded", home=home).json
    assert (run["id"], run["taskflow"], run["state"], run["error"]) == (run_id, "t", "succeeded", None)
    assert mfo("runs", "--flow", "other", home=home).stderr == "mfo: the journal has no such run\n"
    shown = mfo("show", "last", "--json", home=home).json
    assert [(node["node"], node["state"], node["executions"]) for node in shown["nodes"]] == [
        ("a", "succeeded", 1), ("b", "succeeded", 1), ("c", "succeeded", 1),
    ]  # fmt: skip
    table = mfo("show", run_id, home=home).stdout
    assert "resumed   once" in table
    assert "xyzzy" not in table + mfo("show", run_id, "--task", "a", home=home).stdout
    assert mfo("runs", "prune", "--keep-last", "0", home=home).stdout == "1 run forgotten\n"
    assert mfo("runs", "--json", home=home).json == []


MISUSE = [
    (["run", "--resume", "nowhere"], "The journal has no run"),
    (["run", "--resume", "last", "--taskflow", "t"], "--resume goes on with what the run began with."),
    (["run", "--resume", "last", "--no-journal"], "--resume goes on with what the run began with."),
    (["run", "FLOW", "--again", "a"], "--again and --new-definition are for a run that goes on."),
    (["show", "last"], "The journal has no run"),
    (["runs", "--limit", "0"], "'--limit'"),
]


@pytest.mark.parametrize(("arguments", "message"), MISUSE, ids=[" ".join(arguments) for arguments, _ in MISUSE])
def test_misuse(arguments, message, tmp_path):
    flow = flow_of(tmp_path, asking("a"))
    ended = mfo(*[flow if word == "FLOW" else word for word in arguments], home=tmp_path / "home")
    assert ended.status == 2
    assert message in ended.lines[0]
    assert not (tmp_path / "home" / "journal.db").exists()


@pytest.mark.parametrize("where", ["option", "project file"])
def test_a_run_that_is_not_kept(where, tmp_path):
    flow = flow_of(tmp_path, '{id: a, type: transform, config: {values: {x: "1"}}}')
    if where == "project file":
        (tmp_path / "mfo.toml").write_text("[journal]\nenabled = false\n")
    option = ["--no-journal"] if where == "option" else []
    ended = mfo("run", flow, "--server", NOBODY, *option, home=tmp_path / "home")
    assert ended.status == 0
    assert not ended.lines[0].startswith("run ")
    assert not (tmp_path / "home" / "journal.db").exists()


def test_a_full_disk_stops_the_run_and_it_goes_on_when_there_is_room(tmp_path):
    flow, home = flow_of(tmp_path, *(asking(f"t{n}", f"t{n - 1}" if n else "") for n in range(5))), tmp_path / "home"

    def answer(handler):
        reply(200, os.urandom(30_000).hex().encode(), "text/plain")(handler)

    with answering(answer) as (url, asked):
        ended = subprocess.run(
            [*MFO, "run", str(flow), "--input", f"url={url}", "--server", NOBODY],
            env=environment(home),
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000)),
        )
        assert ended.returncode == 1
        assert "journal.db cannot be used" in ended.stderr
        assert "Make room, then go on with mfo run --resume." in ended.stderr
        assert "Traceback" not in ended.stderr
        (run,) = mfo("runs", "--json", home=home).json
        assert run["state"] == "interrupted"
        done = [
            node["node"]
            for node in mfo("show", "last", "--json", home=home).json["nodes"]
            if node["state"] == "succeeded"
        ]
        assert done
        before = len(asked)
        assert mfo("run", "--resume", "last", flow, home=home).status == 0
        assert asked[before:] == [f"GET /t{n}" for n in range(len(done), 5)]


def test_a_damaged_journal_is_named(tmp_path):
    flow, home = flow_of(tmp_path, asking("a")), tmp_path / "home"
    home.mkdir()
    (home / "journal.db").write_text("this is a diary")
    for arguments in (["run", flow], ["runs"], ["show", "last"]):
        ended = mfo(*arguments, home=home)
        assert (ended.status, "it is no journal, or damaged" in ended.lines[0]) == (2, True)
        assert ended.lines[1].startswith("  Move the file away")
