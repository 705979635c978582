"""What holds for every route: who is let in, bodies, errors, ids, replays, and what the log says."""

from __future__ import annotations

import json
import logging
import socket
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from conftest import WAIT

from mfo_runtime.server import ServerSettings, add_user
from mfo_runtime.server.app import ENDPOINTS
from mfo_runtime.server.database import Database

PROTECTED = [
    (endpoint.method, endpoint.path.replace("{key:path}", "k").replace("{", "").replace("}", ""))
    for endpoint in ENDPOINTS
    if not endpoint.is_public
]
DIALECT = """
POST /auth/login
GET /api/tokens
POST /api/tokens
DELETE /api/tokens/{}
POST /api/chat
GET /api/chat/{}
GET /api/tools
POST /api/tools/{}
POST /api/memory
GET /api/memory/{}
PUT /api/memory/{}
DELETE /api/memory/{}
GET /api/resources
POST /api/resources
GET /api/resources/{}
PUT /api/resources/{}
DELETE /api/resources/{}
POST /api/jobs
GET /api/jobs/{}
POST /api/jobs/{}/cancel
POST /api/notifications
GET /api/notifications/{}
DELETE /api/notifications/{}
PUT /api/notifications/{}/read
POST /api/config/event-triggers
GET /api/config/event-triggers/{}
DELETE /api/config/event-triggers/{}
POST /api/webhooks
GET /api/webhooks/{}
DELETE /api/webhooks/{}
POST /api/events
POST /webhooks/{}/{}
POST /api/trigger/{}
GET /healthz
"""


def test_every_route_of_the_dialect_is_served():
    def shape(path):
        return "/".join("{}" if segment.startswith("{") else segment for segment in path.split("/"))

    served = {f"{endpoint.method} {shape(endpoint.path)}" for endpoint in ENDPOINTS}
    assert set(DIALECT.strip().splitlines()) <= served


@pytest.mark.parametrize(("method", "path"), PROTECTED)
@pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong", "Basic abc", "Bearer a.b.c", "Bearer é"])
def test_no_route_of_the_api_serves_a_stranger(api, method, path, header):
    headers = {} if header is None else {"Authorization": header.encode()}
    answer = httpx.request(method, api.server.url + path, headers=headers, trust_env=False, timeout=WAIT)
    assert answer.status_code == 401
    assert answer.json()["code"] == "authentication"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/api", "/api/nothing", "/auth-protected/x"])
def test_a_stranger_does_not_learn_which_routes_exist(api, path):
    assert httpx.get(api.server.url + path, trust_env=False, timeout=WAIT).status_code == 401


@pytest.mark.parametrize("path", ["/", "/nothing", "/api/nothing", "/api/jobs/", "/api/memory/", "/docs"])
def test_an_unknown_route_is_not_found(api, path):
    assert api.error("GET", path, status=404) == {"code": "not_found", "message": "no such route", "details": {}}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/tools", {"GET", "HEAD"}),
        ("GET", "/auth/login", {"POST"}),
        ("PATCH", "/api/jobs", {"GET", "HEAD", "POST"}),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(api, method, path, allowed):
    answer = api(method, path, status=405)
    assert answer.json()["code"] == "validation"
    assert set(answer.headers["Allow"].split(", ")) == allowed


def test_the_server_says_that_it_is_well_to_anybody(api):
    answer = httpx.get(api.server.url + "/healthz", trust_env=False, timeout=WAIT)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert httpx.head(api.server.url + "/healthz", trust_env=False, timeout=WAIT).content == b""


BROKEN_BODIES = {
    "empty": b"",
    "cut short": b'{"key": "k", "value":',
    "no UTF-8": b'{"key": "\xff", "value": 1}',
    "not a number": b'{"key": "k", "value": NaN}',
    "without end": b'{"key": "k", "value": 1e999}',
    "too many digits": b'{"key": "k", "value": ' + b"9" * 5000 + b"}",
    "half a surrogate": b'{"key": "\\ud800", "value": 1}',
    "deep": b'{"key": "k", "value": ' + b"[" * 300 + b"]" * 300 + b"}",
    "very deep": b"[" * 100_000,
    "a list": b"[]",
    "a byte order mark": b'\xef\xbb\xbf{"key": "k", "value": 1}',
}


@pytest.mark.parametrize("content", BROKEN_BODIES.values(), ids=BROKEN_BODIES)
def test_a_broken_body_is_refused(api, content):
    error = api.error("POST", "/api/memory", content=content, status=400)
    assert error["code"] == "validation"
    assert len(error["message"]) < 200


def test_a_whole_surrogate_pair_is_text(api):
    api.ok("POST", "/api/memory", content=b'{"key": "pair", "value": "\\ud83d\\ude00"}')
    assert api.ok("GET", "/api/memory/pair")["value"] == "😀"


def test_a_large_body_is_refused_and_a_body_at_the_limit_is_not(start):
    api = start(max_body=1000)
    frame = len(json.dumps({"key": "k", "value": ""}, separators=(",", ":")))
    api.ok(
        "POST", "/api/memory", content=json.dumps({"key": "k", "value": "x" * (1000 - frame)}, separators=(",", ":"))
    )
    error = api.error("POST", "/api/memory", content=b"x" * 1001, status=413)
    assert error["message"] == "the body has more than 1000 bytes"
    chunks = (b"x" * 100 for _ in range(100))
    assert api.error("POST", "/api/memory", content=chunks, status=413) == error


def test_a_body_that_never_comes_is_not_waited_for(start):
    api = start(body_timeout=0.05)
    host, port = api.server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=WAIT) as connection:
        head = f"POST /api/memory HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.server.token}\r\nContent-Length: 9\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(("given", "is_kept"), [("abc-1.2:3_4", True), ("x" * 129, False), ("a b", False), ("", False)])
def test_a_request_keeps_its_id_or_gets_one(api, given, is_kept):
    answer = api("GET", "/nothing", headers={"X-Request-Id": given}, status=404)
    assert (answer.headers["X-Request-Id"] == given) is is_kept
    assert answer.headers["X-Request-Id"]


class TestReplays:
    def test_the_same_key_gets_the_first_answer_and_nothing_is_done_twice(self, start):
        api = start()
        key = {"Idempotency-Key": "once"}
        first = api("POST", "/api/resources", {"type": "a"}, headers=key, status=201)
        again = api("POST", "/api/resources", content=b'{ "type":"a" }', headers=key, status=201)
        assert again.content == first.content
        assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
        assert api.ok("GET", "/api/resources")["pagination"]["total"] == 1

    def test_a_key_of_another_body_is_refused(self, start):
        api = start()
        key = {"Idempotency-Key": "once"}
        api("POST", "/api/resources", {"type": "a"}, headers=key, status=201)
        told = api.error("POST", "/api/resources", {"type": "b"}, headers=key, status=409)
        assert told["message"] == "the Idempotency-Key was used with another body"
        api("POST", "/api/trigger/t", content=b"1", headers=key, status=202)
        api.error("POST", "/api/trigger/t", content=b"2", headers=key, status=409)
        assert api.ok("GET", "/api/resources")["pagination"]["total"] == 1

    def test_a_key_counts_for_its_route_only(self, api):
        key = {"Idempotency-Key": "shared"}
        api("POST", "/api/resources", {"type": "a"}, headers=key, status=201)
        api("POST", "/api/jobs", {"type": "echo"}, headers=key, status=201)

    def test_a_key_counts_for_its_user_only(self, start):
        api = start()
        add_user(ServerSettings(data_dir=start.data_dir), "ann@example.com", "long enough")
        token = api.ok("POST", "/auth/login", {"email": "ann@example.com", "password": "long enough"})["token"]
        key = {"Idempotency-Key": "mine"}
        first = api.ok("POST", "/api/resources", {"type": "a"}, headers=key)
        second = api.ok("POST", "/api/resources", {"type": "a"}, headers={**key, "Authorization": f"Bearer {token}"})
        assert first["id"] != second["id"]

    def test_the_first_answer_outlives_a_restart(self, start):
        api = start()
        first = api.ok("POST", "/api/jobs", {"type": "echo"}, headers={"Idempotency-Key": "k"})
        api.server.stop()
        assert start().ok("POST", "/api/jobs", {"type": "echo"}, headers={"Idempotency-Key": "k"}) == first

    def test_an_error_is_not_replayed(self, api):
        key = {"Idempotency-Key": "mended"}
        api.error("POST", "/api/resources", {}, headers=key, status=400)
        api("POST", "/api/resources", {"type": "a"}, headers=key, status=201)

    @pytest.mark.parametrize("key", ["", "k" * 256])
    def test_a_key_that_is_none_is_refused(self, api, key):
        api.error("POST", "/api/resources", {"type": "a"}, headers={"Idempotency-Key": key}, status=400)

    def test_many_at_once_with_one_key_do_it_once(self, start):
        api = start()
        answers = at_once(
            20, lambda _: api.ok("POST", "/api/resources", {"type": "a"}, headers={"Idempotency-Key": "race"})["id"]
        )
        assert len(set(answers)) == 1
        assert api.ok("GET", "/api/resources")["pagination"]["total"] == 1

    def test_a_new_token_is_never_kept_for_replay(self, start, tmp_path):
        api = start()
        key = {"Idempotency-Key": "token"}
        tokens = [api.ok("POST", "/api/tokens", {"name": "n"}, headers=key)["token"] for _ in range(2)]
        assert tokens[0] != tokens[1]
        api.server.stop()
        stored = b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir())
        assert not any(token.encode() in stored for token in [*tokens, api.server.token])


def test_many_writers_at_once_lose_nothing(start):
    api = start()

    def write(number):
        api.ok("POST", "/api/memory", {"key": f"key {number}", "value": number})
        return api.ok("POST", "/api/resources", {"type": "t", "content": number})["id"]

    ids = at_once(200, write)
    assert len(set(ids)) == 200
    assert api.ok("GET", "/api/memory")["pagination"]["total"] == 200
    assert {resource["content"] for resource in api.ok("GET", "/api/resources")["resources"]} == set(range(200))
    sequences = [event["sequence"] for event in api.ok("GET", "/api/events")["events"]]
    assert sequences == list(range(1, 401))


def test_the_log_has_a_line_a_request_and_no_secret(start, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="mfo_runtime.server")  # whatever a command in this process has set
    api = start()
    token = api.ok("POST", "/api/tokens", {"name": "n"})["token"]
    secret = "planted-secret"
    headers = {"Authorization": f"Bearer {token}", "X-Request-Id": "request-1", "Cookie": secret}
    api("GET", f"/api/memory/{secret}?token={secret}", headers=headers, status=404)
    api("POST", "/auth/login", {"email": secret, "password": secret}, status=401)
    api("POST", f"/webhooks/mail/{secret}", {"body": secret}, status=202)
    api("GET", f"/{secret}", headers={"Authorization": f"Bearer {secret}"}, status=404)
    api("POST", "/api/webhooks", {"url": "http://x.test", "events": ["none"], "secret": secret}, status=201)
    api("GET", f"/api/memory/{secret}", headers={"X-Request-Id": f"{secret} {secret}"}, status=404)
    api.server.stop()
    lines = [record.getMessage() for record in caplog.records if record.name == "mfo_runtime.server.access"]
    assert len(lines) == 7
    assert lines[1].startswith("GET /api/memory/{key:path} 404 ")
    assert lines[1].endswith("ms request-1")
    ours = ("mfo_runtime", "uvicorn", "asyncio")
    told = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(ours))
    for hidden in (secret, token, api.server.token):
        assert hidden not in told


def test_an_unexpected_failure_tells_a_stranger_nothing(start, caplog, monkeypatch):
    api = start()

    def broken(self, *_):
        raise RuntimeError("/home/someone/secret.py")

    monkeypatch.setattr(Database, "number", broken)
    error = api.error("GET", "/healthz", status=500)
    assert error == {"code": "internal", "message": "something went wrong on the server", "details": {}}
    assert "secret.py" in caplog.text


def test_a_store_that_fails_is_said_to_be_unavailable_and_recovers(start, monkeypatch):
    api = start()

    def full(self, *_):
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "write", full)
        error = api.error("POST", "/api/memory", {"key": "k", "value": 1}, status=503)
        assert "disk" not in error["message"]
    api.ok("POST", "/api/memory", {"key": "k", "value": 1})


def at_once(count, work):
    """What ``work`` gives for each number, all started together on eight threads."""
    gate = threading.Barrier(8)

    def begin(number):
        if number < 8:
            gate.wait(timeout=WAIT)
        return work(number)

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(begin, range(count)))
