"""A failing server is left alone, a busy one is given time, and what was just read is not asked for again."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from scripted_server import error, reply

from mfo_runtime.client import Circuit, CircuitBreakerPolicy, ClientSettings, MfoClient, RateLimit, RetryPolicy
from mfo_runtime.errors import CircuitOpenError, InternalError, InvalidInputError, NotFoundError, RateLimitedError

ONCE = RetryPolicy(max_attempts=1, jitter=False)
RESULT = reply(200, {"result": 42})


@pytest.fixture
def breaker_time(time, monkeypatch):
    """The breaker's library reads the time of day itself; here it reads the test's."""
    monkeypatch.setattr("purgatory.domain.model.time", SimpleNamespace(time=lambda: time.clock().now().timestamp()))
    return time


@pytest.fixture
def states(connect, breaker_time):
    return []


@pytest.fixture
async def client(server, breaker_time, states):
    settings = ClientSettings(server.url, token="t", retry=ONCE, circuit_breaker=CircuitBreakerPolicy(3, 60.0))
    observer = lambda host, state: states.append((host, state))  # noqa: E731 - short
    async with MfoClient(settings, clock=breaker_time.clock(), on_circuit=observer) as client:
        yield client


async def _fail(client, times=3):
    for _ in range(times):
        with pytest.raises(InternalError):
            await client.tools.list()


async def test_after_failures_in_a_row_the_server_is_left_alone(server, client, states):
    server.script(error(500))
    await _fail(client)
    with pytest.raises(CircuitOpenError, match="failed 3 times in a row and is left alone for 60 s") as caught:
        await client.tools.list()
    assert len(server.requests) == 3
    assert caught.value.retry_after == pytest.approx(60.0)
    assert states == [(server.url, Circuit.OPEN)]


async def test_a_success_in_between_counts_from_the_start(server, client):
    server.script(error(500), error(500), RESULT, error(500), error(500), RESULT)
    await _fail(client, 2)
    await client.tools.execute("adder", {})
    await _fail(client, 2)
    assert (await client.tools.execute("adder", {})).result == 42


async def test_refusals_and_requests_to_slow_down_are_no_failures(server, client):
    server.script(error(404), error(404), error(429), error(429), RESULT)
    for expected in (NotFoundError, NotFoundError, RateLimitedError, RateLimitedError):
        with pytest.raises(expected):
            await client.tools.execute("adder", {})
    assert (await client.tools.execute("adder", {})).result == 42


async def test_after_a_while_one_call_tries_the_server_out(server, client, states, breaker_time):
    server.script(error(500))
    await _fail(client)
    await breaker_time.clock().sleep(61)
    arrived, answer = asyncio.Event(), asyncio.Event()

    async def slowly(_request):
        arrived.set()
        await answer.wait()
        return RESULT

    server.answer = slowly
    trying = asyncio.create_task(client.tools.execute("adder", {}))
    await arrived.wait()
    with pytest.raises(CircuitOpenError):
        await client.tools.execute("adder", {})
    answer.set()
    assert (await trying).result == 42
    assert (await client.tools.execute("adder", {})).result == 42
    assert [state for _, state in states] == [Circuit.OPEN, Circuit.HALF_OPEN, Circuit.CLOSED]


async def test_a_server_that_still_fails_is_left_alone_again(server, client, breaker_time):
    server.script(error(500))
    await _fail(client)
    await breaker_time.clock().sleep(61)
    await _fail(client, 1)
    with pytest.raises(CircuitOpenError):
        await client.tools.list()


async def test_a_trial_that_is_given_up_says_nothing_good(server, client, breaker_time):
    server.script(error(500))
    await _fail(client)
    await breaker_time.clock().sleep(61)
    arrived = asyncio.Event()

    async def never(_request):
        arrived.set()
        await asyncio.Event().wait()

    server.answer = never
    trying = asyncio.create_task(client.tools.list())
    await arrived.wait()
    trying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trying
    server.script(RESULT)
    with pytest.raises(CircuitOpenError):
        await client.tools.execute("adder", {})
    await breaker_time.clock().sleep(61)
    assert (await client.tools.execute("adder", {})).result == 42


async def test_the_open_circuit_fails_at_once_whatever_the_retries(server, connect, breaker_time):
    server.script(error(500))
    client = await connect(circuit_breaker=CircuitBreakerPolicy(2, 60.0))
    with pytest.raises(CircuitOpenError):
        await client.tools.list()  # the third try meets the circuit that the first two opened
    assert breaker_time.slept == [1.0, 2.0]


async def test_when_one_call_is_told_to_wait_the_others_wait_too(server, connect, time):
    server.script(error(429, Retry_After="7"), RESULT)
    client = await connect(retry=ONCE)
    with pytest.raises(RateLimitedError):
        await client.tools.execute("adder", {})
    assert (await client.tools.execute("adder", {})).result == 42
    assert time.slept == [7.0]


async def test_nobody_waits_for_as_long_as_a_strange_server_likes(server, connect, time):
    server.script(error(429, Retry_After="86400"), RESULT)
    client = await connect(retry=ONCE)
    for _ in range(2):
        with pytest.raises(RateLimitedError):
            await client.tools.list()
    assert (len(server.requests), time.slept) == (1, [])


async def test_requests_go_out_no_faster_than_agreed(server, connect):
    server.script(RESULT)
    client = await connect(rate_limit=RateLimit(requests_per_second=0.001, burst=3))
    calls = [asyncio.create_task(client.tools.execute("adder", {})) for _ in range(5)]
    waiting = set(calls)
    while len(waiting) > 2:
        _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert (len(waiting), len(server.requests)) == (2, 3)
    for call in waiting:
        call.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_read_is_answered_from_memory_until_its_time_is_over(server, connect, time):
    server.script(reply(200, {"key": "a", "value": 1}), reply(200, {"key": "a", "value": 2}))
    client = await connect(cache_ttl=30.0)
    assert [(await client.memory.get("a")).value for _ in range(3)] == [1, 1, 1]
    assert len(server.requests) == 1
    await time.clock().sleep(31)
    assert (await client.memory.get("a")).value == 2


async def test_a_write_forgets_what_it_may_have_changed(server, connect):
    server.answer = lambda request: reply(200, {"key": "a", "value": len(server.requests), "id": "r", "result": 1})
    client = await connect(cache_ttl=30.0)
    await client.memory.get("a")
    await client.resources.get("r")
    await client.memory.store("a", 5)
    assert (await client.memory.get("a")).value == 4
    await client.resources.get("r")
    assert len(server.requests) == 4
    await client.tools.execute("anything", {})
    await client.resources.get("r")
    assert len(server.requests) == 6


async def test_an_answer_of_before_a_write_is_not_kept(server, connect):
    reading, written = asyncio.Event(), asyncio.Event()

    async def answer(request):
        if request.method == "GET" and not written.is_set():
            reading.set()
            await written.wait()
            return reply(200, {"key": "a", "value": "old"})
        written.set()
        return reply(200, {"key": "a", "value": "new"})

    server.answer = answer
    client = await connect(cache_ttl=30.0)
    slow = asyncio.create_task(client.memory.get("a"))
    await reading.wait()
    await client.memory.store("a", "new")
    assert (await slow).value == "old"
    assert (await client.memory.get("a")).value == "new"


async def test_whoever_changes_an_answer_changes_only_its_own(server, connect):
    server.script(reply(200, {"key": "a", "value": {"list": [1]}}))
    client = await connect(cache_ttl=30.0)
    (await client.memory.get("a")).value["list"].append(2)
    assert (await client.memory.get("a")).value == {"list": [1]}


async def test_jobs_are_asked_for_every_time(server, connect):
    server.script(reply(200, {"id": "j", "status": "running"}))
    client = await connect(cache_ttl=30.0)
    await client.jobs.get("j")
    await client.jobs.get("j")
    assert len(server.requests) == 2


def test_limits_come_from_the_client_section():
    settings = ClientSettings.from_data(
        {
            "base_url": "http://localhost:1",
            "circuit_breaker": {"failure_threshold": 7, "reset_timeout": "2m"},
            "rate_limit": {"requests_per_second": 2.5, "burst": 10},
            "cache": {"ttl": "45s"},
        }
    )
    assert settings.circuit_breaker == CircuitBreakerPolicy(7, 120.0)
    assert settings.rate_limit == RateLimit(2.5, 10)
    assert settings.cache_ttl == 45.0


def test_without_their_sections_there_are_no_limits():
    settings = ClientSettings.from_data({"base_url": "http://localhost:1"})
    assert (settings.circuit_breaker, settings.rate_limit, settings.cache_ttl) == (None, None, None)


@pytest.mark.parametrize(
    "client",
    [
        {"circuit_breaker": {"failure_threshold": 0}},
        {"circuit_breaker": {"reset_timeout": "0s"}},
        {"rate_limit": {"requests_per_second": -1}},
        {"rate_limit": {"requests_per_second": 1, "burst": 0}},
        {"cache": {"ttl": "0s"}},
        {"cache": {"max": 5}},
    ],
)
def test_limits_that_make_no_sense_are_refused(client):
    with pytest.raises(InvalidInputError):
        ClientSettings.from_data({"base_url": "http://localhost:1", **client})
