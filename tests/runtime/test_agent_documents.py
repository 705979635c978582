"""Agents documents at work: layers, tools, delegation, approvals, memory, conversations, limits."""

from __future__ import annotations

import pytest
from agents_room import agent, calls, error_of, flow_with, outputs_of, run, says, script


@pytest.fixture
def requests(monkeypatch):
    """Every chat request that the client sends, as the server takes it."""
    from mfo_runtime.client.chat import ChatRequest

    sent = []
    to_data = ChatRequest.to_data

    def keep(request):
        data = to_data(request)
        sent.append(data)
        return data

    monkeypatch.setattr(ChatRequest, "to_data", keep)
    return sent


async def test_an_agent_answers_by_its_layers(requests, tmp_path):
    flow = flow_with(
        {
            "worker": agent(
                name="Ada", description="Counts things.", objectives=["Be exact."], context="Shop {{ .shop }}", task="Count."
            )
        },
        {"config": {"agent_id": "worker", "task": "How many?", "context": {"shop": "north"}}},
    )
    output = await outputs_of(flow, tmp_path, script("seven"))
    assert output["message"] == "seven"
    assert output["agent"] == "worker"
    (request,) = requests
    system, user = (message["content"] for message in request["messages"])
    assert system.startswith("<context>\nYou are Ada.\nCounts things.\nObjective: Be exact.\n\nShop north\n\nshop:\nnorth\n")
    assert "<guide>\nWork well.\n</guide>" in system
    assert user == "<task>\nCount.\n</task>\n\n<input>\nHow many?\n</input>"
    assert request["metadata"]["agent_id"] == "worker"


async def test_tools_of_the_server_run_and_their_results_go_back(requests, tmp_path):
    flow = flow_with({"worker": agent(tools=["calculator"])})
    answers = script(calls(("calculator", {"expression": "6 * 7"})), "done")
    output = await outputs_of(flow, tmp_path, answers)
    print(requests, output)
    assert output["message"] == "done"
