"""An editor that takes the time: it sends edits and requests to a language server on stdio and notes when answers come."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATIENCE = 120.0
_HEAD_END = b"\r\n\r\n"
_CAPABILITIES = {
    "textDocument": {
        "synchronization": {"didSave": True},
        "publishDiagnostics": {"versionSupport": True, "relatedInformation": True},
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
        "hover": {"contentFormat": ["markdown"]},
        "foldingRange": {"lineFoldingOnly": True, "rangeLimit": 5000},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
    },
    "workspace": {"configuration": True, "workspaceFolders": True},
}


class Arrived:
    """A message and when it was there whole, in seconds of ``time.perf_counter``."""

    def __init__(self, at: float, message: dict[str, Any]) -> None:
        self.at = at
        self.message = message


class Client:
    """One server process and the line to it."""

    def __init__(self, command: list[str], folder: Path, settings: dict[str, Any] | None = None) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder, bufsize=0
        )
        self._settings = settings or {}
        self._arrived: list[Arrived] = []
        self._news = threading.Condition()
        self._ids = 0
        self._is_open = True
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        descriptor = self.process.stdout.fileno()
        buffer = bytearray()
        while data := os.read(descriptor, 1 << 20):
            buffer += data
            while (head := buffer.find(_HEAD_END)) >= 0:
                length = int(bytes(buffer[:head]).lower().split(b"content-length:")[1].split(b"\r\n")[0])
                end = head + len(_HEAD_END) + length
                if len(buffer) < end:
                    break
                at = time.perf_counter()
                body = bytes(buffer[head + len(_HEAD_END) : end])
                del buffer[:end]
                self._take(Arrived(at, json.loads(body)))
        with self._news:
            self._is_open = False
            self._news.notify_all()

    def _take(self, arrived: Arrived) -> None:
        message = arrived.message
        if message.get("method") == "workspace/configuration":
            wanted = [self._setting(item.get("section")) for item in message["params"]["items"]]
            self._write({"jsonrpc": "2.0", "id": message["id"], "result": wanted})
        elif "method" in message and "id" in message:
            self._write({"jsonrpc": "2.0", "id": message["id"], "result": None})
        else:
            with self._news:
                self._arrived.append(arrived)
                self._news.notify_all()

    def _setting(self, section: str | None) -> Any:
        found: Any = self._settings
        for name in (section or "").split("."):
            found = found.get(name) if name and isinstance(found, dict) else found
        return found

    def _write(self, message: dict[str, Any]) -> float:
        body = json.dumps(message, separators=(",", ":")).encode()
        data = memoryview(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        assert self.process.stdin is not None
        begun = time.perf_counter()
        while data:
            data = data[self.process.stdin.write(data) :]
        return begun

    def notify(self, method: str, params: Any) -> float:
        """Send a notification; gives when its first byte went out."""
        return self._write({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Any) -> tuple[float, Any]:
        """Send a request and wait for the answer; gives the seconds between, and the result."""
        begun, number = self.request(method, params)
        arrived = self.wait(lambda message: message.get("id") == number and "method" not in message)
        return arrived.at - begun, arrived.message.get("result")

    def request(self, method: str, params: Any) -> tuple[float, int]:
        """Send a request; gives when its first byte went out, and its number."""
        self._ids += 1
        begun = self._write({"jsonrpc": "2.0", "id": self._ids, "method": method, "params": params})
        return begun, self._ids

    def wait(self, wanted: Callable[[dict[str, Any]], bool], patience: float = PATIENCE) -> Arrived:
        """The first message that fits, those before it left out.

        Raises:
            TimeoutError: none came in time, or the server has ended.
        """
        end = time.perf_counter() + patience
        with self._news:
            while True:
                for index, arrived in enumerate(self._arrived):
                    if wanted(arrived.message):
                        del self._arrived[: index + 1]
                        return arrived
                left = end - time.perf_counter()
                if left <= 0 or not self._is_open:
                    raise TimeoutError("the server gave no answer")
                self._news.wait(left)

    def diagnostics(self, uri: str, version: int, patience: float = PATIENCE) -> Arrived:
        """The diagnostics of one version of a document; of a server that gives no versions, the next ones."""

        def fits(message: dict[str, Any]) -> bool:
            if message.get("method") != "textDocument/publishDiagnostics" or message["params"]["uri"] != uri:
                return False
            given = message["params"].get("version")
            return given is None or given >= version

        return self.wait(fits, patience)

    def settle(self, seconds: float) -> list[Arrived]:
        """Wait until nothing has come for a while; gives what came, and forgets it."""
        with self._news:
            while self._news.wait(seconds):
                pass
            came, self._arrived = self._arrived, []
        return came

    def initialize(self, folder: Path) -> dict[str, Any]:
        """Greet the server; gives its capabilities."""
        uri = folder.as_uri()
        params = {
            "processId": os.getpid(),
            "rootUri": uri,
            "capabilities": _CAPABILITIES,
            "workspaceFolders": [{"uri": uri, "name": folder.name}],
        }
        _, result = self.ask("initialize", params)
        self.notify("initialized", {})
        if self._settings:
            self.notify("workspace/didChangeConfiguration", {"settings": self._settings})
        self.settle(0.3)
        return result["capabilities"]

    def peak_memory(self) -> int:
        """The most bytes that the server and its children have held, each at its own peak; 0 where nobody can tell."""
        waiting, kilobytes = [self.process.pid], 0
        while waiting:
            pid = waiting.pop()
            try:
                status = Path(f"/proc/{pid}/status").read_text("utf-8")
                waiting += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split())
            except OSError:
                continue
            kilobytes += next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)
        return kilobytes * 1024

    def stop(self) -> None:
        """Say goodbye, and end the process if it does not."""
        try:
            self.ask("shutdown", None)
            self.notify("exit", None)
            self.process.wait(5)
        except (TimeoutError, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
