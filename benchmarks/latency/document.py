"""A document that is open in the editor: its lines, and edits of them that the server is told of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.latency.client import Client


class OpenDocument:
    """An open document. Lines and characters count from 0; the generated texts are plain ASCII."""

    def __init__(self, client: Client, path: Path, language: str) -> None:
        self.client = client
        self.uri = path.as_uri()
        self.version = 1
        self.lines = path.read_text("utf-8").split("\n")
        self._language = language

    @property
    def text(self) -> str:
        """The whole text."""
        return "\n".join(self.lines)

    def open(self) -> float:
        """Open it; gives when the first byte went out."""
        item = {"uri": self.uri, "languageId": self._language, "version": self.version, "text": self.text}
        return self.client.notify("textDocument/didOpen", {"textDocument": item})

    def replace(self, line: int, start: int, end: int, text: str, end_line: int | None = None) -> float:
        """Replace from a place to another one, by default of the same line; gives when the first byte went out."""
        last = line if end_line is None else end_line
        self.version += 1
        changed = self.lines[line][:start] + text + self.lines[last][end:]
        self.lines[line : last + 1] = changed.split("\n")
        places = {"start": {"line": line, "character": start}, "end": {"line": last, "character": end}}
        identifier = {"uri": self.uri, "version": self.version}
        params = {"textDocument": identifier, "contentChanges": [{"range": places, "text": text}]}
        return self.client.notify("textDocument/didChange", params)

    def find(self, wanted: str, start: int | None = None) -> int:
        """The first line from ``start`` on, by default the middle, that holds a text.

        Raises:
            LookupError: there is none.
        """
        first = len(self.lines) // 2 if start is None else start
        for number in (*range(first, len(self.lines)), *range(first)):
            if wanted in self.lines[number]:
                return number
        raise LookupError(wanted)

    def place(self, line: int, character: int) -> dict[str, Any]:
        """The parameters of a request at a place."""
        return {"textDocument": {"uri": self.uri}, "position": {"line": line, "character": character}}
