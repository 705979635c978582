"""Cassettes: what a run was answered is kept without secrets, and gives the same run again without any server."""

from __future__ import annotations

import json

import pytest
from flow_room import answering, flow_of, flow_with_tasks

from mfo_runtime.cassettes import Cassette, CassetteError, Replay, Tape, read_cassette, written_cassette
from mfo_runtime.client import ClientSettings
from mfo_runtime.flow import RunOptions, Surroundings
from mfo_runtime.flow.secrets import Secrets
from mfo_runtime.server import Script, ServerSettings, start_server
from mfo_runtime.testing import read_cassette_file, recording_take, replaying_take, write_cassette_file
from mfo_runtime.testing.takes import known_secrets

PLANTED = 'pl/anted "value" 77'


async def record(flow, tmp_path, inputs=None, script=None, **options):
    """Run against a local server; gives the outcome and the cassette's text."""
    script = Script.from_data(script) if script is not None else None
    environment = options.pop("environment", {})
    secrets, tape = Secrets(flow.view.workflow, environment), Tape()
    given = RunOptions(
        run_id="recorded-run", environment=environment, surroundings=Surroundings(secrets=secrets), **options
    )
    with start_server(ServerSettings(data_dir=tmp_path / "server", script=script)) as server:
        settings = ClientSettings(base_url=server.url, token=server.token)
        async with recording_take(flow.view.workflow, settings, given, tape) as take:
            outcome = await flow.run(inputs or {}, take.client, take.options)
    known = known_secrets(settings, secrets)
    text = written_cassette(tape.cassette(flow.name, "recorded-run", "2025-01-31T12:00:00+00:00", known))
    assert server.token not in text
    return outcome, text


async def replay(flow, text, inputs=None, **options):
    played = Replay(read_cassette(text), {})
    async with replaying_take(flow.view.workflow, {}, RunOptions(**options), played) as take:
        return await flow.run(inputs or {}, take.client, take.options), played


ASK_TWICE = """\
- id: one
  type: mfo_api_chat_send
  config: {prompt: "Say it", prompt_context: {}}
- id: two
  type: mfo_api_chat_send
  config: {prompt: "Say it", prompt_context: {}}
"""


async def test_a_replay_gives_what_the_run_gave_with_the_same_ids_and_times(tmp_path):
    flow = flow_with_tasks("""\
        - {id: keep, type: mfo_api_memory_store, config: {key: "k-${TASKFLOW.process_id}", value: "${when.now}"}, dependencies: [when]}
        - {id: when, type: transform, config: {values: {now: "string(now())"}}}
        - {id: read, type: mfo_api_memory_get, config: {key: "k-${TASKFLOW.process_id}"}, dependencies: [keep]}
        """)
    outcome, text = await record(flow, tmp_path)
    again, played = await replay(flow, text)
    assert outcome.succeeded
    assert (again.outputs, again.states, again.run_id) == (outcome.outputs, outcome.states, "recorded-run")
    assert (played.unused, played.missed) == (0, [])


async def test_tasks_that_ask_the_same_get_their_own_answers_in_any_order(tmp_path):
    flow = flow_with_tasks(ASK_TWICE)
    script = {"script": [{"task": "one", "answer": "A"}, {"task": "two", "answer": "B"}]}
    outcome, text = await record(flow, tmp_path, script=script)
    head, *exchanges = text.splitlines()
    turned = "\n".join([head, *reversed(exchanges)])
    for cassette in (text, turned):
        again, _ = await replay(flow, cassette)
        assert again.outputs == outcome.outputs
        assert (again.outputs["one"]["message"], again.outputs["two"]["message"]) == ("A", "B")


async def test_the_nth_equal_request_gets_the_nth_answer_and_one_more_is_an_error(tmp_path):
    flow = flow_with_tasks("""\
        - id: ask
          type: mfo_api_chat_send
          config:
            prompt: Say it
            error_handling: {retry: {max_attempts: 3, initial_delay: 1h, retry_on: [internal]}}
        """)
    busy = {"error": {"status": 503, "message": "busy"}}
    script = {"script": [{"answers": [busy, busy, "at last"]}]}
    waits = []

    async def no_wait(seconds):
        waits.append(seconds)

    secrets = Secrets(flow.view.workflow, {})
    tape = Tape()
    with start_server(ServerSettings(data_dir=tmp_path / "s", script=Script.from_data(script))) as server:
        settings = ClientSettings(base_url=server.url, token=server.token)
        options = RunOptions(run_id="r", surroundings=Surroundings(secrets=secrets, sleep=no_wait))
        async with recording_take(flow.view.workflow, settings, options, tape) as take:
            outcome = await flow.run({}, take.client, take.options)
    text = written_cassette(tape.cassette("trial", "r", "", {}))
    again, _ = await replay(flow, text)
    assert (outcome.outputs["ask"]["message"], again.outputs["ask"]["message"]) == ("at last", "at last")
    assert len(waits) == 2
    lines = text.splitlines()
    short, played = await replay(flow, "\n".join([lines[0], *lines[1:3]]))
    assert (short.error.code, short.error.task) == ("not_recorded", "ask")
    assert "more often than it was recorded (2 times)" in short.error.message
    assert played.missed == [short.error]


async def test_a_request_that_is_not_there_names_the_task_and_what_differs_from_the_nearest(tmp_path):
    tasks = '- {id: keep, type: mfo_api_memory_store, config: {key: "${INPUT.key}", value: 1}}'
    flow = flow_with_tasks(tasks)
    _, text = await record(flow, tmp_path, {"key": "a"})
    again, _ = await replay(flow, text, {"key": "b"})
    assert (again.error.code, again.error.task) == ("not_recorded", "keep")
    assert "POST mfo:/api/memory is not on the cassette" in again.error.message
    assert 'the nearest recorded one (of task "keep") differs: key is "b", and was "a"' in again.error.message
    empty, _ = await replay(flow, text.splitlines()[0], {"key": "b"})
    assert "which has no request at all" in empty.error.message


async def test_no_secret_comes_into_a_cassette_in_any_form_and_none_is_needed_to_replay(tmp_path):
    body = json.dumps({"echo": PLANTED, "session_token": "abc-session", "n": 1}).encode()
    flow = flow_with_tasks("""\
        - id: call
          type: http_request
          config:
            method: POST
            url: "${INPUT.url}/x/${SECRET.shop}"
            query: {key: "${SECRET.shop}", api_key: other-key-1}
            headers: {Authorization: "Bearer ${SECRET.shop}"}
            json: {text: "it is ${SECRET.shop}", password: hunter22}
        - {id: keep, type: mfo_api_memory_store, config: {key: k, value: "${call.json.echo}"}, dependencies: [call]}
        """)
    flow = with_secret(flow)
    async with answering(200, body, Content_Type="application/json", Set_Cookie="sid=cookie-1") as (url, asked):
        outcome, text = await record(flow, tmp_path, {"url": url}, environment={"SHOP": PLANTED})
    assert outcome.succeeded, outcome.error
    assert PLANTED in asked[0][1].decode().replace('\\"', '"')
    flat = text.replace("\\", "")
    for secret in (PLANTED, "pl/anted", "pl%2Fanted", "anted", "hunter22", "abc-session", "other-key-1", "cookie-1"):
        assert secret not in flat
    again, played = await replay(flow, text, {"url": url}, environment={})
    assert (again.succeeded, played.unused) == (True, 0)


def with_secret(flow):
    """The same flow, with a secret declared."""
    text = flow.bundle.sources[flow.view.document].text
    return flow_of(text.replace("name: trial\n", "name: trial\nglobal_configs: {secrets: {shop: {env: SHOP}}}\n"))


async def test_failures_and_answers_of_people_are_replayed_too(tmp_path):
    flow = flow_with_tasks("""\
        - {id: who, type: ask_user, config: {question: "Who?"}}
        - id: call
          type: http_request
          config: {url: "http://127.0.0.1:9/${who.answer}"}
          error_handling: {on_error: [{type: continue, output: {gone: true}}]}
          dependencies: [who]
        """)

    async def ask(question):
        return "ada"

    outcome, text = await record(flow, tmp_path, ask=ask)
    again, played = await replay(flow, text)
    assert again.outputs == outcome.outputs == {"who": {"answer": "ada"}, "call": {"gone": True}}
    assert played.missed == []
    assert '"code":"connection_failed"' in text


async def test_a_cassette_is_written_as_a_whole_and_read_back(tmp_path):
    flow = flow_with_tasks(ASK_TWICE)
    _, text = await record(flow, tmp_path)
    cassette, file = read_cassette(text), tmp_path / "a.jsonl"
    write_cassette_file(str(file), cassette)
    assert (file.read_text(), read_cassette_file(str(file))) == (text, cassette)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: this is no cassette"),
        ("name: a workflow", "line 1: this is no JSON"),
        ('{"mfo_cassette": 9}', "line 1: the cassette has version 9, and this program reads version 1"),
        ('{"mfo_cassette": 1}', "line 1: taskflow, run_id or started_at is missing"),
        (written_cassette(Cassette("a", "b", "c")) + "[1]\n", "line 2: this is no JSON object"),
        (written_cassette(Cassette("a", "b", "c")) + '{"request": {}}\n', "line 2: an exchange has a request"),
    ],
)
def test_what_is_no_cassette_is_told_with_its_line(text, message):
    with pytest.raises(CassetteError) as error:
        read_cassette(text)
    assert str(error.value).startswith(message)
