"""Serving over TCP and WebSockets: the same server, on loopback, until the last client has left."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import PIPE

import pytest
from websockets.asyncio.client import connect

from mfo_lsp.server.framing import Frames, framed
from tests.lsp.raw_client import PATIENCE, SERVER

FLOW = "name: a\ntasks:\n  - id: one\n    type: mfo_api_tool_list\n    dependencies: [two]\n"
TALK = (
    {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}},
    {"method": "initialized", "params": {}},
    {
        "method": "textDocument/didOpen",
        "params": {"textDocument": {"uri": "untitled:a", "languageId": "yaml", "version": 1, "text": FLOW}},
    },
)


def said(message):
    return json.dumps({"jsonrpc": "2.0", **message}).encode()


async def start(*arguments):
    process = await asyncio.create_subprocess_exec(*SERVER, "serve", *arguments, stderr=PIPE)
    line = (await asyncio.wait_for(process.stderr.readline(), PATIENCE)).decode()
    host, _, port = line.strip().rpartition(" ")[2].rpartition(":")
    return process, host, int(port)


class TcpLine:
    def __init__(self, reader, writer):
        self.reader, self.writer, self.frames, self.messages = reader, writer, Frames(), []

    async def send(self, message):
        self.writer.write(framed(said(message)))

    async def read(self):
        while not self.messages:
            self.messages += self.frames.feed(await self.reader.read(1 << 16))
        return json.loads(self.messages.pop(0))

    async def close(self):
        self.writer.close()


class SocketLine:
    def __init__(self, socket):
        self.socket = socket

    async def send(self, message):
        await self.socket.send(said(message).decode())

    async def read(self):
        return json.loads(await self.socket.recv())

    async def close(self):
        await self.socket.close()


async def join(kind, host, port):
    if kind == "--tcp":
        return TcpLine(*await asyncio.open_connection(host, port))
    return SocketLine(await connect(f"ws://{host}:{port}"))


async def answer(line, message_id):
    async with asyncio.timeout(PATIENCE):
        while (message := await line.read()).get("id") != message_id:
            pass
    return message


async def finding(line):
    async with asyncio.timeout(PATIENCE):
        while (message := await line.read()).get("method") != "textDocument/publishDiagnostics":
            pass
    return [diagnostic["code"] for diagnostic in message["params"]["diagnostics"]]


@pytest.mark.parametrize("kind", ["--tcp", "--ws"])
async def test_clients_are_served_one_beside_the_other_until_the_last_has_left(kind):
    process, host, port = await start(kind, "127.0.0.1:0")
    assert host == "127.0.0.1"
    first, second = await join(kind, host, port), await join(kind, host, port)
    for line in (first, second):
        for message in TALK:
            await line.send(message)
        assert "capabilities" in (await answer(line, 1))["result"]
        assert await finding(line) == ["MFO302"]
    await first.send({"id": 2, "method": "shutdown"})
    assert (await answer(first, 2))["result"] is None
    await first.send({"method": "exit"})
    await second.send({"id": 2, "method": "textDocument/codeLens", "params": {"textDocument": {"uri": "untitled:a"}}})
    assert (await answer(second, 2))["result"]
    await second.close()
    status = await asyncio.wait_for(process.wait(), PATIENCE)
    assert (status, b"Traceback" in await process.stderr.read()) == (1, False)
    await first.close()


@pytest.mark.parametrize("kind", ["--tcp", "--ws"])
async def test_an_address_that_is_taken_is_said_to_be(kind):
    listener = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    process = await asyncio.create_subprocess_exec(*SERVER, "serve", kind, f"127.0.0.1:{port}", stderr=PIPE)
    _, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
    listener.close()
    assert process.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in errors.decode()
    assert b"Traceback" not in errors
