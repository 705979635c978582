"""Refactorings in a real server process: offered, worked out when they are taken or at once, disabled with a reason."""

from __future__ import annotations

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, client_capabilities

from mfo_dialect.text import Encoding
from mfo_lsp.server.convert import to_uri
from tests.lsp.conftest import Editor, initialize_params
from tests.lsp.raw_client import SERVER
from tests.lsp.test_renaming import answered, applied

FLOW = """\
name: letters 𝄞
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: "𝄞"}
  - id: ask
    type: mfo_api_chat_send
    dependencies: [fetch]
    config: {prompt: "𝄞 ${fetch.value}"}
  - id: told
    type: mfo_api_notification_create
    dependencies: [ask]
    config: {title: Done, message: "${ask.message}"}
"""
EXTRACT = types.CodeActionKind.RefactorExtract
GROUPED = "subflows:\n  - id: subflow\n    dependencies: [fetch]\n    tasks:\n      - id: ask\n"


async def started(folder, name, encoding=Encoding.UTF16, **changes) -> Editor:
    """An editor with the capabilities of a client, some of them changed."""
    client = await ClientServerConfig(list(SERVER)).start()
    client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda _params: None)
    params = initialize_params(folder, name)
    for part, value in changes.items():
        setattr(params.capabilities.text_document.code_action, part, value)
    params.capabilities.general.position_encodings = [types.PositionEncodingKind(encoding.value)]
    await answered(client.initialize_session(params))
    return Editor(client, folder, encoding)


async def ended(editor: Editor) -> None:
    await answered(editor.client.shutdown_session())
    await editor.client.stop()


async def offered(editor: Editor, part: str, kind: types.CodeActionKind) -> dict[str, types.CodeAction]:
    return {action.title: action for action in await editor.actions("flow.yml", part, [kind])}


@pytest.mark.parametrize("encoding", list(Encoding))
async def test_tasks_are_extracted_in_any_encoding(tmp_path, encoding):
    editor = await started(tmp_path, "visual_studio_code", encoding)
    editor.open("flow.yml", FLOW)
    action = (await offered(editor, "id: ask", EXTRACT))['Extract "ask" to a subflow']
    assert (action.edit, action.kind) == (None, EXTRACT)
    resolved = await answered(editor.client.code_action_resolve_async(action))
    (change,) = resolved.edit.document_changes
    assert change.text_document.version == 1
    if encoding is Encoding.UTF16:
        text = applied(resolved.edit, editor.uri("flow.yml"), FLOW)
        assert GROUPED in text
        assert '        config: {prompt: "𝄞 ${fetch.value}"}\n' in text
        assert "dependencies: [subflow]" in text
    await ended(editor)


async def test_what_cannot_be_done_is_disabled_with_the_reason(tmp_path):
    editor = await started(tmp_path, "visual_studio_code")
    editor.open("flow.yml", "name: x\ntasks:\n  - {id: alone, type: mfo_api_tool_list}\n")
    action = (await offered(editor, "id: alone", EXTRACT))['Extract "alone" to a subflow']
    assert action.disabled.reason == "No task would be left beside the subflow."
    await ended(editor)


async def test_a_text_that_has_changed_since_is_not_refactored(tmp_path):
    editor = await started(tmp_path, "visual_studio_code")
    editor.open("flow.yml", FLOW)
    action = (await offered(editor, "id: ask", EXTRACT))['Extract "ask" to a subflow']
    editor.replace("flow.yml", "title: Done", "title: Told")
    with pytest.raises(JsonRpcException, match="changed meanwhile") as caught:
        await answered(editor.client.code_action_resolve_async(action))
    assert caught.value.code == types.LSPErrorCodes.ContentModified
    await ended(editor)


@pytest.mark.parametrize("name", ["emacs", "neovim", "visual_studio_code"])
async def test_a_prompt_is_extracted_into_a_new_file_where_a_client_can_make_one(tmp_path, name):
    editor = await started(tmp_path, name)
    editor.open("flow.yml", FLOW)
    found = await offered(editor, "fetch.value", EXTRACT)
    action = found.get('Extract the prompt of "ask" to a prompt template')
    edits = client_capabilities(name).workspace.workspace_edit
    can_create = bool(
        edits.document_changes and types.ResourceOperationKind.Create in (edits.resource_operations or ())
    )
    if action is None:
        assert not can_create
    elif not can_create:
        with pytest.raises(JsonRpcException, match="cannot do on request"):
            await answered(editor.client.code_action_resolve_async(action))
    else:
        resolved = action if action.edit else await answered(editor.client.code_action_resolve_async(action))
        created, *changes = resolved.edit.document_changes
        assert created.uri == to_uri((tmp_path / "prompts_definition.yml").as_posix())
        assert {change.text_document.uri for change in changes} == {created.uri, editor.uri("flow.yml")}
    await ended(editor)


async def test_a_client_that_does_not_ask_again_gets_the_edit_at_once(tmp_path):
    editor = await started(tmp_path, "visual_studio_code", resolve_support=None, disabled_support=None)
    editor.open("flow.yml", FLOW)
    action = (await offered(editor, "id: ask", EXTRACT))['Extract "ask" to a subflow']
    assert GROUPED in applied(action.edit, editor.uri("flow.yml"), FLOW)
    editor.open("alone.mfo.yml", "name: x\ntasks:\n  - {id: alone, type: mfo_api_tool_list}\n")
    assert await editor.actions("alone.mfo.yml", "id: alone", [EXTRACT]) == []
    await ended(editor)


async def test_what_was_extracted_and_applied_has_no_findings_and_can_be_inlined(editor):
    editor.open("flow.yml", FLOW)
    action = (await offered(editor, "id: ask", EXTRACT))['Extract "ask" to a subflow']
    resolved = await answered(editor.client.code_action_resolve_async(action))
    text = applied(resolved.edit, editor.uri("flow.yml"), FLOW)
    editor.close("flow.yml")
    editor.open("flow.yml", text)
    await editor.sees("flow.yml")
    found = await offered(editor, "id: subflow", types.CodeActionKind.RefactorInline)
    resolved = await answered(editor.client.code_action_resolve_async(found['Inline the subflow "subflow"']))
    back = applied(resolved.edit, editor.uri("flow.yml"), text)
    assert sorted(back.splitlines()) == sorted(FLOW.splitlines())
