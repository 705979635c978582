"""Whole runs in process, against a real local server: inputs, subflows, questions, URLs, jobs, custom types, refusals."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest
from flow_room import answering, flow_of, flow_with_tasks, run

from mfo_dialect.catalogue.task_types import TASK_TYPES
from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow import RefusedDocumentError, RunControl, load_flow
from mfo_runtime.flow.trigger import trigger_inputs
from mfo_runtime.tasks import EXECUTORS
from tests.effort import PATIENCE


def test_every_task_type_of_the_catalogue_has_an_executor():
    assert EXECUTORS.keys() == {task_type.name for task_type in TASK_TYPES}


INPUTS = """\
workflow_name: t
taskflows:
  - taskflow_id: main
    input_schema:
      type: object
      required: [team]
      properties: {team: {type: string}, size: {type: integer, default: 3}}
    tasks:
      - {id: t, type: transform, config: {values: {text: 'team + string(size)'}}}
    outputs: {text: "${t.text}", size: INPUT.size}
"""


async def test_defaults_of_the_input_schema_fill_what_is_missing(tmp_path):
    trial = await run(flow_of(INPUTS), tmp_path, {"team": "a"})
    assert trial.outputs == {"text": "a3", "size": 3}


@pytest.mark.parametrize(("inputs", "message"), [({}, "'team' is a required"), ({"team": 5}, "team: 5 is not of type")])
async def test_wrong_inputs_stop_the_run_before_it_starts(inputs, message, tmp_path):
    with pytest.raises(InvalidInputError, match=message) as raised:
        await run(flow_of(INPUTS), tmp_path, inputs)
    assert raised.value.place.line == 5


SUBFLOW = """\
workflow_name: t
taskflows:
  - taskflow_id: main
    tasks:
      - {{id: first, type: transform, config: {{values: {{n: "1"}}}}, successors: [sub]}}
    subflows:
      - id: sub
        input_mapping: {{n: "${{first.n}}", twice: "${{TASKFLOW.iterations.again}}"}}
        input_schema: {{type: object, properties: {{n: {{type: integer}}, twice: {{type: integer}}{more}}}, additionalProperties: false}}
        tasks:
          - {{id: inner, type: transform, config: {{values: {{seen: "[n, twice]"}}}}}}
    conditions:
      - id: again
        type: expr
        dependencies: [sub]
        config: {{expression: "TASKFLOW.iterations.again < 2"}}
        successors: [first, end]
    outputs: {{seen: "${{sub.inner.seen}}", branch: "${{again.branch}}", result: again.result}}
"""


async def test_a_subflows_input_is_worked_out_anew_in_each_iteration(tmp_path):
    text = SUBFLOW.format(more="").replace(
        "      - {id: first", "      - {id: end, type: mfo_api_tool_list}\n      - {id: first"
    )
    trial = await run(flow_of(text), tmp_path, {"outer": "o"})
    assert trial.error is None
    assert trial.outputs == {"seen": [1, 2], "branch": 1, "result": False}


async def test_a_subflow_whose_input_breaks_its_schema_fails_with_its_place(tmp_path):
    text = SUBFLOW.format(more=", must: {type: string}").replace("properties: {n:", "required: [must], properties: {n:")
    text = text.replace("      - {id: first", "      - {id: end, type: mfo_api_tool_list}\n      - {id: first")
    trial = await run(flow_of(text), tmp_path, {"outer": "o"})
    assert trial.error.code == "invalid_input"
    assert 'subflow "sub"' in trial.error.message
    assert "'must' is a required property" in trial.error.message
    assert (trial.error.task, trial.error.place.line) == ("sub", 8)


QUESTION = "- {id: q, type: ask_user, config: %s}"
ASKED = [
    ({"question": "How many?"}, "five", "five"),
    ({"question": "How many?", "input_schema": {"type": "integer"}}, "5", 5),
    ({"question": "Which?", "choices": [1, 2]}, "2", 2),
    ({"question": "Which?", "choices": ["a", "b"], "default": "a"}, "b", "b"),
]


@pytest.mark.parametrize(("config", "answer", "value"), ASKED)
async def test_an_answer_is_taken_as_what_was_asked_for(config, answer, value, tmp_path):
    async def ask(question):
        assert question.text == config["question"]
        return answer

    trial = await run(flow_with_tasks(QUESTION % json.dumps(config)), tmp_path, ask=ask)
    assert trial.outputs == {"q": {"answer": value}}


UNANSWERED = [
    ({"question": "?", "default": "d"}, None, {"answer": "d"}),
    ({"question": "?", "default": None}, None, {"answer": None}),
    ({"question": "?"}, None, "task_failed"),
    ({"question": "?", "timeout": "10ms", "default": 1}, "never", {"answer": 1}),
    ({"question": "?", "timeout": "10ms"}, "never", "task_timeout"),
    ({"question": "?", "choices": ["a"]}, "b", "invalid_output"),
    ({"question": "?", "input_schema": {"type": "integer"}}, "five", "invalid_output"),
]


@pytest.mark.parametrize(("config", "answer", "ending"), UNANSWERED)
async def test_what_happens_without_a_good_answer(config, answer, ending, tmp_path):
    async def ask(_question):
        if answer == "never":
            await asyncio.Event().wait()
        return answer

    flow = flow_with_tasks(QUESTION % json.dumps(config))
    trial = await run(flow, tmp_path, ask=ask if answer is not None else None)
    assert (trial.outputs.get("q") if trial.outcome.succeeded else trial.error.code) == ending


HTTP = [
    (200, {}, None),
    (204, {}, None),
    (404, {}, ("not_found", False)),
    (404, {"expect_status": 404}, None),
    (404, {"expect_status": [200, 404]}, None),
    (200, {"expect_status": [201]}, ("invalid_response", False)),
    (401, {}, ("authentication", False)),
    (422, {}, ("validation", False)),
    (429, {}, ("rate_limited", True)),
    (500, {}, ("internal", True)),
    (501, {}, ("internal", False)),
]


@pytest.mark.parametrize(("status", "config", "error"), HTTP)
async def test_an_http_request_expects_a_status(status, config, error, tmp_path):
    async with answering(status, b"" if status == 204 else b'{"a": 1}', Retry_After="7") as (url, _):
        task = {"id": "h", "type": "http_request", "config": {"url": url, **config}}
        trial = await run(flow_with_tasks(f"- {json.dumps(task)}"), tmp_path)
    if error is None:
        output = trial.outputs["h"]
        assert output["status"] == status
        assert output["json"] == (None if status == 204 else {"a": 1})
        assert output["headers"]["retry-after"] == "7"
    else:
        assert (trial.error.code, trial.error.transient) == error
        assert (trial.error.status, trial.error.retry_after) == (status, 7)
        assert str(status) in trial.error.message


async def test_an_http_request_sends_what_it_is_told(tmp_path):
    async with answering(200) as (url, asked):
        config = {
            "url": f"{url}/a?x=1",
            "method": "POST",
            "headers": {"X-Number": 5, "Authorization": "Bearer ${INPUT.token}"},
            "query": {"q": "${INPUT.list}"},
            "json": {"deep": "${INPUT.list}"},
        }
        task = {"id": "h", "type": "http_request", "config": config}
        trial = await run(flow_with_tasks(f"- {json.dumps(task)}"), tmp_path, {"token": "t0k3n", "list": [1, None]})
    assert trial.outcome.succeeded
    head, body = asked[0]
    assert head.startswith("POST /a?x=1&q=%5B1%2Cnull%5D HTTP/1.1")
    assert "x-number: 5" in head.lower()
    assert "content-type: application/json" in head.lower()
    assert json.loads(body) == {"deep": [1, None]}


async def test_waiting_for_a_job_holds_no_slot(tmp_path):
    is_asked = threading.Event()

    async def ask(_question):
        is_asked.set()
        return "go on"

    async def job(_input):
        await asyncio.to_thread(is_asked.wait, PATIENCE)

    flow = flow_of("""\
        name: t
        config: {max_concurrency: 1}
        tasks:
          - {id: job, type: mfo_api_job_create, config: {job_type: held, parameters: {}}}
          - {id: wait, type: mfo_api_job_get, config: {job_id: "${job.job.id}", wait: 10m}, dependencies: [job]}
          - {id: beside, type: ask_user, config: {question: Shall it end?}, dependencies: [job], priority: low}
        """)
    trial = await run(flow, tmp_path, served={"job_types": {"held": job}}, ask=ask)
    assert trial.outcome.succeeded, trial.error
    ended = [event.path for event in trial.events if event.state.value == "succeeded"]
    assert ended.index("beside") < ended.index("wait")
    assert trial.outputs["wait"]["job"]["status"] == "completed"


MISFITS = [
    ("mfo_api_resource_get", {"resource_id": "${INPUT.nothing}"}, '"resource_id" is null (${INPUT.nothing})'),
    ("mfo_api_tool_execute", {"tool_id": "x", "arguments": "${INPUT.text}"}, '"arguments" is the text "hello"'),
    ("mfo_api_webhook_create", {"url": "http://x", "events": "${INPUT.map}"}, '"events" is a map'),
    ("mfo_api_memory_get", {"key": "${INPUT.empty}"}, '"key" is empty (${INPUT.empty})'),
    (
        "mfo_api_notification_create",
        {"title": "t", "message": "m", "level": "${INPUT.text}"},
        '"level" is "hello" (${INPUT.text}), and not one of',
    ),
    ("http_request", {"url": "http://x", "timeout": "${INPUT.text}"}, '"timeout" is the text "hello"'),
    ("http_request", {"url": "http://x", "expect_status": "${INPUT.text}"}, '"expect_status" is the text "hello"'),
    ("mfo_api_chat_send", {"prompt": "p", "include_tools": "${INPUT.text}"}, "not true or false"),
    ("mfo_api_chat_send", {"prompt_template_id": "${INPUT.text}"}, 'No prompt template is called "hello"'),
]


@pytest.mark.parametrize(("type_name", "config", "message"), MISFITS)
async def test_a_value_that_does_not_fit_is_told_with_its_key_and_place(type_name, config, message, tmp_path):
    flow = flow_with_tasks(f"- {json.dumps({'id': 't', 'type': type_name, 'config': config})}")
    inputs = {"nothing": None, "text": "hello", "map": {"a": 1}, "empty": " "}
    trial = await run(flow, tmp_path, inputs)
    assert trial.error.code == "invalid_input"
    assert message in trial.error.message
    assert (trial.error.task, trial.error.place.line) == ("t", 3)


async def test_values_become_text_where_text_is_asked_for(tmp_path):
    task = {
        "id": "t",
        "type": "mfo_api_notification_create",
        "config": {"title": "${INPUT.number}", "message": "${INPUT.map}", "user_id": "${INPUT.nothing}"},
    }
    trial = await run(
        flow_with_tasks(f"- {json.dumps(task)}"), tmp_path, {"number": 5.0, "map": {"a": [1]}, "nothing": None}
    )
    notification = trial.outputs["t"]["notification"]
    assert (notification["title"], notification["message"]) == ("5", '{"a":[1]}')


CUSTOM = """\
[task_types.plain]
module = "room_functions:plain"
config = {type = "object", required = ["n"], properties = {n = {type = "integer"}}}
outputs = {type = "object", required = ["n"], properties = {n = {type = "integer"}}}
[task_types.later]
module = "room_functions:later"
[task_types.failing]
module = "room_functions:failing"
[task_types.leaving]
module = "room_functions:leaving"
[task_types.wrong]
module = "room_functions:wrong"
[task_types.nowhere]
module = "room_functions:nowhere"
[task_types.broken]
module = "room_broken:anything"
[task_types.missing]
module = "room_missing:anything"
"""
FUNCTIONS = """\
import sys
def plain(config):
    return {"n": config["n"] * 2 if config["n"] < 100 else "many"}
async def later(config):
    return {"seen": dict(config), "when": {1, 2} and (1, 2)}
def failing(config):
    raise KeyError("no such thing")
def leaving(config):
    sys.exit(3)
def wrong(config):
    return [1]
"""


@pytest.fixture
def project(tmp_path):
    """Runs one task of a custom type, in a folder below the project file's."""
    (tmp_path / "mfo.toml").write_text(CUSTOM)
    (tmp_path / "room_functions.py").write_text(FUNCTIONS)
    (tmp_path / "room_broken.py").write_text("1 / 0\n")
    (tmp_path / "flows").mkdir()

    async def run_task(type_name, config=None):
        task = {"id": "t", "type": type_name, "config": config or {}}
        path = tmp_path / "flows" / "workflow_definition.yml"
        path.write_text(f"name: t\ntasks:\n  - {json.dumps(task)}\n")
        return await run(load_flow(str(path)), tmp_path, {"n": 4, "many": 100, "text": "x"})

    return run_task


@pytest.mark.parametrize(
    ("type_name", "config", "outputs"),
    [("plain", {"n": "${INPUT.n}"}, {"n": 8}), ("later", {"a": 1}, {"seen": {"a": 1}, "when": [1, 2]})],
)
async def test_a_custom_task_type_runs_from_the_project_root(type_name, config, outputs, project):
    trial = await project(type_name, config)
    assert trial.error is None
    assert trial.outputs["t"] == outputs


CUSTOM_FAILURES = [
    ("plain", {"n": "${INPUT.text}"}, "invalid_input", "n: 'x' is not of type 'integer'"),
    ("plain", {"n": "${INPUT.many}"}, "invalid_output", "n: 'many' is not of type 'integer'"),
    ("failing", {}, "task_failed", "room_functions:failing failed with KeyError: 'no such thing'"),
    ("leaving", {}, "task_failed", "SystemExit: 3"),
    ("wrong", {}, "task_failed", "returned list, and not a map of outputs"),
    ("nowhere", {}, "unknown_task_type", "cannot be loaded from room_functions:nowhere: AttributeError"),
    ("broken", {}, "unknown_task_type", "cannot be loaded from room_broken:anything: ZeroDivisionError"),
    ("missing", {}, "unknown_task_type", "cannot be loaded from room_missing:anything: ModuleNotFoundError"),
]


@pytest.mark.parametrize(("type_name", "config", "code", "message"), CUSTOM_FAILURES)
async def test_a_custom_task_type_that_fails_says_how(type_name, config, code, message, project):
    trial = await project(type_name, config)
    assert trial.error.code == code
    assert message in trial.error.message
    assert (trial.error.task, trial.error.place.line) == ("t", 3)


def test_a_document_without_a_readable_taskflow_is_refused_with_its_findings():
    with pytest.raises(RefusedDocumentError) as raised:
        flow_of("taskflows: }\n")
    assert raised.value.findings[0].code.startswith("MFO1")
    with pytest.raises(InvalidInputError, match="is not a workflow"):
        flow_of("services: {web: {image: nginx}}\n")


TWO = """\
workflow_name: t
taskflows:
  - {taskflow_id: good, tasks: [{id: t, type: mfo_api_tool_list}]}
  - {taskflow_id: bad, tasks: [{id: t, type: mfo_api_memory_get}]}
"""


def test_errors_elsewhere_do_not_keep_a_taskflow_from_running():
    assert flow_of(TWO, "good").findings == ()
    assert [finding.code for finding in flow_of(TWO, "bad").findings] == ["MFO202"]
    with pytest.raises(InvalidInputError, match="2 taskflows: good, bad"):
        flow_of(TWO)
    with pytest.raises(InvalidInputError, match='no taskflow "godo"; did you mean "good"'):
        flow_of(TWO, "godo")


@pytest.mark.parametrize("word", ["off", "warning", "hint"])
def test_errors_of_shape_cannot_be_switched_off_for_the_engine(word):
    flow = flow_of(TWO, "bad", mfo=f'[rules]\nMFO202 = "{word}"\n')
    assert [finding.code for finding in flow.findings] == ["MFO202"]


TRIGGERED = """\
workflow_name: t
triggers:
  - {id: hook, type: webhook, config: {http_path: /x, http_method: POST, expected_payload_schema: order}, target_taskflow: main, input_mapping: {n: TRIGGER.payload.deep.n, who: "by ${TRIGGER.id}"}}
  - {id: bare, type: manual, target_taskflow: main}
schemas: {order: {type: object, required: [deep]}}
taskflows:
  - taskflow_id: main
    tasks: [{id: t, type: transform, config: {values: {n: INPUT.n}}}]
"""


def test_a_trigger_gives_inputs_by_its_mapping():
    flow = flow_of(TRIGGERED)
    call, inputs = trigger_inputs(flow, "hook", {"deep": {"n": 5}})
    assert inputs == {"n": 5, "who": "by hook"}
    assert call.to_data() == {"id": "hook", "type": "webhook", "payload": {"deep": {"n": 5}}, "headers": {}}
    assert trigger_inputs(flow, "bare", {"n": 1})[1] == {"n": 1}
    assert trigger_inputs(flow, "bare", None)[1] == {}


@pytest.mark.parametrize(
    ("trigger", "payload", "message"),
    [
        ("hook", {}, "'deep' is a required property"),
        ("hook", None, "None is not of type 'object'"),
        ("hook", {"deep": {"m": 1}}, 'TRIGGER.payload.deep has no "n"'),
        ("huk", {}, 'No trigger "huk"'),
    ],
)
def test_a_payload_that_does_not_fit_is_told(trigger, payload, message):
    from mfo_runtime.errors import MfoError

    with pytest.raises(MfoError) as raised:
        trigger_inputs(flow_of(TRIGGERED), trigger, payload)
    assert message in raised.value.message


async def test_a_run_can_be_stopped_from_outside(tmp_path):
    control = RunControl()

    async def ask(_question):
        control.cancel()
        await asyncio.Event().wait()

    flow = flow_with_tasks("- {id: q, type: ask_user, config: {question: Shall we stop}}")
    trial = await run(flow, tmp_path, ask=ask, control=control)
    assert trial.outcome.state.value == "cancelled"
    assert trial.error.code == "cancelled"


async def test_a_run_that_was_stopped_before_it_began_does_nothing(tmp_path):
    control = RunControl()
    control.cancel()
    trial = await run(flow_with_tasks("- {id: t, type: mfo_api_tool_list}"), tmp_path, control=control)
    assert trial.outcome.state.value == "cancelled"
    assert trial.outcome.states["t"].value == "cancelled"


PLACED = [
    ("conditions: [{id: c, type: expr, config: {expression: 'INPUT.n'}, successors: [t]}]", "condition_failed", "c"),
    (
        "conditions: [{id: c, type: expr, config: {expression: 'INPUT.x > 1'}, successors: [t]}]",
        "expression_error",
        "c",
    ),
]


@pytest.mark.parametrize(("conditions", "code", "task"), PLACED)
async def test_every_failure_has_its_place(conditions, code, task, tmp_path):
    flow = flow_of(f"name: t\ntasks: [{{id: t, type: mfo_api_tool_list}}]\n{conditions}\n")
    trial = await run(flow, tmp_path, {"n": 7, "x": "text"})
    assert (trial.error.code, trial.error.task, trial.error.place.line) == (code, task, 3)


async def test_a_task_that_runs_out_of_time_has_its_place(tmp_path):
    flow = flow_with_tasks("- {id: q, type: ask_user, timeout: 20ms, config: {question: Well}}")

    async def ask(_question):
        await asyncio.Event().wait()

    trial = await run(flow, tmp_path, ask=ask)
    assert (trial.error.code, trial.error.task, trial.error.place.line) == ("task_timeout", "q", 3)
