"""Answers that are not what the dialect promises: always one clear error, never a traceback of ours, never a hang."""

from __future__ import annotations

import re

import pytest
from scripted_server import error, reply

from mfo_runtime.client import CallOptions
from mfo_runtime.errors import (
    AuthorizationError,
    ConflictError,
    InternalError,
    InvalidInputError,
    InvalidResponseError,
    MfoError,
    NotFoundError,
    ValidationError,
)

HTML = b"<!doctype html><title>Sign in to the proxy</title>"


def garbage(body, **changes):
    return reply(200, body=body, **changes)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (garbage(HTML, content_type="text/html; charset=utf-8"), "tools.list is text/html, not JSON"),
        (garbage(b'{"tools": []}', content_type="text/plain"), "tools.list is text/plain, not JSON"),
        (garbage(b'{"tools": ['), "no valid JSON"),
        (garbage(b"\xff\xfe\x00"), "no valid JSON"),
        (garbage(b"\x00" * 100), "no valid JSON"),
        (garbage(b'{"tools": NaN}'), "no valid JSON"),
        (garbage(b'{"tools": ' + b"9" * 10_000 + b"}"), "no valid JSON"),
        (garbage(b"[" * 100_000), "nested too deeply"),
        (garbage(b'"text"'), "The answer to tools.list is not an object"),
        (garbage(b"null"), "The answer to tools.list is not an object"),
        (garbage(b'{"tools": {"a": 1}}'), "tools in the answer to tools.list is not a list"),
        (garbage(b'{"tools": ["adder"]}'), r"tools\[0\] in the answer to tools.list is not an object"),
        (garbage(b'{"tools": [{"name": 5}]}'), r"tools\[0\].name in the answer to tools.list is not text"),
        (garbage(b'{"tools": [{"id": "a", "parameters": []}]}'), r"tools\[0\].parameters .* is not an object"),
        (garbage(b"{}"), "data in the answer to tools.list is not there"),
        (reply(204), "The answer to tools.list is not an object"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "The answer to tools.list is not an object"),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "what is not HTTP"),
        (b"\x16\x03\x01\x02\x00\r\n\r\n", "what is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "what is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", "what is not HTTP"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
            "not compressed as it says",
        ),
    ],
)
async def test_an_answer_that_cannot_be_read(server, connect, answer, message):
    server.script(answer)
    with pytest.raises(InvalidResponseError, match=message) as caught:
        await (await connect()).tools.list()
    assert caught.value.code == "invalid_response"
    assert not caught.value.transient
    assert caught.value.request_id
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        reply(200, {"tools": [{"id": "adder"}]}),
        reply(200, {"data": [{"id": "adder"}]}),
        reply(200, [{"id": "adder"}]),
        reply(200, {"tools": [{"id": "adder"}]}, content_type=""),
        reply(200, {"tools": [{"id": "adder"}]}, content_type="application/vnd.mfo+json; charset=utf-8"),
        reply(200, body=b'\xef\xbb\xbf{"tools": [{"id": "adder"}]}\n'),
    ],
)
async def test_answers_that_other_editions_give(server, connect, answer):
    server.script(answer)
    assert [tool.id for tool in await (await connect()).tools.list()] == ["adder"]


@pytest.mark.parametrize("announced", [True, False])
async def test_an_answer_that_is_too_long_is_not_read_to_its_end(server, connect, announced):
    if announced:
        server.script(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n" + b"x" * 100)
    else:
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        server.script(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 200)
    with pytest.raises(InvalidResponseError, match="longer than the 1000 bytes") as caught:
        await (await connect(max_response_bytes=1000)).tools.list()
    assert "max_response_bytes" in caught.value.hint
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "failure", "code"),
    [
        (400, ValidationError, "validation"),
        (403, AuthorizationError, "authorization"),
        (404, NotFoundError, "not_found"),
        (410, NotFoundError, "not_found"),
        (409, ConflictError, "conflict"),
        (418, ValidationError, "validation"),
        (422, ValidationError, "validation"),
        (501, InternalError, "internal"),
        (599, InternalError, "internal"),
        (300, InvalidResponseError, "invalid_response"),
    ],
)
async def test_a_refusal_says_what_the_server_said(server, connect, status, failure, code):
    server.script(error(status, "their_code", "thread t1 is gone", {"thread_id": "t1"}, X_Request_Id="from-the-server"))
    with pytest.raises(failure) as caught:
        await (await connect()).chat.get_thread("t1")
    assert caught.value.to_data() == {
        "code": code,
        "message": f"chat.thread was answered with {status}: thread t1 is gone",
        "transient": False,
        "hint": failure.default_hint,
        "status": status,
        "request_id": "from-the-server",
        "details": {"thread_id": "t1"},
    }


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (reply(404, body=HTML, content_type="text/html"), "answered with 404: Not Found"),
        (reply(404, body=b""), "answered with 404: Not Found$"),
        (reply(404, body=b"\xff" * 5000), "answered with 404: Not Found"),
        (reply(404, ["not", "a", "map"]), "answered with 404: Not Found"),
        (reply(404, {"message": {"deep": 1}}), "answered with 404: Not Found"),
        (reply(404, {"error": {"code": "gone", "message": "no such thread"}}), "404: no such thread$"),
        (reply(404, {"error": "no such thread"}), "404: no such thread$"),
        (reply(404, {"detail": "no such thread"}), "404: no such thread$"),
        (reply(404, body=b'{"message": "' + b"[" * 100_000 + b'"}'), r"404: \[\[\["),
        (reply(404, body=b"[" * 100_000), "answered with 404: Not Found"),
        (reply(404, {"message": "red \x1b[31m\x00alert"}), "404: red \ufffd\\[31m\ufffdalert$"),
        (reply(499, {}), "499: a status that HTTP does not know"),
    ],
)
async def test_a_refusal_whose_body_is_anything(server, connect, answer, message):
    server.script(answer)
    with pytest.raises(MfoError) as caught:
        await (await connect()).chat.get_thread("t1")
    assert re.search(message, caught.value.message)
    assert len(str(caught.value)) < 2500


async def test_a_success_that_says_that_it_failed_is_an_error(server, connect):
    server.script(reply(200, {"success": False}))
    with pytest.raises(InvalidResponseError, match=r"memory.delete was answered with 200 and success: false"):
        await (await connect()).memory.delete("a")


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), {1, 2}, b"bytes", object(), {("a", "b"): 1}],
)
async def test_what_json_cannot_say_is_refused_before_anything_is_sent(server, connect, value):
    with pytest.raises(InvalidInputError, match="cannot be said in JSON"):
        await (await connect()).memory.store("a", value)
    assert server.requests == []


async def test_a_value_that_contains_itself_is_refused(server, connect):
    value = []
    value.append(value)
    with pytest.raises(InvalidInputError):
        await (await connect()).memory.store("a", value)
    assert server.requests == []


@pytest.mark.parametrize("value", ["é 漢 🎉", "\ud800", "\x00", 1.5, None, {"": [True]}, 10**100])
async def test_any_json_value_arrives_as_it_was(server, connect, value):
    server.answer = lambda request: reply(200, {"value": request.json["value"]} if request.body else {"value": value})
    client = await connect()
    await client.memory.store("a", value)
    assert server.requests[0].json["value"] == value
    assert (await client.memory.get("a")).value == value


async def test_a_redirect_within_the_server_is_followed(server, connect):
    server.answer = lambda request: (
        reply(200, {"result": request.json}) if request.path == "/new" else reply(308, {}, Location="/new")
    )
    result = await (await connect()).tools.execute("adder", {"a": 1})
    assert result.result == {"arguments": {"a": 1}}
    assert server.requests[1].headers["authorization"] == server.requests[0].headers["authorization"]


async def test_a_redirect_that_would_turn_a_write_into_a_read_is_refused(server, connect):
    server.script(reply(302, {}, Location="/login"))
    with pytest.raises(InvalidResponseError, match="redirects a POST"):
        await (await connect()).tools.execute("adder", {})
    assert len(server.requests) == 1


async def test_an_error_of_one_caller_names_the_servers_request_id_and_status(server, connect):
    server.script(reply(200, {"id": "j", "status": "sleeping"}, X_Request_Id="r-77"))
    caller = (await connect()).with_options(CallOptions())
    with pytest.raises(InvalidResponseError, match=r"status in the answer to jobs.get is not one of queued") as caught:
        await caller.jobs.get("j")
    assert (caught.value.request_id, caught.value.status) == ("r-77", 200)
