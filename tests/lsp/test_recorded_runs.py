"""What runs of the editor gave, in hovers and completion, in a real server process; a journal that cannot be read is silent."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types

from mfo_dialect.model.project import Project
from mfo_lsp.features.recorded import Wanted
from mfo_lsp.server.recorded_runs import RecordedRuns
from mfo_runtime.journal import glancing
from tests.lsp.conftest import as_data
from tests.lsp.raw_client import PATIENCE
from tests.lsp.test_features_e2e import labels, place

FLOW = """\
name: letters
tasks:
  - id: keep
    type: mfo_api_memory_store
    config: {key: letter, value: {to: "${INPUT.name}", "password": "${INPUT.name}"}}
  - id: read
    type: mfo_api_memory_get
    config: {key: letter}
    dependencies: [keep]
  - id: say
    type: mfo_api_memory_store
    config: {key: said, value: "${read.value.to}"}
    dependencies: [read]
"""


async def hovered(editor, part, after):
    params = types.HoverParams(*place(editor, "workflow.yml", part, after))
    found = await asyncio.wait_for(editor.client.text_document_hover_async(params), PATIENCE)
    return found.contents.value


async def sooner_or_later(ask, is_told):
    """What is answered once it tells of a run: what could not be looked up in time counts for the next answer."""
    async with asyncio.timeout(PATIENCE):
        while not is_told(answer := await ask()):
            pass
    return answer


async def hovered_with(editor, words, part, after):
    """A hover, once it holds words."""
    return await sooner_or_later(lambda: hovered(editor, part, after), lambda shown: words in shown)


@pytest.fixture
async def ran(editor):
    editor.open("workflow.yml", FLOW)
    report = await editor.run("workflow.yml", inputs={"name": "Ada"})
    assert report["state"] == "succeeded", report
    return editor


async def test_a_hover_tells_what_the_last_run_gave(ran):
    assert await hovered_with(ran, '(succeeded): `"Ada"`', "${read.value.to}", 14)
    assert await hovered_with(ran, '(succeeded): `"Ada"`', '{to: "${INPUT.name}"', 16)
    await ran.run("workflow.yml", inputs={"name": "Bob"})
    assert await hovered_with(ran, '(succeeded): `"Bob"`', "${read.value.to}", 14)


async def test_what_is_secret_stays_so(ran):
    words = await hovered_with(ran, "Ada", "${read.value.to}", 10)
    assert words.count("Ada") == 1
    assert "[redacted]" in words


async def test_keys_that_runs_had_are_offered_and_never_reported(ran):
    ran.replace("workflow.yml", "${read.value.to}", "${read.value.too}")
    found = await sooner_or_later(lambda: labels(ran, "workflow.yml", "${read.value.too}", 13), bool)
    assert {name: item.detail for name, item in found.items()} == {
        "to": "string, seen in a run",
        "password": "string, seen in a run",
    }
    await ran.sees("workflow.yml")


@pytest.mark.parametrize("damage", ["broken", "newer", "gone"])
async def test_a_journal_that_cannot_be_read_is_silent(ran, damage):
    journal = ran.folder / ".mfo" / "journal.db"
    if damage == "broken":
        journal.write_bytes(b"this is no journal" * 100)
    elif damage == "gone":
        journal.unlink()
    else:
        data = bytearray(journal.read_bytes())
        data[60:64] = (9999).to_bytes(4, "big")  # the place of user_version in SQLite's header
        journal.write_bytes(data)
    before = sorted(path.name for path in journal.parent.iterdir())
    assert "In the run of" not in await hovered(ran, "${read.value.to}", 14)
    assert await labels(ran, "workflow.yml", "${read.value.to}", 13) == {}
    assert sorted(path.name for path in journal.parent.iterdir()) == before


async def test_a_look_that_was_cut_short_counts_for_nothing(ran, monkeypatch):
    wanted = Wanted((ran.folder / "workflow.yml").as_posix(), "letters", "read")
    runs = RecordedRuns()

    async def found():
        return await runs.of([wanted], Project())

    with monkeypatch.context() as patch:
        patch.setattr(glancing, "_STEPS_A_LOOK_AT_THE_CLOCK", 1)
        patch.setattr(glancing, "_PATIENCE", -1.0)
        assert runs._look([wanted], Project()) == {}
    assert [one.value["value"]["to"] for one in (await sooner_or_later(found, bool))[wanted]] == ["Ada"]


ASKING = """\
name: asking
tasks:
  - id: ask
    type: mfo_api_chat_send
    config: {prompt_template_id: hello, prompt_context: {who: "${INPUT.name}"}}
"""


async def test_a_prompt_is_rendered_with_what_the_last_run_was_given(editor):
    editor.open("workflow.yml", ASKING)
    editor.open("prompts.yml", 'templates:\n  hello: {variables: [who], user_prompt: "Hello {{ .who }}"}\n')
    about = {"textDocument": {"uri": editor.uri("workflow.yml")}, "template": "hello"}

    async def prompt():
        answered = editor.client.protocol.send_request_async("mfo/renderedPrompt", about)
        return as_data(await asyncio.wait_for(answered, PATIENCE))

    assert (await prompt())["user"] == "Hello \u27e8who\u27e9"
    assert (await editor.run("workflow.yml", inputs={"name": "Ada"}))["state"] == "succeeded"
    shown = await sooner_or_later(prompt, lambda shown: shown["user"] == "Hello Ada")
    assert shown["variables"][0].origin == "run"
