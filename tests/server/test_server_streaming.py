"""Chats that are streamed: server-sent events, kept threads, replays, failures, and clients that go away."""

from __future__ import annotations

import json
import logging
import queue

import pytest
from conftest import WAIT

from mfo_runtime.server import Script


def streamed(api, body, **options):
    """The events of an answer, and what ended it."""
    answer = api("POST", "/api/chat", {**body, "stream": True}, status=200, **options)
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = answer.text.split("\n\n")
    assert lines.pop() == ""
    assert all(line.startswith("data: ") for line in lines)
    done = lines[-1] == "data: [DONE]"
    return [json.loads(line.removeprefix("data: ")) for line in lines[: -1 if done else None]], done


def scripted(*answers, **settings):
    return {"script": Script.from_data({"script": [{"answers": list(answers)}]})} | settings


def test_echo_comes_word_by_word_and_is_kept(api):
    message = "  one two\n\nthree é\u2028 four "
    (*pieces, end), done = streamed(api, {"message": message})
    assert done
    assert len(pieces) == 5
    assert {piece["type"] for piece in pieces} == {"text"}
    assert "".join(piece["text"] for piece in pieces) == message
    assert (end["type"], end["content"], end["usage"]["output_tokens"] > 0) == ("end", message, True)
    thread = api.ok("GET", f"/api/chat/{end['thread_id']}")
    assert [kept["content"] for kept in thread["messages"]] == [message, message]
    assert thread["messages"][1]["id"] == end["message_id"]


def test_a_streamed_answer_has_what_a_whole_one_has(api):
    whole = api.ok("POST", "/api/chat", {"message": "Good day"})
    (*_, end), _ = streamed(api, {"message": "Good day"})
    assert set(end) - {"type"} == set(whole)
    assert {key: end[key] for key in ("content", "tool_calls", "usage", "metadata")} == {
        key: whole[key] for key in ("content", "tool_calls", "usage", "metadata")
    }


@pytest.mark.parametrize("stream", [False, None])
def test_who_does_not_ask_for_a_stream_gets_none(api, stream):
    assert api.ok("POST", "/api/chat", {"message": "x", "stream": stream})["content"] == "x"


def test_tool_calls_of_a_script_are_pieces(start):
    call = {"name": "search", "arguments": {"q": 1}}
    api = start(**scripted({"text": "Let me see", "tool_calls": [call]}, "Found."))
    (*pieces, end), _ = streamed(api, {"message": "x"})
    assert pieces[-1] == {"type": "tool_call", **call}
    assert end["tool_calls"] == [call]
    assert streamed(api, {"message": "y", "thread_id": end["thread_id"]})[0][-1]["content"]


def test_an_error_before_the_first_piece_has_its_status(start):
    api = start(**scripted({"error": {"status": 429, "message": "Later.", "retry_after": 3}}))
    answer = api("POST", "/api/chat", {"message": "x", "stream": True}, status=429)
    assert answer.headers["retry-after"] == "3"
    assert answer.json()["message"] == "Later."
    assert api.ok("GET", "/api/chat")["threads"] == []


@pytest.mark.parametrize("first_streams", [True, False])
def test_a_key_replays_a_stream(start, first_streams):
    call = {"name": "search", "arguments": {}}
    api = start(**scripted({"text": "first", "tool_calls": [call]}, "second"))
    key, body = {"Idempotency-Key": "k"}, {"message": "x"}
    first = streamed(api, body, headers=key)[0][-1] if first_streams else api.ok("POST", "/api/chat", body, headers=key)
    again, done = streamed(api, body, headers=key)
    assert done
    assert again[:2] == [{"type": "text", "text": "first"}, {"type": "tool_call", **call}]
    assert again[-1] == {"type": "end"} | first
    assert api.ok("POST", "/api/chat", body, headers=key)["message_id"] == first["message_id"]
    assert api.ok("GET", f"/api/chat/{first['thread_id']}")["message_count"] == 2


@pytest.fixture
def access_log():
    """The lines of the access log, as they are written."""
    lines = queue.Queue()
    handler = logging.Handler()
    handler.emit = lambda record: lines.put(record.getMessage())
    logger = logging.getLogger("mfo_runtime.server.access")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield lines
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_a_client_that_leaves_before_the_first_piece_ends_the_work(start, access_log):
    api = start(**scripted({"text": "late", "delay": "1h"}))
    with pytest.raises(Exception, match="timed out"):
        api.http.post("/api/chat", json={"message": "x", "thread_id": "t", "stream": True}, timeout=0.2)
    assert "POST /api/chat 499" in access_log.get(timeout=WAIT)
    api.error("GET", "/api/chat/t", status=404)


def test_a_client_that_leaves_in_the_middle_ends_the_work(start, access_log):
    api = start()
    words = " ".join("x" * 1_000_000 for _ in range(9))
    with api.http.stream("POST", "/api/chat", json={"message": words, "thread_id": "t", "stream": True}) as answer:
        assert next(answer.iter_raw(1000))
    assert "POST /api/chat 200" in access_log.get(timeout=WAIT)
    api.error("GET", "/api/chat/t", status=404)


def test_a_key_is_free_again_after_its_client_left(start, access_log):
    api = start()
    words = " ".join("x" * 1_000_000 for _ in range(9))
    body, key = {"message": words, "stream": True}, {"Idempotency-Key": "k"}
    with api.http.stream("POST", "/api/chat", json=body, headers=key) as answer:
        assert next(answer.iter_raw(1000))
    assert "POST /api/chat 200" in access_log.get(timeout=WAIT)
    assert streamed(api, {"message": words}, headers=key)[0][-1]["content"] == words


def test_a_failure_of_ours_in_the_middle_tells_nothing(start, monkeypatch, caplog):
    api = start()

    def broken(*_):
        raise RuntimeError("secret of the code")

    monkeypatch.setattr("mfo_runtime.server.routes.chat.threads.add", broken)
    (*pieces, last), done = streamed(api, {"message": "one two"})
    assert not done
    assert [piece["text"] for piece in pieces] == ["one ", "two"]
    assert last == {
        "type": "error",
        "code": "internal",
        "message": "something went wrong on the server",
        "details": {},
        "status": 500,
    }
    assert "a stream failed" in caplog.text
