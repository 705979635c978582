"""A run as others see it while it goes on: lines of JSON, and spans and metrics that a collector is sent."""

from __future__ import annotations

import json
import os

import pytest
from collector import collecting, facts, paths_of
from processes import ROOT, answering, mfo, mfo_server, reply

FLOW = """\
name: watched
tasks:
  - id: call
    type: http_request
    config: {url: "${INPUT.url}/a", timeout: 5s, expect_status: [200]}
    error_handling: {retry: {max_attempts: 3, initial_delay: 1ms, retry_on: [internal, validation, task_failed]}}
  - {id: tools, type: mfo_api_tool_list}
conditions:
  - {id: choose, type: expr, config: {expression: "true"}, dependencies: [call], successors: [part]}
subflows:
  - id: part
    tasks: [{id: inner, type: mfo_api_memory_store, config: {key: k, value: 1}}]
"""


@pytest.fixture
def flow(tmp_path):
    path = tmp_path / "workflow_definition.yml"
    path.write_text(FLOW)
    return path


def failing_once():
    """A server whose first answer is a 500."""
    answers = iter([reply(500, b"{}")])

    def answer(handler):
        next(answers, reply(200, b"{}"))(handler)

    return answering(answer)


def test_spans_lead_from_the_run_to_what_the_server_did(flow, tmp_path, monkeypatch):
    with collecting() as (variables, spans, metrics), failing_once() as (url, _):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        with mfo_server(home=tmp_path / "server") as server:
            ended = mfo("run", flow, "--input", f"url={url}", home=tmp_path / "home", **server)
    assert ended.status == 0, ended.stderr
    run_id = ended.lines[0].split()[1]
    told = paths_of(spans, run_id)
    run = "run watched"
    call, part = f"http_request call < {run}", f"subflow part < {run}"
    inner = f"mfo_api_memory_store part/inner < {part}"
    tools = f"mfo_api_tool_list tools < {run}"
    assert told == sorted([
        run, call, f"try 1 < {call}", f"GET < try 1 < {call}", f"try 2 < {call}", f"GET < try 2 < {call}",
        f"condition choose < {run}", part, inner, f"try 1 < {inner}", f"memory.store < try 1 < {inner}",
        f"POST /api/memory < memory.store < try 1 < {inner}",
        tools, f"try 1 < {tools}", f"tools.list < try 1 < {tools}", f"GET /api/tools < tools.list < try 1 < {tools}",
    ])  # fmt: skip
    broken = {(span.name, facts(span).get("http.response.status_code")) for span in spans if span.status.code == 2}
    assert broken == {("GET", 500), ("try 1", None)}
    root = next(span for span in spans if span.name == run)
    assert facts(root) | {"mfo.run.id": run_id, "mfo.state": "succeeded"} == facts(root)
    assert metrics >= {
        "mfo.run.duration", "mfo.node.duration", "mfo.task.retries",
        "http.client.request.duration", "http.server.request.duration",
    }  # fmt: skip


def test_a_collector_that_is_down_is_said_and_harms_nobody(tmp_path):
    flow = tmp_path / "flow.yml"
    flow.write_text("name: t\ntasks: [{id: a, type: transform, config: {values: {x: '1'}}}]\n")
    variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_EXPORTER_OTLP_TIMEOUT": "1"}
    ended = mfo("run", flow, "--server", "local", home=tmp_path / "home", **variables)
    assert ended.status == 0
    assert ended.json == {"a": {"x": 1}}
    assert any("spans could not be sent" in line for line in ended.lines)


def test_telemetry_that_is_not_installed_is_said(tmp_path):
    flow = tmp_path / "flow.yml"
    flow.write_text("name: t\ntasks: [{id: a, type: transform, config: {values: {x: '1'}}}]\n")
    (tmp_path / "opentelemetry.py").write_text("")
    path = f"{tmp_path}{os.pathsep}{ROOT}"
    ended = mfo(
        "run", flow, "--server", "local", home=tmp_path / "home", OTEL_TRACES_EXPORTER="console", PYTHONPATH=path
    )
    assert ended.status == 0
    assert "pip install 'mfo-lsp[telemetry]'" in ended.stderr
    off = {"OTEL_TRACES_EXPORTER": "console", "OTEL_SDK_DISABLED": "true"}
    ended = mfo("run", flow, "--server", "local", home=tmp_path / "home", PYTHONPATH=path, **off)
    assert "OpenTelemetry" not in ended.stderr


def test_a_log_in_json_has_a_line_for_everything_and_joins_the_servers(flow, tmp_path):
    with failing_once() as (url, _), mfo_server(home=tmp_path / "server") as server:
        ended = mfo("run", flow, "--input", f"url={url}", "--log-format", "json", home=tmp_path / "home", **server)
    lines = [json.loads(line) for line in ended.lines]
    run_id = lines[0]["message"].removeprefix("run ")
    own = [line for line in lines if line["event"] != "message"]
    assert {line["run_id"] for line in own} == {run_id}
    assert {line["taskflow"] for line in own} == {"watched"}
    assert all(line["time"].endswith("Z") for line in lines)
    told = [(line["event"], line.get("task"), line.get("attempt")) for line in own]
    assert told[0] == ("run.running", None, None)
    assert told[-1] == ("run.succeeded", None, None)
    for expected in [
        ("task.running", "call", 1), ("task.running", "call", 2), ("task.succeeded", "call", 2),
        ("task.succeeded", "choose", None), ("task.succeeded", "part/inner", 1),
    ]:  # fmt: skip
        assert expected in told
    assert [line["level"] for line in own if line.get("attempt") == 2 and line["event"] == "task.running"] == [
        "warning"
    ]
    assert json.loads(ended.stdout)["call"]["status"] == 200


def test_a_failure_in_json_has_its_code_and_what_to_do(flow, tmp_path):
    ended = mfo(
        "run", flow, "--input", "url=http://127.0.0.1:9", "--server", "http://127.0.0.1:9",
        home=tmp_path / "home", MFO_LOG_FORMAT="json",
    )  # fmt: skip
    assert ended.status == 1
    lines = [json.loads(line) for line in ended.lines]
    (failed,) = [line for line in lines if line["event"] == "task.failed" and line["task"] == "call"]
    assert (failed["level"], failed["error"]["code"]) == ("error", "connection_failed")
    assert failed["error"]["hint"]
    calls = [line for line in lines if line["event"] == "call.failed"]
    assert {line["operation"] for line in calls} == {"tools.list"}
    assert all(line["request_id"] and line["task"] == "tools" for line in calls)
    assert any("mfo run --resume" in line.get("message", "") for line in lines)


def test_misuse_in_json_is_a_line_too(tmp_path):
    ended = mfo("run", "nowhere.yml", "--log-format", "json", home=tmp_path)
    assert ended.status == 2
    assert "there is no such file" in json.loads(ended.lines[0])["message"]


def test_the_client_configuration_says_how_a_run_is_logged(flow, tmp_path):
    log = tmp_path / "runs.log"
    (tmp_path / "mfo_client.yml").write_text(
        f"client: {{base_url: http://127.0.0.1:9}}\nlogging: {{format: json, level: warning, output: '{log}', fields: {{team: shop, password: planted}}}}\n"
    )
    with failing_once() as (url, _):
        ended = mfo("run", flow, "--input", f"url={url}", "--server", "local", home=tmp_path / "home")
    assert "succeeded       call (http_request)" in ended.stderr, "the terminal has its own"
    (line,) = [json.loads(line) for line in log.read_text().splitlines()]
    assert (line["event"], line["task"], line["team"]) == ("task.running", "call", "shop")
    assert "planted" not in log.read_text()
    (tmp_path / "mfo_client.yml").write_text(
        f"client: {{base_url: http://127.0.0.1:9}}\nlogging: {{format: json, output: '{tmp_path}'}}\n"
    )
    ended = mfo("run", flow, "--input", "url=http://127.0.0.1:9", "--server", "local", home=tmp_path / "home")
    assert (ended.status, "logging.output" in ended.lines[0]) == (2, True)


def test_the_servers_log_in_json_has_the_ids_of_runs_and_requests(flow, tmp_path):
    with collecting() as (variables, _, _):
        from processes import started

        with started(
            "server", "--port", "0", "--log-format", "json", "--log-level", "info", home=tmp_path / "server"
        ) as process:  # fmt: skip
            address = process.stdout.readline().split()[-1]
            token = process.stdout.readline().strip().removeprefix("MFO_TOKEN=")
            ended = mfo(
                "run", flow, "--only", "tools", home=tmp_path / "home",
                MFO_BASE_URL=address, MFO_TOKEN=token, **variables,
            )  # fmt: skip
            assert ended.status == 0, ended.stderr
            line = json.loads(process.stderr.readline())
    known = {name: line[name] for name in ("level", "service", "event", "method", "route", "status")}
    assert known == {
        "level": "info", "service": "mfo server", "event": "access", "method": "GET", "route": "/api/tools",
        "status": 200,
    }  # fmt: skip
    assert len(line["trace_id"]) == 32
    assert line["request_id"]
    assert token not in json.dumps(line)


def test_a_recorded_run_and_the_server_that_is_built_in_have_spans_too(flow, tmp_path):
    with collecting() as (variables, spans, _), failing_once() as (url, _):
        cassette = tmp_path / "c.cassette"
        ended = mfo(
            "run", flow, "--server", "local", "--input", f"url={url}", "--record", cassette,
            home=tmp_path / "home", **variables,
        )  # fmt: skip
    assert ended.status == 0, ended.stderr
    told = paths_of(spans, ended.lines[0].split()[1])
    assert sum(path.startswith("GET < try ") for path in told) == 2
    stored = "memory.store < try 1 < mfo_api_memory_store part/inner < subflow part < run watched"
    assert {stored, f"POST /api/memory < {stored}"} <= set(told)
    assert "traceparent" not in cassette.read_text()
