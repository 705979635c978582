"""Every example to its checked result: against ``mfo server`` as another process, and with the server that is built in."""

from __future__ import annotations

import pytest
from processes import EXAMPLES, check_json, mfo, mfo_server

SECRETS = {"SHOP_WEBHOOK_SECRET": "shop-secret", "MAIL_WEBHOOK_SECRET": "mail-secret"}

LARGE_ORDER = {"status": "checked", "risk": "medium", "notified": True}
EMAIL = {
    "summary": "Ada asks for a copy of the invoice of March.",
    "to": [{"identifier": "ada@example.org", "display_name": "Ada Marchand"}],
    "tagged": {"thread_id": "thread-42", "tags": ["ai_analyzed"]},
}
REPORT = {"report": "Good morning! Sales are up, support has nine tickets, and it rains.", "sections": 8}
RESULTS = {"orders": LARGE_ORDER, "email": EMAIL, "report": REPORT}
SKIPPED = {"orders": ["accept_at_once"], "email": [], "report": []}


def run(name, *arguments, home, **variables):
    folder = EXAMPLES / name
    return mfo(
        "run", folder / "workflow_definition.yml", "--inputs", folder / "inputs.yml", *arguments, home=home, **variables
    )


@pytest.mark.parametrize("name", RESULTS)
def test_an_example_against_a_server_of_its_own(name, tmp_path):
    with mfo_server("--script", EXAMPLES / name / "scripted.yml", home=tmp_path / "server") as server:
        ended = run(name, "--json", home=tmp_path / "run", **server)
    outcome = ended.json
    assert (ended.status, ended.stderr) == (0, "")
    assert (outcome["state"], outcome["error"]) == ("succeeded", None)
    assert outcome["outputs"] | RESULTS[name] == outcome["outputs"]
    assert [path for path, state in outcome["states"].items() if state != "succeeded"] == SKIPPED[name]
    assert outcome["usage"]["total_tokens"] > 0


@pytest.mark.parametrize("name", RESULTS)
def test_an_example_with_the_server_that_is_built_in(name, tmp_path):
    ended = run(name, home=tmp_path)
    assert ended.status == 0
    assert ended.json | RESULTS[name] == ended.json
    assert "succeeded in" in ended.lines[-1]


def test_the_email_examples_wrong_draft_is_asked_for_again(tmp_path):
    ended = run("email", home=tmp_path)
    tries = [line.split("generate_drafts")[1] for line in ended.lines if "generate_drafts" in line]
    assert [" try 2" in line for line in tries] == [False, True, False]
    assert [" tokens" in line for line in tries] == [False, False, True]


def test_a_small_order_takes_the_other_branch(tmp_path):
    ended = run("orders", "--input", "amount=9999", "--input", "order_id=77", "--json", home=tmp_path)
    outcome = ended.json
    assert outcome["outputs"] | {"status": "accepted", "risk": "none", "notified": True} == outcome["outputs"]
    assert outcome["states"]["accept_at_once"] == "succeeded"
    assert {state for path, state in outcome["states"].items() if path.startswith("look_closer")} == {"skipped"}
    assert outcome["states"]["tell_customer"] == "succeeded"


@pytest.mark.parametrize(("amount", "status"), [(9999, "accepted"), (10000, "checked")])
def test_orders_start_by_their_trigger(amount, status, tmp_path):
    payload = tmp_path / "payload.json"
    payload.write_text(f'{{"order_id": "A-1", "amount": {amount}, "customer": "ada"}}')
    ended = mfo(
        "run",
        EXAMPLES / "orders/workflow_definition.yml",
        "--trigger",
        "shop_order",
        "--payload",
        payload,
        home=tmp_path / "home",
    )
    assert (ended.status, ended.json["status"]) == (0, status)


def test_a_payload_that_breaks_its_schema_starts_nothing(tmp_path):
    payload = tmp_path / "payload.yml"
    payload.write_text("order_id: A-1\n")
    flow = EXAMPLES / "orders/workflow_definition.yml"
    ended = mfo("run", flow, "--trigger", "shop_order", "--payload", payload, home=tmp_path / "home")
    assert (ended.status, ended.stdout) == (2, "")
    assert "'amount' is a required property" in ended.stderr
    ended = mfo("run", flow, "--trigger", "shop_oder", home=tmp_path / "home")
    assert 'no trigger "shop_oder"; did you mean "shop_order"?' in ended.stderr


WORKFLOWS = sorted(path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("workflow_definition.yml"))


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_run_is_refused_with_exactly_the_errors_of_check(name, tmp_path):
    found = check_json(EXAMPLES / name)["findings"]
    errors = [finding for finding in found if finding["severity"] == "error"]
    for finding in errors:
        del finding["fixes"]
    ended = mfo("run", f"examples/{name}", "--json", home=tmp_path)
    if not errors:
        assert ended.status != 1 or ended.json["state"] == "failed"
        return
    assert ended.status == 1
    assert ended.json == {"state": "refused", "findings": errors}
    shown = mfo("run", f"examples/{name}", home=tmp_path)
    assert (shown.status, shown.stdout) == (1, "")
    for finding in errors:
        place = f"{finding['file']}:{finding['start']['line']}:{finding['start']['column']}"
        assert f"{place} error {finding['code']} {finding['name']}: {finding['message']}" in shown.stderr
    assert shown.lines[-1] == "mfo: the flow has errors and was not run"


def test_two_runs_share_a_data_folder(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        both = [*pool.map(lambda _: run("report", "--json", home=tmp_path), range(3))]
    assert [ended.status for ended in both] == [0, 0, 0]
    assert len({ended.json["run_id"] for ended in both}) == 3
