"""Who comes first on the event loop: edits at once, requests next, diagnostics when all has settled; what is closed goes."""

from __future__ import annotations

import asyncio
import gc
import json
import weakref

import pytest

from mfo_lsp.server import analysis, jobs
from mfo_lsp.server.app import make_server
from tests.lsp.raw_client import PATIENCE

TASK = "  - id: task_{0}\n    type: mfo_api_tool_list\n    name: Task {0}\n    dependencies: [nobody_{0}]\n"
FLOW = "name: a\ntasks:\n" + "".join(TASK.format(number) for number in range(60))
URI = "file:///nowhere/flow.yml"
CAPABILITIES = {"textDocument": {"publishDiagnostics": {"versionSupport": True}}}


class Line:
    """A client in this process: remembers what it is sent, and may do something when it is sent it."""

    def __init__(self, **more):
        self.server = make_server()
        self.sent = []
        self.react = lambda message: None
        self.news = asyncio.Event()
        self.server.protocol.set_writer(self, include_headers=False)
        self.say("initialize", {"processId": None, "rootUri": None, "capabilities": {**CAPABILITIES, **more}}, id=0)

    def write(self, data):
        message = json.loads(data)
        self.sent.append(message)
        self.news.set()
        self.react(message)

    def close(self):
        pass

    def say(self, method, params, **more):
        self.server.protocol.receive(
            json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        )

    def open(self, text=FLOW):
        self.say(
            "textDocument/didOpen", {"textDocument": {"uri": URI, "languageId": "yaml", "version": 1, "text": text}}
        )

    def type(self, version, line=0, character=7, text="x"):
        place = {"line": line, "character": character}
        change = {"range": {"start": place, "end": place}, "text": text}
        self.say(
            "textDocument/didChange", {"textDocument": {"uri": URI, "version": version}, "contentChanges": [change]}
        )

    def ask(self, number, line=2, character=6, method="textDocument/hover"):
        position = {"line": line, "character": character}
        self.say(method, {"textDocument": {"uri": URI}, "position": position}, id=number)

    @property
    def versions(self):
        return [message["params"].get("version") for message in self.sent if "diagnostics" in message.get("params", {})]

    async def until(self, holds):
        async with asyncio.timeout(PATIENCE):
            while not holds():
                self.news.clear()
                await self.news.wait()


@pytest.fixture
async def line():
    line = Line()
    line.open()
    await line.until(lambda: line.versions == [1])
    line.sent.clear()
    return line


async def test_many_quick_changes_are_told_once(line):
    for version in range(2, 30):
        line.type(version)
    await line.until(lambda: line.versions)
    for _ in range(20):
        await asyncio.sleep(0)
    assert line.versions == [29]


async def test_many_quick_changes_are_read_once_where_a_text_is_read_whole():
    line = Line()
    line.open(FLOW.replace("name: Task 3\n", "name: &a Task 3\n").replace("name: Task 9\n", "name: *a\n"))
    await line.until(lambda: line.versions == [1])
    read = line.server.session.analysis("/nowhere").live.work.whole
    for version in range(2, 12):
        line.type(version)
    line.ask(7, line=0, character=len("name: xxxxx"))
    await line.until(lambda: line.versions[-1] == 11)
    found = line.server.session.analysis("/nowhere")
    assert found.live.work.whole == read + 1
    assert found.bundle.text_of("/nowhere/flow.yml").startswith("name: a" + "x" * 10)


async def test_a_change_that_comes_while_the_last_is_told_is_told_too(line):
    def type_on(message):
        if message.get("params", {}).get("version") == 2:
            line.type(3)

    line.react = type_on
    line.type(2)
    await line.until(lambda: line.versions == [2, 3])


async def test_a_request_behind_a_change_is_answered_before_diagnostics_are_told_and_knows_the_change(line):
    line.type(2, line=4, character=len("    name: Task 0"))
    line.ask(7, line=2)
    await line.until(lambda: line.versions)
    assert [message.get("id") for message in line.sent] == [7, None]


async def test_a_request_is_answered_between_the_steps_of_a_check(line, monkeypatch):
    monkeypatch.setattr(analysis, "_SOME", 100)
    monkeypatch.setattr(jobs, "SLICE", 0.0)
    line.type(2, line=2, character=len("  - id: task_0"))
    for _ in range(10):
        await asyncio.sleep(0)
    assert line.versions == []
    line.ask(7)
    await line.until(lambda: line.sent)
    assert line.sent[0]["id"] == 7
    await line.until(lambda: line.versions == [2])


async def test_short_answers_go_before_long_ones_that_were_asked_for_with_them(line, monkeypatch):
    monkeypatch.setattr(jobs, "SLICE", PATIENCE)
    at = {"textDocument": {"uri": URI}}
    line.say("textDocument/foldingRange", at, id=1)
    line.say("textDocument/semanticTokens/full", at, id=2)
    line.say("textDocument/documentSymbol", at, id=3)
    line.ask(4, line=3, character=len("    type: mfo_"), method="textDocument/completion")
    await line.until(lambda: len(line.sent) == 4)
    assert line.sent[0]["id"] == 4
    assert all(message["result"] for message in line.sent)


@pytest.mark.parametrize("turns", range(0, 40, 4))
async def test_completion_never_waits_behind_diagnostics(line, monkeypatch, turns):
    monkeypatch.setattr(analysis, "_SOME", 100)
    monkeypatch.setattr(jobs, "SLICE", 0.0)
    line.type(2, line=2, character=len("  - id: task_0"))
    for _ in range(turns):
        await asyncio.sleep(0)
    is_told = bool(line.versions)
    line.ask(7, line=3, character=len("    type: mfo_"), method="textDocument/completion")
    steps = line.server.session.analysis("/nowhere").live.work.parts
    await line.until(lambda: line.sent[-1:] and line.sent[-1].get("id") == 7)
    assert line.sent[-1]["result"]
    assert line.server.session.analysis("/nowhere").live.work.parts - steps <= 1
    await line.until(lambda: line.versions == [2])
    assert is_told == (line.sent[0].get("id") != 7)


@pytest.mark.parametrize("is_ready", [False, True])
async def test_where_very_much_must_be_looked_at_what_was_edited_is_told_first(line, monkeypatch, is_ready):
    monkeypatch.setattr(jobs, "SLICE", 0.0)
    monkeypatch.setattr(analysis, "_VERY_MANY" if is_ready else "_SOME", 10)
    edited = line.server.session.analysis("/nowhere")
    edited.is_ready = is_ready
    line.type(2, line=3, character=len("    type: mfo_api_tool_list"))
    await line.until(lambda: line.versions)
    assert not edited.is_settled
    told = [(one["range"]["start"]["line"], one["code"]) for one in line.sent[0]["params"]["diagnostics"]]
    assert (3, "MFO206") in told
    assert sum(code == "MFO302" for _, code in told) == 60
    async with asyncio.timeout(PATIENCE):
        while not edited.is_settled or line.server.checks.get("/nowhere") is not None:
            await asyncio.sleep(0)
    other = Line()
    other.open(line.server.session.open_texts["/nowhere/flow.yml"].text)
    await other.until(lambda: other.versions)
    told, wanted = ([one for one in who.sent if "diagnostics" in one.get("params", {})][-1] for who in (line, other))
    assert told["params"]["diagnostics"] == wanted["params"]["diagnostics"]


async def test_answers_are_got_ready_while_nobody_asks(line):
    edited = line.server.session.analysis("/nowhere")
    async with asyncio.timeout(PATIENCE):
        while not edited.is_prepared:
            await asyncio.sleep(0)
    line.type(2)
    await line.until(lambda: line.versions == [2])
    assert edited.is_prepared
    assert line.server.session.analysis("/nowhere") is edited


async def test_what_is_got_ready_gives_way_to_an_edit_and_goes_on_after_it(line):
    edited = line.server.session.analysis("/nowhere")
    assert not edited.is_prepared
    line.type(2)
    await line.until(lambda: line.versions == [2])
    async with asyncio.timeout(PATIENCE):
        while not edited.is_prepared:
            await asyncio.sleep(0)


async def test_an_edit_does_not_wait_for_the_collector_to_go_through_what_was_got_ready(line, monkeypatch):
    edited, settled = line.server.session.analysis("/nowhere"), []
    monkeypatch.setattr(line.server.house, "settle", lambda: settled.append((edited.edits, edited.is_settled)))
    line.type(2)
    await line.until(lambda: line.versions == [2])
    assert settled[0] == (1, False)


async def test_a_change_between_the_steps_of_a_check_goes_on_with_it(line, monkeypatch):
    monkeypatch.setattr(analysis, "_SOME", 100)
    monkeypatch.setattr(jobs, "SLICE", 0.0)
    for version in (2, 3, 4):
        line.type(version, line=2, character=len("  - id: task_0"))
        for _ in range(8):
            await asyncio.sleep(0)
    await line.until(lambda: line.versions)
    assert line.versions == [4]


async def test_closing_the_last_document_frees_all_that_was_known_of_it(line):
    session = line.server.session
    line.type(2)
    line.ask(7)
    await line.until(lambda: line.versions)
    edited = session.analysis("/nowhere")
    known = [weakref.ref(one) for one in (edited.live, edited.bundle, edited.snapshot, *edited.bundle.documents)]
    del edited
    line.say("textDocument/didClose", {"textDocument": {"uri": URI}})
    await line.until(lambda: line.versions[-1] is None)
    for _ in range(10):
        await asyncio.sleep(0)
    gc.collect()
    assert [one() for one in known] == [None] * len(known)
    kept = (session.open_texts, session.found, session.shown, session.tokens, session._edited, session._kinds)
    assert [len(one) for one in (*kept, session._sources, session._remembered)] == [0] * (len(kept) + 2)
    assert not line.server.checks._tasks


@pytest.fixture
def crowd(tmp_path):
    """A directory of many documents."""
    for number in range(120):
        (tmp_path / f"flow_{number}.yml").write_text("name: a\ntasks:\n" + TASK.format(number))
    return tmp_path


def open_one_of(line, folder):
    uri = (folder / "flow_7.yml").as_uri()
    text = (folder / "flow_7.yml").read_text()
    line.say("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}})
    return {"textDocument": {"uri": uri}, "position": {"line": 2, "character": 9}}


async def test_a_directory_of_many_documents_does_not_keep_the_first_answer_waiting(crowd, monkeypatch):
    monkeypatch.setattr(jobs, "SLICE", 0.0)
    line = Line()
    place = open_one_of(line, crowd)
    line.say("textDocument/references", {**place, "context": {"includeDeclaration": True}}, id=8)
    line.say("textDocument/hover", place, id=9)
    await line.until(lambda: 9 in [message.get("id") for message in line.sent])
    assert line.server.session.is_reading
    assert line.versions == []
    await line.until(lambda: line.versions)
    assert 8 in [message.get("id") for message in line.sent]
    assert not line.server.session.is_reading
    uris = {message["params"]["uri"] for message in line.sent if "diagnostics" in message.get("params", {})}
    assert len(uris) == 120


async def test_reading_many_documents_shows_how_far_it_is(crowd, monkeypatch):
    monkeypatch.setattr(jobs, "SLICE", 0.0)
    line = Line(window={"workDoneProgress": True})
    said = []

    def answer(message):
        if message.get("method") == "window/workDoneProgress/create":
            line.server.protocol.receive(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": None}).encode())
        if message.get("method") == "$/progress":
            said.append(message["params"]["value"])

    line.react = answer
    open_one_of(line, crowd)
    await line.until(lambda: said and said[-1]["kind"] == "end")
    assert said[0]["kind"] == "begin"
    assert {one["message"] for one in said[1:-1]} <= {f"{number} of 119" for number in range(120)}
    assert len(said) > 10


async def test_a_directory_that_is_left_while_it_is_read_is_read_no_further(crowd, monkeypatch):
    monkeypatch.setattr(jobs, "SLICE", 0.0)
    line = Line()
    place = open_one_of(line, crowd)
    line.say("textDocument/didClose", place)
    assert not line.server.session.is_reading
    for _ in range(10):
        await asyncio.sleep(0)
    assert line.versions == []
