"""What a collector is sent of the runs that triggers begin: a trace each, though they share their connections."""

from __future__ import annotations

from tests.runs.collector import collecting, facts, paths_of
from tests.runs.processes import answering, reply
from tests.triggers.rooms import NO_SERVER, service, wait_for_ends

WORKFLOW = """\
workflow_name: orders
triggers:
  - {{id: order, type: manual, target_taskflow: send}}
taskflows:
  - taskflow_id: send
    tasks:
      - {{id: one, type: http_request, config: {{url: "{url}/one/${{INPUT.n}}"}}}}
"""


def test_each_run_that_a_trigger_begins_is_a_trace_of_its_own(tmp_path):
    with answering(reply(200, b"{}")) as (url, _), collecting() as (variables, spans, metrics):
        (tmp_path / "workflow_definition.yml").write_text(WORKFLOW.format(url=url))
        with service(home=tmp_path / "home", cwd=tmp_path, server={**NO_SERVER, **variables}) as running:
            ids = [running.by_hand("order", {"n": number}).json()["run_id"] for number in range(3)]
            wait_for_ends(tmp_path / "home", 3)
            status, said = running.stop()
        assert (status, "Traceback" in said) == (0, False)
    run, task = "run send", "http_request one < run send"
    for run_id in ids:
        assert paths_of(spans, run_id) == sorted([run, task, f"try 1 < {task}", f"GET < try 1 < {task}"])
    assert {facts(span)["mfo.state"] for span in spans if span.name == run} == {"succeeded"}
    assert metrics >= {"mfo.run.duration", "mfo.node.duration", "http.client.request.duration"}
