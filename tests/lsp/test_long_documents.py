"""Long documents are read in steps: all else is answered meanwhile, and what is edited meanwhile is not read for nothing."""

from __future__ import annotations

import asyncio
import threading

import pytest

from mfo_lsp.server import jobs, session
from mfo_lsp.server.requests import formatting
from tests.lsp.raw_client import PATIENCE
from tests.lsp.test_scheduling import FLOW, TASK, URI, Line

LONG_URI = "file:///elsewhere/long.yml"
LONG = "name: long\ntasks:\n" + "".join(TASK.format(number) for number in range(90))
HINTED = "  - {id: sum, type: transform, config: {values: {n: len('a')}}}\n"
"""A task of which a hint tells what it computes."""
BROKEN = LONG.replace("    name: Task 40\n", '    name: "Task 40\n')


class Editor(Line):
    """A client with a short document open, and perhaps a long one in another folder."""

    def __init__(self, **more):
        super().__init__(**more)
        self.begun = 0
        begin = self.server.session.read_in_steps

        def count(bundle):
            self.begun += 1
            return begin(bundle)

        self.server.session.read_in_steps = count

    def open_long(self, text=LONG, uri=LONG_URI):
        self.say(
            "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}}
        )

    def put(self, version, text, place=None):
        change = {"text": text} if place is None else {"text": text, "range": {"start": place, "end": place}}
        document = {"uri": LONG_URI, "version": version}
        self.say("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def hover(self, number, uri):
        position = {"line": 2, "character": 6}
        self.say("textDocument/hover", {"textDocument": {"uri": uri}, "position": position}, id=number)

    def answers(self, number):
        return [message.get("result") for message in self.sent if message.get("id") == number]

    def told(self, uri=LONG_URI):
        said = [message["params"] for message in self.sent if "diagnostics" in message.get("params", {})]
        return [one for one in said if one["uri"] == uri]

    async def some_steps(self):
        """Wait until a part of the long document has been read."""
        await self.until_turn(lambda: self.begun)
        for _ in range(40):
            await asyncio.sleep(0)
        assert self.server.session.is_awaited(LONG_URI)

    async def until_turn(self, holds):
        async with asyncio.timeout(60):
            while not holds():
                await asyncio.sleep(0)


@pytest.fixture
async def editor(monkeypatch):
    monkeypatch.setattr(jobs, "SLICE", 0.0)
    monkeypatch.setattr(session, "LONG", 6_000)
    monkeypatch.setattr("mfo_lsp.server.bundle_reading.LONG", 6_000)
    editor = Editor()
    editor.open(FLOW[:4000].rpartition("\n")[0] + "\n" + HINTED)
    await editor.until(lambda: editor.told(URI))
    assert not editor.begun
    return editor


async def fresh_findings(text):
    other = Editor()
    other.open_long(text)
    await other.until(other.told)
    return other.told()[-1]["diagnostics"]


async def test_a_short_document_is_answered_while_a_long_one_is_read(editor):
    editor.open_long()
    await editor.some_steps()
    editor.hover(7, URI)
    await editor.until(lambda: editor.answers(7))
    assert editor.answers(7) != [None]
    assert editor.server.session.is_awaited(LONG_URI)
    await editor.until(editor.told)
    assert editor.told()[-1]["diagnostics"] == await fresh_findings(LONG)


async def test_a_long_document_is_answered_when_it_has_been_read_and_before_it_is_checked(editor):
    editor.open_long()
    editor.hover(7, LONG_URI)
    await editor.some_steps()
    assert not editor.answers(7)
    await editor.until(lambda: editor.answers(7))
    assert editor.answers(7) != [None]
    assert not editor.told()


async def test_a_short_document_beside_a_long_one_is_answered_from_what_is_known(editor):
    editor.open_long()
    await editor.some_steps()
    beside = "file:///elsewhere/short.yml"
    editor.open_long(FLOW[:3000], beside)
    editor.hover(7, beside)
    await editor.until(lambda: editor.answers(7))
    assert editor.answers(7) != [None]
    assert editor.server.session.is_awaited(LONG_URI)
    await editor.until(lambda: editor.told() and editor.told(beside))


async def test_what_is_typed_while_a_long_document_is_read_is_not_read_for_nothing(editor):
    editor.open_long()
    await editor.some_steps()
    for version in range(2, 6):
        editor.put(version, "x", {"line": 3, "character": 10})
        await asyncio.sleep(0)
    editor.hover(7, LONG_URI)
    await editor.until(editor.told)
    assert [one["version"] for one in editor.told()] == [5]
    assert editor.answers(7)
    assert editor.begun == 1
    text = editor.server.session.open_texts["/elsewhere/long.yml"].text
    assert "xxxx" in text
    assert editor.told()[-1]["diagnostics"] == await fresh_findings(text)


async def test_a_new_text_ends_the_reading_of_the_old_one(editor):
    editor.open_long()
    await editor.some_steps()
    editor.put(2, BROKEN.replace("Task", "Job"))
    await editor.until(editor.told)
    assert [one["version"] for one in editor.told()] == [2]
    assert editor.begun == 2
    assert editor.told()[-1]["diagnostics"] == await fresh_findings(BROKEN.replace("Task", "Job"))


async def test_a_new_text_is_read_in_steps_too(editor):
    editor.open_long()
    await editor.until(editor.told)
    editor.begun = 0
    editor.put(2, LONG.replace("name: ", "name:  "))
    await editor.some_steps()
    editor.hover(7, URI)
    await editor.until(lambda: editor.answers(7))
    assert editor.answers(7) != [None]
    assert editor.server.session.is_awaited(LONG_URI)
    await editor.until(lambda: len(editor.told()) > 1)
    assert editor.told()[-1]["diagnostics"] == await fresh_findings(LONG.replace("name: ", "name:  "))


async def test_a_long_document_that_is_closed_is_read_no_further_and_nobody_waits_for_it(editor):
    editor.open_long()
    editor.hover(7, LONG_URI)
    await editor.some_steps()
    editor.say("textDocument/didClose", {"textDocument": {"uri": LONG_URI}})
    await editor.until(lambda: editor.answers(7))
    assert editor.answers(7) == [None]
    assert not editor.server.session.is_reading
    assert not editor.told()


async def test_who_waits_for_a_long_document_can_give_up(editor):
    editor.open_long()
    editor.hover(7, LONG_URI)
    await editor.some_steps()
    editor.say("$/cancelRequest", {"id": 7})
    await editor.until(lambda: 7 in [message.get("id") for message in editor.sent])
    assert "error" in editor.sent[-1]
    assert editor.server.session.is_awaited(LONG_URI)


async def test_a_document_that_changes_ever_again_is_read_all_the_same(editor):
    editor.open_long()
    for version, begun in zip(range(2, 20), [*range(1, 11), *[10] * 8], strict=True):
        await editor.until_turn(lambda begun=begun: editor.begun >= begun)
        for _ in range(12):
            await asyncio.sleep(0)
        editor.put(version, LONG.replace("Task", f"Task {version}"))
    await editor.until(lambda: editor.told() and editor.told()[-1]["version"] == 19)
    assert editor.told()[-1]["diagnostics"] == await fresh_findings(LONG.replace("Task", "Task 19"))


async def test_a_document_that_is_closed_is_not_read_from_the_disk_for_that(editor, tmp_path, monkeypatch):
    file = tmp_path / "long.yml"
    file.write_text(LONG)
    editor.open_long(uri=file.as_uri())
    await editor.until(lambda: editor.told(file.as_uri()))
    read = []
    monkeypatch.setattr(session, "read_source", lambda *said: read.append(said))
    editor.say("textDocument/didClose", {"textDocument": {"uri": file.as_uri()}})
    assert read == []
    assert editor.told(file.as_uri())[-1]["diagnostics"] == []


WHOLE = [
    "textDocument/foldingRange",
    "textDocument/documentSymbol",
    "textDocument/semanticTokens/full",
    "textDocument/formatting",
    "textDocument/inlayHint",
]
MORE = {
    "options": {"tabSize": 2, "insertSpaces": True},
    "range": {"start": {"line": 0, "character": 0}, "end": {"line": 1000, "character": 0}},
}
"""What one or another method wants to know besides."""


@pytest.mark.parametrize("method", WHOLE)
async def test_an_answer_about_a_whole_document_keeps_no_other_waiting(editor, monkeypatch, method):
    monkeypatch.setattr(formatting, "_LONG", 1_000)
    editor.type(2, line=2, character=len("  - id:"), text="  ")
    editor.say(method, {"textDocument": {"uri": URI}, **MORE}, id=7)
    editor.hover(8, URI)
    await editor.until(lambda: editor.answers(7))
    assert [message["id"] for message in editor.sent if message.get("id") in {7, 8}] == [8, 7]
    assert editor.answers(7)[0]


async def test_a_layout_is_given_up_where_the_document_is_edited(editor, monkeypatch):
    begun, edited, lay_out = threading.Event(), threading.Event(), formatting.format_tree

    def late(tree, lines):
        begun.set()
        assert edited.wait(PATIENCE)
        return lay_out(tree, lines)

    monkeypatch.setattr(formatting, "_LONG", 1_000)
    monkeypatch.setattr(formatting, "format_tree", late)
    editor.say("textDocument/formatting", {"textDocument": {"uri": URI}, **MORE}, id=7)
    await editor.until_turn(begun.is_set)
    editor.type(2)
    edited.set()
    await editor.until(lambda: 7 in [message.get("id") for message in editor.sent])
    (answer,) = [message for message in editor.sent if message.get("id") == 7]
    assert answer["error"]["code"] == -32801


@pytest.mark.parametrize("method", [method for method in WHOLE if method != "textDocument/formatting"])
async def test_an_answer_about_a_whole_document_is_given_up_where_it_is_edited(editor, method):
    editor.say(method, {"textDocument": {"uri": URI}, **MORE}, id=7)
    for _ in range(12):
        await asyncio.sleep(0)
    editor.type(2)
    await editor.until(lambda: 7 in [message.get("id") for message in editor.sent])
    (answer,) = [message for message in editor.sent if message.get("id") == 7]
    assert answer["error"]["code"] == -32801
