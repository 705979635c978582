"""Flows that start at events of the MFO server: which events, each once, also of the time when nobody listened."""

from __future__ import annotations

import json
import re
import signal
import time
from contextlib import contextmanager

import httpx

from mfo_runtime.journal import Journal
from tests.ports import kept_port
from tests.runs.processes import LIMIT, answering, mfo, reply, started
from tests.triggers.rooms import SECRET, TOKEN, runs_of, service, wait_for_ends, wait_until

WORKFLOW = """\
workflow_name: letters
triggers:
  - id: urgent
    type: event
    config: {event_type: letter.came, filter: letter.urgent && len(letter.text) > 2}
    input_mapping: {text: "${TRIGGER.payload.letter.text}"}
  - id: of_ada
    type: event
    config: {event_type: letter.came, filter: {letter.from: ada}}
    input_mapping: {text: "${TRIGGER.payload.letter.text}"}
taskflows:
  - taskflow_id: answer
    tasks: [{id: told, type: transform, config: {values: {text: INPUT.text}}}]
"""


@contextmanager
def mfo_server(home, port=0):
    """A server at a port; gives the process, its address and what leads to it."""
    with started("server", "--port", str(port), "--token", TOKEN, home=home) as process:
        url = re.fullmatch(r"serving at (http://\S+)\n", process.stdout.readline())[1]
        yield process, url, {"MFO_BASE_URL": url, "MFO_TOKEN": TOKEN}


def send(url, text, *, sender="bob", urgent=False):
    event = {"type": "letter.came", "data": {"letter": {"text": text, "from": sender, "urgent": urgent}}}
    answer = httpx.post(
        f"{url}/api/events", json=event, headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False, timeout=LIMIT
    )
    assert answer.status_code == 202, answer.text


def told(home):
    """Which trigger began a run with which text, the oldest first."""
    journal = Journal(home)
    found = []
    for run in runs_of(home):
        values = [event.value_json for event in journal.events(run) if event.node == "told" and event.value_json]
        found += [(run.trigger, json.loads(value)["text"]) for value in values]
    return found


def test_events_start_flows_once_also_those_of_a_time_when_nobody_listened_or_the_server_was_down(tmp_path):
    (tmp_path / "workflow_definition.yml").write_text(WORKFLOW)
    home, servers = tmp_path / "home", tmp_path / "servers"
    with kept_port() as port, mfo_server(servers, port) as (process, url, variables):
        send(url, "before anybody listened", urgent=True)
        with service("--poll", "0.05", home=home, cwd=tmp_path, server=variables) as running:
            wait_until(
                lambda: Journal(home).position(f"{tmp_path.resolve()}/workflow_definition.yml@{url}"), "it listens"
            )
            send(url, "first", urgent=True)
            send(url, "not at all")
            send(url, "hi", urgent=True)
            send(url, "second", sender="ada")
            wait_for_ends(home, 2)
            running.stop()
        assert told(home) == [("urgent", "first"), ("of_ada", "second")]
        send(url, "while nobody listened", sender="ada")
        send(url, "for both", sender="ada", urgent=True)
        with service("--poll", "0.05", home=home, cwd=tmp_path, server=variables) as running:
            wait_for_ends(home, 5)
            process.send_signal(signal.SIGTERM)
            assert process.wait(LIMIT) == 0
            line = next(line for line in running.process.stderr if "events cannot be had" in line)
            assert "connection_failed" in line
            with mfo_server(servers, port):
                send(url, "after the server was down", urgent=True)
                wait_for_ends(home, 6)
                status, said = running.stop()
    assert status == 0
    assert said.count("events cannot be had") == 0, "it is said once"
    assert "gives events again" in said
    assert told(home)[2:] == [
        ("of_ada", "while nobody listened"),
        ("urgent", "for both"),
        ("of_ada", "for both"),
        ("urgent", "after the server was down"),
    ]


def test_events_that_the_server_pushes_start_flows_and_what_was_pushed_is_not_asked_for_again(tmp_path):
    (tmp_path / "workflow_definition.yml").write_text(WORKFLOW)
    home = tmp_path / "home"
    with mfo_server(tmp_path / "servers") as (_, url, variables):
        server = variables | {"MFO_EVENTS_SECRET": SECRET}
        with service("--poll", "0.05", home=home, cwd=tmp_path, server=server) as running:
            wait_until(
                lambda: Journal(home).position(f"{tmp_path.resolve()}/workflow_definition.yml@{url}"), "it listens"
            )
            hook = {"url": f"{running.url}/events", "events": ["letter.came"], "secret": SECRET}
            headers = {"Authorization": f"Bearer {TOKEN}"}
            made = httpx.post(f"{url}/api/webhooks", json=hook, headers=headers, trust_env=False, timeout=LIMIT).json()
            for text in ("first", "second", "third"):
                send(url, text, urgent=True)
            wait_for_ends(home, 3)
            deliveries = f"{url}/api/webhooks/{made['id']}/deliveries?status=delivered"

            def delivered():
                return httpx.get(deliveries, headers=headers, trust_env=False, timeout=LIMIT).json()["deliveries"]

            wait_until(lambda: len(delivered()) == 3, "all is delivered")
            event = {"id": "event_x", "type": "letter.came", "data": {"letter": {"text": "pushed", "urgent": True}}}
            for at, secret in ((None, SECRET), (int(time.time()), "another"), (int(time.time()) - 400, SECRET)):
                assert running.signed("/events", event, at=at, secret=secret).status_code == 401
            answers = [running.signed("/events", event, at=int(time.time())).json() for _ in range(2)]
            assert len(answers[0]["run_ids"]) == 1
            assert answers[0] == answers[1]
            wait_for_ends(home, 4)
            assert running.signed("/events", ["no event"], at=int(time.time())).status_code == 400
            running.stop()
    assert sorted(told(home)) == [("urgent", text) for text in ("first", "pushed", "second", "third")]


def test_a_server_without_a_list_of_events_is_told_of_and_the_rest_is_served(tmp_path):
    workflow = WORKFLOW.replace("taskflows:", "  - {id: by_hand, type: manual}\ntaskflows:")
    (tmp_path / "workflow_definition.yml").write_text(workflow)
    nothing = reply(404, b'{"code": "not_found", "message": "no such route"}')
    with answering(nothing) as (url, _):
        server = {"MFO_BASE_URL": url, "MFO_TOKEN": TOKEN}
        with service(home=tmp_path / "home", cwd=tmp_path, server=server) as running:
            said = next(line for line in running.process.stderr if "no list of events" in line)
            assert "Traceback" not in said
            assert running.by_hand("by_hand", {"text": "hello"}).status_code == 202
            assert [run.state for run in wait_for_ends(tmp_path / "home", 1)] == ["succeeded"]


def test_a_filter_that_cannot_be_read_is_told_before_anything_is_served(tmp_path):
    (tmp_path / "workflow_definition.yml").write_text(
        WORKFLOW.replace("letter.urgent && len", "letter.urgent && && len")
    )
    ended = mfo("triggers", "--port", "0", home=tmp_path / "home", cwd=tmp_path)
    assert ended.status == 1
    assert "MFO709 invalid-filter" in ended.stderr
    assert ended.stdout == ""
