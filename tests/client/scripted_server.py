"""A small HTTP/1.1 server on loopback that answers as a test says, down to the byte, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from mfo_runtime.client import Clock

HANG = object()
"""An answer that never comes."""


@dataclass(frozen=True)
class Received:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self):
        return urlsplit(self.target).path

    @property
    def query(self):
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def json(self):
        return json.loads(self.body)


def reply(status=200, data=None, *, body=None, content_type="application/json", **headers):
    """A whole answer; ``data`` as JSON, or ``body`` as it is."""
    payload = body if body is not None else json.dumps(data).encode()
    lines = [f"HTTP/1.1 {status} Whatever"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if status != 204:
        lines.append(f"Content-Length: {len(payload)}")
    head = "\r\n".join(lines).encode() + b"\r\n\r\n"
    return head if status == 204 else head + payload


EVENTS_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


def events(*values, done=True):
    """An answer of server-sent events: each value as JSON, or text as it is."""
    lines = [value if isinstance(value, str) else json.dumps(value) for value in values] + ["[DONE]"] * done
    return EVENTS_HEAD + b"".join(b"data: %s\n\n" % line.encode() for line in lines)


def error(status, code="some_code", message="It went wrong.", details=None, **headers):
    return reply(status, {"code": code, "message": message, "details": details or {}}, **headers)


def cut_off(data=b'{"result": "so far', announced=1000):
    """An answer whose connection closes in the middle of the body."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (announced, data)


class ScriptedServer:
    """Give ``answer`` a function of the request, or queue answers with ``script``; the last one of a script repeats.

    An answer is bytes, a coroutine of them, or an async generator of pieces, after which the connection closes.
    """

    def __init__(self):
        self.requests: list[Received] = []
        self.answer: Callable[[Received], object] = lambda request: reply(200, {})
        self._connections: set[asyncio.Task] = set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    def script(self, *answers):
        queue = list(answers)
        self.answer = lambda request: queue.pop(0) if len(queue) > 1 else queue[0]

    def asked(self, path):
        return [request for request in self.requests if request.path == path]

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self._connections.add(task)
        try:
            while await self._answer_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self._connections.discard(task)

    async def _answer_one(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        request = Received(method, target, headers, body)
        self.requests.append(request)
        answer = self.answer(request)
        if asyncio.iscoroutine(answer):
            answer = await answer
        if answer is HANG:
            await asyncio.Event().wait()
        if hasattr(answer, "__aiter__"):
            async with aclosing(answer):
                async for piece in answer:
                    writer.write(piece)
                    await writer.drain()
            return False
        writer.write(answer)
        await writer.drain()
        head, _, sent = answer.partition(b"\r\n\r\n")
        return b"content-length: %d" % len(sent) in head.lower() or b" 204 " in head


class FakeClock:
    """Time that passes only by sleeping."""

    def __init__(self, chance=0.0):
        self.slept: list[float] = []
        self.chance = chance

    def clock(self):
        return Clock(now=self._now, monotonic=lambda: sum(self.slept), sleep=self._sleep, chance=lambda: self.chance)

    def _now(self):
        return datetime(2025, 1, 31, 12, 0, 0, tzinfo=UTC) + timedelta(seconds=sum(self.slept))

    async def _sleep(self, seconds):
        self.slept.append(seconds)
