"""kill -9 at random moments: every run goes on to the same outputs, nothing that ended is executed again, and no write
that was under way is applied twice."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections import Counter
from contextlib import closing, nullcontext

import pytest

from tests.effort import IS_LONG
from tests.runs.processes import answering, mfo, mfo_server, reply, started

RUNS, KILLS_A_RUN = (20, 10) if IS_LONG else (2, 5)
LINES = 24
"""About how many lines of progress the run has."""

FLOW = """\
name: killed
config: {max_concurrency: 3}
tasks:
  - {id: asked, type: http_request, config: {url: "${INPUT.url}/asked"}}
  - {id: first, type: mfo_api_resource_create, config: {resource_type: note, properties: {by: first}}, dependencies: [asked]}
  - {id: left, type: mfo_api_resource_create, config: {resource_type: note, properties: {by: left}}, dependencies: [first]}
  - id: right
    type: mfo_api_chat_send
    config: {prompt: "Say it", thread_id: talk}
    dependencies: [first]
  - {id: once, type: mfo_api_notification_create, config: {title: Once, message: "${left.resource.id}"}, dependencies: [left]}
  - {id: head, type: transform, config: {values: {round: "TASKFLOW.iterations.more"}}, dependencies: [once, right]}
  - {id: log, type: mfo_api_resource_create, config: {resource_type: round, properties: {n: "${head.round}"}}, dependencies: [head]}
  - {id: end, type: transform, config: {values: {rounds: "head.round", said: "right.message"}}}
conditions:
  - {id: more, type: expr, config: {expression: "head.round < 3"}, dependencies: [log], successors: [head, part]}
subflows:
  - id: part
    successors: [end]
    input_schema: {type: object}
    tasks:
      - {id: inner, type: mfo_api_job_create, config: {job_type: echo, parameters: {}}}
      - {id: told, type: http_request, config: {url: "${INPUT.url}/told"}}
      - {id: kept, type: mfo_api_memory_store, config: {key: k, value: "${inner.job.id}"}, dependencies: [inner]}
"""
"""Writes of many kinds side by side, a loop, a condition and a subflow."""

SCRIPT = """\
script:
  - task: right
    answers: [the first answer, the second answer]
"""

TABLES = {
    "resources": "SELECT type, properties, id FROM resources ORDER BY type, properties",
    "notifications": "SELECT title, message FROM notifications",
    "jobs": "SELECT type FROM jobs",
    "messages": "SELECT role, content FROM messages ORDER BY position",
    "memory": "SELECT key FROM memory",
}


def rows(file, query):
    """What a database says; nothing where it is not there yet."""
    if not file.exists():
        return []
    with closing(sqlite3.connect(file)) as connection:
        try:
            return connection.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []


def executions(home):
    """Of each execution, the kinds of its events in order."""
    found = {}
    for node, kind in rows(home / "journal.db", "SELECT node, kind FROM events WHERE node > '' ORDER BY sequence"):
        found.setdefault(node, []).append(kind)
    return found


def paths_of_finished(home):
    """The paths that no request may ask for any more."""
    nodes = {"asked": "GET /asked", "part/told": "GET /told"}
    return [nodes[node] for node, kinds in executions(home).items() if "succeeded" in kinds and node in nodes]


def kill_at_random(arguments, home, chance, variables):
    """Start a run and kill it at some moment, if it has not ended by then."""
    with started(*arguments, home=home, **variables) as process:
        for _ in range(chance.randrange(1, LINES)):
            if not process.stderr.readline():
                return
        threading.Event().wait(chance.random() * 0.01)
        process.kill()
        process.wait()


def killed_again_and_again(flow, home, chance, url, asked, variables):
    """The outcome of a run that was killed many times on its way."""
    arguments = ["run", flow, "--input", f"url={url}"]
    for _ in range(KILLS_A_RUN):
        before, count = paths_of_finished(home), Counter(asked)
        kill_at_random(arguments, home, chance, variables)
        again = Counter(asked)
        assert [again[path] - count[path] for path in before] == [0] * len(before)
        if rows(home / "journal.db", "SELECT 1 FROM runs"):
            arguments = ["run", "--resume", "last", flow]
    return mfo(*arguments, "--json", home=home, **variables).json


@pytest.mark.parametrize("is_local", [True, False], ids=["server dies too", "server lives on"])
def test_a_run_that_is_killed_again_and_again_ends_as_if_nothing_had_happened(is_local, tmp_path):
    flow = tmp_path / "workflow_definition.yml"
    flow.write_text(FLOW)
    (tmp_path / "scripted.yml").write_text(SCRIPT)
    chance = random.Random()
    for number in range(RUNS // 2):
        home = tmp_path / f"home{number}"
        script = ("--script", tmp_path / "scripted.yml")
        server = nullcontext({}) if is_local else mfo_server(*script, home=home)
        with answering(reply(200, b"{}")) as (url, asked), server as variables:
            outcome = killed_again_and_again(flow, home, chance, url, asked, variables)
        assert outcome["error"] is None
        assert outcome["outputs"]["end"] == {"rounds": 3, "said": "the first answer"}
        events = executions(home)
        assert all("running" not in kinds[kinds.index("succeeded") :] for kinds in events.values())
        found = {name: rows(home / "server" / "server.db", query) for name, query in TABLES.items()}
        assert [kind for kind, _, _ in found["resources"]] == ["note"] * 2 + ["round"] * 4
        assert outcome["outputs"]["left"]["resource"]["id"] in {name for _, _, name in found["resources"]}
        assert found["notifications"] == [("Once", outcome["outputs"]["left"]["resource"]["id"])]
        assert found["jobs"] == [("echo",)]
        assert found["messages"] == [("user", "Say it"), ("assistant", "the first answer")]
        assert found["memory"] == [("k",)]
