"""Findings for clients that ask, settings that change, files that the editor moves; in process and through a real server."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter

from mfo_lsp.server.capabilities import Client
from mfo_lsp.server.requests import diagnostics
from tests.lsp.in_process import ENCODINGS, document, serving, type_over
from tests.lsp.raw_client import RawClient

FLOW = """\
name: a
tasks:
  - {id: "𝄞é", type: transform, priority: hgh, config: {values: {n: "1"}}}
  - id: ask
    type: mfo_api_chat_send
    config: {prompt_template_id: draft}
"""
FINE = "templates:\n  draft: {user_prompt: Hello}\n"
BROKEN = "templates:\n  draft: {user_prompt: '{{ .x'}\n"
CONVERTER = get_converter()
PULLS = Client(pulls=True, related_documents=True)


async def ask(server, name, previous=None):
    params = types.DocumentDiagnosticParams(document(name), previous_result_id=previous)
    return await answered(server, params)


async def answered(server, params):
    """The report, as a client reads it."""
    report = json.loads(await diagnostics.answer(server, params))
    is_full = report["kind"] == "full"
    kind = types.RelatedFullDocumentDiagnosticReport if is_full else types.RelatedUnchangedDocumentDiagnosticReport
    return CONVERTER.structure(report, kind)


async def of_workspace(server, params):
    report = json.loads(await diagnostics.answer_workspace(server, params))
    return CONVERTER.structure(report, types.WorkspaceDiagnosticReport)


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_a_report_counts_columns_as_was_agreed(encoding):
    report = await ask(serving(encoding, PULLS, flow__yml=FLOW, prompts__yml=FINE), "flow.yml")
    (found,) = [item for item in report.items if item.code == "MFO204"]
    width = {"utf-8": 6, "utf-16": 3, "utf-32": 2}[encoding.value]
    assert found.range.start == types.Position(2, len('  - {id: "", type: transform, priority: ') + width)


async def test_what_has_not_changed_is_not_sent_again():
    server = serving(client=PULLS, flow__yml=FLOW, prompts__yml=FINE)
    first = await ask(server, "flow.yml")
    assert first.kind == "full"
    same = await ask(server, "flow.yml", first.result_id)
    assert (same.kind, same.result_id) == ("unchanged", first.result_id)
    type_over(server, "flow.yml", "hgh", "high")
    fresh = await ask(server, "flow.yml", first.result_id)
    assert fresh.kind == "full"
    assert len(fresh.items) == len(first.items) - 1
    assert fresh.result_id != first.result_id


async def test_documents_that_are_not_open_are_related(tmp_path):
    (tmp_path / "prompts.yml").write_text(BROKEN)
    server = serving(client=PULLS)
    uri = (tmp_path / "flow.yml").as_uri()
    server.session.open(uri, 1, FLOW)
    report = await answered(server, types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri)))
    related = report.related_documents[(tmp_path / "prompts.yml").as_uri()]
    assert related.items
    server.session.client = replace(PULLS, related_documents=False)
    report = await answered(server, types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri)))
    assert report.related_documents is None


async def test_the_workspace_has_the_findings_of_all_its_folders(tmp_path):
    for folder, text in [("one", FLOW), ("two", FLOW.replace("hgh", "high"))]:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "workflow.yml").write_text(text)
        (tmp_path / folder / "prompts.yml").write_text(FINE)
    (tmp_path / "one" / "mfo.toml").write_text('[rules]\nMFO204 = "off"\n')
    server = serving(client=PULLS)
    server.session.folders = (tmp_path.as_posix(),)
    report = await of_workspace(server, types.WorkspaceDiagnosticParams([]))
    codes = {item.uri: [one.code for one in item.items] for item in report.items}
    assert len(codes) == 4
    assert "MFO204" not in codes[(tmp_path / "one" / "workflow.yml").as_uri()]
    known = [types.PreviousResultId(item.uri, item.result_id) for item in report.items]
    (tmp_path / "one" / "mfo.toml").unlink()
    (tmp_path / "two" / "prompts.yml").unlink()
    server.session.reread([(tmp_path / "one" / "mfo.toml").as_posix(), (tmp_path / "two" / "prompts.yml").as_posix()])
    again = await of_workspace(server, types.WorkspaceDiagnosticParams(known))
    kinds = {item.uri.rsplit("/", 2)[-2] + "/" + item.uri.rsplit("/", 1)[-1]: item for item in again.items}
    assert "MFO204" in [one.code for one in kinds["one/workflow.yml"].items]
    assert kinds["one/prompts.yml"].kind == "unchanged"
    assert len(kinds["two/workflow.yml"].items) > len(codes[(tmp_path / "two" / "workflow.yml").as_uri()])
    assert kinds["two/prompts.yml"].kind == "unchanged", "it had no findings before it went"


async def test_a_check_of_files_that_are_not_open_is_remembered(tmp_path):
    (tmp_path / "workflow.yml").write_text(FLOW)
    server = serving(client=PULLS)
    first = server.session.analysis(tmp_path.as_posix())
    assert server.session.analysis(tmp_path.as_posix()) is first
    (tmp_path / "workflow.yml").write_text(FLOW.replace("hgh", "high"))
    assert server.session.analysis(tmp_path.as_posix()) is not first


CAN_PULL = {
    "textDocument": {"diagnostic": {"relatedDocumentSupport": True}},
    "workspace": {"diagnostics": {"refreshSupport": True}, "configuration": True},
}


async def asked(client, method):
    """The next request of the server of a method, answered with nothing."""
    while not (found := [one for one in client.requests if one["method"] == method]):
        client._keep(await client.read())
    client.requests.remove(found[0])
    return found[0]


async def test_a_client_that_asks_gets_nothing_pushed_and_hears_of_other_changes(tmp_path):
    client = await RawClient.start()
    try:
        await client.initialize(CAN_PULL, initializationOptions={"hints": False})
        question = await asked(client, "workspace/configuration")
        assert question["params"] == {"items": [{"section": "mfo"}]}
        client.send(id=question["id"], result=[{"inlayTypes": False}])
        (tmp_path / "prompts.yml").write_text(FINE)
        uri = (tmp_path / "workflow.yml").as_uri()
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": FLOW}
        client.send(method="textDocument/didOpen", params={"textDocument": item})
        report = (await client.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}}))["result"]
        assert [one["code"] for one in report["items"]].count("MFO204") == 1
        (tmp_path / "moved.yml").write_text(FINE)
        (tmp_path / "prompts.yml").unlink()
        moved = {"oldUri": (tmp_path / "prompts.yml").as_uri(), "newUri": (tmp_path / "moved.yml").as_uri()}
        (tmp_path / "moved.yml").write_text("templates: {}\n")
        client.send(method="workspace/didRenameFiles", params={"files": [moved]})
        refresh = await asked(client, "workspace/diagnostic/refresh")
        client.send(id=refresh["id"], result=None)
        params = {"textDocument": {"uri": uri}, "previousResultId": report["resultId"]}
        fresh = (await client.ask("textDocument/diagnostic", params))["result"]
        assert fresh["kind"] == "full"
        assert len(fresh["items"]) > len(report["items"])
        why = (await client.ask("mfo/why", {"textDocument": {"uri": uri}}))["result"]
        settings = {one["name"]: (one["value"], one["source"]) for one in why["settings"]}
        assert settings["hints"] == (False, "editor")
        assert settings["inlayTypes"] == (False, "editor")
        client.send(method="workspace/didChangeConfiguration", params={"settings": {"mfo": {"hints": True}}})
        why = (await client.ask("mfo/why", {"textDocument": {"uri": uri}}))["result"]
        settings = {one["name"]: (one["value"], one["source"]) for one in why["settings"]}
        assert (settings["hints"][0], settings["inlayTypes"]) == (True, (True, "default"))
        assert not [one for one in client.notifications if one["method"] == "textDocument/publishDiagnostics"]
    finally:
        await client.stop()


async def test_the_workspace_comes_in_parts_and_can_be_given_up(tmp_path):
    client = await RawClient.start()
    try:
        await client.initialize(CAN_PULL)
        uri = (tmp_path / "workflow.yml").as_uri()
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": FLOW}
        client.send(method="textDocument/didOpen", params={"textDocument": item})
        token = {"previousResultIds": [], "partialResultToken": "part"}
        client.send(id="w", method="workspace/diagnostic", params=token)
        assert (await client.reply("w"))["result"] == {"items": []}
        part = await client.notification("$/progress")
        assert part["token"] == "part"
        assert {one["uri"] for one in part["value"]["items"]} >= {uri}
        client.send(id="gone", method="workspace/diagnostic", params={"previousResultIds": []})
        client.send(method="$/cancelRequest", params={"id": "gone"})
        assert (await client.reply("gone"))["error"]["code"] == types.LSPErrorCodes.RequestCancelled
    finally:
        await client.stop()
