"""Secrets are planted wherever a service of triggers meets some, and searched for in all that it says and leaves behind."""

from __future__ import annotations

import time
from contextlib import ExitStack

import httpx

from mfo_runtime.server import ServerSettings, start_server
from tests.runs.processes import LIMIT, answering, echo, mfo
from tests.triggers.rooms import SECRET, TOKEN, service, wait_for_ends, wait_until

PLANTED = {
    "token of the service": TOKEN,
    "secret of the webhook": SECRET,
    "token of the server": "planted-server-5e1d",
    "secret of events": "planted-events-a07c",
    "secret of the flow": "planted-env-4a1c",
    "field of the payload": "planted-payload-2c9b",
    "header of the call": "planted-header-b84f",
    "secret of a webhook of the server": "planted-webhook-0e6d",
}
WORKFLOW = """\
workflow_name: shop
global_configs: {{secrets: {{api: {{env: SHOP_KEY}}, hook: {{env: HOOK}}}}}}
triggers:
  - id: order
    type: webhook
    config:
      http_path: /orders
      secret_ref: hook
      expected_payload_schema: {{type: object, properties: {{n: {{type: integer}}, password: {{type: string}}}}}}
    input_mapping: {{n: "${{TRIGGER.payload.n}}", login: "${{TRIGGER.payload.password}}"}}
  - {{id: by_hand, type: manual, input_mapping: {{n: "${{TRIGGER.payload.n}}", password: "${{TRIGGER.payload.password}}"}}}}
  - {{id: paid, type: event, config: {{event_type: order.paid}}, input_mapping: {{n: 7, login: "${{TRIGGER.payload.password}}"}}}}
taskflows:
  - taskflow_id: send
    outputs: {{echoed: "${{call.body}}"}}
    tasks:
      - id: call
        type: http_request
        config:
          url: "{url}/${{SECRET.api}}"
          method: POST
          headers: {{Authorization: "Bearer ${{SECRET.api}}", X-Login: "${{TRIGGER.payload.password}}"}}
          json: {{n: "${{INPUT.n}}", password: "${{TRIGGER.payload.password}}", heard: "${{TRIGGER.headers}}"}}
      - {{id: note, type: transform, config: {{values: {{all: "string(TRIGGER.payload)"}}}}}}
      - {{id: lose, type: mfo_api_resource_get, dependencies: [call], config: {{resource_id: "${{SECRET.api}}-${{TRIGGER.payload.password}}"}}}}
"""


def test_a_service_of_triggers_says_no_secret(tmp_path):
    home, payload = tmp_path / "home", {"n": 1, "password": PLANTED["field of the payload"]}
    shown = {"authorization": f"Bearer {TOKEN}"}
    settings = ServerSettings(data_dir=tmp_path / "server", token=PLANTED["token of the server"], delivery_attempts=1)
    said: dict[str, str] = {}

    def keep(name, answer, status):
        assert answer.status_code == status, answer.text
        said[name] = f"{answer.text} {answer.headers}"
        return answer

    with (
        answering(echo) as (url, _),
        start_server(settings) as server,
        ExitStack() as stack,
    ):
        (tmp_path / "workflow_definition.yml").write_text(WORKFLOW.format(url=url))
        variables = {
            "MFO_BASE_URL": server.url,
            "MFO_TOKEN": server.token,
            "MFO_EVENTS_SECRET": PLANTED["secret of events"],
            "SHOP_KEY": PLANTED["secret of the flow"],
            "OTEL_TRACES_EXPORTER": "console",
            "OTEL_METRICS_EXPORTER": "console",
            "MFO_DEBUG": "1",
        }
        options = ("--log-format", "json", "--poll", "0.05")
        with service(*options, home=home, cwd=tmp_path, server=variables) as running:
            header = {"x_api_key": PLANTED["header of the call"], "cookie": f"s={PLANTED['header of the call']}"}
            taken = keep("webhook", running.signed("/orders", payload, at=int(time.time()), **header), 202)
            keep("by hand", running.by_hand("by_hand", payload, **header), 202)
            running.signed("/orders", {**payload, "n": payload["password"]})
            keep("bad payload by hand", running.by_hand("by_hand", {"password": payload["password"]}), 400)
            keep("bad signature", running.signed("/orders", payload, secret=PLANTED["secret of events"]), 401)
            api = stack.enter_context(
                httpx.Client(
                    base_url=server.url,
                    headers={"authorization": f"Bearer {server.token}"},
                    trust_env=False,
                    timeout=LIMIT,
                )
            )
            pushed = {"events": ["order.paid"], "secret": PLANTED["secret of events"], "url": f"{running.url}/events"}
            keep("webhook of the server", api.post("/api/webhooks", json=pushed), 201)
            dead = {
                "events": ["order.paid"],
                "secret": PLANTED["secret of a webhook of the server"],
            }
            dead["url"] = "http://127.0.0.1:9/"
            hook = keep("dead webhook", api.post("/api/webhooks", json=dead), 201).json()["id"]
            api.post("/api/events", json={"type": "order.paid", "data": payload})
            wait_until(
                lambda: api.get(f"/api/webhooks/{hook}/deliveries?status=dead").json()["deliveries"],
                "a delivery is given up",
            )
            keep("dead letters", api.get(f"/api/webhooks/{hook}/deliveries?status=dead"), 200)
            wait_for_ends(home, 3)
            keep("a run", running.http.get(taken.headers["location"], headers=shown), 200)
            status, said["stderr"] = running.stop()
    assert status == 0
    assert '"name": "run send"' in said["stderr"]
    for arguments in (("show", "last"), ("show", taken.json()["run_id"], "--task", "call", "--json")):
        said[" ".join(arguments)] = mfo(*arguments, home=home, cwd=tmp_path).stdout
    for path in home.rglob("*"):
        said[path.name] = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
    assert "resource" in said["journal.db"]
    leaks = sorted((name, kind) for name, text in said.items() for kind, value in PLANTED.items() if value in text)
    assert leaks == []
