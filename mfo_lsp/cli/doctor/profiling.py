"""Where the time of a keystroke goes: a server in this process, a document, and a character that comes and goes.

The server is asked as an editor asks it. It types some characters with a clock beside it, and then the same ones under
Python's profiler, whose measure of each part is scaled to what the clock said.
"""

from __future__ import annotations

import asyncio
import cProfile
import json
import pstats
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import CodeType
from typing import Any, cast

from mfo_dialect.analysis.live_snapshot import LiveSnapshot
from mfo_dialect.editing import LiveBundle
from mfo_dialect.editing.part_check import PartCheck
from mfo_dialect.rules import RULES
from mfo_dialect.syntax import LiveTree
from mfo_dialect.text import LineIndex
from mfo_lsp.cli.doctor.diagnosis import KeystrokeProfile, Phase
from mfo_lsp.cli.doctor.memory import peak_memory
from mfo_lsp.server import checking, publish
from mfo_lsp.server.analysis import EditedBundle
from mfo_lsp.server.app import make_server
from mfo_lsp.server.lookup import look_up
from mfo_lsp.server.open_text import OpenText
from mfo_lsp.server.protocol import Protocol

KEYSTROKES = 40
_ENDS = (":", '"', "'", "]", "}", "|", ">", ",", "-")
_PATIENCE = 300.0
_MOST_RULES = 12
_Stats = dict[tuple[str, int, str], tuple[int, int, float, float, Any]]
_MESSAGE = "textDocument/publishDiagnostics"


@dataclass(slots=True)
class _Line:
    """The line to a server that nobody else has; remembers when the newest diagnostics of a document came."""

    uri: str
    version: int = -1
    told: asyncio.Event | None = None

    def write(self, data: bytes) -> None:
        """Take a message of the server."""
        if _MESSAGE.encode() in data[:100]:
            params = json.loads(data)["params"]
            if params["uri"] == self.uri:
                self.version = params.get("version", -1)
                if self.told is not None:
                    self.told.set()

    def close(self) -> None:
        """Nothing is open."""


class _Editor:
    """An editor with one document."""

    def __init__(self, path: Path) -> None:
        self.uri = path.as_uri()
        self.text = path.read_text("utf-8")
        self.server = make_server()
        self._line = _Line(self.uri)
        self._version = 1
        self.server.protocol.set_writer(self._line, include_headers=False)
        versions = {"textDocument": {"publishDiagnostics": {"versionSupport": True}}}
        self._say("initialize", {"processId": None, "rootUri": None, "capabilities": versions}, id=1)

    def _say(self, method: str, params: dict[str, Any], **more: int) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params, **more}
        self.server.protocol.receive(json.dumps(message).encode())

    async def _until_told(self) -> None:
        async with asyncio.timeout(_PATIENCE):
            while self._line.version < self._version:
                self._line.told = asyncio.Event()
                await self._line.told.wait()

    async def open(self) -> float:
        """Open the document; gives the seconds until its diagnostics are there."""
        begun = time.perf_counter()
        item = {"uri": self.uri, "languageId": "yaml", "version": 1, "text": self.text}
        self._say("textDocument/didOpen", {"textDocument": item})
        async with asyncio.timeout(_PATIENCE):
            while self.server.session.is_awaited(self.uri):  # a long one is read in steps
                await self.server.has_read.wait()
        if look_up(self.server.session, self.uri) is None:
            raise LookupError("it is no MFO document")
        await self._until_told()
        return time.perf_counter() - begun

    async def type(self, line: int, column: int) -> float:
        """Type a character, or take it away again; gives the seconds until the diagnostics are there."""
        self._version += 1
        is_new = self._version % 2 == 0
        start, end = {"line": line, "character": column}, {"line": line, "character": column + (not is_new)}
        change = {"range": {"start": start, "end": end}, "text": "x" if is_new else ""}
        begun = time.perf_counter()
        document = {"uri": self.uri, "version": self._version}
        self._say("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        await self._until_told()
        return time.perf_counter() - begun


def profile_keystrokes(path: Path) -> KeystrokeProfile:
    """Open a document and type in its middle.

    Raises:
        OSError, UnicodeError: it cannot be read.
        LookupError: it is no MFO document, so that an editor is told nothing of it.
    """
    return asyncio.run(_profiled(path))


async def _profiled(path: Path) -> KeystrokeProfile:
    editor = _Editor(path)
    opened = await editor.open()
    line, column = _place(editor.text)
    seconds = [await editor.type(line, column) for _ in range(KEYSTROKES)]
    profiler = cProfile.Profile()
    for _ in range(KEYSTROKES):
        profiler.enable()
        await editor.type(line, column)
        profiler.disable()
    stats = cast("_Stats", getattr(pstats.Stats(profiler), "stats"))  # noqa: B009 - which its types do not tell of
    whole = sum(own for _, _, own, _, _ in stats.values())
    middle = median(seconds)
    scale = middle / whole if whole else 0.0

    def spent(code: CodeType) -> float:
        found = stats.get((code.co_filename, code.co_firstlineno, code.co_name))
        return found[3] * scale if found is not None else 0.0

    ordered = sorted(seconds)
    return KeystrokeProfile(
        path.as_posix(),
        line,
        opened,
        middle,
        ordered[int(0.95 * (len(ordered) - 1))],
        tuple(_phases(spent, middle)),
        tuple(_rules(spent)),
        peak_memory(),
    )


def _phases(spent: Callable[[CodeType], float], whole: float) -> Iterator[Phase]:
    """The parts of a keystroke, in the order in which they come."""
    received, text = spent(Protocol.receive.__code__), spent(OpenText.change.__code__)
    tree, edited = spent(LiveTree.apply.__code__), spent(LiveBundle.edit.__code__)
    facts, rules = spent(LiveSnapshot.settle.__code__), spent(PartCheck.run.__code__)
    diagnostics = spent(publish.take_edited.__code__)
    writing = spent(checking._publish.__code__)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - what is measured
    phases = [
        Phase("message", max(received - text - spent(EditedBundle.edit.__code__), 0.0)),
        Phase("text", text),
        Phase("tree", tree),
        Phase("meaning", max(edited - tree, 0.0) + facts),
        Phase("rules", rules),
        Phase("diagnostics", diagnostics),
        Phase("writing", writing),
    ]
    yield from phases
    yield Phase("event loop", max(whole - sum(phase.seconds for phase in phases), 0.0))


def _rules(spent: Callable[[CodeType], float]) -> Iterator[Phase]:
    """The rules that took longest, the slowest first."""
    codes = ((rule, getattr(rule.check, "__code__", None)) for rule in RULES)
    timed = [Phase(f"{rule.code} {rule.name}", spent(code)) for rule, code in codes if code is not None]
    for phase in sorted(timed, key=lambda phase: -phase.seconds)[:_MOST_RULES]:
        if phase.seconds > 0:
            yield phase


def _place(text: str) -> tuple[int, int]:
    """The end of a line near the middle in which one character more is likely to change no more than a word."""
    index = LineIndex(text)
    lines = [index.line_text(number) for number in range(index.line_count)]
    middle = len(lines) // 2
    near = sorted(range(len(lines)), key=lambda number: abs(number - middle))
    plain = (number for number in near if " " in lines[number].strip() and not lines[number].rstrip().endswith(_ENDS))
    number = next(plain, 0)
    return number, len(lines[number]) if lines else 0
