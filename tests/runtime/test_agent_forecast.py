"""What agents would be told, worked out without asking anybody."""

from __future__ import annotations

from agents_room import agent, flow_with

from mfo_runtime.forecast import forecast

AGENTS = {
    "worker": agent(
        name="The worker",
        context="For {{ .customer }}.",
        tools=["clock", "agent:other"],
        model={"model_id": "big", "provider_id": "home"},
        capabilities=["all"],
    ),
    "other": agent(memory={"keys": ["mood"]}, context="They are {{ .mood }}."),
}
TASK = {"agent_id": "worker", "task": "Do it.", "context": {"customer": "Ada"}}


def prompts(*tasks, agents=AGENTS, **files):
    found = forecast(flow_with(agents, *tasks, **files), {}, environment={})
    return [node.prompt for node in found.nodes]


def test_an_agent_is_told_its_layers_and_its_task():
    (prompt,) = prompts({"config": TASK})
    assert prompt.is_rendered
    assert "You are The worker." in prompt.system
    assert "For Ada." in prompt.system
    assert "Work well." in prompt.system
    assert prompt.user == "<task>\nDo it.\n</task>"
    assert (prompt.model_id, prompt.provider_id, prompt.tools) == ("big", "home", ("clock", "agent:other"))
    assert prompt.tokens == -(-len(prompt.system + prompt.user) // 4)


def test_the_first_agent_that_is_able_is_asked():
    (prompt,) = prompts({"config": {"capability": "all", "task": "Do it.", "context": {"customer": "Ada"}}})
    assert "You are The worker." in prompt.system


def test_what_waits_for_a_task_or_for_memory_is_shown_as_it_is_written():
    first, second, third = prompts(
        {"config": {"agent_id": "other", "task": "Do it."}},
        {"config": TASK | {"task": "Read ${work.message}"}, "dependencies": ["work"]},
        {"config": {"agent_id": "${work.agent}", "task": "Do it."}, "dependencies": ["work"]},
    )
    assert [one.is_rendered for one in (first, second, third)] == [False] * 3
    assert first.waits_for == ("⟨memory.mood⟩",)
    assert "They are {{ .mood }}." in first.system
    assert first.tools == ("remember",)
    assert second.waits_for == ("⟨work.message⟩",)
    assert "For {{ .customer }}." in second.system
    assert second.user == "Read ⟨work.message⟩"
    assert third.waits_for == ("⟨work.agent⟩",)


def test_an_agent_that_speaks_in_a_chat_is_told_its_layers_too():
    chat = {"agent_id": "worker", "system_prompt": "Be quick.", "prompt": "Hello"}
    (prompt,) = prompts({"type": "mfo_api_chat_send", "config": chat}, agents={"worker": agent(tools=["clock"])})
    assert prompt.is_rendered
    assert prompt.system.index("Work well.") < prompt.system.index("Be quick.")
    assert (prompt.user, prompt.tools) == ("Hello", ("clock",))


def test_what_an_agent_would_fail_at_is_told():
    found = forecast(flow_with({"worker": agent(context="{{ index .task 9000 }}")}, {}), {}, environment={})
    assert found.nodes[0].problem is not None
    assert "index out of range" in found.nodes[0].problem.message
