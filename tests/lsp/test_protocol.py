"""What the server answers to messages that no library would send, over real pipes; it answers all and lives."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sys

import pytest_asyncio

from tests.lsp.raw_client import PATIENCE, RawClient

FLOW = "name: a\ntasks:\n  - id: one\n    type: mfo_api_tool_list\n    dependencies: [two]\n"
OPEN = {"textDocument": {"uri": "file:///nowhere/flow.yml", "languageId": "yaml", "version": 1, "text": FLOW}}
SYMBOLS = {"textDocument": {"uri": "file:///nowhere/flow.yml"}}


WRONG = [
    (b"{", None, -32700),
    (b"", None, -32700),
    (b'"\xff"', None, -32700),
    (b"[" * 100_000, None, -32700),
    (b"[]", None, -32600),
    (b"null", None, -32600),
    (b'{"id": 7, "method": "shutdown"}', 7, -32600),
    (b'{"jsonrpc": "1.0", "id": 7, "method": "shutdown"}', 7, -32600),
    (b'{"jsonrpc": "2.0", "id": null, "method": "shutdown"}', None, -32600),
    (b'{"jsonrpc": "2.0", "id": [1], "method": "shutdown"}', None, -32600),
    (b'{"jsonrpc": "2.0", "id": true, "method": "shutdown"}', None, -32600),
    (b'{"jsonrpc": "2.0", "id": 7, "method": 7}', 7, -32600),
    (b'{"jsonrpc": "2.0", "id": 7}', 7, -32600),
    (b'{"jsonrpc": "2.0"}', None, -32600),
    (b'{"jsonrpc": "2.0", "id": 7, "method": "no/such"}', 7, -32601),
    (b'{"jsonrpc": "2.0", "id": 7, "method": "$/no/such"}', 7, -32601),
    (b'{"jsonrpc": "2.0", "id": "7", "method": "no/such", "params": {"a": 1}}', "7", -32601),
    (b'{"jsonrpc": "2.0", "id": 7, "method": "textDocument/completion2", "params": []}', 7, -32601),
    (b'{"jsonrpc": "2.0", "id": 7, "method": "textDocument/documentSymbol"}', 7, -32602),
    (b'{"jsonrpc": "2.0", "id": 7, "method": "textDocument/documentSymbol", "params": null}', 7, -32602),
    (b'{"jsonrpc": "2.0", "id": 7, "method": "textDocument/documentSymbol", "params": []}', 7, -32602),
    (b'{"jsonrpc": "2.0", "id": 7, "method": "textDocument/codeLens", "params": {"textDocument": 1}}', 7, -32602),
    (b'{"jsonrpc": "2.0", "id": 7, "method": "workspace/executeCommand", "params": {}}', 7, -32602),
    (b'{"jsonrpc": "2.0", "id": 7, "method": "initialize", "params": {"capabilities": {}}}', 7, -32600),
]


@pytest_asyncio.fixture
async def client():
    client = await RawClient.start()
    yield client
    errors = await client.stop()
    assert "Traceback" not in errors


@pytest_asyncio.fixture
async def ready(client):
    await client.initialize()
    return client


def error(reply):
    assert "result" not in reply
    assert reply["error"]["message"]
    return reply["error"]["code"]


async def test_wrong_messages_are_answered_with_their_errors(ready):
    for body, message_id, code in WRONG:
        ready.send_body(body)
        assert (body[:80], error(await ready.reply(message_id))) == (body[:80], code)
    assert (await ready.ask("textDocument/documentSymbol", SYMBOLS))["result"] == []


async def test_bytes_that_are_no_message_are_answered_and_passed_over(ready):
    ready.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    assert error(await ready.reply(None)) == -32700
    assert (await ready.ask("textDocument/documentSymbol", SYMBOLS))["result"] == []


async def test_before_initialize_requests_are_refused_and_notifications_dropped(client):
    client.send(method="textDocument/didOpen", params=OPEN)
    for method in ("textDocument/documentSymbol", "shutdown", "no/such"):
        assert error(await client.ask(method, SYMBOLS)) == -32002
    assert error(await client.ask("initialize", {"capabilities": 3})) == -32602
    await client.initialize()
    assert (await client.ask("textDocument/documentSymbol", SYMBOLS))["result"] == []


async def test_after_shutdown_only_exit_counts(ready):
    assert (await ready.ask("shutdown"))["result"] is None
    assert error(await ready.ask("textDocument/documentSymbol", SYMBOLS)) == -32600
    assert error(await ready.ask("shutdown")) == -32600
    assert error(await ready.ask("initialize", {"capabilities": {}})) == -32600
    ready.send(method="exit")
    assert await ready.exit_status() == 0


async def test_exit_without_shutdown_has_status_1(ready):
    ready.send(method="exit")
    assert await ready.exit_status() == 1


async def test_exit_before_initialize_ends_the_server(client):
    client.send(method="exit")
    assert await client.exit_status() == 1


async def test_a_client_that_closes_its_end_ends_the_server(ready):
    ready.process.stdin.close()
    assert await ready.exit_status() == 1


async def test_a_client_whose_process_died_ends_the_server_though_the_pipe_is_held(client):
    dead = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await dead.wait()
    await client.initialize(processId=dead.pid)
    assert await client.exit_status() == 1


async def test_an_interrupted_server_ends_without_a_traceback(ready):
    ready.process.send_signal(signal.SIGINT)
    assert await ready.exit_status() != 0


async def test_a_request_that_is_cancelled_before_it_starts_is_answered_so(ready):
    cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 70}}
    request = {"jsonrpc": "2.0", "id": 70, "method": "textDocument/documentSymbol", "params": SYMBOLS}
    bodies = [json.dumps(message).encode() for message in (request, cancel)]
    ready.write(b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in bodies))
    assert error(await ready.reply(70)) == -32800


async def test_notifications_and_responses_out_of_place_are_passed_over(ready):
    unopened = {"uri": "file:///unopened.yml", "version": 1}
    for message in (
        {"method": "no/such"},
        {"method": "$/whatever", "params": [1]},
        {"method": "textDocument/didOpen"},
        {"method": "textDocument/didChange", "params": {"textDocument": {}}},
        {"method": "textDocument/didChange", "params": {"textDocument": unopened, "contentChanges": [{"text": "a"}]}},
        {"method": "textDocument/didClose", "params": {"textDocument": unopened}},
        {"method": "window/workDoneProgress/cancel", "params": {"token": "none"}},
        {"method": "$/cancelRequest", "params": {"id": "never"}},
        {"id": 99, "result": None},
        {"id": 99, "error": {"code": 1, "message": "no"}},
        {"id": "99", "error": "no"},
    ):
        ready.send(**message)
    assert (await ready.ask("textDocument/documentSymbol", SYMBOLS))["result"] == []


async def test_any_uri_can_be_opened_and_asked_about(ready):
    for uri in ("", "file:", "file:///", "untitled:x", "file:///%00.yml", "http://a/b.yml", "\ud800", "file:///a/../b"):
        ready.send(method="textDocument/didOpen", params={"textDocument": {**OPEN["textDocument"], "uri": uri}})
        assert "result" in await ready.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}}), uri
        ready.send(method="textDocument/didClose", params={"textDocument": {"uri": uri}})
    assert (await ready.ask("textDocument/documentSymbol", SYMBOLS))["result"] == []


async def test_a_storm_of_mutilated_messages_leaves_the_server_alive(ready):
    dice = random.Random(4)
    good = json.dumps({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": OPEN}).encode()
    for _ in range(300):
        body = bytearray(good)
        for _ in range(dice.randint(1, 6)):
            body[dice.randrange(len(body))] = dice.randrange(256)
        ready.send_body(bytes(body[: dice.randint(1, len(body))]))
    ready.send(id="after", method="textDocument/codeLens", params={"textDocument": {"uri": "untitled:x"}})
    async with asyncio.timeout(PATIENCE):
        while (message := await ready.read()).get("id") != "after":
            pass
    assert message["result"] == []
