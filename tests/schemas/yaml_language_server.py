"""What the YAML language server says of documents: it is started once, shown all of them, and asked to stop."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_HEADER = b"Content-Length: "


def diagnostics(modules: Path, documents: Mapping[str, str], schemas: Mapping[str, str]) -> dict[str, list[str]]:
    """The messages by document name, each with its line, counted from 1.

    Args:
        modules: the ``node_modules`` that it is installed in.
        documents: texts by name.
        schemas: the URI of a schema by the pattern of names that it is for.
    """
    found: dict[str, list[str]] = {}
    with _server(modules) as server:
        settings = {
            "yaml": {
                "schemas": {address: pattern for pattern, address in schemas.items()},
                "schemaStore": {"enable": False},
                "kubernetesCRDStore": {"enable": False},
                "validate": True,
            }
        }
        server.settings = settings
        server.start()
        for name, text in documents.items():
            item = {"uri": f"file:///documents/{name}", "languageId": "yaml", "version": 1, "text": text}
            server.send(method="textDocument/didOpen", params={"textDocument": item})
        while len(found) < len(documents):
            message = server.read_notification("textDocument/publishDiagnostics")
            found[message["uri"].removeprefix("file:///documents/")] = [
                f"{one['range']['start']['line'] + 1}: {one['message']}" for one in message["diagnostics"]
            ]
    return found


class _Server:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.settings: dict[str, Any] = {}

    def start(self) -> None:
        capabilities = {"workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}}}
        params = {"processId": None, "rootUri": None, "capabilities": capabilities, "workspaceFolders": None}
        self.send(id=1, method="initialize", params=params)
        while self.read().get("id") != 1:
            pass
        self.send(method="initialized", params={})
        self.send(method="workspace/didChangeConfiguration", params={"settings": self.settings})

    def send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(_HEADER + b"%d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def read_notification(self, method: str) -> dict[str, Any]:
        while True:
            message = self.read()
            if message.get("method") == method:
                return message["params"]

    def read(self) -> dict[str, Any]:
        """The next message; requests of the server are answered on the way."""
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.startswith(_HEADER):
                length = int(line.removeprefix(_HEADER))
        assert length, "the YAML language server has ended"
        message = json.loads(self.process.stdout.read(length))
        if "method" in message and "id" in message:
            asked = message["params"].get("items", []) if message["method"] == "workspace/configuration" else None
            result = None if asked is None else [self.settings.get(item.get("section")) for item in asked]
            self.send(id=message["id"], result=result)
        return message


@contextmanager
def _server(modules: Path) -> Iterator[_Server]:
    program = modules / "yaml-language-server" / "bin" / "yaml-language-server"
    process = subprocess.Popen(
        ["node", str(program), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        yield _Server(process)
    finally:
        process.kill()
        process.communicate()
