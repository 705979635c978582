"""Streamed chats: pieces as they come, and what happens where the stream is cut, late, endless, broken or left."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted_server import EVENTS_HEAD, HANG, ScriptedServer, cut_off, error, events, reply

from mfo_runtime.client import (
    ChatReply,
    ChatRequest,
    ClientSettings,
    EndPiece,
    MfoClient,
    RetryPolicy,
    TextPiece,
    ToolCall,
    ToolCallPiece,
)
from mfo_runtime.errors import (
    ConnectionFailedError,
    InternalError,
    InvalidResponseError,
    MfoError,
    RateLimitedError,
    RequestTimeoutError,
    ValidationError,
)
from tests.effort import PATIENCE, examples
from tests.loop_time import leap

CALL = {"name": "search", "arguments": {"q": "é"}}
END = {"type": "end", "message_id": "m", "content": "Good day", "thread_id": "t", "tool_calls": [CALL], "usage": {}}
WHOLE = events({"type": "text", "text": "Good "}, {"type": "text", "text": "day"}, {"type": "tool_call", **CALL}, END)


async def pieces_of(client, request="Hello"):
    return [piece async for piece in client.chat.stream(request)]


async def read(stream, pieces):
    async for piece in stream:
        pieces.append(piece)


async def test_pieces_come_typed_and_the_last_one_is_the_whole_reply(server, connect):
    server.script(WHOLE)
    client = await connect()
    stream = client.chat.stream(ChatRequest(message="Hello", thread_id="t"))
    *pieces, last = [piece async for piece in stream]
    call = ToolCall("search", {"q": "é"})
    assert pieces == [TextPiece("Good "), TextPiece("day"), ToolCallPiece(call)]
    assert isinstance(last, EndPiece)
    assert (last.reply.content, last.reply.thread_id, last.reply.tool_calls) == ("Good day", "t", (call,))
    assert stream.reply is last.reply
    assert "type" not in last.reply.data
    asked = server.requests[0]
    assert asked.json == {"message": "Hello", "thread_id": "t", "stream": True}
    assert asked.headers["accept"].startswith("text/event-stream")
    assert asked.headers["idempotency-key"]


async def test_a_piece_is_given_before_the_next_one_is_there(server, connect):
    seen = asyncio.Event()

    async def answer():
        yield EVENTS_HEAD + b'data: {"type": "text", "text": "one"}\n\n'
        await seen.wait()
        yield events(END).partition(b"\r\n\r\n")[2]

    server.answer = lambda request: answer()
    pieces = []
    async for piece in (await connect()).chat.stream("Hello"):
        pieces.append(piece)
        seen.set()
    assert pieces[0] == TextPiece("one")
    assert isinstance(pieces[-1], EndPiece)


async def test_nothing_is_sent_before_a_piece_is_asked_for(server, connect):
    async with (await connect()).chat.stream("Hello"):
        pass
    assert server.requests == []


async def test_who_leaves_early_closes_the_connection_and_frees_its_place(server, connect):
    left = asyncio.Event()

    async def answer():
        try:
            yield EVENTS_HEAD
            while True:
                yield b'data: {"type": "text", "text": "and on"}\n\n' * 1000
        finally:
            left.set()

    server.answer = lambda request: answer() if request.path == "/api/chat" else reply(200, {"tools": []})
    client = await connect(max_connections=1)
    async with client.chat.stream("Hello") as pieces:
        async for _ in pieces:
            break
    await asyncio.wait_for(left.wait(), PATIENCE)
    assert await client.tools.list() == ()


async def test_a_cancelled_reader_frees_its_place(server, connect):
    asked = asyncio.Event()

    async def answer():
        asked.set()
        yield EVENTS_HEAD
        await asyncio.Event().wait()

    server.answer = lambda request: answer() if request.path == "/api/chat" else reply(200, {"tools": []})
    client = await connect(max_connections=1)
    reading = asyncio.create_task(pieces_of(client))
    await asked.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await client.tools.list() == ()


@pytest.mark.parametrize(
    ("data", "content", "calls"),
    [
        ({"content": "Good day", "thread_id": "t"}, "Good day", 0),
        ({"content": "", "tool_calls": [CALL]}, "", 1),
    ],
)
async def test_a_server_that_does_not_stream_gives_all_at_once(server, connect, data, content, calls):
    server.script(reply(200, data))
    *pieces, last = await pieces_of(await connect())
    assert "".join(piece.text for piece in pieces if isinstance(piece, TextPiece)) == content
    assert len([piece for piece in pieces if isinstance(piece, ToolCallPiece)]) == calls
    assert isinstance(last.reply, ChatReply)


@pytest.mark.parametrize(
    ("answer", "wanted", "words"),
    [
        (events({"type": "text", "text": "x"}, done=False), ConnectionFailedError, "broke off before its end"),
        (EVENTS_HEAD, ConnectionFailedError, "broke off before its end"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata:",
            ConnectionFailedError,
            "closed the connection",
        ),
        (events({"type": "text", "text": "x"}), InvalidResponseError, "no piece of the type end"),
        (events("{not json"), InvalidResponseError, "no valid JSON"),
        (events("[" * 100_000), InvalidResponseError, "no valid JSON"),
        (events([1]), InvalidResponseError, "not an object"),
        (events({"text": "x"}), InvalidResponseError, "type in the answer"),
        (events({"type": "text", "text": 7}), InvalidResponseError, "text in the answer"),
        (events({"type": "tool_call", "name": "x", "arguments": 1}), InvalidResponseError, "arguments in the answer"),
        (events({"type": "end"}), InvalidResponseError, "content in the answer"),
        (reply(200, body=b"<html>", content_type="text/html"), InvalidResponseError, "text/html, not JSON"),
        (reply(200, body=b"{", content_type="application/json"), InvalidResponseError, "no valid JSON"),
        (cut_off(), ConnectionFailedError, "before its answer was whole"),
        (error(400, message="No such model."), ValidationError, "No such model"),
        (
            events({"type": "error", "code": "validation", "message": "Too long.", "status": 400}),
            ValidationError,
            "Too",
        ),
        (events({"type": "error"}), InternalError, "does not say why"),
        (events({"type": "error", "message": "x", "status": "400"}), InternalError, "broke off: x"),
        (events({"type": "error", "message": "x", "status": 429, "retry_after": 10**400}), RateLimitedError, "x"),
    ],
)
async def test_a_broken_stream_is_an_error_of_the_tree(server, connect, answer, wanted, words):
    server.script(answer)
    client = await connect(retry=RetryPolicy(max_attempts=1), max_connections=1)
    with pytest.raises(wanted, match=words) as caught:
        await pieces_of(client)
    assert type(caught.value) is wanted
    assert caught.value.request_id
    server.script(reply(200, {"tools": []}))
    assert await client.tools.list() == ()


async def test_an_error_in_the_middle_says_when_to_ask_again_and_is_not_tried_again(server, connect):
    broken = {"type": "error", "code": "rate_limited", "message": "Busy.", "status": 429, "retry_after": 7}
    server.script(events({"type": "text", "text": "Good "}, broken))
    pieces = []
    with pytest.raises(RateLimitedError) as caught:
        await read((await connect()).chat.stream("Hello"), pieces)
    assert (caught.value.retry_after, caught.value.transient, caught.value.status) == (7.0, True, 429)
    assert pieces == [TextPiece("Good ")]
    assert len(server.requests) == 1


async def test_what_fails_before_the_first_piece_is_tried_again_under_the_same_key(server, connect, time):
    server.script(error(503), WHOLE)
    assert len(await pieces_of(await connect())) == 4
    assert len({request.headers["idempotency-key"] for request in server.requests}) == 1
    assert len(time.slept) == 1


async def test_no_error_of_a_stream_says_the_token(server, connect):
    token = "mfo-secret-token-1234567890"
    server.script(events({"type": "error", "message": f"not {token}", "details": {"x": token}, "status": 400}))
    with pytest.raises(ValidationError) as caught:
        await pieces_of(await connect())
    assert token not in f"{caught.value} {caught.value.to_data()}"


@pytest.mark.parametrize("drip", [b"", b": still here\n\n", b"x"])
async def test_a_server_that_says_nothing_new_is_left(server, connect, drip):
    pieces = []

    async def answer():
        yield EVENTS_HEAD + b'data: {"type": "text", "text": "one"}\n\n'
        while True:
            await asyncio.sleep(0.001)
            if pieces:
                leap(7)
            if drip:
                yield drip

    server.answer = lambda request: answer()
    with pytest.raises(RequestTimeoutError, match="did not go on with its answer"):
        await read((await connect(timeout=60)).chat.stream("Hello"), pieces)
    assert pieces == [TextPiece("one")]


async def test_a_server_that_never_begins_is_left(server, connect):
    server.script(HANG)
    with pytest.raises(RequestTimeoutError):
        await pieces_of(await connect(timeout=0.1, retry=RetryPolicy(max_attempts=1)))


async def test_all_waiting_together_is_bounded(server, connect):
    async def answer():
        yield EVENTS_HEAD
        while True:
            yield b'data: {"type": "text", "text": "on"}\n\n'
            await asyncio.sleep(0.01)

    server.answer = lambda request: answer()
    with pytest.raises(RequestTimeoutError):
        await pieces_of(await connect(timeout=PATIENCE, stream_timeout=0.3))


@pytest.mark.parametrize("piece", [b"x" * 65536, b'data: {"type": "text", "text": "on"}\n\n' * 1000, b"\n" * 65536])
async def test_an_endless_answer_is_given_up(server, connect, piece):
    async def answer():
        yield EVENTS_HEAD
        while True:
            yield piece

    server.answer = lambda request: answer()
    with pytest.raises(InvalidResponseError, match="longer than the 1000000 bytes"):
        await pieces_of(await connect(max_response_bytes=1_000_000))


TYPES = st.sampled_from(["text", "tool_call", "end", "error", "other"])
VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
EVENTS = st.fixed_dictionaries(
    {"type": TYPES}, optional=dict.fromkeys(("text", "name", "arguments", "content", "tool_calls", "status"), VALUES)
)
LINES = st.binary(max_size=40) | st.sampled_from(
    [b"\n", b"\r", b"data: [DONE]\n\n", b"data:", b"id: 1\n", b"retry: x\n"]
)
LINES |= EVENTS.map(lambda event: b"data: " + json.dumps(event).encode() + b"\n\n")


@settings(max_examples=examples(60))
@given(st.lists(LINES, max_size=6).map(b"".join))
async def test_any_stream_ends_with_a_reply_or_an_error_of_the_tree(body):
    async with ScriptedServer() as server:
        server.script(EVENTS_HEAD + body)
        settings = ClientSettings(server.url, retry=RetryPolicy(max_attempts=1))
        async with MfoClient(settings) as client:
            stream = client.chat.stream("Hello")
            try:
                async for _ in stream:
                    pass
            except MfoError as failure:
                assert failure.request_id  # noqa: PT017 - either outcome is right
            else:
                assert stream.reply is not None
