"""What agents remember: memory keys, and conversations that go on, for so long and no further."""

from __future__ import annotations

from agents_room import agent, calls, flow_with, outputs_of, run, script, spoken


async def test_memory_keys_are_read_and_written(requests, tmp_path):
    flow = flow_with(
        {"worker": agent(memory={"keys": ["mood", "name"]})},
        {"config": {"agent_id": "worker", "task": "Do."}},
        {"id": "later", "type": "mfo_api_memory_get", "config": {"key": "mood"}, "dependencies": ["work"]},
    )
    answers = script(calls(("remember", {"key": "mood", "value": "glad"})), "kept", memory={"name": "Ada"})
    trial = await run(flow, tmp_path, script=answers)
    assert trial.outcome.succeeded, trial.error
    assert "name:\nAda" in spoken(requests[0])[0][1]
    assert trial.outputs["later"] == {"value": "glad"}


async def test_memory_that_is_not_its_own_cannot_be_written(requests, tmp_path):
    flow = flow_with({"worker": agent(memory={"keys": ["mood"]})})
    await outputs_of(flow, tmp_path, script(calls(("remember", {"key": "other", "value": 1})), "ok"))
    assert "'other' is not one of ['mood']" in spoken(requests[1])[0][1]


def twice(**more):
    config = {"agent_id": "worker", "task": "Do.", "thread_id": "ticket-1"}
    return flow_with({"worker": agent(**more)}, {"config": config}, {"config": config, "dependencies": ["work"]})


async def test_a_conversation_goes_on_under_its_name(requests, tmp_path):
    trial = await run(twice(), tmp_path, script=script("one"))
    assert trial.outcome.succeeded, trial.error
    assert trial.outputs["work1"]["thread_id"] == "ticket-1"
    user = ("user", "<task>\nDo.\n</task>")
    assert spoken(requests[1])[1:] == [user, ("assistant", "one"), user]


async def test_a_conversation_is_told_no_further_than_its_limit(requests, tmp_path):
    await run(twice(memory={"history_limit": 0}), tmp_path, script=script("one"))
    assert len(requests[1]["messages"]) == 2


async def test_a_conversation_is_forgotten_after_its_time(requests, tmp_path):
    await run(twice(interaction={"session": {"ttl": "1ms"}}), tmp_path, script=script({"text": "one", "delay": "20ms"}))
    assert len(requests[1]["messages"]) == 2


async def test_an_agent_goes_on_with_a_thread_of_a_chat(requests, tmp_path):
    flow = flow_with(
        {"worker": agent()},
        {"id": "chat", "type": "mfo_api_chat_send", "config": {"prompt": "Hello"}},
        {"config": {"agent_id": "worker", "task": "Do.", "thread_id": "${chat.thread_id}"}, "dependencies": ["chat"]},
    )
    trial = await run(flow, tmp_path, script=script("hi"))
    assert trial.outcome.succeeded, trial.error
    assert spoken(requests[1])[1:3] == [("user", "Hello"), ("assistant", "hi")]


async def test_context_is_pruned_and_goes_on_in_a_new_thread(requests, tmp_path):
    worker = agent(tools=["calculator"], memory={"max_context_tokens": 60})
    call = calls(("calculator", {"expression": '"' + "x" * 100 + '"'}))
    output = await outputs_of(flow_with({"worker": worker}), tmp_path, script(call, call, "done"))
    assert output["message"] == "done"
    assert "thread_id" in requests[1]
    assert "thread_id" not in requests[2]
    assert spoken(requests[2])[0][0] == "system"
    assert spoken(requests[2])[-1][0] == "tool"
    assert len(requests[2]["messages"]) < 6
