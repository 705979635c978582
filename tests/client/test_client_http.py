"""The seam to the HTTP library, used alone: as tasks that call out and webhook deliveries use it."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import replace

import pytest
from scripted_server import HANG, ScriptedServer, reply

from mfo_runtime.errors import ConnectionFailedError, InvalidInputError, InvalidResponseError, RequestTimeoutError
from mfo_runtime.http import HttpClient, HttpRequest, HttpSettings, Redirects, Timeouts

SECRETS = {"Authorization": "Bearer secret-token-1", "X-Api-Key": "secret-key-2", "Cookie": "session=secret-3"}


@pytest.fixture
async def http():
    async with HttpClient(HttpSettings(timeouts=Timeouts(total=5, connect=5))) as client:
        yield client


@pytest.fixture
async def elsewhere():
    async with ScriptedServer() as running:
        yield running


async def test_a_request_arrives_whole_and_the_answer_comes_back_whole(server, http):
    server.script(
        reply(418, body="tee é".encode("latin-1"), content_type="text/plain; charset=ISO-8859-1", X_Extra="1")
    )
    response = await http.send(
        HttpRequest(
            "patch",
            f"{server.url}/a%2Fb?x=1",
            headers={"X-Signature": "abc"},
            query={"q": "a b&c", "list": ["1", "2"]},
            body=b"\x00\xff",
        )
    )
    assert (response.status, response.text(), response.media_type) == (418, "tee é", "text/plain")
    assert response.headers["x-extra"] == "1"
    received = server.requests[0]
    assert (received.method, received.body, received.headers["x-signature"]) == ("PATCH", b"\x00\xff", "abc")
    assert received.path == "/a%2Fb"
    assert received.query == {"x": "1", "q": "a b&c", "list": "2"}


@pytest.mark.parametrize(
    "content_type", ["text/plain; charset=klingon", "text/plain; charset=base64", "", "a; charset="]
)
async def test_text_never_fails(server, http, content_type):
    server.script(reply(200, body=b"ok \xff", content_type=content_type))
    assert (await http.send(HttpRequest("GET", server.url))).text() == "ok \ufffd"


@pytest.mark.parametrize(
    "url",
    ["", "localhost:8080", "ftp://example.org", "http://", "/relative", "http://[::1", "http://a:b", "file:///etc"],
)
async def test_what_is_no_http_address_is_refused(http, url):
    with pytest.raises(InvalidInputError, match="http address"):
        await http.send(HttpRequest("GET", url))


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": {"Authorization": "Bearer secret-token-1\r\nX-Evil: 1"}},
        {"headers": {"Authorization": "Bearer secret-token-é漢"}},
        {"headers": {"bad name": "secret-token-1"}},
        {"method": "GET /secret-token-1 HTTP/1.1\r\n"},
    ],
)
async def test_what_http_cannot_carry_is_refused_without_being_quoted(server, http, changes):
    with pytest.raises(InvalidInputError) as caught:
        await http.send(replace(HttpRequest("GET", server.url), **changes))
    assert "secret-token" not in f"{caught.value} {caught.value.to_data()}"
    assert caught.value.__cause__ is None
    assert server.requests == []


async def test_a_server_that_sends_drop_by_drop_is_left_after_the_total_time(http):
    async def drip(reader, writer):
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.01)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        request = HttpRequest("GET", f"http://127.0.0.1:{port}/", timeouts=Timeouts(total=0.2, read=5))
        with pytest.raises(RequestTimeoutError, match=r"within 0\.2 s"):
            await http.send(request)


async def test_a_pause_in_the_answer_that_is_too_long(server, http):
    server.script(HANG)
    with pytest.raises(RequestTimeoutError, match="go on with its answer"):
        await http.send(HttpRequest("GET", server.url, timeouts=Timeouts(total=5, read=0.05)))


async def test_at_most_so_many_requests_are_under_way(server):
    under_way, most, are_there = 0, 0, asyncio.Event()

    async def count(request):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        if under_way == 3:
            are_there.set()
        await are_there.wait()
        for _ in range(5):
            await asyncio.sleep(0)
        under_way -= 1
        return reply(200, {})

    server.answer = count
    async with HttpClient(HttpSettings(max_connections=3)) as http:
        await asyncio.gather(*(http.send(HttpRequest("GET", server.url)) for _ in range(20)))
    assert (most, len(server.requests)) == (3, 20)


async def test_a_request_that_finds_no_free_connection_says_so(server):
    server.script(HANG)
    async with HttpClient(HttpSettings(max_connections=1)) as http:
        first = asyncio.create_task(http.send(HttpRequest("GET", server.url)))
        while not server.requests:
            await asyncio.sleep(0)
        with pytest.raises(RequestTimeoutError, match="All 1 connections were busy") as caught:
            await http.send(HttpRequest("GET", server.url, timeouts=Timeouts(pool=0.05)))
        assert "max_connections" in caught.value.hint
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        server.script(reply(200, {}))
        assert (await http.send(HttpRequest("GET", server.url))).status == 200


async def test_the_limit_counts_what_comes_out_of_the_compression(server, http):
    import gzip

    body = gzip.compress(b"0" * 1_000_000)
    server.script(reply(200, body=body, Content_Encoding="gzip"))
    with pytest.raises(InvalidResponseError, match="longer than the 50000 bytes"):
        await http.send(HttpRequest("GET", server.url, max_response_bytes=50_000))
    assert len((await http.send(HttpRequest("GET", server.url))).body) == 1_000_000


async def test_redirects_are_not_followed_unless_asked_for(server, http):
    server.script(reply(302, {}, Location="/other"))
    assert (await http.send(HttpRequest("GET", server.url))).status == 302
    assert len(server.requests) == 1


@pytest.mark.parametrize("mode", [Redirects.SAME_ORIGIN, Redirects.ANYWHERE])
async def test_redirects_in_circles_end(server, http, mode):
    server.script(reply(302, {}, Location="/again"))
    with pytest.raises(InvalidResponseError, match="circles"):
        await http.send(HttpRequest("GET", server.url, redirects=mode))
    assert len(server.requests) == 6


async def test_another_host_gets_nothing_when_only_the_same_origin_is_allowed(server, elsewhere, http):
    server.script(reply(307, {}, Location=f"{elsewhere.url}/steal"))
    with pytest.raises(InvalidResponseError, match="redirects to") as caught:
        await http.send(HttpRequest("GET", server.url, headers=SECRETS, redirects=Redirects.SAME_ORIGIN))
    assert elsewhere.requests == []
    assert elsewhere.url in caught.value.hint


async def test_another_host_gets_no_header_of_ours_when_redirects_lead_anywhere(server, elsewhere, http):
    server.script(reply(302, {}, Location=f"{elsewhere.url}/there?x=1"))
    elsewhere.script(reply(200, {}))
    request = HttpRequest("GET", server.url, headers=SECRETS | {"Accept": "text/csv"}, query={"key": "s"})
    response = await http.send(replace(request, redirects=Redirects.ANYWHERE))
    assert (response.status, response.url) == (200, f"{elsewhere.url}/there?x=1")
    assert elsewhere.requests[0].headers["accept"] == "text/csv"
    assert "secret" not in str(elsewhere.requests)
    assert elsewhere.requests[0].query == {"x": "1"}


async def test_another_host_never_gets_the_body(server, elsewhere, http):
    server.script(reply(307, {}, Location=elsewhere.url))
    with pytest.raises(InvalidResponseError):
        await http.send(HttpRequest("POST", server.url, body=b"secret", redirects=Redirects.ANYWHERE))
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "javascript:alert(1)", "data:,x", "http://a:b", "http://[::1"]
)
async def test_a_redirect_to_no_http_address_is_an_error(server, http, location):
    server.script(reply(302, {}, Location=location))
    with pytest.raises(InvalidResponseError, match="no http address"):
        await http.send(HttpRequest("GET", server.url, redirects=Redirects.ANYWHERE))


async def test_cookies_are_not_kept(server, http):
    server.script(reply(200, {}, Set_Cookie="session=1; Path=/"))
    for _ in range(2):
        await http.send(HttpRequest("GET", server.url))
    assert "cookie" not in server.requests[1].headers


async def test_a_name_in_the_url_is_not_shown(unused_tcp_port, http):
    with pytest.raises(ConnectionFailedError) as caught:
        await http.send(HttpRequest("GET", f"http://user:secret-1@127.0.0.1:{unused_tcp_port}/"))
    assert "secret-1" not in str(caught.value)


async def test_a_name_in_the_url_is_not_in_the_answers_url(server, http):
    response = await http.send(HttpRequest("GET", f"http://user:secret-1@127.0.0.1:{server.port}/a"))
    assert response.url == f"{server.url}/a"
    assert server.requests[0].headers["authorization"].startswith("Basic ")


async def test_a_host_that_does_not_exist(http):
    with pytest.raises(ConnectionFailedError, match=r"No connection to http://nowhere\.invalid"):
        await http.send(HttpRequest("GET", "http://nowhere.invalid/"))


async def test_a_proxy_of_the_environment_is_not_asked_for_loopback(server, monkeypatch, unused_tcp_port):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused_tcp_port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    async with HttpClient() as http:
        assert (await http.send(HttpRequest("GET", server.url))).status == 200


async def test_a_length_without_a_body_is_not_held_against_the_answer(server, http):
    server.script(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
    response = await http.send(HttpRequest("HEAD", server.url))
    assert (response.status, response.body) == (200, b"")


async def test_a_connection_that_is_reset_in_the_body(http):
    async def reset(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
        await writer.drain()
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    server = await asyncio.start_server(reset, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ConnectionFailedError, match=rf"127\.0\.0\.1:{port}") as caught:
            await http.send(HttpRequest("GET", f"http://127.0.0.1:{port}/"))
    assert caught.value.transient
