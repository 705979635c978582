"""Agents documents at work: layers, tools, delegation, approvals, limits."""

from __future__ import annotations

import asyncio
import json

import pytest
from agents_room import agent, calls, error_of, flow_with, outputs_of, run, says, script, spoken

from tests.effort import PATIENCE


def answering(*answers):
    """Somebody who answers questions in this order, and keeps them."""
    asked, waiting = [], list(answers)

    async def ask(question):
        asked.append(question)
        return waiting.pop(0)

    ask.asked = asked
    return ask


async def test_an_agent_answers_by_its_layers(requests, tmp_path):
    worker = agent(
        name="Ada", description="Counts.", objectives=["Be exact."], context="Shop {{ .shop }}", task="Count."
    )
    config = {"agent_id": "worker", "task": "How many?", "context": {"shop": "north"}}
    output = await outputs_of(flow_with({"worker": worker}, {"config": config}), tmp_path, script("seven"))
    assert (output["message"], output["agent"]) == ("seven", "worker")
    (request,) = requests
    (_, system), (_, user) = spoken(request)
    assert system == (
        "<context>\nYou are Ada.\nCounts.\nObjective: Be exact.\n\nShop north\n\nshop:\nnorth\n</context>\n\n"
        "<guide>\nWork well.\n</guide>"
    )
    assert user == "<task>\nCount.\n</task>\n\n<input>\nHow many?\n</input>"
    assert request["metadata"]["agent_id"] == "worker"


PROMPTS = """\
tools:
  record: {description: Keep a note., parameters: {type: object, required: [note], properties: {note: {type: string}}}}
templates:
  greet:
    system_prompt: You greet {{ .who }}.
    user_prompt: Greet.
    variables: [who]
    model_id: template-model
    tools: [record]
"""


async def test_an_agent_may_have_a_prompt_template(requests, tmp_path):
    flow = flow_with(
        {"worker": {"prompt_template_id": "greet", "interaction": {}}},
        {"config": {"agent_id": "worker", "task": "Say hello", "context": {"who": "Ada"}}},
        prompts_definition=PROMPTS,
    )
    output = await outputs_of(flow, tmp_path, script(calls(("record", {"note": "x"}))))
    assert spoken(requests[0]) == [("system", "You greet Ada."), ("user", "Greet.\n\n<task>\nSay hello\n</task>")]
    assert requests[0]["model_id"] == "template-model"
    assert output["parsed_content"] == {"note": "x"}
    assert json.loads(output["message"]) == {"note": "x"}


async def test_tools_of_the_server_run_and_their_results_go_back_in_the_same_thread(requests, tmp_path):
    flow = flow_with({"worker": agent(tools=["calculator"])})
    output = await outputs_of(flow, tmp_path, script(calls(("calculator", {"expression": "6 * 7"})), "done"))
    assert (output["message"], output["tool_call_results"]) == ("done", {"calculator": 42})
    assert spoken(requests[1]) == [("tool", '{"tool": "calculator", "result": 42}')]
    assert requests[1]["thread_id"] == output["thread_id"]
    assert [step["kind"] for step in output["steps"]] == ["model", "tool", "model"]
    assert output["usage"]["total_tokens"] == sum(
        step["usage"]["total_tokens"] for step in output["steps"] if step["kind"] == "model"
    )


TROUBLE = [
    (("fly", {}), 'There is no tool \\"fly\\"; there are: calculator.'),
    (("calculator", {"expression": 3}), "The arguments are wrong: expression: 3 is not of type 'string'."),
    (("calculator", {"expression": "1 +"}), "expression"),
]


@pytest.mark.parametrize(("call", "told"), TROUBLE)
async def test_what_cannot_be_done_is_told_to_the_model(call, told, requests, tmp_path):
    output = await outputs_of(
        flow_with({"worker": agent(tools=["calculator"])}), tmp_path, script(calls(call), "sorry")
    )
    assert output["message"] == "sorry"
    assert told in spoken(requests[1])[0][1]
    assert "error" in next(step for step in output["steps"] if step["kind"] == "tool")


async def test_an_agent_without_an_answer_ends_at_its_turns(tmp_path):
    worker = agent(tools=["clock"], interaction={"max_turns": 3})
    error = await error_of(flow_with({"worker": worker}), tmp_path, script(calls(("clock", {}))))
    assert error.code == "agent_limit"
    assert error.message == 'Agent "worker" had no answer after 3 turns.'
    assert error.details == {"turns": 3, "tool_calls": 3}
    assert (error.task, error.place.line) == ("work", 3)


async def test_an_agent_ends_at_its_tool_calls(tmp_path):
    worker = agent(tools=["clock"], limits={"max_tool_calls": 2})
    error = await error_of(flow_with({"worker": worker}), tmp_path, script(calls(*[("clock", {})] * 5)))
    assert error.message == 'Agent "worker" may call tools 2 times, and calls "clock".'


async def test_the_limits_of_a_task_are_tighter(tmp_path):
    config = {"agent_id": "worker", "task": "Do it.", "limits": {"max_turns": 1}}
    error = await error_of(
        flow_with({"worker": agent(tools=["clock"])}, {"config": config}), tmp_path, script(calls(("clock", {})))
    )
    assert "after 1 turns" in error.message


async def test_an_agent_ends_at_its_time(tmp_path):
    slow = {"text": "late", "delay": "20s"}
    error = await error_of(flow_with({"worker": agent(limits={"timeout": "100ms"})}), tmp_path, script(slow))
    assert error.code == "task_timeout"


async def test_an_answer_that_breaks_its_schema_is_repaired(requests, tmp_path):
    worker = agent(output_schema={"type": "object", "required": ["n"]})
    output = await outputs_of(flow_with({"worker": worker}), tmp_path, script("seven", "{}", '{"n": 7}'))
    assert output["parsed_content"] == {"n": 7}
    assert "it is not JSON" in spoken(requests[1])[0][1]
    assert "'n' is a required property" in spoken(requests[2])[0][1]


async def test_an_extraction_that_breaks_the_schema_is_repaired(requests, tmp_path):
    worker = agent(tools=["record"], output_schema={"type": "object", "required": ["mood"]})
    answers = script(calls(("record", {"note": "x"})), calls(("record", {"note": "x", "mood": "glad"})))
    output = await outputs_of(flow_with({"worker": worker}, prompts_definition=PROMPTS), tmp_path, answers)
    assert output["parsed_content"] == {"note": "x", "mood": "glad"}
    assert "'mood' is a required property" in spoken(requests[1])[-1][1]


async def test_an_answer_that_stays_wrong_fails_the_task(tmp_path):
    worker = agent(output_schema={"type": "object"})
    error = await error_of(flow_with({"worker": worker}), tmp_path, script("seven"))
    assert error.code == "invalid_output"


TEAM = {
    "worker": agent(tools=["agent:helper"]),
    "helper": agent(description="Knows things.", tools=["agent:worker", "calculator"]),
}


HANDED_ON = {"task": "6 * 7?", "context": {"shop": "north"}}


async def test_work_is_handed_to_another_agent(requests, tmp_path):
    answers = {
        "script": [
            {"agent": "worker", "answers": [calls(("agent:helper", HANDED_ON)), "It is 42."]},
            {"agent": "helper", "answers": [calls(("calculator", {"expression": "6 * 7"})), "42"]},
        ]
    }
    output = await outputs_of(flow_with(TEAM), tmp_path, answers)
    assert output["message"] == "It is 42."
    assert output["tool_call_results"] == {"agent:helper": 42}
    assert [(step["agent"], step["kind"]) for step in output["steps"]] == [
        ("worker", "model"),
        ("helper", "model"),
        ("helper", "tool"),
        ("helper", "model"),
        ("worker", "tool"),
        ("worker", "model"),
    ]
    (tool,) = requests[0]["tools"]
    assert tool["name"] == "agent_helper"
    assert "Knows things." in tool["description"]
    assert "6 * 7?" in spoken(requests[1])[1][1]
    assert "shop:\nnorth" in spoken(requests[1])[0][1]
    total = sum(step["usage"]["total_tokens"] for step in output["steps"] if step["kind"] == "model")
    assert output["usage"]["total_tokens"] == total


async def test_several_agents_work_at_the_same_time(tmp_path):
    """Neither helper's model answers before the other one is asked."""
    helper = agent(tools=["clock"])
    team = {"worker": agent(tools=["agent:left", "agent:right"]), "left": helper, "right": helper}
    both = calls(("agent:left", {"task": "Do."}), ("agent:right", {"task": "Do."}))
    answers = {
        "script": [
            {"agent": "worker", "answers": [both, "done"]},
            {"agent": "left", "answer": "ok"},
            {"agent": "right", "answer": "ok"},
        ]
    }
    asked, begun = [], asyncio.Event()
    from mfo_runtime.client.chat import Chat

    send = Chat.send

    async def meet(chat, request):
        asked.append(request.metadata["agent_id"])
        if set(asked) >= {"left", "right"}:
            begun.set()
        if asked[-1] != "worker":
            await asyncio.wait_for(begun.wait(), PATIENCE)
        return await send(chat, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Chat, "send", meet)
        output = await outputs_of(flow_with(team), tmp_path, answers)
    assert output["tool_call_results"] == {"agent:left": "ok", "agent:right": "ok"}
    assert [step["agent"] for step in output["steps"]] == ["worker", "left", "worker", "right", "worker", "worker"]


async def test_work_does_not_go_round_in_a_circle(requests, tmp_path):
    answers = {
        "script": [
            {"agent": "worker", "answers": [calls(("agent_helper", {"task": "Do."})), "done"]},
            {"agent": "helper", "answers": [calls(("agent_worker", {"task": "Do."})), "as you wish"]},
        ]
    }
    output = await outputs_of(flow_with(TEAM), tmp_path, answers)
    assert output["message"] == "done"
    told = [text for request in requests for role, text in spoken(request) if role == "tool"]
    assert "round in a circle: worker -> helper -> worker" in told[0]


async def test_work_is_handed_on_so_often_and_no_more(requests, tmp_path):
    chain = {f"a{number}": agent(tools=[f"agent:a{number + 1}"]) for number in range(8)} | {"a8": agent()}
    entries = [
        {"agent": f"a{number}", "answers": [calls((f"agent:a{number + 1}", {"task": "Do."})), "ok"]}
        for number in range(8)
    ]
    flow = flow_with(chain, {"config": {"agent_id": "a0", "task": "Do it."}})
    output = await outputs_of(flow, tmp_path, {"script": entries})
    assert output["message"] == "ok"
    assert {step["agent"] for step in output["steps"]} == {f"a{number}" for number in range(6)}


async def test_a_helper_that_reaches_its_limit_is_told_to_the_one_who_asked(tmp_path):
    team = {"worker": agent(tools=["agent:helper"]), "helper": agent(tools=["clock"], interaction={"max_turns": 1})}
    answers = {
        "script": [
            {"agent": "worker", "answers": [calls(("agent:helper", {"task": "Do."})), "without help"]},
            {"agent": "helper", "answer": calls(("clock", {}))},
        ]
    }
    output = await outputs_of(flow_with(team), tmp_path, answers)
    assert output["message"] == "without help"


APPROVING = {"worker": agent(tools=["calculator"], interaction={"require_approval_for": ["calculator"]})}


@pytest.mark.parametrize(("answer", "outcome"), [("approve", {"result": 42}), ("deny", {"error": "A person looked"})])
async def test_a_person_approves_what_needs_an_approval(answer, outcome, tmp_path):
    ask = answering(answer)
    answers = script(calls(("calculator", {"expression": "6 * 7"})), "done")
    output = await outputs_of(flow_with(APPROVING), tmp_path, answers, ask=ask)
    (question,) = ask.asked
    assert question.task == "work"
    assert 'May agent "worker" call calculator with' in question.text
    assert "6 * 7" in question.text
    assert question.choices == ("approve", "deny")
    tool = next(step for step in output["steps"] if step["kind"] == "tool")
    assert str(tool.get("error", tool.get("result"))).startswith(str(next(iter(outcome.values()))))


async def test_nothing_that_needs_an_approval_is_done_where_nobody_can_be_asked(tmp_path):
    error = await error_of(flow_with(APPROVING), tmp_path, script(calls(("calculator", {"expression": "1"}))))
    assert "nobody can be asked here" in error.message


async def test_an_agent_is_chosen_by_what_it_can_do(tmp_path):
    team = {"other": agent(capabilities=["cook"]), "worker": agent(capabilities=["count"])}
    flow = flow_with(team, {"config": {"capability": "count", "task": "Do."}})
    assert (await outputs_of(flow, tmp_path, script("ok")))["agent"] == "worker"


async def test_a_chat_task_may_let_an_agent_speak(requests, tmp_path):
    flow = flow_with(
        {"worker": agent(tools=["calculator"], model={"model_id": "mine"}, memory={"keys": ["who"]})},
        {
            "type": "mfo_api_chat_send",
            "config": {
                "agent_id": "worker",
                "prompt_template_id": "greet",
                "prompt_context": {},
                "include_tools": False,
            },
        },
        prompts_definition=PROMPTS,
    )
    answers = script(calls(("calculator", {"expression": "1 + 1"})), "Hello Ada", memory={"who": "Ada"})
    output = await outputs_of(flow, tmp_path, answers)
    assert output["message"] == output["response"]["content"] == "Hello Ada"
    assert output["tool_calls"] == [{"name": "calculator", "arguments": {"expression": "1 + 1"}}]
    system = spoken(requests[0])[0][1]
    assert "Work well." in system
    assert system.endswith("You greet Ada.")
    assert requests[0]["model_id"] == "template-model"


async def test_what_an_agent_says_is_told_while_it_says_it(tmp_path):
    heard = []
    flow = flow_with({"worker": agent(tools=["clock"])})
    answers = script({"text": "Let me look.", **calls(("clock", {}))}, "It is late")
    trial = await run(flow, tmp_path, script=answers, on_text=lambda node, text: heard.append((node, text)))
    assert trial.outcome.succeeded, trial.error
    assert {node for node, _ in heard} == {"work"}
    assert "".join(text for _, text in heard) == "Let me look.\nIt is late\n"
    assert len(heard) > 4


async def test_only_triggers_that_are_allowed_start_an_agent(tmp_path):
    from mfo_runtime.flow import TriggerCall

    flow = flow_with({"worker": agent(allowed_triggers=["mail"])})
    await outputs_of(flow, tmp_path / "a", script("ok"))
    await outputs_of(flow, tmp_path / "b", script("ok"), trigger=TriggerCall("mail", "webhook"))
    error = await error_of(flow, tmp_path / "c", script("ok"), trigger=TriggerCall("chat", "webhook"))
    assert (error.code, error.message) == ("agent_not_allowed", 'The trigger "chat" may not start agent "worker".')


def test_scripts_know_agents():
    assert says(("x", "y")) == {"script": [{"contains": "x", "answers": ["y"]}]}
