"""Any beginning of any example, any cursor, every method of the table: an answer, and places that lie inside the texts."""

from __future__ import annotations

import inspect
import json
import random
from pathlib import Path

import attrs
import pytest
from lsprotocol import converters, types
from pytest_lsp import client_capabilities

from mfo_dialect.text import Encoding, LineIndex
from mfo_lsp.server.app import METHODS, make_server
from mfo_lsp.server.capabilities import read_client
from mfo_lsp.server.convert import to_position, to_uri
from mfo_lsp.server.own_params import OwnParams
from mfo_lsp.server.protocol import RefusedError
from tests.effort import IS_LONG, examples
from tests.features.bundles import FILES
from tests.features.test_markdown_templates import FLOW, GREETING

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BUNDLES = {
    **{
        name: {path.name: path.read_text(encoding="utf-8") for path in sorted((EXAMPLES / name).glob("*.yml"))}
        for name in ("email", "orders", "report", "support_desk")
    },
    "everything": FILES,
}
MARKDOWN = {"mfo.toml": '[bundle]\nprompts = ["*.md"]\n', "flow.yml": FLOW, "greeting.md": GREETING}
DOCUMENTS = [(bundle, name) for bundle, files in BUNDLES.items() for name in files if name.endswith(".yml")]
T = types
CONVERTER = converters.get_converter()
OF_DOCUMENT = {
    T.TEXT_DOCUMENT_DIAGNOSTIC: T.DocumentDiagnosticParams,
    T.TEXT_DOCUMENT_DOCUMENT_SYMBOL: T.DocumentSymbolParams,
    T.TEXT_DOCUMENT_FOLDING_RANGE: T.FoldingRangeParams,
    T.TEXT_DOCUMENT_DOCUMENT_LINK: T.DocumentLinkParams,
    T.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: T.SemanticTokensParams,
    T.TEXT_DOCUMENT_CODE_LENS: T.CodeLensParams,
    "mfo/graph": lambda document: OwnParams(document.uri),
    "mfo/inputs": lambda document: OwnParams(document.uri),
    "mfo/why": lambda document: OwnParams(document.uri),
    T.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA: lambda document: T.SemanticTokensDeltaParams(document, "none"),
    T.TEXT_DOCUMENT_FORMATTING: lambda document: T.DocumentFormattingParams(document, T.FormattingOptions(2, True)),
}
OF_PLACE = {
    T.TEXT_DOCUMENT_COMPLETION: T.CompletionParams,
    T.TEXT_DOCUMENT_HOVER: T.HoverParams,
    T.TEXT_DOCUMENT_DEFINITION: T.DefinitionParams,
    T.TEXT_DOCUMENT_TYPE_DEFINITION: T.TypeDefinitionParams,
    T.TEXT_DOCUMENT_IMPLEMENTATION: T.ImplementationParams,
    T.TEXT_DOCUMENT_REFERENCES: lambda document, at: T.ReferenceParams(T.ReferenceContext(True), document, at),
    T.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: T.DocumentHighlightParams,
    T.TEXT_DOCUMENT_PREPARE_RENAME: T.PrepareRenameParams,
    T.TEXT_DOCUMENT_RENAME: lambda document, at: T.RenameParams(document, at, "fresh_name"),
    T.TEXT_DOCUMENT_LINKED_EDITING_RANGE: T.LinkedEditingRangeParams,
    T.TEXT_DOCUMENT_SELECTION_RANGE: lambda document, at: T.SelectionRangeParams(document, [at]),
    T.TEXT_DOCUMENT_SIGNATURE_HELP: T.SignatureHelpParams,
    T.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY: T.CallHierarchyPrepareParams,
    "mfo/renderedPrompt": lambda document, at: OwnParams(document.uri, at),
}
OF_RANGE = {
    T.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE: T.SemanticTokensRangeParams,
    T.TEXT_DOCUMENT_INLAY_HINT: T.InlayHintParams,
    T.TEXT_DOCUMENT_CODE_ACTION: lambda document, lines: T.CodeActionParams(document, lines, T.CodeActionContext([])),
    T.TEXT_DOCUMENT_RANGE_FORMATTING: lambda document, lines: T.DocumentRangeFormattingParams(
        document, lines, T.FormattingOptions(2, True)
    ),
}
OF_ANSWER = {
    T.COMPLETION_ITEM_RESOLVE: T.TEXT_DOCUMENT_COMPLETION,
    T.INLAY_HINT_RESOLVE: T.TEXT_DOCUMENT_INLAY_HINT,
    T.CODE_ACTION_RESOLVE: T.TEXT_DOCUMENT_CODE_ACTION,
    T.CODE_LENS_RESOLVE: T.TEXT_DOCUMENT_CODE_LENS,
    T.CALL_HIERARCHY_INCOMING_CALLS: T.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY,
    T.CALL_HIERARCHY_OUTGOING_CALLS: T.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY,
}
CALLS = {
    T.CALL_HIERARCHY_INCOMING_CALLS: T.CallHierarchyIncomingCallsParams,
    T.CALL_HIERARCHY_OUTGOING_CALLS: T.CallHierarchyOutgoingCallsParams,
}
ELSEWHERE = {T.WORKSPACE_DIAGNOSTIC, T.WORKSPACE_WILL_RENAME_FILES, T.WORKSPACE_EXECUTE_COMMAND, T.WORKSPACE_SYMBOL}
ELSEWHERE |= {"mfo/run", "mfo/runs", "mfo/runValue", "mfo/tests"}
"""What asks for no place of a document; each has tests of its own."""


def test_every_request_of_the_table_is_asked():
    asked = {*OF_DOCUMENT, *OF_PLACE, *OF_RANGE, *OF_ANSWER, *ELSEWHERE}
    requests = {
        method.name
        for method in METHODS
        if method.name not in types.METHOD_TO_TYPES or types.METHOD_TO_TYPES[method.name][1] is not None
    }
    assert requests - asked - {T.INITIALIZE, T.SHUTDOWN} == set()


class Asker:
    """A server with the documents of one bundle open, and one of them half-written."""

    def __init__(self, files, name, text, folder="/nowhere"):
        self.texts = {to_uri(f"{folder}/{other}"): whole for other, whole in files.items()}
        self.uri = to_uri(f"{folder}/{name}")
        self.texts[self.uri] = text
        self.server = make_server()
        self.server.session.client = read_client(client_capabilities("visual_studio_code"))
        for uri, whole in self.texts.items():
            self.server.session.open(uri, 1, whole)
        self.lines = {uri: LineIndex(whole) for uri, whole in self.texts.items()}

    async def ask(self, method, params):
        answer = self.server.methods[method].handle(self.server, params)
        answer = await answer if inspect.isawaitable(answer) else answer
        if isinstance(answer, bytes):
            answer = self.read(method, json.loads(answer))
        self.check(answer, self.uri)
        return answer

    def read(self, method, answer):
        """An answer that is written as JSON already, as a client reads it."""
        if method != T.TEXT_DOCUMENT_COMPLETION:
            return answer
        if isinstance(answer, dict):
            return CONVERTER.structure(answer, types.CompletionList)
        return [CONVERTER.structure(item, types.CompletionItem) for item in answer]

    def check(self, value, uri):
        """All ranges in an answer lie inside the texts that they speak of."""
        if isinstance(value, types.Range):
            if uri in self.lines:
                self.check_position(value.start, uri)
                self.check_position(value.end, uri)
                assert value.start <= value.end
        elif isinstance(value, types.LocationLink):
            self.check(value.origin_selection_range, self.uri)
            self.check(value.target_range, value.target_uri)
            self.check(value.target_selection_range, value.target_uri)
        elif isinstance(value, types.TextDocumentEdit):
            self.check(value.edits, value.text_document.uri)
        elif isinstance(value, dict):
            for key, item in value.items():
                self.check(item, key if isinstance(key, str) and key in self.lines else uri)
        elif isinstance(value, list | tuple):
            for item in value:
                self.check(item, uri)
        elif attrs.has(type(value)):
            inner = getattr(value, "uri", uri)
            for field in attrs.fields(type(value)):
                self.check(getattr(value, field.name), inner)

    def check_position(self, position, uri):
        lines = self.lines[uri]
        assert 0 <= position.line < lines.line_count
        width = len(lines.line_text(position.line).encode("utf-16-le")) // 2
        assert 0 <= position.character <= width

    async def ask_everything(self, offset):
        document = types.TextDocumentIdentifier(self.uri)
        at = to_position(self.lines[self.uri], offset, Encoding.UTF16)
        end = to_position(self.lines[self.uri], len(self.texts[self.uri]), Encoding.UTF16)
        answers = {}
        for method, make in OF_DOCUMENT.items():
            answers[method] = await self.ask(method, make(document))
        for method, make in OF_PLACE.items():
            try:
                answers[method] = await self.ask(method, make(document, at))
            except RefusedError:
                answers[method] = None
        for method, make in OF_RANGE.items():
            answers[method] = await self.ask(method, make(document, types.Range(at, end)))
        for method, source in OF_ANSWER.items():
            found = answers.get(source) or ()
            for item in (found.items if isinstance(found, types.CompletionList) else found)[:3]:
                try:
                    await self.ask(method, CALLS[method](item) if method in CALLS else item)
                except RefusedError as refusal:
                    assert str(refusal)  # noqa: PT017 - a refusal in words is an answer


@pytest.mark.parametrize(("bundle", "name"), DOCUMENTS)
async def test_beginnings_with_the_cursor_at_their_end(bundle, name):
    text = BUNDLES[bundle][name]
    ends = range(len(text) + 1)
    for end in ends if IS_LONG else [random.Random(name).choice(ends)]:
        await Asker(BUNDLES[bundle], name, text[:end]).ask_everything(end)


@pytest.mark.parametrize(("bundle", "name"), DOCUMENTS)
async def test_any_cursor(bundle, name):
    text = BUNDLES[bundle][name]
    chance = random.Random(f"{name} cursors")
    asker = Asker(BUNDLES[bundle], name, text)
    for offset in chance.choices(range(len(text) + 1), k=examples(4)):
        await asker.ask_everything(offset)


async def test_any_cursor_in_a_template_in_markdown(tmp_path):
    for name, text in MARKDOWN.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    chance = random.Random("markdown")
    for end in chance.choices(range(len(GREETING) + 1), k=examples(4)):
        for text in (GREETING, GREETING[:end]):
            await Asker(MARKDOWN, "greeting.md", text, tmp_path.as_posix()).ask_everything(end)
