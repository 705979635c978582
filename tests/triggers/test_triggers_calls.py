"""Webhooks and calls by hand: who is let in, what is accepted, what a repetition begins, and what strangers hear."""

from __future__ import annotations

import socket
import time

import pytest

from mfo_runtime.journal import Journal
from tests.runs.processes import LIMIT
from tests.triggers.rooms import SECRET, TOKEN, runs_of, service, wait_for_ends

WORKFLOW = """\
workflow_name: letters
global_configs: {secrets: {hook: {env: HOOK}}}
triggers:
  - id: letter
    type: webhook
    config:
      http_path: /letters/
      http_method: PUT
    target_taskflow: answer
    input_mapping: {text: "${TRIGGER.payload.text}"}
  - id: signed
    type: webhook
    config:
      provider: post
      webhook_id: office
      secret_ref: hook
      expected_payload_schema: {type: object, required: [text], properties: {text: {type: string}}}
    target_taskflow: answer
    input_mapping: {text: "${TRIGGER.payload.text}"}
  - id: by_hand
    type: user_input
    target_taskflow: answer
    input_mapping: {text: "${TRIGGER.payload.text}"}
  - {id: off, type: manual, enabled: false, target_taskflow: answer}
taskflows:
  - taskflow_id: answer
    input_schema: {type: object, required: [text], properties: {text: {type: string}}}
    tasks:
      - id: told
        type: transform
        config: {values: {text: "INPUT.text", by: "TRIGGER.id", kind: "TRIGGER.type", from: "TRIGGER.headers"}}
"""
HOOK = "/webhooks/post/office"
LETTER = {"text": "Good morning"}


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    folder = tmp_path_factory.mktemp("letters")
    (folder / "workflow_definition.yml").write_text(WORKFLOW)
    return folder


@pytest.fixture(scope="module")
def served(room):
    with service("--max-body", "2000", home=room / "home", cwd=room) as running:
        yield running
        status, said = running.stop()
        assert status == 0
        assert "Traceback" not in said
        assert SECRET not in said
        assert TOKEN not in said


def outputs_of(room, run_id):
    journal = Journal(room / "home")
    run = journal.find(run_id)
    values = [event.value_json for event in journal.events(run) if event.node == "told" and event.value_json]
    return run, values[-1] if values else ""


def refused(answer, status):
    """The message of a refusal, after looking at its form."""
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"code", "message", "details"}
    return answer.json()["message"]


def finished(room, answer):
    assert answer.status_code == 202, answer.text
    run_id = answer.json()["run_id"]
    wait_for_ends(room / "home", len(runs_of(room / "home")))
    return run_id


def test_an_accepted_call_runs_the_flow_with_its_payload(served, room):
    answer = served.signed(HOOK, LETTER, at=int(time.time()), x_shop="17", authorization="Basic c2VjcmV0OnNlY3JldA==")
    run, told = outputs_of(room, finished(room, answer))
    assert (run.state, run.trigger, run.taskflow) == ("succeeded", "signed", "answer")
    assert '"text":"Good morning","by":"signed","kind":"webhook"' in told
    assert '"x-shop":"17"' in told
    assert "authorization" not in told
    assert "signature" not in told


def test_both_forms_of_a_webhook_and_both_headers_of_a_signature_are_served(served, room):
    assert finished(room, served.signed(HOOK, LETTER))
    assert finished(room, served.http.put("/letters", json=LETTER))
    assert refused(served.post("/letters", LETTER), 405)
    assert served.http.head("/letters").status_code == 405


@pytest.mark.parametrize(
    "send",
    [
        lambda served: served.post(HOOK, LETTER),
        lambda served: served.signed(HOOK, LETTER, secret="another secret"),
        lambda served: served.signed(HOOK, LETTER, at=int(time.time()), secret="another secret"),
        lambda served: served.signed(HOOK, LETTER, at=int(time.time()) - 301),
        lambda served: served.signed(HOOK, LETTER, at=int(time.time()) + 400),
        lambda served: served.signed(HOOK, LETTER, at="soon"),
        lambda served: served.signed(HOOK, LETTER, x_webhook_timestamp=str(int(time.time()))),
        lambda served: served.post(HOOK, LETTER, x_signature=b"\xe9" * 64),
        lambda served: served.post(HOOK, LETTER, authorization=f"Bearer {TOKEN}"),
    ],
    ids=["unsigned", "other secret", "other secret, dated", "old", "early", "no date", "date added", "no hex", "token"],
)
def test_what_is_not_signed_rightly_and_lately_begins_nothing(served, room, send):
    before = len(runs_of(room / "home"))
    assert refused(send(served), 401) == "the signature is missing, wrong or too old"
    assert len(runs_of(room / "home")) == before


def test_a_signed_body_cannot_be_exchanged(served):
    request = served.http.build_request("POST", HOOK, json=LETTER)
    good = served.signed(HOOK, {"text": "pay 10"}, at=int(time.time())).request
    request.headers.update({name: value for name, value in good.headers.items() if name.startswith("x-webhook")})
    assert refused(served.http.send(request), 401)


def test_a_signed_call_that_is_sent_again_by_whoever_copied_it_begins_nothing(served, room):
    now = int(time.time())
    first = served.signed(HOOK, {"text": "once"}, at=now)
    again = served.signed(HOOK, {"text": "once"}, at=now, idempotency_key="made-up-by-the-copyist")
    assert again.status_code == 202
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    assert "idempotency-replayed" not in first.headers


def test_a_delivery_that_is_tried_again_begins_one_run(served):
    letter = {"text": "tried again"}  # one that no other test signs in the same second
    first = served.signed(HOOK, letter, at=int(time.time()), x_webhook_delivery="delivery-1")
    again = served.signed(HOOK, letter, at=int(time.time()) - 7, x_webhook_delivery="delivery-1")
    assert again.json()["run_id"] == first.json()["run_id"]
    assert refused(served.signed(HOOK, {"text": "else"}, x_webhook_delivery="delivery-1"), 409)
    by_hand = [served.by_hand("by_hand", LETTER, idempotency_key="delivery-1").json()["run_id"] for _ in range(2)]
    assert by_hand[0] == by_hand[1] != first.json()["run_id"]


def test_without_a_key_every_call_counts(served):
    ids = {served.by_hand("by_hand", LETTER).json()["run_id"] for _ in range(3)}
    assert len(ids) == 3


def test_calls_by_hand_need_the_token_whether_there_is_such_a_trigger_or_not(served):
    for name in ("by_hand", "nothing"):
        refused(served.post(f"/api/trigger/{name}", LETTER), 401)
        refused(served.post(f"/api/trigger/{name}", LETTER, authorization="Bearer wrong"), 401)
    assert refused(served.by_hand("nothing", LETTER), 404)
    assert refused(served.by_hand("off", LETTER), 404)
    assert refused(served.by_hand("letter", LETTER), 404)


@pytest.mark.parametrize(
    "path",
    [
        "//api/trigger/by_hand",
        "/api//trigger/by_hand",
        "/./api/trigger/by_hand",
        "/API/trigger/by_hand",
        "/%61pi/trigger/by_hand",
        "/api/trigger/by_hand/",
        "/x/../api/trigger/by_hand",
    ],
)
def test_no_spelling_of_a_path_leads_around_the_token(served, room, path):
    before = len(runs_of(room / "home"))
    host = served.url.removeprefix("http://").rpartition(":")
    with socket.create_connection((host[0], int(host[2])), timeout=LIMIT) as connection:
        connection.sendall(
            f'POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 12\r\n\r\n{{"text": "x"}}'.encode()
        )
        status = connection.makefile("rb").readline().split()[1]
    assert status in {b"401", b"404"}
    assert len(runs_of(room / "home")) == before


def test_pages_in_this_machines_browser_do_not_reach_an_open_webhook(served):
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert refused(served.http.put("/letters", json=LETTER, headers=headers), 401)
    shown = {"Origin": "https://good.example", "Authorization": f"Bearer {TOKEN}"}
    assert served.http.put("/letters", json=LETTER, headers=shown).status_code == 202


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"{", 400), (b"\xff", 400), (b"[" * 5000, 413), (b'{"text": 5}', 400), (b'{"txt": "x"}', 400), (b"", 400)],
)
def test_a_body_that_cannot_be_taken_is_refused(served, room, content, status):
    before = len(runs_of(room / "home"))
    refused(served.post("/api/trigger/by_hand", content=content, authorization=f"Bearer {TOKEN}"), status)
    assert len(runs_of(room / "home")) == before


def test_a_body_that_does_not_say_how_long_it_is_is_cut_off_at_the_limit(served):
    def endless():
        yield b'{"text": "'
        for _ in range(100):
            yield b"x" * 100
        yield b'"}'

    assert refused(served.http.put("/letters", content=endless()), 413)


def test_why_a_payload_is_refused_is_told_those_who_are_trusted_alone(served):
    stranger = refused(served.http.put("/letters", json={"text": 17}), 400)
    assert stranger == "the payload is not what this webhook takes"
    assert "17 is not of type 'string'" in refused(served.signed(HOOK, {"text": 17}), 400)
    assert "17 is not of type 'string'" in refused(served.by_hand("by_hand", {"text": 17}), 400)


def test_strangers_learn_nothing_of_what_is_behind(served):
    answer = served.http.get("/nothing")
    assert refused(answer, 404) == "no such route"
    assert "server" not in answer.headers
    assert served.http.get("/healthz").json() == {"status": "ok"}


def test_where_other_machines_can_call_an_open_webhook_needs_the_token(room):
    with service("--host", "0.0.0.0", home=room / "home", cwd=room) as running:
        assert refused(running.http.put("/letters", json=LETTER), 401)
        shown = {"Authorization": f"Bearer {TOKEN}"}
        assert running.http.put("/letters", json=LETTER, headers=shown).status_code == 202
        assert running.signed(HOOK, LETTER).status_code == 202
        assert running.stop()[0] == 0
