"""What happens when our own code breaks: an error for that request, a line in the log without texts, and life goes on."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest

from mfo_lsp.server.app import METHODS
from mfo_lsp.server.framing import Garbled
from mfo_lsp.server.host import Method, Server
from mfo_lsp.server.protocol import RefusedError
from mfo_workspace.files import DiskFiles

SECRET = "what the user wrote"


class Sent:
    """Collects the messages that a server writes."""

    def __init__(self):
        self.messages = []

    def write(self, data):
        self.messages.append(json.loads(data))


def break_down(_server, _params):
    raise KeyError(SECRET)


async def break_down_later(_server, _params):
    await asyncio.sleep(0)
    raise ValueError(SECRET)


def refuse(_server, _params):
    raise RefusedError("not now")


async def wait_forever(_server, _params):
    await asyncio.Event().wait()


BROKEN = (
    Method("test/now", break_down, params=dict),
    Method("test/later", break_down_later, params=dict),
    Method("test/refused", refuse, params=dict),
    Method("test/forever", wait_forever, params=dict),
    Method("test/params", refuse, params=int),
)


@pytest.fixture
async def line():
    server, sent = Server((*METHODS, *BROKEN), (), "0", DiskFiles()), Sent()
    server.protocol.set_writer(sent, include_headers=False)

    async def say(**message):
        server.protocol.receive(json.dumps({"jsonrpc": "2.0", **message}).encode())
        for _ in range(30):
            await asyncio.sleep(0)
        return sent.messages[-1] if sent.messages else None

    assert "result" in await say(id=0, method="initialize", params={"capabilities": {}})
    return say, server, sent


@pytest.mark.parametrize(
    ("method", "code"),
    [("test/now", -32603), ("test/later", -32603), ("test/refused", -32803), ("test/params", -32602)],
)
async def test_a_request_that_breaks_is_answered_with_an_error_without_texts(line, caplog, method, code):
    say, _, _ = line
    reply = await say(id=1, method=method, params={"a": SECRET})
    assert (reply["id"], reply["error"]["code"]) == (1, code)
    assert SECRET not in json.dumps(reply)
    assert SECRET not in caplog.text
    assert (await say(id=2, method="test/refused", params={}))["error"]["message"] == "not now"


async def test_a_notification_that_breaks_is_logged_with_the_place_and_without_texts(line, caplog):
    say, _, sent = line
    before = len(sent.messages)
    with caplog.at_level(logging.ERROR):
        await say(method="test/now", params={"a": SECRET})
    assert len(sent.messages) == before
    assert "KeyError" in caplog.text
    assert "test_fences.py" in caplog.text
    assert SECRET not in caplog.text


async def test_a_request_that_waits_can_be_cancelled(line):
    say, server, _ = line
    await say(id="w", method="test/forever", params={})
    assert (await say(id="w", method="test/refused", params={}))["error"]["code"] == -32600
    reply = await say(method="$/cancelRequest", params={"id": "w"})
    assert (reply["id"], reply["error"]["code"]) == ("w", -32800)
    assert "w" not in server.protocol.jobs


async def test_shutdown_cancels_what_waits_and_is_answered(line):
    say, _, sent = line
    await say(id="w", method="test/forever", params={})
    await say(id="s", method="shutdown")
    replies = {message["id"]: message for message in sent.messages}
    assert replies["w"]["error"]["code"] == -32800
    assert replies["s"] == {"jsonrpc": "2.0", "id": "s", "result": None}


async def test_bytes_that_are_no_message_are_answered(line):
    _, server, sent = line
    server.protocol.receive(Garbled("no header"))
    assert sent.messages[-1] == {"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "no header"}}
