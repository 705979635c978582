"""The line to a client at the standard streams: whole messages, whatever the other end does, and without waiting for it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess

import pytest

from mfo_lsp.server.app import make_server
from mfo_lsp.server.framing import MAX_BODY, Frames, framed, header
from mfo_lsp.server.standard_streams import PipeWriter
from tests.lsp.raw_client import PATIENCE, SERVER

REQUESTS = [
    {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"processId": None, "capabilities": {}}},
    {"jsonrpc": "2.0", "method": "initialized", "params": {}},
]


def said(*messages):
    return b"".join(framed(json.dumps(message).encode()) for message in messages)


def heard(data):
    return [json.loads(body) for body in Frames().feed(data)]


@pytest.fixture
def pipe():
    source, sink = os.pipe()
    yield source, sink
    for descriptor in (source, sink):
        os.close(descriptor)


async def read_all(source, length):
    data = bytearray()
    while len(data) < length:
        data += await asyncio.to_thread(os.read, source, length - len(data))
    return bytes(data)


async def test_messages_that_nobody_reads_yet_are_sent_later_and_in_order(pipe):
    source, sink = pipe
    writer = PipeWriter(sink, make_server())
    bodies = [b"a" * 5_000_000, b"b", b"", b"c" * 3_000_000]
    for body in bodies:
        writer.write(body)
    data = await asyncio.wait_for(read_all(source, sum(len(header(body) + body) for body in bodies)), PATIENCE)
    assert list(Frames().feed(data)) == bodies
    writer.write(b"{}")
    assert os.read(source, 100) == framed(b"{}")
    writer.close()
    assert os.get_blocking(sink)


async def test_a_client_that_never_reads_has_its_session_ended(pipe):
    server = make_server()
    writer = PipeWriter(pipe[1], server)
    body = b"x" * (MAX_BODY // 4)
    for _ in range(4):
        writer.write(body)
        assert not server.stopped.is_set()
    writer.write(body)
    assert server.stopped.is_set()
    writer.close()


async def test_a_pipe_that_broke_ends_the_session():
    source, sink = os.pipe()
    server = make_server()
    writer = PipeWriter(sink, server)
    os.close(source)
    writer.write(b"{}")
    assert server.stopped.is_set()
    writer.close()
    os.close(sink)


def test_a_client_may_send_all_that_it_has_before_it_reads():
    many = [{"jsonrpc": "2.0", "id": number, "method": "no/such", "params": "x" * 2000} for number in range(3, 3000)]
    client = subprocess.Popen(SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    data = memoryview(said(*REQUESTS, *many, {"jsonrpc": "2.0", "method": "exit"}))
    while data:
        data = data[client.stdin.write(data) :]
    answers = heard(client.communicate(timeout=PATIENCE)[0])
    assert [answer["id"] for answer in answers if "id" in answer] == [1, *range(3, 3000)]
    assert client.returncode == 1


def test_files_serve_as_streams_too(tmp_path):
    (tmp_path / "in").write_bytes(said(*REQUESTS))
    with (tmp_path / "in").open("rb") as source, (tmp_path / "out").open("wb") as sink:
        status = subprocess.run(SERVER, stdin=source, stdout=sink, timeout=PATIENCE, check=False).returncode
    assert next(answer["id"] for answer in heard((tmp_path / "out").read_bytes())) == 1
    assert status == 1
