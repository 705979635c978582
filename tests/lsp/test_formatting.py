"""Formatting in a real server process: the whole document, some lines, unsaved text, and when it is turned off."""

from __future__ import annotations

import asyncio

from lsprotocol import types

from mfo_dialect.text import Encoding, LineIndex, TextEdit, apply_edits
from mfo_lsp.server.convert import to_span, to_uri
from tests.lsp.raw_client import PATIENCE, RawClient

FLOW = "name :  flow 😀\ntasks:\n- id:   a\n  type: transform\n  config: { values: {x: '1'} }\n"
LAID_OUT = "name: flow 😀\ntasks:\n  - id: a\n    type: transform\n    config: {values: {x: '1'}}\n"
OPTIONS = types.FormattingOptions(tab_size=8, insert_spaces=False)


def applied(text: str, edits: list[types.TextEdit]) -> str:
    lines = LineIndex(text)
    return apply_edits(text, [TextEdit(to_span(lines, edit.range, Encoding.UTF16), edit.new_text) for edit in edits])


async def whole(editor, name):
    params = types.DocumentFormattingParams(types.TextDocumentIdentifier(editor.uri(name)), OPTIONS)
    return list(await asyncio.wait_for(editor.client.text_document_formatting_async(params), PATIENCE) or [])


async def test_the_unsaved_text_is_laid_out(editor):
    editor.write("workflow.yml", "name: other\n")
    editor.open("workflow.yml", FLOW)
    editor.replace("workflow.yml", "'1'", "'12'")
    edits = await whole(editor, "workflow.yml")
    assert applied(editor.texts["workflow.yml"], edits) == LAID_OUT.replace("'1'", "'12'")


async def test_edits_are_small(editor):
    editor.open("workflow.yml", LAID_OUT.replace("id: a", "id:  a"))
    (edit,) = await whole(editor, "workflow.yml")
    assert edit == types.TextEdit(types.Range(types.Position(2, 7), types.Position(2, 9)), " ")


async def test_some_lines(editor):
    editor.open("workflow.yml", FLOW)
    document = types.TextDocumentIdentifier(editor.uri("workflow.yml"))
    chosen = types.Range(types.Position(0, 3), types.Position(1, 0))
    params = types.DocumentRangeFormattingParams(document, chosen, OPTIONS)
    edits = await asyncio.wait_for(editor.client.text_document_range_formatting_async(params), PATIENCE)
    assert applied(FLOW, list(edits)) == FLOW.replace("name :  flow", "name: flow")


async def test_broken_and_foreign_documents_are_left_alone(editor):
    editor.open("workflow.yml", FLOW.replace("'1'", "'1"))
    editor.open("compose.yml", "services :  {}\n")
    assert await whole(editor, "workflow.yml") == []
    assert await whole(editor, "compose.yml") == []


async def test_it_is_announced_and_can_be_turned_off(tmp_path):
    client = await RawClient.start()
    result = await client.initialize(initializationOptions={"formatting": False})
    assert result["capabilities"]["documentFormattingProvider"]
    assert result["capabilities"]["documentRangeFormattingProvider"]
    uri = to_uri((tmp_path / "workflow.yml").as_posix())
    document = {"uri": uri, "languageId": "yaml", "version": 1, "text": FLOW}
    client.send(method="textDocument/didOpen", params={"textDocument": document})
    options = {"tabSize": 2, "insertSpaces": True}
    reply = await client.ask("textDocument/formatting", {"textDocument": {"uri": uri}, "options": options})
    assert reply["result"] == []
    assert await client.stop() == ""
