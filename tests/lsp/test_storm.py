"""A client that says whatever it likes for a while: every request gets one answer, and the server goes on.

For a minute with ``MFO_LONG=1``, else some hundred messages.
"""

from __future__ import annotations

import asyncio
import json
import random
import time

from mfo_lsp.server.app import METHODS
from tests.effort import IS_LONG
from tests.lsp.raw_client import PATIENCE, RawClient

FLOW = "name: a\ntasks:\n  - id: one\n    type: mfo_api_tool_list\n    dependencies: [two]\n"
URIS = ["file:///nowhere/flow.yml", "file:///nowhere/prompts.yml", "untitled:x", "file:///elsewhere/compose.yml", ""]
TEXTS = [FLOW, FLOW * 50, "templates:\n  a: {user_prompt: '{{ .x'}\n", "a: [", "\ud800\0\u2028", "- " * 300, "&a [*a]"]
HUGE = "name: a\ntasks:\n" + "".join(f"  - id: t{number}\n    type: wait\n" for number in range(3000))
KEPT_BACK = {"shutdown", "exit", "initialize", "workspace/executeCommand"}
ASKED = [method.name for method in METHODS if method.name not in KEPT_BACK]
SECONDS = 60 if IS_LONG else 0
AT_LEAST = 250
DEFECT = -32603


class Storm:
    """Messages of any kind; remembers which requests want an answer."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.waiting: set[object] = set()
        self.number = 100

    def value(self, depth: int = 0) -> object:
        """Something that a message may hold where it should hold something else."""
        dice = self.dice
        plain = [None, True, -1, 0, 3, 2**31, 2**70, 1.5, "", "x", dice.choice(URIS), [], {}]
        if depth > 3 or dice.random() < 0.5:
            return dice.choice(plain)
        if dice.random() < 0.5:
            return [self.value(depth + 1) for _ in range(dice.randint(0, 3))]
        return {dice.choice(["uri", "range", "position", "data"]): self.value(depth + 1) for _ in range(2)}

    def params(self) -> object:
        """Parameters that fit many methods, some of them damaged."""
        dice = self.dice
        position = {"line": dice.choice([0, 2, 4, 10**6, -1]), "character": dice.choice([0, 5, 10**6])}
        document = {"uri": dice.choice(URIS), "version": dice.choice([1, 2, 0, -5, 10**9]), "languageId": "yaml"}
        params: dict[str, object] = {
            "textDocument": {**document, "text": dice.choice(TEXTS)},
            "position": position,
            "range": {"start": position, "end": {"line": dice.choice([0, 3, 99]), "character": 1}},
            "contentChanges": [{"range": {"start": position, "end": position}, "text": dice.choice("a\n:[\"'")}],
            "context": {"includeDeclaration": True, "diagnostics": [], "triggerKind": 1},
            "positions": [position],
            "query": "one",
            "newName": dice.choice(["two", "", "${x}"]),
            "id": dice.choice([1, "never"]),
            "token": "t",
            "options": {"tabSize": 2, "insertSpaces": True},
            "previousResultIds": [],
            "files": [],
            "event": {"added": [], "removed": []},
            "settings": self.value(),
            "changes": [],
            "reason": 1,
        }
        if dice.random() < 0.5:
            params[dice.choice(list(params))] = self.value()
        return params if dice.random() < 0.9 else self.value()

    def body(self) -> bytes:
        """One message of any kind."""
        dice, kind = self.dice, self.dice.random()
        if kind < 0.45:
            return self.request(dice.choice(ASKED), self.params())
        if kind < 0.7:
            return said(
                method=dice.choice(["textDocument/didOpen", "textDocument/didChange", *ASKED]), params=self.params()
            )
        if kind < 0.8:
            return self.request(dice.choice(["no/such", "$/no", "initialize", ""]), self.value())
        if kind < 0.9:
            return said(id=dice.choice([99, "x", None]), result=self.value())
        if kind < 0.98:
            body = bytearray(said(method="textDocument/didOpen", params=self.params()))
            body[dice.randrange(len(body))] = dice.randrange(256)
            return bytes(body[: dice.randint(0, len(body))])
        return dice.choice([self.huge(), b"[" * 50_000, b'{"jsonrpc": "2.0", "x": "%b"}' % (b"y" * 3_000_000)])

    def huge(self) -> bytes:
        """A document of some size."""
        document = {"uri": self.dice.choice(URIS), "languageId": "yaml", "version": 3, "text": HUGE}
        return said(method="textDocument/didOpen", params={"textDocument": document})

    def request(self, method: str, params: object) -> bytes:
        """A request that wants an answer; now and then one that is given up at once."""
        self.number += 1
        self.waiting.add(self.number)
        return said(id=self.number, method=method, params=params)


def said(**message: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **message}).encode()


async def listen(client: RawClient, storm: Storm, last: object) -> None:
    """Take all answers until the last one; no request is answered twice, and none with both a result and an error."""
    while last in storm.waiting:
        message = await asyncio.wait_for(client._read(), 3 * PATIENCE)
        if "method" in message:
            continue
        assert ("result" in message) != ("error" in message)
        assert message.get("error", {}).get("code") != DEFECT, message
        if message["id"] is not None and isinstance(message["id"], int) and message["id"] > 100:
            storm.waiting.remove(message["id"])


async def test_whatever_a_client_says_every_request_is_answered_and_the_server_lives():
    client, storm = await RawClient.start(), Storm(7)
    await client.initialize()
    until, sent = time.monotonic() + SECONDS, 0
    while sent < AT_LEAST or time.monotonic() < until:
        batch = [storm.body() for _ in range(25)]
        cancelled = storm.dice.choice(list(storm.waiting) or [0])
        batch.append(said(method="$/cancelRequest", params={"id": cancelled}))
        batch.append(storm.request("textDocument/documentSymbol", {"textDocument": {"uri": URIS[0]}}))
        last = storm.number
        for body in batch:
            client.send_body(body)
        sent += len(batch)
        await listen(client, storm, last)
    client.send(
        method="textDocument/didOpen",
        params={"textDocument": {"uri": "file:///fresh/flow.yml", "languageId": "yaml", "version": 1, "text": FLOW}},
    )
    client.send_body(storm.request("textDocument/documentSymbol", {"textDocument": {"uri": "file:///fresh/flow.yml"}}))
    await listen(client, storm, storm.number)
    while storm.waiting:
        await listen(client, storm, next(iter(storm.waiting)))
    errors = await client.stop()
    assert "Traceback" not in errors
