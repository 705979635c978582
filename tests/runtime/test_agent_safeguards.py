"""What holds around agents: fallbacks, breakers, caches, rates, and limits whatever a model says."""

from __future__ import annotations

import json

from agents_room import FAILS, ONCE, agent, calls, error_of, flow_with, outputs_of, run, script
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_cassettes import record, replay

from mfo_runtime.agents import SpendingBook
from mfo_runtime.client import CircuitBreakerPolicy
from mfo_runtime.tasks import Safeguards
from tests.effort import examples


def choosing(*models):
    first, *others = [{"model_id": model} for model in models]
    return {"worker": agent(model=first, fallbacks=others)}


async def test_another_model_is_asked_where_one_fails(asked_models, tmp_path):
    answers = {
        "script": [{"task": "work", "answers": [FAILS, FAILS, "ok"]}, {"task": "work1", "answers": [FAILS, "ok"]}]
    }
    flow = flow_with(choosing("big", "small", "tiny"), {}, {"dependencies": ["work"]})
    notices = []
    trial = await run(flow, tmp_path, script=answers, client=ONCE, on_notice=notices.append)
    assert trial.outcome.succeeded, trial.error
    assert asked_models == ["big", "small", "tiny", "big", "small"]
    (step,), (later,) = (trial.outputs[name]["steps"] for name in ("work", "work1"))
    why = "chat.send was answered with 500: down"
    assert step["failed_models"] == [{"model": "big", "error": why}, {"model": "small", "error": why}]
    assert later["failed_models"] == [{"model": "big", "error": why}]
    said = f'agent "worker" goes on with another model, as {{}} did not answer: {why}'
    assert notices == [said.format("big"), said.format("small")]


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
