"""Renames in a real server process: unsaved text, closed files, versions, confirmations, refusals, and what names lead to."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig

from mfo_dialect.text import Encoding, LineIndex, Span, TextEdit, apply_edits
from mfo_lsp.server.convert import to_position, to_span
from tests.lsp.conftest import Editor, initialize_params
from tests.lsp.letters import FLOW, PROMPTS
from tests.lsp.raw_client import PATIENCE, SERVER


async def answered(waiting):
    return await asyncio.wait_for(waiting, PATIENCE)


def place(editor, name, part, after=0):
    """The place ``after`` code points into the only ``part`` of a document."""
    text = editor.texts[name]
    assert text.count(part) == 1
    position = to_position(LineIndex(text), text.index(part) + after, Encoding.UTF16)
    return types.TextDocumentIdentifier(editor.uri(name)), position


def applied(edit: types.WorkspaceEdit, uri: str, text: str) -> str:
    """A text after a workspace edit, in either form."""
    lines = LineIndex(text)
    changes = [
        change for one in edit.document_changes or () if one.text_document.uri == uri for change in one.edits
    ] or list((edit.changes or {}).get(uri, ()))
    spans = [TextEdit(Span(*to_span(lines, change.range, Encoding.UTF16)), change.new_text) for change in changes]
    return apply_edits(text, spans)


async def rename(editor, name, part, after, new_name) -> types.WorkspaceEdit:
    params = types.RenameParams(*place(editor, name, part, after), new_name)
    return await answered(editor.client.text_document_rename_async(params))


@pytest.fixture
async def bundle(editor):
    editor.write("workflow.yml", FLOW)
    editor.write("prompts.yml", PROMPTS)
    editor.open("workflow.yml")
    await editor.sees("workflow.yml")
    return editor


async def test_a_template_is_renamed_in_the_unsaved_workflow_and_the_closed_prompts_file(bundle):
    bundle.replace("workflow.yml", '"${fetch_letter.value}"', '"𝄞 ${fetch_letter.value}"')
    edit = await rename(bundle, "workflow.yml", "prompt_template_id: draft", 22, "sketch")
    versions = {one.text_document.uri: one.text_document.version for one in edit.document_changes}
    assert versions == {bundle.uri("workflow.yml"): 2, bundle.uri("prompts.yml"): None}
    text = bundle.texts["workflow.yml"]
    assert applied(edit, bundle.uri("workflow.yml"), text) == text.replace("id: draft", "id: sketch")
    assert applied(edit, bundle.uri("prompts.yml"), PROMPTS) == PROMPTS.replace("  draft:", "  sketch:")
    (annotation,) = edit.change_annotations.values()
    assert annotation.label == 'Rename prompt template "draft" to "sketch"'
    assert not annotation.needs_confirmation


async def test_columns_are_counted_as_the_client_counts(bundle):
    bundle.replace("workflow.yml", '"${fetch_letter.value}"', '"𝄞 ${fetch_letter.value}"')
    edit = await rename(bundle, "workflow.yml", "{fetch_letter.value}", 3, "taken")
    text = bundle.texts["workflow.yml"]
    assert applied(edit, bundle.uri("workflow.yml"), text) == text.replace("fetch_letter", "taken")


async def test_files_that_several_bundles_share_change_everywhere_and_are_confirmed(editor):
    editor.write("mfo.toml", '[bundle]\nprompts = ["shared/prompts.yml"]\n')
    for folder in ("shared", "one", "two"):
        (editor.folder / folder).mkdir()
    editor.write("shared/prompts.yml", PROMPTS)
    editor.write("one/workflow.yml", FLOW)
    editor.write("two/workflow.yml", FLOW)
    editor.open("one/workflow.yml")
    await editor.sees("one/workflow.yml")
    at = place(editor, "one/workflow.yml", "prompt_template_id: draft", 22)
    editor.client.progress_reports["renaming"] = []
    params = types.RenameParams(*at, "sketch", "renaming")
    edit = await answered(editor.client.text_document_rename_async(params))
    uris = [editor.uri(name) for name in ("one/workflow.yml", "shared/prompts.yml", "two/workflow.yml")]
    assert sorted(one.text_document.uri for one in edit.document_changes) == uris
    kinds = [report.kind for report in editor.client.progress_reports["renaming"]]
    assert kinds == ["begin", "report", "report", "end"]
    assert [applied(edit, uri, FLOW) == FLOW.replace("id: draft", "id: sketch") for uri in (uris[0], uris[2])] == [
        True
    ] * 2
    confirmed = {annotation.needs_confirmation for annotation in edit.change_annotations.values()}
    assert confirmed == {None, True}


async def test_what_can_be_renamed_is_told_before_the_name_is_typed(bundle):
    params = types.PrepareRenameParams(*place(bundle, "workflow.yml", "[fetch_letter]", 3))
    found = await answered(bundle.client.text_document_prepare_rename_async(params))
    start = place(bundle, "workflow.yml", "[fetch_letter]", 1)[1]
    assert (found.range.start, found.placeholder) == (start, "fetch_letter")
    nothing = types.PrepareRenameParams(*place(bundle, "workflow.yml", "dependencies", 3))
    assert await answered(bundle.client.text_document_prepare_rename_async(nothing)) is None


async def test_a_refusal_says_why(bundle):
    with pytest.raises(JsonRpcException, match=r'"INPUT" is reserved: references read it as a root\.') as caught:
        await rename(bundle, "workflow.yml", "[fetch_letter]", 3, "INPUT")
    assert caught.value.code == types.LSPErrorCodes.RequestFailed
    with pytest.raises(JsonRpcException, match="no name here"):
        await rename(bundle, "workflow.yml", "dependencies", 3, "other")


async def test_places_of_a_name_in_its_document(bundle):
    params = types.DocumentHighlightParams(*place(bundle, "workflow.yml", "[fetch_letter]", 3))
    found = await answered(bundle.client.text_document_document_highlight_async(params))
    kinds = [highlight.kind for highlight in found]
    assert kinds == [types.DocumentHighlightKind.Write, *[types.DocumentHighlightKind.Read] * 2]


async def test_names_of_one_block_are_linked(bundle):
    bundle.replace("workflow.yml", "id: fetch_letter", "id: fetch_letter\n    outputs: [fetch_letter.value]")
    document, position = place(bundle, "workflow.yml", "[fetch_letter]", 3)
    params = types.LinkedEditingRangeParams(document, position)
    assert await answered(bundle.client.text_document_linked_editing_range_async(params)) is None
    bundle.open("alone.mfo.yml", "name: x\ntasks:\n  - {id: abc, type: mfo_api_tool_list, outputs: [abc.tools]}\n")
    params = types.LinkedEditingRangeParams(*place(bundle, "alone.mfo.yml", "id: abc", 5))
    found = await answered(bundle.client.text_document_linked_editing_range_async(params))
    assert len(found.ranges) == 2


async def test_a_custom_task_type_leads_to_its_python_function_and_its_outputs(editor):
    editor.write("mfo.toml", '[task_types.stamp]\nmodule = "post:stamp"\noutputs = {type = "object"}\n')
    editor.write("post.py", "def stamp(config):\n    return {}\n")
    editor.write("a.mfo.yml", "name: x\ntasks:\n  - {id: abc, type: stamp}\n")
    editor.open("a.mfo.yml")
    params = types.ImplementationParams(*place(editor, "a.mfo.yml", "type: stamp", 8))
    (link,) = await answered(editor.client.text_document_implementation_async(params))
    assert link.target_uri == editor.uri("post.py")
    assert link.target_selection_range == types.Range(types.Position(0, 4), types.Position(0, 9))
    params = types.TypeDefinitionParams(*place(editor, "a.mfo.yml", "id: abc", 5))
    (link,) = await answered(editor.client.text_document_type_definition_async(params))
    assert (link.target_uri, link.target_range.start.line) == (editor.uri("mfo.toml"), 2)


async def test_a_client_without_versions_in_edits_gets_plain_changes(tmp_path):
    client = await ClientServerConfig(list(SERVER)).start()
    client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda _params: None)
    await answered(client.initialize_session(initialize_params(tmp_path, "neovim")))
    editor = Editor(client, tmp_path)
    editor.write("prompts.yml", PROMPTS)
    editor.open("workflow.yml", FLOW)
    edit = await rename(editor, "workflow.yml", "prompt_template_id: draft", 22, "sketch")
    assert edit.document_changes is None
    assert edit.change_annotations is None
    assert set(edit.changes) == {editor.uri("workflow.yml"), editor.uri("prompts.yml")}
    assert applied(edit, editor.uri("prompts.yml"), PROMPTS) == PROMPTS.replace("  draft:", "  sketch:")
    await answered(client.shutdown_session())
    await client.stop()


async def test_the_project_file_follows_files_that_the_editor_renames(editor):
    editor.write("mfo.toml", '[bundle]\nprompts = ["shared/prompts.yml"]\n')
    for folder in ("shared", "one"):
        (editor.folder / folder).mkdir()
    editor.write("shared/prompts.yml", PROMPTS)
    editor.write("one/workflow.yml", FLOW)
    editor.open("one/workflow.yml")
    editor.open("mfo.toml")
    await editor.sees("one/workflow.yml")
    files = [types.FileRename(editor.uri("shared/prompts.yml"), editor.uri("shared/texts_prompts.yml"))]
    edit = await answered(editor.client.workspace_will_rename_files_async(types.RenameFilesParams(files)))
    (change,) = edit.document_changes
    assert (change.text_document.uri, change.text_document.version) == (editor.uri("mfo.toml"), 1)
    (editor.folder / "shared/prompts.yml").rename(editor.folder / "shared/texts_prompts.yml")
    editor.client.workspace_did_rename_files(types.RenameFilesParams(files))
    await editor.until(lambda: [code for code, _ in editor.findings("one/workflow.yml")] == ["MFO601"])
    editor.replace("mfo.toml", "shared/prompts.yml", "shared/texts_prompts.yml")
    assert (
        applied(edit, editor.uri("mfo.toml"), '[bundle]\nprompts = ["shared/prompts.yml"]\n')
        == editor.texts["mfo.toml"]
    )
    await editor.until(lambda: editor.findings("one/workflow.yml") == [])
    nothing = [types.FileRename(editor.uri("one/notes.txt"), editor.uri("one/words.txt"))]
    assert await answered(editor.client.workspace_will_rename_files_async(types.RenameFilesParams(nothing))) is None


async def test_tests_answers_inputs_and_the_baseline_follow(editor):
    editor.write("mfo.toml", 'baseline = "known.json"\n')
    workflow = FLOW.replace('"${fetch_letter.value}"', '"${fetch_letter.nothing}"')
    editor.write("workflow.yml", workflow)
    editor.write("prompts.yml", PROMPTS)
    done = await asyncio.create_subprocess_exec(
        *SERVER, "check", str(editor.folder), "--baseline", "known.json", "--update-baseline", cwd=editor.folder
    )
    await done.wait()
    known = (editor.folder / "known.json").read_text()
    assert '"task answer"' in known
    editor.write("flow.test.yml", "flow: workflow.yml\nexpect: {states: {answer: succeeded}}\n")
    editor.open("workflow.yml")
    await editor.until(lambda: editor.uri("workflow.yml") in editor.shown)
    edit = await rename(editor, "workflow.yml", "id: answer", 5, "reply")
    by_name = {one.text_document.uri.rsplit("/", 1)[-1]: one for one in edit.document_changes}
    assert by_name.keys() == {"workflow.yml", "flow.test.yml", "known.json"}
    text = applied(edit, editor.uri("flow.test.yml"), "flow: workflow.yml\nexpect: {states: {answer: succeeded}}\n")
    assert "{reply: succeeded}" in text
    editor.write("known.json", applied(edit, editor.uri("known.json"), known))
    editor.write("workflow.yml", applied(edit, editor.uri("workflow.yml"), workflow))
    again = await asyncio.create_subprocess_exec(*SERVER, "check", str(editor.folder), cwd=editor.folder)
    assert await again.wait() == 0
