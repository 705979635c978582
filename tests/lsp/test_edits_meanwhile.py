"""Requests that wait for something while somebody types: what they answer is of one version, or they say that it has passed."""

from __future__ import annotations

import asyncio
import json

import pytest
from lsprotocol import types

from mfo_lsp.server.own_params import OwnParams
from mfo_lsp.server.protocol import RefusedError
from mfo_lsp.server.requests import completion, file_renames, hover, rename, rendered_prompt
from tests.lsp.in_process import FOLDER, document, serving, type_over, uri_of

FLOW = """\
name: letters
tasks:
  - id: read
    type: mfo_api_memory_get
    config: {key: letter}
  - id: say
    type: mfo_api_chat_send
    config:
      prompt_template_id: draft
      prompt_context: {letter: "${read.value.to}"}
    dependencies: [read]
"""
PROMPTS = """\
templates:
  draft:
    user_prompt: Answer {{ .letter }} kindly.
"""


@pytest.fixture
def server():
    server = serving(workflow__yml=FLOW, prompts__yml=PROMPTS)
    server.session.analysis(FOLDER)
    return server


def at(text, part, after=0):
    before = text[: text.index(part) + after]
    return types.Position(before.count("\n"), len(before) - before.rfind("\n") - 1)


def typing_meanwhile(server, edit):
    """Have the text edited once, while a request looks into the journal."""
    looked_for = []

    async def look(wanted, _project):
        if wanted and not looked_for:
            edit()
        looked_for.extend(wanted)
        await asyncio.sleep(0)
        return {}

    server.session.recorded_runs.of = look
    return looked_for


def put_lines_above(server):
    type_over(server, "workflow.yml", "name: letters\n", "name: letters\ndescription: |\n  Says\n  something\n")


def labels(answer):
    listed = json.loads(answer)
    return [item["label"] for item in (listed["items"] if isinstance(listed, dict) else listed)]


async def begun(coroutine):
    """A request that waits for its first time."""
    task = asyncio.create_task(coroutine)
    await asyncio.sleep(0)
    assert not task.done()
    return task


async def test_a_hover_is_of_the_text_that_it_is_shown_in(server):
    params = types.HoverParams(document("workflow.yml"), at(FLOW, "${read.value", 8))
    looked_for = typing_meanwhile(server, lambda: put_lines_above(server))
    found = await hover.answer(server, params)
    assert looked_for
    again = await hover.answer(server, params)
    assert found == again


async def test_completion_is_of_the_text_that_it_is_shown_in(server):
    params = types.CompletionParams(document("workflow.yml"), at(FLOW, "${read.value.", len("${read.value.")))
    looked_for = typing_meanwhile(server, lambda: put_lines_above(server))
    found = await completion.answer(server, params)
    assert looked_for
    again = await completion.answer(server, params)
    assert labels(found) == labels(again)


async def test_a_prompt_is_rendered_as_it_was_when_somebody_asked(server):
    def write_another():
        type_over(server, "prompts.yml", "draft:\n    user_prompt: Answer", "other:\n    user_prompt: Praise")

    looked_for = typing_meanwhile(server, write_another)
    found = await rendered_prompt.answer(server, OwnParams(uri_of("workflow.yml"), at(FLOW, "draft", 2)))
    assert looked_for
    assert found["template"] == "draft"
    assert found["user"].startswith("Answer")


async def test_a_rename_of_a_text_that_has_changed_is_refused(server):
    params = types.RenameParams(document("workflow.yml"), at(FLOW, "read"), "fetch")
    task = await begun(rename.answer(server, params))
    put_lines_above(server)
    with pytest.raises(RefusedError) as refusal:
        await task
    assert refusal.value.code == types.LSPErrorCodes.ContentModified


async def test_files_are_renamed_in_the_text_that_is_there_or_not_at_all():
    listed = '[bundle]\nprompts = ["shared/prompts.yml"]\n'
    server = serving(mfo__toml=listed, workflow__yml=FLOW)
    server.session.directories = ()
    names = [types.FileRename(uri_of("shared/prompts.yml"), uri_of("shared/texts.yml"))]
    task = await begun(file_renames.will_rename(server, types.RenameFilesParams(names)))
    type_over(server, "mfo.toml", "[bundle]", "# ours\n[bundle]")
    with pytest.raises(RefusedError) as refusal:
        await task
    assert refusal.value.code == types.LSPErrorCodes.ContentModified
    edit = await file_renames.will_rename(server, types.RenameFilesParams(names))
    (change,) = edit.document_changes[0].edits if edit.document_changes else edit.changes[uri_of("mfo.toml")]
    assert (change.range.start.line, change.new_text) == (2, "shared/texts.yml")
