"""What holds around agents: budgets, fallbacks, breakers, rates, caches, and runs that go on where they were broken off."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from agents_room import agent, calls, error_of, flow_with, outputs_of, run, script
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_cassettes import record, replay

from mfo_runtime.agents import MonthBudget, SpendingBook
from mfo_runtime.client import CircuitBreakerPolicy, ClientSettings, MfoClient, RetryPolicy
from mfo_runtime.flow import Keeping, RunControl, RunOptions
from mfo_runtime.journal import Journal
from mfo_runtime.server import Script, ServerSettings, start_server
from mfo_runtime.tasks import Safeguards
from tests.effort import examples

PRICES = """
[prices.default]
input = 1000000
output = 2000000
"""


def limited(**limits):
    return {"worker": agent(tools=["clock"], limits=limits)}


ENDLESS = script(calls(("clock", {})))


@pytest.mark.parametrize(
    ("agents", "task", "mfo", "whose"),
    [
        (limited(max_tokens=100), {}, "", 'agent "worker"'),
        (limited(), {"limits": {"max_tokens": 100}}, "", "the task"),
        (limited(), {}, "[budgets]\nmax_tokens = 100\n", "the run"),
        (limited(max_cost=100.0), {}, PRICES, 'agent "worker"'),
        (limited(), {"limits": {"max_cost": 100.0}}, PRICES, "the task"),
        (limited(), {}, "[budgets]\nmax_cost = 100\n" + PRICES, "the run"),
    ],
)
async def test_a_call_that_would_exceed_a_budget_is_not_made(agents, task, mfo, whose, tmp_path):
    flow = flow_with(agents, {"config": {"agent_id": "worker", "task": "Do."} | task}, mfo=mfo)
    notices = []
    trial = await run(flow, tmp_path, script=ENDLESS, on_notice=notices.append)
    assert trial.error.code == "budget_exceeded"
    assert f"the budget of {whose} has" in trial.error.message
    used = trial.outcome.usage
    assert 0 < used["total_tokens"] <= 100
    if "prices" in mfo:
        assert used["cost"] == used["input_tokens"] + 2 * used["output_tokens"]


async def test_four_fifths_of_a_budget_are_told_once(tmp_path):
    notices = []
    flow = flow_with({"worker": agent()}, mfo="[budgets]\nmax_tokens = 24\n")
    trial = await run(flow, tmp_path, script=script("a long answer to it all"), on_notice=notices.append)
    assert trial.outcome.succeeded, trial.error
    (notice,) = notices
    assert "of the budget of the run is spent" in notice
    assert notice.endswith("of 24 tokens).")


async def test_a_budget_in_money_needs_a_price(tmp_path):
    error = await error_of(flow_with(limited(max_cost=1)), tmp_path, script("ok"))
    assert "has no price" in error.message
    assert "mfo.toml" in error.hint


async def test_chat_tasks_count_in_the_budget_of_the_run(tmp_path):
    flow = flow_with(
        {"worker": agent()},
        {"type": "mfo_api_chat_send", "config": {"prompt": "x" * 300}},
        mfo="[budgets]\nmax_tokens = 50\n",
    )
    assert (await error_of(flow, tmp_path, script("ok"))).code == "budget_exceeded"


MONTHLY = "[budgets.month]\nmax_tokens = 60\n"


async def test_a_month_is_counted_over_runs(tmp_path):
    now = [datetime(2026, 11, 30, tzinfo=UTC)]
    book = SpendingBook(tmp_path, lambda: now[0])
    flow = flow_with({"worker": agent()}, mfo=MONTHLY)
    await outputs_of(flow, tmp_path / "a", script("word " * 30), spending_book=book)
    tokens, _ = book.total()
    assert tokens > 40
    error = await error_of(flow, tmp_path / "b", script("ok"), spending_book=book)
    assert (error.code, "the budget of this month has" in error.message) == ("budget_exceeded", True)
    now[0] = datetime(2026, 12, 1, tzinfo=UTC)
    await outputs_of(flow, tmp_path / "c", script("ok"), spending_book=book)


def test_a_book_writes_each_call_once(tmp_path):
    book = SpendingBook(tmp_path, lambda: datetime(2026, 11, 1, tzinfo=UTC))
    assert book.total() == (0, 0.0)
    for _ in range(2):
        book.add("run/turn 1", "worker", "small", 10, 0.5)
    book.add("run/turn 2", "worker", "small", 5, 0.25)
    assert book.total() == (15, 0.75)
    budget = MonthBudget(book, max_tokens=20)
    budget.add(3, 0.0)
    assert budget.tokens == 18
    book.add("run/turn 3", "worker", "small", 3, 0.0)
    budget.written(3, 0.0)
    assert budget.tokens == 18


def choosing(*models):
    first, *others = [{"model_id": model} for model in models]
    return {"worker": agent(model=first, fallbacks=others)}


FAILS = {"error": {"status": 500, "message": "down"}}


@pytest.fixture
def asked_models(monkeypatch):
    """The models that the client asks for, in order."""
    from mfo_runtime.client.chat import ChatRequest

    models, to_data = [], ChatRequest.to_data

    def keep(request):
        models.append(request.model_id)
        return to_data(request)

    monkeypatch.setattr(ChatRequest, "to_data", keep)
    return models


ONCE = {"retry": RetryPolicy(max_attempts=1), "circuit_breaker": None}


async def test_another_model_is_asked_where_one_fails(asked_models, tmp_path):
    answers = script(FAILS, FAILS, "ok")
    output = await outputs_of(flow_with(choosing("big", "small", "tiny")), tmp_path, answers, client=ONCE)
    assert output["message"] == "ok"
    assert asked_models == ["big", "small", "tiny"]


async def test_the_last_model_that_fails_fails_the_task(asked_models, tmp_path):
    error = await error_of(flow_with(choosing("big", "small")), tmp_path, script(FAILS), client=ONCE)
    assert error.code == "internal"
    assert asked_models == ["big", "small"]


async def test_a_model_that_fails_too_often_is_left_alone_for_its_agent(asked_models, tmp_path):
    guards = Safeguards(CircuitBreakerPolicy(failure_threshold=1, reset_timeout=60))
    answers = {"script": [{"task": "work", "answers": [FAILS, "ok"]}, {"task": "work1", "answer": "ok"}]}
    tasks = [{}, {"dependencies": ["work"]}]
    trial = await run(
        flow_with(choosing("big", "small"), *tasks), tmp_path, script=answers, client=ONCE, safeguards=guards
    )
    assert trial.outcome.succeeded, trial.error
    assert asked_models == ["big", "small", "small"]


async def test_the_same_prompt_is_answered_from_the_cache_of_its_agent(asked_models, tmp_path):
    flow = flow_with({"worker": agent(cache={"ttl": "1h"})}, {}, {"dependencies": ["work"]})
    trial = await run(flow, tmp_path, script=script("one", "two"))
    assert trial.outcome.succeeded, trial.error
    assert [trial.outputs[name]["message"] for name in ("work", "work1")] == ["one", "one"]
    assert len(asked_models) == 1


async def test_rates_are_those_of_the_agent_and_of_the_tenant(tmp_path):
    guards = Safeguards()
    flow = flow_with(
        {"worker": agent(limits={"requests_per_minute": 50})},
        {"config": {"agent_id": "worker", "task": "Do.", "tenant": "acme"}},
        mfo="[tenants]\nrequests_per_minute = 5\n[tenants.limits]\nacme = 2\n",
    )
    await outputs_of(flow, tmp_path / "a", script("ok"), safeguards=guards)
    await outputs_of(flow, tmp_path / "b", script("ok"), safeguards=guards)
    assert not guards.limiter("tenant acme", 2).has_capacity()
    assert guards.limiter("agent worker", 50).has_capacity(47)


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


async def test_a_run_that_goes_on_asks_nothing_twice(asked_models, done, tmp_path):
    """The run is given up while it waits for an approval; what was asked and done before is in its notes."""
    worker = agent(
        tools=["calculator", "clock"], interaction={"require_approval_for": ["clock"]}, memory={"keys": ["a"]}
    )
    flow = flow_with({"worker": worker}, mfo="[budgets]\nmax_tokens = 10000\n[budgets.month]\nmax_tokens = 10000\n")
    answers = script(calls(("calculator", {"expression": "6 * 7"})), calls(("clock", {})), "done")
    questions = []
    (tmp_path / "journal").mkdir()
    with (
        start_server(ServerSettings(data_dir=tmp_path / "server", script=Script.from_data(answers))) as server,
        Journal(tmp_path / "journal") as journal,
    ):
        async with MfoClient(ClientSettings(base_url=server.url, token=server.token)) as client:
            control, run_id = RunControl(), uuid4().hex

            async def give_up(question):
                questions.append(question)
                control.park()
                raise ValueError("gone")

            options = RunOptions(run_id=run_id, ask=give_up, control=control, keeping=Keeping(journal))
            await flow.run({}, client, options)
            before = len(asked_models)
            stored = journal.find(run_id)

            async def approve(question):
                questions.append(question)
                return "approve"

            options = RunOptions(ask=approve, run_id=run_id, keeping=Keeping(journal, stored=stored))
            outcome = await flow.run({}, client, options)
            book = SpendingBook(tmp_path / "journal")
    assert outcome.succeeded, outcome.error
    assert outcome.outputs["work"]["message"] == "done"
    assert outcome.outputs["work"]["tool_call_results"]["calculator"] == 42
    assert (before, len(asked_models)) == (2, 3)
    assert done == ["a", "calculator", "clock"]
    assert len(questions) == 2
    assert outcome.usage["total_tokens"] == outcome.outputs["work"]["usage"]["total_tokens"]
    assert book.total()[0] == outcome.usage["total_tokens"]


async def broken_off(flow, tmp_path, answers):
    """How a run ends that was given up at its first question, and went on with that question approved."""
    (tmp_path / "journal").mkdir()
    with (
        start_server(ServerSettings(data_dir=tmp_path / "server", script=Script.from_data(answers))) as server,
        Journal(tmp_path / "journal") as journal,
    ):
        async with MfoClient(ClientSettings(base_url=server.url, token=server.token)) as client:
            control, run_id = RunControl(), uuid4().hex

            async def give_up(_):
                control.park()
                raise ValueError("gone")

            first = RunOptions(run_id=run_id, ask=give_up, control=control, keeping=Keeping(journal))
            await flow.run({}, client, first)

            async def approve(_):
                return "approve"

            keeping = Keeping(journal, stored=journal.find(run_id))
            return await flow.run({}, client, RunOptions(ask=approve, run_id=run_id, keeping=keeping))


ASKS = calls(("clock", {}))


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
    whole = await run(flow, tmp_path / "whole", script=answers, ask=lambda _: asyncio.sleep(0, "approve"))
    (tmp_path / "broken").mkdir()
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
    whole = await run(flow, tmp_path / "whole", script=answers, ask=lambda _: asyncio.sleep(0, "approve"))
    (tmp_path / "broken").mkdir()
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


names = st.sampled_from(["clock", "calculator", "agent:helper", "agent:worker", "remember", "fly", "record", ""])
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=4,
)
arguments = st.dictionaries(st.sampled_from(["expression", "task", "key", "value", "note", "x"]), values, max_size=3)
said = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["{", '{"n": 1}', "null", "```json\n{}\n```", '{"action": "fly"}', "[" * 50]),
    st.builds(
        lambda text, called: {
            "text": text,
            "tool_calls": [{"name": name or "x", "arguments": given} for name, given in called],
        },
        st.text(max_size=5),
        st.lists(st.tuples(names, arguments), min_size=1, max_size=4),
    ),
    st.sampled_from(
        [{"error": {"status": 500}}, {"error": {"status": 404}}, {"error": {"status": 429, "retry_after": 0}}]
    ),
)
ENDS = {
    "agent_limit",
    "invalid_output",
    "budget_exceeded",
    "internal",
    "not_found",
    "rate_limited",
    "circuit_open",
    "task_timeout",
}


@settings(max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck))
@given(answers=st.lists(said, min_size=1, max_size=6), has_schema=st.booleans())
async def test_whatever_a_model_says_limits_hold_and_the_run_ends_in_a_clear_state(
    answers, has_schema, tmp_path_factory
):
    worker = agent(
        tools=["clock", "calculator", "agent:helper", "record"],
        memory={"keys": ["a"]},
        interaction={"max_turns": 4},
        limits={"max_tool_calls": 6, "max_tokens": 3000, "timeout": "20s"},
        **({"output_schema": {"type": "object", "required": ["n"]}} if has_schema else {}),
    )
    helper = agent(tools=["agent:worker"], interaction={"max_turns": 2})
    flow = flow_with(
        {"worker": worker, "helper": helper},
        prompts_definition="templates: {t: {template: x}}\ntools: {record: {description: Note.}}",
    )
    trial = await run(flow, tmp_path_factory.mktemp("any"), script=script(*answers), client=ONCE)
    if trial.outcome.succeeded:
        output = trial.outputs["work"]
        own = [step for step in output["steps"] if step["agent"] == "worker"]
        assert sum(step["kind"] == "model" for step in own) <= 4
        assert sum(step["kind"] == "tool" for step in own) <= 6
        assert not has_schema or "n" in output["parsed_content"]
        json.dumps(trial.outcome.to_data())
    else:
        assert trial.error.code in ENDS, trial.error
        assert trial.error.task == "work"


async def test_a_recorded_run_of_agents_is_replayed_with_all_approvals_and_costs_nothing(tmp_path):
    worker = agent(tools=["calculator"], interaction={"require_approval_for": ["calculator"]})
    config = {"agent_id": "worker", "task": "Do.", "thread_id": "ticket-1"}
    flow = flow_with({"worker": worker}, {"config": config}, mfo="[budgets.month]\nmax_tokens = 10000\n")
    call = calls(("calculator", {"expression": "6 * 7"}))
    waiting = ["deny", "approve"]

    async def ask(question):
        return waiting.pop(0)

    outcome, text = await record(flow, tmp_path, script=script(call, call, "done"), ask=ask)
    book = SpendingBook(tmp_path)
    again, played = await replay(flow, text, spending_book=book)
    assert (outcome.succeeded, again.succeeded) == (True, True), (outcome.error, again.error)
    assert (
        outcome.outputs["work"]["tool_call_results"] == again.outputs["work"]["tool_call_results"] == {"calculator": 42}
    )
    assert "did not approve" in str(again.outputs["work"]["steps"])
    assert played.unused == 0
    assert book.total() == (0, 0.0)
