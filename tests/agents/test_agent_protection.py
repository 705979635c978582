"""Safeguards as middleware: fallbacks, budgets, breakers, rates, pruning."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfo_runtime.agents import (
    CountedBudget,
    Engine,
    Message,
    MockAdapter,
    ModelChoice,
    Price,
    PriceTable,
    Prompt,
    Purse,
    Reply,
    estimated_tokens,
    pruned,
    rate_limiter,
    simple_step,
    with_breaker,
    with_budgets,
    with_fallbacks,
    with_pruning,
    with_rate_limits,
)
from mfo_runtime.client import CircuitBreakerPolicy, Clock
from mfo_runtime.client.breaker import Breaker
from mfo_runtime.errors import (
    AuthenticationError,
    BudgetExceededError,
    CircuitOpenError,
    ConnectionFailedError,
    ValidationError,
)

HELLO = Prompt.of("Be kind.", "Hello")
BIG, SMALL = ModelChoice("big", "one"), ModelChoice("small", "two")


async def text_of(adapter, prompt=HELLO):
    return "".join([piece async for piece in adapter.stream(prompt) if isinstance(piece, str)])


@pytest.mark.parametrize("ask", [lambda adapter: adapter.call(HELLO), text_of])
async def test_the_next_model_is_asked_where_one_fails(ask):
    told = []
    mock = MockAdapter(ConnectionFailedError("gone"), "ok")
    adapter = with_fallbacks([BIG, SMALL], lambda choice, error: told.append((choice, error.message)))(mock)
    answer = await ask(adapter)
    assert getattr(answer, "text", answer) == "ok"
    assert [(prompt.provider_id, prompt.model_id) for prompt in mock.prompts] == [("one", "big"), ("two", "small")]
    assert told == [(BIG, "gone")]
    assert str(BIG) == "one/big"


class BreakingOff(MockAdapter):
    async def stream(self, prompt):
        yield "Once upon "
        raise ConnectionFailedError("gone")


async def test_what_was_heard_is_not_taken_back():
    pieces = with_fallbacks([BIG, SMALL])(BreakingOff("never")).stream(HELLO)
    assert await anext(pieces) == "Once upon "
    with pytest.raises(ConnectionFailedError):
        await anext(pieces)


async def test_a_model_that_refuses_for_good_is_left_out():
    mock = MockAdapter(ValidationError("no such model"), "a", "b")
    adapter = with_fallbacks([BIG, SMALL])(mock)
    assert [(await adapter.call(HELLO)).text for _ in range(2)] == ["a", "b"]
    assert [prompt.model_id for prompt in mock.prompts] == ["big", "small", "small"]


async def test_who_is_not_known_is_not_known_to_the_next_model_either():
    mock = MockAdapter(AuthenticationError("who?"), "ok")
    with pytest.raises(AuthenticationError):
        await with_fallbacks([BIG, SMALL])(mock).call(HELLO)
    assert mock.call_count == 1


async def test_the_error_of_the_last_model_is_told():
    with pytest.raises(ConnectionFailedError, match="second"):
        await with_fallbacks([BIG, SMALL])(
            MockAdapter(ConnectionFailedError("first"), ConnectionFailedError("second"))
        ).call(HELLO)
    assert (await with_fallbacks([])(MockAdapter("x")).call(HELLO)).text == "x"


TABLE = PriceTable({"big": Price(10, 20), "default": Price(1, 2)})


def test_prices_are_for_a_million_tokens():
    assert TABLE.cost("big", 1_000_000, 500_000) == 20
    assert TABLE.cost("other", 1_000_000, 500_000) == 2
    assert PriceTable().cost("big", 1, 1) is None


async def test_calls_are_counted_by_what_the_server_says():
    spent = []
    budget = CountedBudget("me", max_tokens=1000, max_cost=1)
    purse = Purse([budget], TABLE, on_spent=spent.append)
    adapter = with_budgets(purse)(
        MockAdapter(Reply("x", usage={"input_tokens": 30, "output_tokens": 20}, model_id="big"))
    )
    await adapter.call(HELLO)
    await text_of(adapter)
    assert (budget.tokens, budget.cost) == (100, pytest.approx(2 * (30 * 10 + 20 * 20) / 1_000_000))
    assert [one.tokens for one in spent] == [50, 50]


async def test_a_call_that_fails_costs_nothing():
    budget = CountedBudget("me", max_tokens=1000)
    with pytest.raises(ConnectionFailedError):
        await with_budgets(Purse([budget]))(MockAdapter(ConnectionFailedError("gone"))).call(HELLO)
    assert budget.tokens == 0


async def test_calls_at_the_same_time_count_each_other():
    budget = CountedBudget("me", max_tokens=2 * (estimated_tokens("Be kind.") + estimated_tokens("Hello") + 1))
    gate = asyncio.Event()

    class Slow(MockAdapter):
        async def call(self, prompt):
            await gate.wait()
            return await super().call(prompt)

    adapter = with_budgets(Purse([budget]))(Slow("x"))
    running = [asyncio.create_task(adapter.call(HELLO)) for _ in range(3)]
    await asyncio.sleep(0)
    gate.set()
    results = await asyncio.gather(*running, return_exceptions=True)
    assert [type(result) for result in results] == [Reply, Reply, BudgetExceededError]


async def test_max_tokens_of_the_options_are_put_by():
    prompt = Prompt("", HELLO.messages, options={"max_tokens": 500})
    with pytest.raises(BudgetExceededError, match="about 502 tokens"):
        await with_budgets(Purse([CountedBudget("me", max_tokens=400)]))(MockAdapter("x")).call(prompt)


async def test_what_fails_too_often_is_left_alone():
    breaker = Breaker(CircuitBreakerPolicy(2, 60), "the model", Clock())
    mock = MockAdapter(ConnectionFailedError("gone"))
    adapter = with_breaker(breaker, "A question")(mock)
    for ask in (adapter.call(HELLO), text_of(adapter)):
        with pytest.raises(ConnectionFailedError):
            await ask
    for ask in (adapter.call(HELLO), text_of(adapter)):
        with pytest.raises(CircuitOpenError, match="A question was not sent"):
            await ask
    assert mock.call_count == 2
    fresh = Breaker(CircuitBreakerPolicy(2, 60), "the model", Clock())
    assert await text_of(with_breaker(fresh, "A question")(MockAdapter("a b"))) == "a b"


async def test_calls_wait_for_their_rate():
    limiter = rate_limiter(2)
    mock = MockAdapter("x")
    adapter = with_rate_limits(limiter)(mock)
    await adapter.call(HELLO)
    await text_of(adapter)
    third = asyncio.create_task(adapter.call(HELLO))
    await asyncio.sleep(0)
    assert not third.done()
    assert mock.call_count == 2
    third.cancel()
    assert with_rate_limits()(mock) is mock


async def test_a_model_is_told_the_newest_that_fits():
    mock = MockAdapter("x")
    said = tuple(Message("user" if number % 2 == 0 else "assistant", f"{number}" * 40) for number in range(5))
    await with_pruning(estimated_tokens("Be kind.") + 20)(mock).call(Prompt("Be kind.", said))
    await text_of(with_pruning(1)(mock), Prompt("Be kind.", said))
    first, second = mock.prompts
    assert (first.system, first.messages) == ("Be kind.", said[3:])
    assert second.messages == said[4:]


roles = st.sampled_from(["system", "user", "assistant", "tool"])


@given(st.lists(st.builds(Message, roles, st.text(max_size=30)), max_size=8), st.integers(-5, 40))
def test_what_is_left_is_the_end_of_the_conversation_and_the_system_messages(messages, most):
    left = pruned(messages, most)
    system = [one for one in messages if one.role == "system"]
    others = [one for one in messages if one.role != "system"]
    kept = [one for one in left if one.role != "system"]
    assert [one for one in left if one.role == "system"] == system
    assert kept == others[len(others) - len(kept) :]
    if messages and messages[-1].role != "system":
        assert kept
    if len(kept) > 1:
        assert kept[0].role != "tool"
        assert sum(estimated_tokens(one.content) for one in kept) <= most


async def test_safeguards_stand_around_an_engine():
    budget = CountedBudget("me", max_tokens=5)
    engine = Engine(MockAdapter("x"), middleware=[with_budgets(Purse([budget]))])
    with pytest.raises(BudgetExceededError, match="the budget of me has 5 of 5 left"):
        await engine.run(simple_step("ask", "a long question to ask"))
