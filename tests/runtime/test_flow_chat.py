"""Chat tasks against the local server: what is asked, and what is made of the answer."""

from __future__ import annotations

import json

import pytest
from flow_room import flow_with_tasks, run

PROMPTS = """\
tools:
  record:
    description: Keep a note.
    parameters: {type: object, required: [note], properties: {note: {type: string}}}
extraction_schemas:
  rating: {type: object, required: [stars], properties: {stars: {type: integer}}}
templates:
  plain:
    system_prompt: You are {{ .tone }}.
    user_prompt: Hello {{ .who }}.
    variables: [who]
    default_variables: {tone: kind}
    model_id: template-model
    options: {temperature: 0.5, top: 1}
  rated:
    template: Rate it.
    output_schema: rating
    error_handling_templates: {json: "Only JSON: {{ .error }}"}
  noted:
    template: Note it.
    tools: [record]
    tool_choice: record
    error_handling_templates: {call: "Call it: {{ .error }}"}
  free:
    template: Do it.
    tools: [record, tag_thread]
"""


def chat(config, **handling):
    flow = {"id": "ask", "type": "mfo_api_chat_send", "config": config, **handling}
    return flow_with_tasks(f"- {json.dumps(flow)}", prompts_definition=PROMPTS)


def answers(*given):
    return {"script": [{"answers": list(given)}]}


async def asked(flow, tmp_path, script=None, **more):
    trial = await run(flow, tmp_path, script=script or answers("fine"), **more)
    assert trial.outcome.succeeded, trial.error
    return trial.outputs["ask"]


def spoken(request):
    return [(message["role"], message["content"]) for message in request["messages"]]


async def test_a_template_is_rendered_with_its_defaults_and_the_context(requests, tmp_path):
    flow = chat({"prompt_template_id": "plain", "prompt_context": {"who": "Ada"}, "metadata": {"mine": 1}})
    output = await asked(flow, tmp_path)
    (request,) = requests
    assert spoken(request) == [("system", "You are kind."), ("user", "Hello Ada.")]
    assert (request["model_id"], request["options"]) == ("template-model", {"temperature": 0.5, "top": 1})
    assert request["metadata"] | {"run_id": ""} == {
        "mine": 1,
        "task_id": "ask",
        "run_id": "",
        "prompt_template_id": "plain",
    }
    assert output["message"] == output["response"]["content"] == "fine"
    assert output["parsed_content"] is None
    assert output["thread_id"]
    assert output["usage"]["output_tokens"] > 0


SETTINGS = [
    ({"model_id": "mine"}, "model_id", "mine"),
    ({}, "model_id", "template-model"),
    ({"provider_id": "echo"}, "provider_id", "echo"),
    ({"options": {"top": 9}}, "options", {"temperature": 0.5, "top": 9}),
    ({"thread_id": "thread-1"}, "thread_id", "thread-1"),
]


@pytest.mark.parametrize(("config", "key", "value"), SETTINGS)
async def test_the_task_wins_over_the_template(config, key, value, requests, tmp_path):
    flow = chat({"prompt_template_id": "plain", "prompt_context": {"who": "Ada"}} | config)
    await asked(flow, tmp_path)
    assert requests[0].get(key) == value


INLINE = [
    ({"prompt": "Hi {{ .who }}"}, [("user", "Hi {{ .who }}")]),
    ({"prompt": "Hi {{ .who }}", "prompt_context": {"who": "Ada"}}, [("user", "Hi Ada")]),
    ({"message": "Hi"}, [("user", "Hi")]),
    (
        {"prompt": "Hi", "system_prompt": "Be {{ .how }}", "prompt_context": {"how": "kind"}},
        [("system", "Be kind"), ("user", "Hi")],
    ),
    (
        {"prompt_template_id": "plain", "prompt_context": {"who": "Ada"}, "system_prompt": "Mine"},
        [("system", "Mine"), ("user", "Hello Ada.")],
    ),
]


@pytest.mark.parametrize(("config", "messages"), INLINE)
async def test_prompts_written_in_the_task(config, messages, requests, tmp_path):
    await asked(chat(config), tmp_path)
    assert spoken(requests[0]) == messages


async def test_a_request_body_is_taken_under_the_older_name(requests, tmp_path):
    body = {
        "messages": [{"role": "system", "content": "Be kind"}, {"role": "user", "content": "Hi"}],
        "model_id": "body-model",
        "options": {"a": 1},
    }
    task = {"id": "ask", "type": "slop_api_chat_send", "config": {"request_body": body}}
    await asked(flow_with_tasks(f"- {json.dumps(task)}"), tmp_path)
    assert spoken(requests[0]) == [("system", "Be kind"), ("user", "Hi")]
    assert (requests[0]["model_id"], requests[0]["options"]) == ("body-model", {"a": 1})


PARSED = [
    ('{"a": 1}', {"a": 1}),
    ("[1, 2]", [1, 2]),
    ("5", 5),
    ('```json\n{"a": 1}\n```', {"a": 1}),
    ('\n```\n{"a": 1}\n```\n', {"a": 1}),
    ("Here: {}", None),
    ("NaN", None),
    ("{", None),
    ("[" * 100_000, None),
]


@pytest.mark.parametrize(("message", "parsed"), PARSED)
async def test_an_answer_that_is_json_is_parsed(message, parsed, tmp_path):
    assert (await asked(chat({"prompt": "Hi"}), tmp_path, answers(message)))["parsed_content"] == parsed


async def test_an_extraction_is_the_answer(requests, tmp_path):
    calls = [{"name": "record", "arguments": {"note": "a"}}, {"name": "record", "arguments": {"note": "b"}}]
    output = await asked(chat({"prompt_template_id": "noted"}), tmp_path, answers({"tool_calls": calls}))
    assert output["tool_call_results"] == {"record": {"note": "b"}}
    assert output["parsed_content"] == {"note": "b"}
    assert output["tool_calls"] == calls
    assert [tool["name"] for tool in requests[0]["tools"]] == ["record"]
    assert requests[0]["tool_choice"] == "record"


async def test_results_of_server_tools_go_back_until_the_model_has_answered(requests, tmp_path):
    call = {"tool_calls": [{"name": "tag_thread", "arguments": {"thread_id": "t", "tags": ["x"]}}]}
    output = await asked(chat({"prompt_template_id": "free"}), tmp_path, answers(call, call, "done"))
    assert output["message"] == "done"
    assert output["tool_call_results"]["tag_thread"]["tags"] == ["x"]
    assert [role for role, _ in spoken(requests[1])] == ["tool"]
    assert json.loads(spoken(requests[1])[0][1])["tool"] == "tag_thread"
    assert {request.get("thread_id") for request in requests[1:]} == {output["thread_id"]}
    assert len(output["tool_calls"]) == 2


async def test_a_tool_that_fails_tells_the_model_why(requests, tmp_path):
    call = {"tool_calls": [{"name": "tag_thread", "arguments": {}}]}
    output = await asked(chat({"prompt_template_id": "free"}), tmp_path, answers(call, "sorry"))
    assert output["message"] == "sorry"
    assert json.loads(spoken(requests[1])[0][1])["error"]


@pytest.mark.parametrize(("setting", "offered"), [(True, True), (False, False), (None, False)])
async def test_server_tools_are_offered_when_the_task_says_so(setting, offered, requests, tmp_path):
    config = {"prompt": "Hi"} | ({} if setting is None else {"include_server_tools": setting})
    await asked(chat(config), tmp_path)
    names = [tool["name"] for tool in requests[0].get("tools", ())]
    assert ("tag_thread" in names) == offered


async def test_tools_that_are_not_offered_are_not_required_either(requests, tmp_path):
    await asked(chat({"prompt_template_id": "noted", "include_tools": False}), tmp_path)
    assert "tools" not in requests[0]
    assert "tool_choice" not in requests[0]


INVALID = [
    ("rated", "five stars", "not JSON"),
    ("rated", {"json": {"stars": "five"}}, "stars"),
    ("rated", {"json": {}}, "'stars' is a required property"),
    ("noted", "I would rather not", 'did not call the tool "record"'),
    ("noted", {"tool_calls": [{"name": "record", "arguments": {"note": 5}}]}, 'arguments of the tool "record"'),
    ("free", {"tool_calls": [{"name": "erase", "arguments": {}}]}, "was not offered"),
    (
        "free",
        {"tool_calls": [{"name": "tag_thread", "arguments": {"thread_id": "t", "tags": ["x"]}}]},
        "called tools 8 times",
    ),
]


@pytest.mark.parametrize(("template", "answer", "message"), INVALID)
async def test_an_answer_that_is_not_what_was_asked_for_fails_the_task(template, answer, message, tmp_path):
    trial = await run(chat({"prompt_template_id": template}), tmp_path, script=answers(answer))
    assert (trial.error.code, trial.error.task) == ("invalid_output", "ask")
    assert message in trial.error.message
    assert trial.error.place.line == 3


@pytest.mark.parametrize("place", ["task", "config"])
async def test_a_retry_with_prompt_from_both_places(place, requests, tmp_path):
    handling = {
        "on_error": [{"type": "retry_with_prompt", "append_to_system_prompt": "json", "max_retries": 1}],
    }
    config = {"prompt_template_id": "rated", "system_prompt": "Rate."}
    flow = chat(config | {"error_handling": handling}) if place == "config" else chat(config, error_handling=handling)
    trial = await run(flow, tmp_path, script=answers("five", {"json": {"stars": 5}}))
    assert trial.outputs["ask"]["parsed_content"] == {"stars": 5}
    assert trial.attempts("ask") == [1, 2]
    assert spoken(requests[1])[0] == (
        "system",
        "Rate.\n\nOnly JSON: The answer is not JSON, and the template has an output_schema.",
    )
    used = trial.outcome.usage["total_tokens"]
    assert used > trial.outputs["ask"]["usage"]["total_tokens"]


async def test_retries_after_errors_of_the_server_are_attempts_too(tmp_path):
    flow = chat({"prompt": "Hi"}, error_handling={"retry": {"max_attempts": 3, "initial_delay": "1ms"}})
    failure = {"error": {"status": 503, "message": "busy"}}
    trial = await run(flow, tmp_path, script=answers(failure, failure, "fine"))
    assert trial.outputs["ask"]["message"] == "fine"
    assert trial.attempts("ask") == [1, 2, 3]


async def test_a_missing_variable_is_named(tmp_path):
    task = {
        "id": "ask",
        "type": "mfo_api_chat_send",
        "config": {"prompt_template_id": "plain", "prompt_context": "${INPUT.context}"},
    }
    flow = flow_with_tasks(f"- {json.dumps(task)}", prompts_definition=PROMPTS)
    trial = await run(flow, tmp_path, {"context": {}}, script=answers("fine"))
    assert trial.error.code == "missing_variable"
    assert trial.error.message.startswith("missing required variable: who")


async def test_a_thread_goes_on_in_the_next_task(requests, tmp_path):
    flow = flow_with_tasks(
        """
        - {id: first, type: mfo_api_chat_send, config: {prompt: One}}
        - {id: ask, type: mfo_api_chat_send, config: {prompt: Two, thread_id: "${first.thread_id}"}, dependencies: [first]}
        - {id: all, type: mfo_api_chat_get_history, config: {thread_id: "${ask.thread_id}"}, dependencies: [ask]}
        """
    )
    trial = await run(flow, tmp_path, script=answers("fine"))
    assert trial.outputs["ask"]["thread_id"] == trial.outputs["first"]["thread_id"]
    assert [message["content"] for message in trial.outputs["all"]["messages"]] == ["One", "fine", "Two", "fine"]
