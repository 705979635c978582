"""A real server process with a client of pytest-lsp, which checks every answer against what the client can do."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest_asyncio
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from mfo_dialect.text import Encoding, LineIndex, Span
from mfo_lsp.server.convert import to_range, to_uri
from tests.lsp.letters import FLOW, PROMPTS
from tests.lsp.raw_client import PATIENCE, SERVER


def as_data(value: object) -> object:
    """What pygls made objects of, as data again."""
    return {name: as_data(item) for name, item in value._asdict().items()} if hasattr(value, "_asdict") else value


class Editor:
    """A person at an editor: opens files of one directory, types, and sees what the server shows."""

    def __init__(self, client: LanguageClient, folder: Path, encoding: Encoding = Encoding.UTF16) -> None:
        self.client = client
        self.encoding = encoding
        self.folder = folder
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.published: list[types.PublishDiagnosticsParams] = []
        self.shown: dict[str, list[types.Diagnostic]] = {}
        self.events: list[dict] = []
        self._news = asyncio.Event()
        client.protocol._handle_notification = self._listen(client.protocol._handle_notification)

    def _listen(self, handle: Callable) -> Callable:
        def listen(method, params):
            handle(method, params)
            if method == types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS:
                self.published.append(params)
                self.shown[params.uri] = list(params.diagnostics)
            if method == "mfo/runEvent":
                self.events.append(as_data(params))
            self._news.set()

        return listen

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something is so; fails where it does not come to be."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"this was never so; last shown: {self.shown}") from None

    def uri(self, name: str) -> str:
        return to_uri((self.folder / name).as_posix())

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8", newline="")

    def open(self, name: str, text: str | None = None) -> None:
        text = (self.folder / name).read_bytes().decode() if text is None else text
        self.texts[name], self.versions[name] = text, 1
        item = types.TextDocumentItem(self.uri(name), "yaml", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def replace(self, name: str, old: str, new: str) -> None:
        """Type ``new`` over the only ``old`` in a document."""
        text = self.texts[name]
        assert text.count(old) == 1
        start = text.index(old)
        change = types.TextDocumentContentChangePartial(self.range(name, old), new)
        self.texts[name] = text[:start] + new + text[start + len(old) :]
        self.versions[name] += 1
        document = types.VersionedTextDocumentIdentifier(self.versions[name], self.uri(name))
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    def close(self, name: str) -> None:
        document = types.TextDocumentIdentifier(self.uri(name))
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document))

    def files_changed(self, **changes: types.FileChangeType) -> None:
        events = [types.FileEvent(self.uri(name.replace("__", ".")), change) for name, change in changes.items()]
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events))

    def range(self, name: str, part: str) -> types.Range:
        """The range of the only ``part`` of a document, as the client counts."""
        text = self.texts[name]
        start = text.index(part)
        return to_range(LineIndex(text), Span(start, start + len(part)), self.encoding)

    def findings(self, name: str) -> list[tuple[str, types.Range]]:
        return [(diagnostic.code, diagnostic.range) for diagnostic in self.shown.get(self.uri(name), [])]

    async def sees(self, name: str, *expected: tuple[str, str]) -> None:
        """Wait until exactly these findings are shown in the newest version: code, and the only text that it underlines."""
        ranges = [(code, self.range(name, part)) for code, part in expected]

        def holds() -> bool:
            versions = [params.version for params in self.published if params.uri == self.uri(name)]
            return versions[-1:] == [self.versions[name]] and self.findings(name) == ranges

        await self.until(holds)

    async def pull(self, name: str) -> list[tuple[str, types.Range]]:
        """Ask for the findings of a document, as clients do to which none are pushed."""
        params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(self.uri(name)))
        report = await asyncio.wait_for(self.client.text_document_diagnostic_async(params), PATIENCE)
        self.shown[self.uri(name)] = list(report.items)
        return self.findings(name)

    async def actions(self, name: str, part: str, only: list[str] | None = None) -> list[types.CodeAction]:
        context = types.CodeActionContext(self.shown.get(self.uri(name), []), only)
        document = types.TextDocumentIdentifier(self.uri(name))
        params = types.CodeActionParams(document, self.range(name, part), context)
        return list(await asyncio.wait_for(self.client.text_document_code_action_async(params), PATIENCE) or [])

    async def run(self, name: str, token: str | None = None, **arguments: object) -> dict:
        params = types.ExecuteCommandParams("mfo.runFlow", [{"uri": self.uri(name), **arguments}], token)
        return await asyncio.wait_for(self.client.workspace_execute_command_async(params), 3 * PATIENCE)


def initialize_params(folder: Path, name: str = "visual_studio_code", **more: object) -> types.InitializeParams:
    root = to_uri(folder.as_posix())
    folders = [types.WorkspaceFolder(root, folder.name)]
    capabilities = client_capabilities(name)
    capabilities.text_document.publish_diagnostics.version_support = True
    return types.InitializeParams(capabilities, root_uri=root, workspace_folders=folders, **more)


@pytest_asyncio.fixture
async def editor(tmp_path):
    """An editor as able as Visual Studio Code, in an empty folder."""
    environment = {**os.environ, "MFO_HOME": str(tmp_path / ".mfo")}
    client = await ClientServerConfig(list(SERVER), server_env=environment).start()
    client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda _params: None)
    await asyncio.wait_for(client.initialize_session(initialize_params(tmp_path)), PATIENCE)
    yield Editor(client, tmp_path)
    await asyncio.wait_for(client.shutdown_session(), PATIENCE)
    assert client._server.returncode == 0
    await client.stop()


@pytest_asyncio.fixture
async def bundle(editor):
    """An editor in which the flow and the prompts of ``letters`` are open."""
    editor.write("workflow.yml", FLOW)
    editor.write("prompts.yml", PROMPTS)
    editor.open("workflow.yml")
    editor.open("prompts.yml")
    await editor.sees("workflow.yml")
    return editor
