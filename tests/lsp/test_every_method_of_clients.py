"""Every request of the table, asked of a real server by clients as able as those of three editors: each has something to say."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types
from pytest_lsp import ClientServerConfig

from mfo_dialect.text import Encoding, LineIndex
from mfo_lsp.server.app import METHODS
from mfo_lsp.server.convert import to_position, to_uri
from tests.features.bundles import FILES
from tests.lsp.conftest import SERVER, initialize_params
from tests.lsp.raw_client import PATIENCE
from tests.lsp.test_any_place_of_methods import CALLS, OF_ANSWER, OF_DOCUMENT, OF_PLACE, OF_RANGE

PLACES = {
    types.TEXT_DOCUMENT_COMPLETION: "${a|sk.message}",
    types.TEXT_DOCUMENT_TYPE_DEFINITION: "$<INPUT.add|ress>",
    types.TEXT_DOCUMENT_SIGNATURE_HELP: "config: {|key: ",
    types.TEXT_DOCUMENT_LINKED_EDITING_RANGE: "lim|it: 10",
    "mfo/renderedPrompt": "prompt_template_id: ans|wer",
}
ANYWHERE = "dependencies: [as|k"
NOTHING_TO_SAY = {
    types.TEXT_DOCUMENT_FORMATTING,
    types.TEXT_DOCUMENT_RANGE_FORMATTING,
    types.TEXT_DOCUMENT_DOCUMENT_LINK,
}
"""Of this bundle: it is laid out already, and the workflow has no links."""
ELSEWHERE = {types.INITIALIZE, types.SHUTDOWN, "mfo/run", "mfo/runs", "mfo/runValue", "mfo/tests"}
"""The life of a session; and what runs and tests have left, of which there are none here."""


class Asker:
    """A client with the bundle open, that remembers what it has asked."""

    def __init__(self, client, folder, encoding):
        self.client, self.folder, self.encoding = client, folder, encoding
        self.uri = to_uri((folder / "workflow.yml").as_posix())
        self.text = FILES["workflow.yml"]
        self.document = types.TextDocumentIdentifier(self.uri)
        self.answers = {}

    def position(self, marked):
        part = marked.replace("|", "")
        start = self.text.index(part) + marked.index("|")
        return to_position(LineIndex(self.text), start, self.encoding)

    async def ask(self, method, params):
        answer = await asyncio.wait_for(self.client.protocol.send_request_async(method, params), PATIENCE)
        self.answers[method] = answer
        return answer

    async def ask_own(self, method, **more):
        await self.ask(method, {"textDocument": {"uri": self.uri}, **more})

    async def ask_everything(self):
        whole = types.Range(types.Position(0, 0), to_position(LineIndex(self.text), len(self.text), self.encoding))
        for method, make in OF_DOCUMENT.items():
            await (self.ask_own(method) if method.startswith("mfo/") else self.ask(method, make(self.document)))
        for method, make in OF_PLACE.items():
            at = self.position(PLACES.get(method, ANYWHERE))
            if method.startswith("mfo/"):
                await self.ask_own(method, position={"line": at.line, "character": at.character})
            else:
                await self.ask(method, make(self.document, at))
        for method, make in OF_RANGE.items():
            await self.ask(method, make(self.document, whole))
        for method, source in OF_ANSWER.items():
            found = self.answers[source]
            for item in (found.items if isinstance(found, types.CompletionList) else found)[:2]:
                await self.ask(method, CALLS[method](item) if method in CALLS else item)
        await self.ask_of_workspace()

    async def ask_of_workspace(self):
        await self.ask(types.WORKSPACE_DIAGNOSTIC, types.WorkspaceDiagnosticParams([]))
        await self.ask(types.WORKSPACE_SYMBOL, types.WorkspaceSymbolParams("ask"))
        moved = types.FileRename(
            to_uri((self.folder / "post.py").as_posix()), to_uri((self.folder / "mail.py").as_posix())
        )
        await self.ask(types.WORKSPACE_WILL_RENAME_FILES, types.RenameFilesParams([moved]))
        rule = types.ExecuteCommandParams("mfo.explainRule", [{"code": "MFO401"}])
        await self.ask(types.WORKSPACE_EXECUTE_COMMAND, rule)


@pytest.mark.parametrize("name", ["visual_studio_code", "neovim", "emacs"])
async def test_every_request_has_an_answer_that_the_client_can_read(tmp_path, name):
    for path, text in {**FILES, "post.py": "def stamp(value): ...\n"}.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    client = await ClientServerConfig(list(SERVER)).start()
    client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda _params: None)
    result = await asyncio.wait_for(client.initialize_session(initialize_params(tmp_path, name)), PATIENCE)
    asker = Asker(client, tmp_path, Encoding(result.capabilities.position_encoding))
    for path in ("workflow.yml", "prompts.yml", "agents.yml"):
        item = types.TextDocumentItem(to_uri((tmp_path / path).as_posix()), "yaml", 1, FILES[path])
        client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    await asker.ask_everything()
    requests = {one.name for one in METHODS if types.METHOD_TO_TYPES.get(one.name, (0, 0))[1] is not None} - ELSEWHERE
    assert {method for method in requests if not asker.answers.get(method)} == NOTHING_TO_SAY
    await asyncio.wait_for(client.shutdown_session(), PATIENCE)
    await client.stop()
