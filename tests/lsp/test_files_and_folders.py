"""Several roots, and files that come, go and are called otherwise, as a client tells of them to a real server process."""

from __future__ import annotations

import pytest
import pytest_asyncio
from lsprotocol import types
from pytest_lsp import ClientServerConfig

from mfo_dialect.text import Encoding
from mfo_lsp.server.convert import to_uri
from tests.lsp.conftest import Editor, initialize_params
from tests.lsp.letters import FLOW, PROMPTS
from tests.lsp.raw_client import SERVER
from tests.lsp.test_renaming import answered

STAMP = '[task_types.stamp]\nmodule = "post:stamp"\n'
STAMPED = "name: {}\ntasks:\n  - {{id: a, type: stamp}}\n"


async def started(folder, roots=(), encoding=Encoding.UTF16) -> Editor:
    client = await ClientServerConfig(list(SERVER)).start()
    client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda _params: None)
    params = initialize_params(folder)
    params.capabilities.general.position_encodings = [types.PositionEncodingKind(encoding.value)]
    if roots:
        params.workspace_folders = [types.WorkspaceFolder(to_uri(root.as_posix()), root.name) for root in roots]
    await answered(client.initialize_session(params))
    return Editor(client, folder, encoding)


async def ended(editor: Editor) -> None:
    await answered(editor.client.shutdown_session())
    await editor.client.stop()


@pytest_asyncio.fixture
async def roots(tmp_path):
    """Two roots, each with a project file of its own; only one declares the task type that both use."""
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mfo.toml").write_text(STAMP if name != "two" else "")
        (tmp_path / name / "flow.mfo.yml").write_text(STAMPED.format(name))
    editor = await started(tmp_path, [tmp_path / "one", tmp_path / "two"])
    yield editor
    await ended(editor)


async def names(editor: Editor, query: str) -> set[str]:
    found = await answered(editor.client.workspace_symbol_async(types.WorkspaceSymbolParams(query)))
    return {symbol.location.uri.rsplit("/", 2)[-2] for symbol in found or ()}


async def test_each_root_has_its_own_project_file(roots):
    roots.open("one/flow.mfo.yml")
    roots.open("two/flow.mfo.yml")
    await roots.sees("one/flow.mfo.yml")
    await roots.sees("two/flow.mfo.yml", ("MFO206", "stamp"))
    assert await names(roots, "a") == {"one", "two"}


async def test_roots_come_and_go(roots):
    def folder(name):
        return types.WorkspaceFolder(to_uri((roots.folder / name).as_posix()), name)

    event = types.WorkspaceFoldersChangeEvent([folder("three")], [folder("one")])
    roots.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    assert await names(roots, "a") == {"two", "three"}


async def test_a_file_that_is_created_renamed_and_deleted_counts_at_once(editor):
    editor.open("workflow.yml", FLOW)
    await editor.until(lambda: [code for code, _ in editor.findings("workflow.yml")] == ["MFO601"])
    editor.write("prompts.yml", PROMPTS)
    created = types.CreateFilesParams([types.FileCreate(editor.uri("prompts.yml"))])
    editor.client.workspace_did_create_files(created)
    await editor.until(lambda: editor.findings("workflow.yml") == [])
    (editor.folder / "prompts.yml").rename(editor.folder / "texts.txt")
    moved = types.RenameFilesParams([types.FileRename(editor.uri("prompts.yml"), editor.uri("texts.txt"))])
    editor.client.workspace_did_rename_files(moved)
    await editor.until(lambda: [code for code, _ in editor.findings("workflow.yml")] == ["MFO601"])
    (editor.folder / "texts.txt").rename(editor.folder / "texts.yml")
    moved = types.RenameFilesParams([types.FileRename(editor.uri("texts.txt"), editor.uri("texts.yml"))])
    editor.client.workspace_did_rename_files(moved)
    await editor.until(lambda: editor.findings("workflow.yml") == [])
    (editor.folder / "texts.yml").unlink()
    gone = types.DeleteFilesParams([types.FileDelete(editor.uri("texts.yml"))])
    editor.client.workspace_did_delete_files(gone)
    await editor.until(lambda: [code for code, _ in editor.findings("workflow.yml")] == ["MFO601"])


@pytest.mark.parametrize("encoding", list(Encoding))
async def test_edits_and_answers_count_as_was_agreed(tmp_path, encoding):
    editor = await started(tmp_path, encoding=encoding)
    editor.open("flow.mfo.yml", 'name: x\ntasks:\n  - {id: a, description: "é𝄞", type: mfo_api_tool_lst}\n')
    await editor.sees("flow.mfo.yml", ("MFO206", "mfo_api_tool_lst"))
    editor.replace("flow.mfo.yml", "mfo_api_tool_lst", "mfo_api_tool_list")
    await editor.sees("flow.mfo.yml")
    editor.replace("flow.mfo.yml", "é𝄞", "𝄞𝄞é")
    editor.replace("flow.mfo.yml", "mfo_api_tool_list", "nosuch")
    await editor.sees("flow.mfo.yml", ("MFO206", "nosuch"))
    await ended(editor)
