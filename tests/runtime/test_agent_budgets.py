"""What agents may spend: budgets of tasks, agents, runs and months, in tokens and money."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from agents_room import PRICES, agent, calls, error_of, flow_with, outputs_of, run, script

from mfo_runtime.agents import MonthBudget, SpendingBook


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
