"""The client is told to ask again for lenses, hints and colours when settings or files on the disk change, where it can be told."""

from __future__ import annotations

import pytest
from lsprotocol import types

from tests.lsp.letters import FLOW, PROMPTS

REFRESHES = {types.WORKSPACE_CODE_LENS_REFRESH, types.WORKSPACE_SEMANTIC_TOKENS_REFRESH}
"""What the recorded client can be told; it is too old to be told of inlay hints."""


@pytest.fixture
async def told(editor):
    """The editor, with a document open, and what it was told to ask for again."""
    seen = []

    def listener(method):
        def listen(_params):
            seen.append(method)
            editor._news.set()

        return listen

    for method in (*REFRESHES, types.WORKSPACE_INLAY_HINT_REFRESH):
        editor.client.feature(method)(listener(method))
    editor.write("workflow.yml", FLOW)
    editor.write("prompts.yml", PROMPTS)
    editor.open("workflow.yml")
    await editor.sees("workflow.yml")
    return editor, seen


async def test_a_file_that_changes_beside_an_open_one(told):
    editor, seen = told
    editor.write("prompts.yml", PROMPTS.replace("draft", "drift"))
    editor.files_changed(prompts__yml=types.FileChangeType.Changed)
    await editor.until(lambda: set(seen) == REFRESHES)
    assert len(seen) == len(REFRESHES)


async def test_settings_that_change(told):
    editor, seen = told
    settings = types.DidChangeConfigurationParams({"mfo": {"inlayTypes": False}})
    editor.client.workspace_did_change_configuration(settings)
    await editor.until(lambda: set(seen) == REFRESHES)


async def test_what_changes_elsewhere_or_below_an_open_text_is_no_news(told):
    editor, seen = told
    (editor.folder / "other").mkdir()
    editor.write("other/flow.yml", FLOW)
    editor.files_changed(**{"other/flow__yml": types.FileChangeType.Created})
    editor.files_changed(workflow__yml=types.FileChangeType.Changed)
    editor.replace("workflow.yml", "draft", "nobody")
    await editor.sees("workflow.yml", ("MFO601", "nobody"))
    assert seen == []
