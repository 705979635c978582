"""Tests of flows in an editor: listed, run one by one, failures at their lines; a real server process, a client over stdio."""

from __future__ import annotations

import json

import pytest

from tests.lsp.raw_client import RawClient

FLOW = """\
name: greeting
tasks:
  - {id: greet, type: mfo_api_chat_send, config: {prompt: "Greet ${INPUT.guest}."}}
outputs: {letter: "${greet.message}"}
"""
TESTS = """\
flow: greeting.yml
inputs: {guest: Ada}
answers: [{answer: "Welcome, Ada!"}]
tests:
  - name: greeted
    expect: {outputs: {letter: "Welcome, Ada!"}}
  - name: 𝄞 wrong
    expect:
      outputs: {letter: "Go away!"}
"""


class Author(RawClient):
    async def starts(self, folder, **capabilities):
        self.folder = folder
        await self.initialize(capabilities, rootUri=folder.as_uri())
        return self

    def uri(self, name):
        return (self.folder / name).as_uri()

    def opens(self, name, text):
        document = {"uri": self.uri(name), "languageId": "yaml", "version": 1, "text": text}
        self.send(method="textDocument/didOpen", params={"textDocument": document})

    async def listed(self, **params):
        return (await self.ask("mfo/tests", params))["result"]["files"]

    async def tries(self, **argument):
        answer = await self.ask("workspace/executeCommand", {"command": "mfo.runTests", "arguments": [argument]})
        return answer.get("result") or answer["error"]

    @property
    def told(self):
        events = [one["params"] for one in self.notifications if one["method"] == "mfo/testEvent"]
        return [(one["name"], one["state"]) for one in events]


@pytest.fixture
async def author(tmp_path):
    (tmp_path / "greeting.yml").write_text(FLOW, encoding="utf-8")
    (tmp_path / "greeting.test.yml").write_text(TESTS, encoding="utf-8")
    found = await Author.start()
    yield await found.starts(tmp_path)
    await found.ask("shutdown")
    found.send(method="exit")
    assert await found.stop() == ""


async def test_tests_are_listed_with_their_places_and_what_is_wrong_with_a_file(author, tmp_path):
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "broken.test.yml").write_text("name: x\nflwo: 1\n", encoding="utf-8")
    author.opens("unsaved.test.yml", "name: alone\nflow: greeting.yml\n")
    files = {file["uri"]: file for file in await author.listed()}
    good = files[author.uri("greeting.test.yml")]
    assert [(test["test"], test["name"], test["range"]["start"]["line"]) for test in good["tests"]] == [
        (0, "greeted", 4),
        (1, "𝄞 wrong", 6),
    ]
    assert good["problem"] is None
    broken = files[author.uri("below/broken.test.yml")]
    assert (broken["tests"], broken["problem"]["range"]["start"]["line"]) == ([], 1)
    assert 'did you mean "flow"' in broken["problem"]["message"]
    assert [test["name"] for test in files[author.uri("unsaved.test.yml")]["tests"]] == ["alone"]
    (only,) = await author.listed(textDocument={"uri": author.uri("greeting.test.yml")})
    assert only == good


async def test_each_test_is_told_and_failures_stand_at_their_lines(author):
    result = await author.tries()
    assert (result["state"], result["passed"], result["failed"]) == ("failed", 1, 1)
    assert author.told == [("greeted", "started"), ("greeted", "passed"), ("𝄞 wrong", "started"), ("𝄞 wrong", "failed")]
    last = [one["params"] for one in author.notifications if one["method"] == "mfo/testEvent"][-1]
    (mismatch,) = last["mismatches"]
    assert (mismatch["range"]["start"]["line"], "Welcome, Ada!" in mismatch["message"]) == (8, True)
    output = json.loads(last["output"])
    assert output["outputs"] == {"letter": "Welcome, Ada!"}
    assert [(call["task"], call["path"]) for call in output["calls"]] == [("greet", "/api/chat")]
    assert result["failures"][0] | {"uri": ""} == {"uri": "", "test": 1, "name": "𝄞 wrong", **mismatch}


async def test_one_test_runs_by_the_texts_in_the_editor(author):
    author.opens("greeting.test.yml", TESTS.replace("Go away!", "Well, Ada!").replace("Welcome", "Well"))
    author.opens("greeting.yml", FLOW.replace("letter", "note"))
    uri = author.uri("greeting.test.yml")
    result = await author.tries(uri=uri, tests=[1])
    assert (result["passed"], result["failed"]) == (0, 1)
    assert "outputs.letter is not there" in result["failures"][0]["message"]
    assert {name for name, _ in author.told} == {"𝄞 wrong"}


async def test_tests_are_cancelled(author, tmp_path):
    slow = TESTS.replace('{answer: "Welcome, Ada!"}', "{answer: {text: Hi, delay: 1h}}")
    author.opens("greeting.test.yml", slow)
    params = {"command": "mfo.runTests", "arguments": [{}]}
    author.send(id="tests", method="workspace/executeCommand", params={**params, "workDoneToken": "t"})
    await author.notification("mfo/testEvent")
    author.send(method="window/workDoneProgress/cancel", params={"token": "t"})
    assert (await author.reply("tests"))["result"]["state"] == "cancelled"
    assert author.told[-1] == ("greeted", "cancelled")


async def test_wrong_arguments_are_refused(author):
    for argument in ({"uri": 5}, {"tests": [0]}, {"uri": "x", "tests": ["a"]}, {"uri": "x", "tests": 1}):
        assert (await author.tries(**argument))["code"] == -32602, argument


async def test_lenses_run_tests_and_so_do_actions_where_there_are_no_lenses(author):
    uri = author.uri("greeting.test.yml")
    document = {"textDocument": {"uri": uri}}
    lenses = (await author.ask("textDocument/codeLens", document))["result"]
    assert [(one["range"]["start"]["line"], one["command"]["title"]) for one in lenses] == [
        (0, "Run all tests"),
        (4, "Run test"),
        (6, "Run test"),
    ]
    assert lenses[2]["command"]["arguments"] == [{"uri": uri, "tests": [1]}]
    assert (await author.ask("textDocument/codeLens", {"textDocument": {"uri": author.uri("other.yml")}}))[
        "result"
    ] == []


async def test_actions_run_tests(tmp_path, author):
    other = await (await Author.start()).starts(
        tmp_path, textDocument={"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}}
    )
    place = {"start": {"line": 7, "character": 2}, "end": {"line": 7, "character": 2}}
    params = {"textDocument": {"uri": author.uri("greeting.test.yml")}, "range": place, "context": {"diagnostics": []}}
    (action,) = (await other.ask("textDocument/codeAction", params))["result"]
    assert action["title"] == "Run test: 𝄞 wrong"
    assert action["command"]["command"] == "mfo.runTests"
    await other.ask("shutdown")
    other.send(method="exit")
    await other.stop()


async def test_findings_completion_and_hover_in_the_document(author):
    uri, text = author.uri("greeting.test.yml"), TESTS + "      states: {gret: failed}\n"
    author.opens("greeting.test.yml", text)

    async def shown():
        while (told := await author.notification("textDocument/publishDiagnostics"))["uri"] != uri:
            pass
        return [(one["message"], one["range"]["start"]["line"]) for one in told["diagnostics"]]

    assert await shown() == [('greeting has no node "gret"; did you mean "greet"?', 9)]
    change = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": text.replace("flow:", "flwo:")}]}
    author.send(method="textDocument/didChange", params=change)
    ((words, line),) = await shown()
    assert ('did you mean "flow"' in words, line) == (True, 0)
    place = {"textDocument": {"uri": uri}, "position": {"line": 8, "character": 8}}
    assert "Outputs by name" in (await author.ask("textDocument/hover", place))["result"]["contents"]["value"]
    place["position"] = {"line": 0, "character": 0}
    labels = [one["label"] for one in (await author.ask("textDocument/completion", place))["result"]]
    assert "taskflow" in labels
    report = (await author.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}}))["result"]
    assert [one["message"] for one in report["items"]] == [words]
    author.send(method="textDocument/didClose", params={"textDocument": {"uri": uri}})
    assert await shown() == []
