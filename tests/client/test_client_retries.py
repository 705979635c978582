"""What is tried again, how often, after how long, and that whoever watches sees every try."""

from __future__ import annotations

import asyncio

import pytest
from scripted_server import HANG, cut_off, error, reply

from mfo_dialect.catalogue.error_handling import MOST_TRIES
from mfo_runtime.client import CallOptions, RetryPolicy
from mfo_runtime.errors import (
    ConnectionFailedError,
    InternalError,
    MfoError,
    RateLimitedError,
    RequestTimeoutError,
    ValidationError,
)

RESULT = reply(200, {"result": 42})


async def test_a_server_that_fails_twice_is_asked_three_times(server, connect, time):
    server.script(error(500), error(500), RESULT)
    client = await connect()
    assert (await client.tools.execute("adder", {})).result == 42
    assert len(server.requests) == 3
    assert time.slept == [1.0, 2.0]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_transient_statuses_are_tried_again(server, connect, status):
    server.script(error(status), RESULT)
    client = await connect()
    assert (await client.tools.execute("adder", {})).result == 42
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 413, 422, 501, 505])
async def test_other_statuses_are_final(server, connect, status):
    server.script(error(status), RESULT)
    client = await connect()
    with pytest.raises(MfoError) as caught:
        await client.tools.execute("adder", {})
    assert caught.value.status == status
    assert not caught.value.transient
    assert len(server.requests) == 1


async def test_the_last_error_is_raised_when_all_tries_fail(server, connect):
    server.script(error(500, message="first"), error(503, message="second"), error(502, message="third"))
    client = await connect()
    with pytest.raises(InternalError, match="third") as caught:
        await client.tools.list()
    assert caught.value.status == 502
    assert len(server.requests) == 3


async def test_a_connection_that_breaks_in_the_body_is_tried_again(server, connect):
    server.script(cut_off(), RESULT)
    client = await connect()
    assert (await client.tools.execute("adder", {})).result == 42


async def test_a_connection_that_breaks_before_the_answer_is_tried_again(server, connect):
    server.script(b"", RESULT)
    client = await connect()
    assert (await client.tools.execute("adder", {})).result == 42


async def test_a_server_that_is_down_is_asked_as_often_as_allowed(connect, time, unused_tcp_port):
    client = await connect(base_url=f"http://127.0.0.1:{unused_tcp_port}")
    with pytest.raises(ConnectionFailedError, match=f"127.0.0.1:{unused_tcp_port}"):
        await client.tools.list()
    assert len(time.slept) == 2


async def test_a_server_that_hangs_is_left_after_the_timeout_and_asked_again(server, connect):
    server.script(HANG, RESULT)
    client = await connect(timeout=0.3, retry=RetryPolicy(max_attempts=10, jitter=False))
    assert (await client.tools.execute("adder", {})).result == 42


async def test_a_server_that_always_hangs_gives_a_timeout(server, connect):
    seen = []
    server.script(HANG)
    client = await connect(timeout=0.05, on_attempt=seen.append)
    with pytest.raises(RequestTimeoutError, match=r"0\.05 s"):
        await client.tools.list()
    assert [attempt.error.code for attempt in seen] == ["timeout"] * 3


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("Fri, 31 Jan 2025 12:00:30 GMT", 30.0),
        ("Fri, 31 Jan 2025 11:00:00 GMT", 0.0),
        ("soon", 1.0),
        ("-5", 1.0),
        ("", 1.0),
    ],
)
async def test_retry_after_decides_the_wait(server, connect, time, header, seconds):
    server.script(error(429, Retry_After=header), RESULT)
    client = await connect()
    await client.tools.execute("adder", {})
    assert time.slept == [seconds]


async def test_a_wait_longer_than_the_policy_bears_fails_at_once_and_says_how_long(server, connect, time):
    server.script(error(429, Retry_After="7200"))
    client = await connect()
    with pytest.raises(RateLimitedError) as caught:
        await client.tools.list()
    assert caught.value.retry_after == 7200
    assert (len(server.requests), time.slept) == (1, [])


async def test_an_absurd_retry_after_is_read_without_harm(server, connect):
    server.script(error(429, Retry_After="9" * 5000))
    client = await connect()
    with pytest.raises(RateLimitedError) as caught:
        await client.tools.list()
    assert caught.value.retry_after == 10**9


async def test_waits_grow_up_to_the_longest(server, connect, time):
    server.script(error(503))
    policy = RetryPolicy(max_attempts=6, initial_backoff=1, max_backoff=5, backoff_multiplier=3, jitter=False)
    client = await connect(retry=policy)
    with pytest.raises(InternalError):
        await client.tools.list()
    assert time.slept == [1, 3, 5, 5, 5]


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 8.0), (1.0, 4.0)])
async def test_jitter_shortens_a_wait_by_up_to_a_half(server, connect, time, chance, seconds):
    time.chance = chance
    server.script(error(503), RESULT)
    client = await connect(retry=RetryPolicy(initial_backoff=8))
    await client.tools.execute("adder", {})
    assert time.slept == [seconds]


async def test_jitter_never_comes_before_the_time_that_the_server_asks_for(server, connect, time):
    time.chance = 0.5
    server.script(error(429, Retry_After="10"), RESULT)
    client = await connect(retry=RetryPolicy(initial_backoff=2))
    await client.tools.execute("adder", {})
    assert time.slept == [11.0]


async def test_the_observer_sees_every_try(server, connect):
    seen = []
    server.script(error(500), error(503), RESULT)
    client = await connect(on_attempt=seen.append)
    await client.tools.execute("adder", {})
    assert [(attempt.number, attempt.error and attempt.error.status, attempt.pause) for attempt in seen] == [
        (1, 500, 1.0),
        (2, 503, 2.0),
        (3, None, None),
    ]
    assert len({attempt.idempotency_key for attempt in seen}) == 1
    assert [attempt.request_id for attempt in seen] == [request.headers["x-request-id"] for request in server.requests]


async def test_the_observer_sees_the_last_failure_once(server, connect):
    seen = []
    server.script(error(400))
    client = await connect(on_attempt=seen.append)
    with pytest.raises(ValidationError) as caught:
        await client.tools.list()
    assert [(attempt.number, attempt.error, attempt.pause) for attempt in seen] == [(1, caught.value, None)]


async def test_a_write_keeps_its_idempotency_key_over_its_tries(server, connect):
    server.script(error(500), error(500), reply(200, {"success": True}))
    client = await connect()
    await client.memory.store("a", 1)
    keys = [request.headers["idempotency-key"] for request in server.requests]
    assert len(keys) == 3
    assert len(set(keys)) == 1
    await client.memory.store("a", 1)
    assert server.requests[-1].headers["idempotency-key"] != keys[0]


async def test_a_read_has_no_idempotency_key(server, connect):
    server.script(reply(200, {"tools": []}))
    client = await connect()
    await client.tools.list()
    assert "idempotency-key" not in server.requests[0].headers


async def test_a_caller_that_repeats_its_writes_repeats_their_keys(server, connect):
    server.script(reply(200, {"success": True}))
    client = await connect()
    for _ in range(2):
        caller = client.with_options(CallOptions(idempotency_key="run-1/task é/0"))
        await caller.memory.store("a", 1)
        await caller.memory.store("b", 2)
    keys = [request.headers["idempotency-key"] for request in server.requests]
    assert keys[:2] == keys[2:]
    assert keys[0] != keys[1]
    assert keys[0].startswith("run-1/task%20%C3%A9/0")


async def test_a_caller_settles_attempts_timeout_and_observer_of_its_own(server, connect):
    ours, usual = [], []
    server.script(HANG)
    client = await connect(on_attempt=usual.append)
    caller = client.with_options(CallOptions(max_attempts=1, timeout=0.05, on_attempt=ours.append))
    with pytest.raises(RequestTimeoutError):
        await caller.tools.list()
    assert (len(ours), len(usual)) == (1, 0)


async def test_attempts_are_bounded_whatever_a_caller_asks_for(server, connect):
    server.script(error(500))
    client = await connect()
    with pytest.raises(InternalError):
        await client.with_options(CallOptions(max_attempts=10**9)).tools.list()
    assert len(server.requests) == MOST_TRIES


async def test_a_call_can_be_cancelled_and_the_client_goes_on(server, connect):
    server.script(HANG, RESULT)
    client = await connect()
    call = asyncio.create_task(client.tools.execute("adder", {}))
    while not server.requests:
        await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (await client.tools.execute("adder", {})).result == 42
    assert len(server.requests) == 2
