"""What workers tell those who watch: one trace of a run, whoever executed it, and metrics to fetch."""

import signal
import socket

import httpx
import pytest

from tests.runs.collector import collecting, facts, paths_of

from .pool import worker

FLOW = """\
name: two
config: {grace: 0s}
input_schema: {type: object, required: [url], properties: {url: {type: string}}}
tasks:
  - {id: one, type: http_request, config: {method: POST, url: "${INPUT.url}/one"}}
  - {id: two, type: http_request, config: {method: POST, url: "${INPUT.url}/two"}, dependencies: [one]}
"""


@pytest.fixture
def flow(tmp_path):
    path = tmp_path / "two.mfo.yml"
    path.write_text(FLOW)
    return path


@pytest.fixture
def metrics_address():
    """The variables that serve metrics at a free port, and where they are then."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    variables = {"OTEL_METRICS_EXPORTER": "prometheus", "OTEL_EXPORTER_PROMETHEUS_HOST": "127.0.0.1"}
    return {**variables, "OTEL_EXPORTER_PROMETHEUS_PORT": str(port)}, f"http://127.0.0.1:{port}/metrics"


def values_of(text):
    """The metrics of Prometheus' text, those that are no part of a histogram."""
    lines = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, _, value in lines if "_bucket{" not in name}


def only(values, name, *labels):
    found = [value for key, value in values.items() if key.startswith(name) and all(label in key for label in labels)]
    assert len(found) == 1, (name, labels, found)
    return found[0]


def test_a_run_that_changes_workers_is_one_trace_and_counts_once(pool, flow, server, metrics_address, tmp_path):
    variables, address = metrics_address
    server.hold("two")
    with collecting() as (collector, spans, _):
        run = pool.submit(flow, url=server.url)
        with worker(pool.url, tmp_path, **collector, OTEL_METRICS_EXPORTER="none") as first:
            assert server.arrived["two"].wait(30)
            first.send_signal(signal.SIGTERM)
            first.wait(30)
        server.let_go("two")
        with worker(pool.url, tmp_path, **collector, **variables) as second:
            pool.ends(run)
            waiting = pool.submit(flow, queue="other", url=server.url)
            values = values_of(httpx.get(address).text)
            second.send_signal(signal.SIGTERM)
            second.wait(30)
    paths = paths_of(spans, run)
    assert [path for path in paths if path.startswith("POST <")] == [
        "POST < try 1 < http_request one < run two",
        "POST < try 1 < http_request two < run two",
        "POST < try 1 < http_request two < run two",
    ]
    roots = [facts(span) for span in spans if span.name == "run two"]
    assert {fact.get("mfo.state") for fact in roots} == {None, "succeeded"}  # giving a run back ends it not
    assert only(values, "mfo_run_duration_seconds_count", 'mfo_state="succeeded"', 'mfo_taskflow="two"') == 1
    assert only(values, "mfo_queue_runs", 'mfo_queue="other"', 'mfo_state="queued"') == 1
    assert only(values, "mfo_queue_workers", 'mfo_queue="runs"') == 1
    assert only(values, "mfo_queue_oldest_seconds", 'mfo_queue="other"') > 0
    assert pool.run(waiting).state == "queued"


def test_an_address_that_is_taken_is_told_before_anything_is_done(pool, metrics_address):
    variables, _ = metrics_address
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(variables["OTEL_EXPORTER_PROMETHEUS_PORT"])))
        taken.listen()
        ended = pool.mfo("worker", **variables)
    assert ended.status == 2
    assert "Metrics cannot be served at 127.0.0.1" in ended.stderr
    assert "OTEL_EXPORTER_PROMETHEUS_PORT" in ended.stderr
