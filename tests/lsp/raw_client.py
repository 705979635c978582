"""A client that is nobody's library: it writes bytes and reads messages, so that it can say what no library would."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from typing import Any

from tests.effort import PATIENCE

SERVER = (sys.executable, "-m", "mfo_lsp")


class RawClient:
    """One server process and the line to it."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.notifications: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self._ids = 0

    @classmethod
    async def start(cls, *arguments: str, program: tuple[str, ...] = SERVER) -> RawClient:
        return cls(await asyncio.create_subprocess_exec(*program, *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE))

    def write(self, data: bytes) -> None:
        self.process.stdin.write(data)

    def send(self, **message: Any) -> None:
        self.send_body(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def send_body(self, body: bytes) -> None:
        self.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    async def read(self) -> dict[str, Any]:
        return await asyncio.wait_for(self._read(), PATIENCE)

    async def _read(self) -> dict[str, Any]:
        headers = await self.process.stdout.readuntil(b"\r\n\r\n")
        length = int(headers.split(b":")[1])
        return json.loads(await self.process.stdout.readexactly(length))

    async def reply(self, message_id: Any) -> dict[str, Any]:
        """The response to a request; what comes before it is kept."""
        while True:
            message = await self.read()
            if "method" not in message and message.get("id") == message_id:
                return message
            self._keep(message)

    async def notification(self, method: str) -> dict[str, Any]:
        """The params of the next notification of a method."""
        while True:
            for index, message in enumerate(self.notifications):
                if message["method"] == method:
                    return self.notifications.pop(index)["params"]
            self._keep(await self.read())

    def _keep(self, message: dict[str, Any]) -> None:
        if "method" in message and "id" in message:
            self.requests.append(message)
        elif "method" in message:
            self.notifications.append(message)
        else:
            raise AssertionError(f"an unexpected response: {message}")

    async def ask(self, method: str, params: Any = None) -> dict[str, Any]:
        self._ids += 1
        self.send(id=self._ids, method=method, params=params)
        return await self.reply(self._ids)

    async def initialize(self, capabilities: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        params = {"processId": None, "rootUri": None, "capabilities": capabilities or {}, **more}
        result = await self.ask("initialize", params)
        self.send(method="initialized", params={})
        return result["result"]

    async def exit_status(self) -> int:
        return await asyncio.wait_for(self.process.wait(), PATIENCE)

    async def stop(self) -> str:
        """End the server whatever it does; gives what it wrote to its standard error stream."""
        if self.process.returncode is None:
            self.process.stdin.close()
            try:
                await self.exit_status()
            except TimeoutError:
                self.process.kill()
                raise
        return (await self.process.stderr.read()).decode()
