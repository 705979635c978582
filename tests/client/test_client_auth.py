"""Who asks: tokens, logins, one login for many, and what a refusal says."""

from __future__ import annotations

import asyncio

import pytest
from conftest import PASSWORD, TOKEN
from scripted_server import HANG, error, reply

from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.errors import AuthenticationError, ConnectionFailedError, InvalidResponseError

ACCOUNT = {"email": "ada@example.org", "password": PASSWORD}
LOGIN = "/auth/login"


class Accounts:
    """Answers a login with a new token each time, and lets only the newest in."""

    def __init__(self):
        self.valid = None
        self.logins = 0

    def __call__(self, request):
        if request.path == LOGIN:
            self.logins += 1
            self.valid = f"issued-token-{self.logins}"
            return reply(200, {"token": self.valid})
        if request.headers.get("authorization") != f"Bearer {self.valid}":
            return error(401, "authentication", "unknown token")
        return reply(200, {"tools": []})


async def test_a_token_is_sent_as_bearer(server, connect):
    server.script(reply(200, {"tools": []}))
    await (await connect()).tools.list()
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


async def test_without_an_account_nothing_is_sent(server, connect):
    server.script(reply(200, {"tools": []}))
    await (await connect(token=None)).tools.list()
    assert "authorization" not in server.requests[0].headers


async def test_twenty_calls_without_a_token_log_in_once(server, connect):
    server.answer = accounts = Accounts()
    client = await connect(token=None, **ACCOUNT)
    await asyncio.gather(*(client.tools.list() for _ in range(20)))
    assert accounts.logins == 1
    assert server.asked(LOGIN)[0].json == ACCOUNT


async def test_twenty_calls_that_meet_a_401_log_in_once(server, connect):
    accounts = Accounts()
    waiting = asyncio.Event()

    async def all_at_once(request):
        if request.headers.get("authorization") == f"Bearer {TOKEN}":
            if len(server.requests) == 20:
                waiting.set()
            await waiting.wait()
        return accounts(request)

    server.answer = all_at_once
    client = await connect(**ACCOUNT)
    await asyncio.gather(*(client.tools.list() for _ in range(20)))
    assert accounts.logins == 1
    assert len(server.asked("/api/tools")) == 40


async def test_a_late_401_uses_the_token_that_another_call_has_brought(server, connect):
    accounts = Accounts()
    release = asyncio.Event()

    async def one_is_late(request):
        if request.path == "/api/tools/late" and request.headers["authorization"] == f"Bearer {TOKEN}":
            await release.wait()
        answer = accounts(request)
        return reply(200, {"result": 1}) if request.path == "/api/tools/late" and b" 200 " in answer[:20] else answer

    server.answer = one_is_late
    client = await connect(**ACCOUNT)
    late = asyncio.create_task(client.tools.execute("late", {}))
    await client.tools.list()
    release.set()
    assert (await late).result == 1
    assert accounts.logins == 1


async def test_a_new_token_that_is_refused_too_ends_the_call(server, connect):
    server.answer = lambda request: reply(200, {"token": "fresh-token"}) if request.path == LOGIN else error(401)
    client = await connect(**ACCOUNT)
    with pytest.raises(AuthenticationError):
        await client.tools.list()
    assert [request.path for request in server.requests] == ["/api/tools", LOGIN, "/api/tools"]


async def test_a_refused_password_is_not_sent_again(server, connect):
    server.answer = lambda request: error(401, "authentication", f"no: {request.body.decode()}")
    client = await connect(token=None, **ACCOUNT)
    outcomes = await asyncio.gather(*(client.tools.list() for _ in range(20)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {AuthenticationError}
    assert len(set(map(id, outcomes))) == 20
    with pytest.raises(AuthenticationError, match="refused the login") as caught:
        await client.tools.list()
    assert len(server.requests) == 1
    assert not [text for text in map(str, [*outcomes, caught.value]) if PASSWORD in text]


async def test_a_login_that_meets_a_broken_server_is_tried_again(server, connect):
    answers = [error(503), b"", reply(200, {"token": "fresh-token"})]
    server.answer = lambda request: answers.pop(0) if request.path == LOGIN else reply(200, {"tools": []})
    client = await connect(token=None, **ACCOUNT)
    assert await client.tools.list() == ()
    assert len(server.asked(LOGIN)) == 3


async def test_a_login_without_a_token_in_its_answer_is_an_error(server, connect):
    server.script(reply(200, {"jwt": "fresh-token"}))
    with pytest.raises(InvalidResponseError, match=r"token in the answer to auth.log_in is not text"):
        await (await connect(token=None, **ACCOUNT)).tools.list()


async def test_a_refused_token_without_an_account_says_what_to_do(server, connect):
    server.script(error(401))
    with pytest.raises(AuthenticationError) as caught:
        await (await connect()).tools.list()
    assert "MFO_TOKEN" in caught.value.hint


async def test_cancelling_one_of_two_callers_leaves_the_login_to_the_other(server, connect):
    accounts = Accounts()
    release = asyncio.Event()

    async def slow_login(request):
        if request.path == LOGIN:
            await release.wait()
        return accounts(request)

    server.answer = slow_login
    client = await connect(token=None, **ACCOUNT)
    first, second = (asyncio.create_task(client.tools.list()) for _ in range(2))
    while not server.requests:
        await asyncio.sleep(0)
    first.cancel()
    release.set()
    assert await second == ()
    assert first.cancelled()
    assert accounts.logins == 1


async def test_closing_ends_a_login_under_way(server):
    server.script(HANG)
    async with MfoClient(ClientSettings(base_url=server.url, **ACCOUNT)) as client:
        call = asyncio.create_task(client.log_in())
        while not server.requests:
            await asyncio.sleep(0)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)


async def test_a_token_that_the_server_repeats_is_struck_out(server, connect):
    server.answer = lambda request: error(
        403,
        message=f"{request.headers['authorization']} may not",
        details={"you": TOKEN, "deeper": [{"sent": f"x{TOKEN}x"}], "password": "hunter2"},
        X_Request_Id=f"id-{TOKEN}",
    )
    with pytest.raises(Exception, match="may not") as caught:
        await (await connect()).tools.list()
    shown = f"{caught.value!s} {caught.value!r} {caught.value.to_data()}"
    assert TOKEN not in shown
    assert "hunter2" not in shown


async def test_neither_settings_nor_errors_show_a_secret(connect, unused_tcp_port):
    client = await connect(base_url=f"http://127.0.0.1:{unused_tcp_port}", **ACCOUNT)
    with pytest.raises(ConnectionFailedError) as caught:
        await client.tools.list()
    shown = f"{client.settings!r} {caught.value!r} {caught.value.to_data()}"
    assert TOKEN not in shown
    assert PASSWORD not in shown
