"""Agents whose runs go on where they were broken off, and whose tasks are tried again: nothing is asked or done twice."""

from __future__ import annotations

from uuid import uuid4

import pytest
from agents_room import FAILS, ONCE, PRICES, agent, calls, flow_with, outputs_of, run, script

from mfo_runtime.agents import SpendingBook
from mfo_runtime.client import CircuitBreakerPolicy, ClientSettings, MfoClient
from mfo_runtime.flow import Keeping, RunControl, RunOptions
from mfo_runtime.journal import Journal
from mfo_runtime.server import Script, ServerSettings, start_server
from mfo_runtime.tasks import Safeguards

ASKS = calls(("clock", {}))


@pytest.fixture
def done(monkeypatch):
    """What the server is asked to do or to tell besides chats, in order."""
    from mfo_runtime.client.memory import Memory
    from mfo_runtime.client.tools import Tools

    names, execute, get = [], Tools.execute, Memory.get

    async def executed(tools, tool_id, *rest):
        names.append(tool_id)
        return await execute(tools, tool_id, *rest)

    async def got(memory, key):
        names.append(key)
        return await get(memory, key)

    monkeypatch.setattr(Tools, "execute", executed)
    monkeypatch.setattr(Memory, "get", got)
    return names


async def broken_off(flow, tmp_path, answers, when_given_up=lambda: None):
    """How a run ends that was given up at its first question, and went on with that question approved."""
    (tmp_path / "journal").mkdir(parents=True)
    with (
        start_server(ServerSettings(data_dir=tmp_path / "server", script=Script.from_data(answers))) as server,
        Journal(tmp_path / "journal") as journal,
    ):
        async with MfoClient(ClientSettings(base_url=server.url, token=server.token)) as client:
            control, run_id = RunControl(), uuid4().hex

            async def give_up(_):
                when_given_up()
                control.park()
                raise ValueError("gone")

            first = RunOptions(run_id=run_id, ask=give_up, control=control, keeping=Keeping(journal))
            await flow.run({}, client, first)
            keeping = Keeping(journal, stored=journal.find(run_id))
            return await flow.run({}, client, RunOptions(ask=approve, run_id=run_id, keeping=keeping))


async def approve(_):
    return "approve"


async def test_a_run_that_goes_on_asks_nothing_twice(asked_models, done, tmp_path):
    """The run is given up while it waits for an approval; what was asked and done before is in its notes."""
    worker = agent(
        tools=["calculator", "clock"], interaction={"require_approval_for": ["clock"]}, memory={"keys": ["a"]}
    )
    flow = flow_with({"worker": worker}, mfo="[budgets]\nmax_tokens = 10000\n[budgets.month]\nmax_tokens = 10000\n")
    answers = script(calls(("calculator", {"expression": "6 * 7"})), ASKS, "done")
    before = []
    outcome = await broken_off(flow, tmp_path, answers, lambda: before.append(len(asked_models)))
    assert outcome.succeeded, outcome.error
    assert outcome.outputs["work"]["message"] == "done"
    assert outcome.outputs["work"]["tool_call_results"]["calculator"] == 42
    assert (before, len(asked_models)) == ([2], 3)
    assert done == ["a", "calculator", "clock"]
    assert outcome.usage["total_tokens"] == outcome.outputs["work"]["usage"]["total_tokens"]
    assert SpendingBook(tmp_path / "journal").total()[0] == outcome.usage["total_tokens"]


@pytest.mark.parametrize("mfo", ["", PRICES])
async def test_the_budget_of_an_agent_knows_what_was_spent_before_a_run_goes_on(mfo, tmp_path):
    """The agent's first task has ended, and a helper has worked for it, when the run is broken off in the second one."""
    limits = {"max_cost": 950} if mfo else {"max_tokens": 690}
    agents = {
        "worker": agent(tools=["agent:helper"], limits=limits),
        "helper": agent(),
        "asker": agent(tools=["clock"], interaction={"require_approval_for": ["clock"]}),
    }
    second = {"config": {"agent_id": "asker", "task": "Do."}, "dependencies": ["work"]}
    third = {"dependencies": ["work1"]}
    answers = {
        "script": [
            {"agent": "asker", "answers": [ASKS, "done"]},
            {"agent": "helper", "answer": "word " * 200},
            {"agent": "worker", "task": "work", "answers": [calls(("agent:helper", {"task": "Help."})), "word"]},
            {"agent": "worker", "answer": "word"},
        ]
    }
    flow = flow_with(agents, {}, second, third, mfo=mfo)
    whole = await run(flow, tmp_path / "whole", script=answers, ask=approve)
    broken = await broken_off(flow, tmp_path / "broken", answers)
    assert whole.outcome.usage["agents"].keys() == {"worker", "helper", "asker"}
    for outcome in (whole.outcome, broken):
        assert (outcome.error.code, outcome.error.task) == ("budget_exceeded", "work2")
        assert 'the budget of agent "worker" has' in outcome.error.message
    assert broken.error.message == whole.error.message
    assert broken.usage == whole.outcome.usage


async def test_the_budget_of_a_task_knows_what_was_spent_before_a_run_goes_on(tmp_path):
    worker = agent(tools=["clock"], interaction={"require_approval_for": ["clock"]})
    task = {"config": {"agent_id": "worker", "task": "Do.", "limits": {"max_tokens": 90}}}
    flow = flow_with({"worker": worker}, task)
    answers = script({"text": "word " * 20, **ASKS}, "done")
    whole = await run(flow, tmp_path / "whole", script=answers, ask=approve)
    broken = await broken_off(flow, tmp_path / "broken", answers)
    assert (broken.error.code, broken.error.message) == ("budget_exceeded", whole.error.message)
    assert "the budget of the task has" in broken.error.message


async def test_a_try_asks_nothing_again_that_another_one_was_answered(asked_models, done, tmp_path):
    """The second turn fails for a moment; the next try has the first one, and what was called in it, on record."""
    answers = script(calls(("calculator", {"expression": "6 * 7"})), {"error": {"status": 503}}, "done")
    retry = {"retry": {"max_attempts": 2, "initial_delay": "1ms"}}
    task = {"config": {"agent_id": "worker", "task": "Do."}, "error_handling": retry}
    output = await outputs_of(flow_with({"worker": agent(tools=["calculator"])}, task), tmp_path, answers)
    assert (output["message"], output["tool_call_results"]) == ("done", {"calculator": 42})
    assert (len(asked_models), done) == (3, ["calculator"])


async def test_an_agent_that_is_asked_in_place_of_another_begins_anew(tmp_path):
    """Both can do it; the first one's model is left alone after its first turn."""
    able = {"capabilities": ["all"], "tools": ["calculator"]}
    agents = {"first": agent(**able), "second": agent(**able)}
    guards = Safeguards(CircuitBreakerPolicy(failure_threshold=1, reset_timeout=60))
    call = calls(("calculator", {"expression": "1"}))
    answers = {"script": [{"agent": "first", "answers": [call, FAILS]}, {"agent": "second", "answer": "I did."}]}
    retry = {"retry": {"max_attempts": 2, "initial_delay": "1ms"}}
    task = {"config": {"capability": "all", "task": "Do."}, "error_handling": retry}
    output = await outputs_of(flow_with(agents, task), tmp_path, answers, client=ONCE, safeguards=guards)
    assert (output["agent"], output["message"]) == ("second", "I did.")
    assert [step["kind"] for step in output["steps"]] == ["model"]
