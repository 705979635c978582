"""Folding, growing selections, links and names of the workspace, through a real server process."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types

from mfo_lsp.server.convert import to_uri
from tests.lsp.raw_client import PATIENCE, RawClient
from tests.lsp.test_features_e2e import place


async def of(request):
    return await asyncio.wait_for(request, PATIENCE)


def document(editor, name):
    return types.TextDocumentIdentifier(editor.uri(name))


async def test_whole_lines_fold_for_a_client_that_folds_lines(bundle):
    params = types.FoldingRangeParams(document(bundle, "workflow.yml"))
    found = await of(bundle.client.text_document_folding_range_async(params))
    assert found[0].start_line == 1
    assert {fold.start_character for fold in found} == {None}


async def test_a_selection_grows_from_each_of_several_cursors(bundle):
    _, at = place(bundle, "workflow.yml", "{fetch_letter.value}", 2)
    params = types.SelectionRangeParams(document(bundle, "workflow.yml"), [at, types.Position(0, 0)])
    first, second = await of(bundle.client.text_document_selection_range_async(params))
    inner = bundle.range("workflow.yml", "{fetch_letter.value}")
    assert first.range.start.character == inner.start.character + 1
    assert first.parent.range.end == types.Position(inner.end.line, inner.end.character - 1)
    assert second.range.start == types.Position(0, 0)


async def test_links_lead_to_files_that_the_project_file_names(bundle):
    (bundle.folder / "shared").mkdir()
    bundle.write("shared/more.yml", "templates: {}\n")
    bundle.write("mfo.toml", '[bundle]\nprompts = ["shared/*.yml"]\n')
    bundle.open("mfo.toml")
    params = types.DocumentLinkParams(document(bundle, "mfo.toml"))
    (link,) = await of(bundle.client.text_document_document_link_async(params))
    assert (link.target, link.tooltip) == (bundle.uri("shared/more.yml"), "shared/more.yml")
    assert link.range == bundle.range("mfo.toml", "shared/*.yml")


async def test_names_of_files_that_are_not_open_are_found(bundle):
    (bundle.folder / "other").mkdir()
    bundle.write("other/flow.yml", "name: night\ntasks:\n  - id: count_sheep\n    type: mfo_api_tool_list\n")
    (bundle.folder / "node_modules").mkdir()
    bundle.write("node_modules/flow.yml", "name: night\ntasks:\n  - id: count_sheep\n    type: mfo_api_tool_list\n")
    bundle.files_changed(other__yml=types.FileChangeType.Created)
    params = types.WorkspaceSymbolParams("coshe")
    found = await of(bundle.client.workspace_symbol_async(params))
    assert [(symbol.name, symbol.container_name, symbol.location.uri) for symbol in found] == [
        ("count_sheep", "night", bundle.uri("other/flow.yml"))
    ]


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 24), ("utf-16", 22), ("utf-32", 21)])
async def test_columns_are_counted_as_was_agreed(encoding, column, tmp_path):
    client = await RawClient.start()
    try:
        await client.initialize({"general": {"positionEncodings": [encoding]}})
        uri = to_uri((tmp_path / "flow.yml").as_posix())
        text = 'name: a\ntasks:\n  - {id: "\U0001d11e", type: [\n    a\n    ]}\n'
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        client.send(method="textDocument/didOpen", params={"textDocument": item})
        reply = await client.ask("textDocument/foldingRange", {"textDocument": {"uri": uri}})
        assert reply["result"][1] == {
            "startLine": 2, "startCharacter": column, "endLine": 4, "endCharacter": 6, "kind": "region",
        }  # fmt: skip
    finally:
        await client.stop()
