"""Questions of a run at an editor, text that grows, and earlier runs: a real server process, real clients over stdio."""

from __future__ import annotations

import asyncio
import json

import pytest

from mfo_lsp.server.run_texts import RunTexts
from tests.loop_time import leap
from tests.lsp.raw_client import PATIENCE, RawClient

QUESTION = """\
name: colours
tasks:
  - {id: which, type: ask_user, config: {question: "Which colour, ${INPUT.who}?"%s}}
  - {id: same, type: transform, config: {values: {colour: which.answer}}, dependencies: [which]}
outputs: {colour: "${same.colour}"}
"""
ASKS = {"experimental": {"methods": ["mfo/askUser", "mfo/runText"]}}


class Person(RawClient):
    """A client whose person starts runs and is asked."""

    async def opens(self, folder, text, name="flow.yml", **more):
        self.folder, self.uri = folder, (folder / name).as_uri()
        await self.initialize(rootUri=folder.as_uri(), **more)
        document = {"uri": self.uri, "languageId": "yaml", "version": 1, "text": text}
        self.send(method="textDocument/didOpen", params={"textDocument": document})
        return self

    def begins(self, number, command="mfo.runFlow", **more):
        arguments = [{"uri": self.uri, **more}]
        self.send(id=number, method="workspace/executeCommand", params={"command": command, "arguments": arguments})

    async def runs(self, number, **more):
        self.begins(number, **more)
        return (await self.reply(number))["result"]

    async def asked(self, method):
        """The next request of the server's of this method."""
        while not (found := [one for one in self.requests if one["method"] == method]):
            self._keep(await self.read())
        self.requests.remove(found[0])
        return found[0]

    async def of_run(self, method, **more):
        answer = await self.ask(method, {"textDocument": {"uri": self.uri}, **more})
        return answer["result"] if "result" in answer else answer["error"]["message"]


@pytest.fixture
async def person(tmp_path, monkeypatch):
    monkeypatch.setenv("MFO_HOME", str(tmp_path / ".mfo"))
    found = await Person.start()
    yield found
    await found.ask("shutdown")
    found.send(method="exit")
    assert await found.stop() == ""


async def test_the_run_waits_for_the_answer_of_the_person_at_the_editor(person, tmp_path):
    await person.opens(tmp_path, QUESTION % "", capabilities=ASKS)
    person.begins("run", inputs={"who": "Ada"})
    question = await person.asked("mfo/askUser")
    told = question["params"]
    assert (told["task"], told["question"], told["choices"]) == ("which", "Which colour, Ada?", [])
    assert "default" not in told
    state = (await person.notification("mfo/runEvent"))["run_id"]
    assert told["run_id"] == state
    person.send(id=question["id"], result={"answer": "blue"})
    assert (await person.reply("run"))["result"]["outputs"] == {"colour": "blue"}


async def test_a_client_may_say_by_its_options_that_it_asks(person, tmp_path):
    options = {"methods": ["mfo/askUser"]}
    await person.opens(tmp_path, QUESTION % ", choices: [red, 5]", initializationOptions=options)
    person.begins("run", inputs={"who": "Ada"})
    question = await person.asked("mfo/askUser")
    assert question["params"]["choices"] == ["red", 5]
    person.send(id=question["id"], result={"answer": "5"})
    assert (await person.reply("run"))["result"]["outputs"] == {"colour": 5}


async def test_questions_come_one_at_a_time(person, tmp_path):
    text = (QUESTION % "").replace(
        "  - {id: same", "  - {id: size, type: ask_user, config: {question: Size}}\n  - {id: same"
    )
    await person.opens(tmp_path, text, capabilities=ASKS)
    person.begins("run", inputs={"who": "Ada"})
    first = await person.asked("mfo/askUser")
    running = set()
    while running < {"which", "size"}:
        event = (await person.notification("mfo/runEvent"))["event"]
        running |= {event["path"]} if event["state"] == "running" and event["path"] else set()
    assert await person.of_run("mfo/why") is not None
    assert person.requests == []
    person.send(id=first["id"], result={"answer": "one"})
    second = await person.asked("mfo/askUser")
    assert {first["params"]["task"], second["params"]["task"]} == {"which", "size"}
    person.send(id=second["id"], result={"answer": "two"})
    assert (await person.reply("run"))["result"]["state"] == "succeeded"


async def test_a_question_that_is_put_away_fails_the_task_and_says_so(person, tmp_path):
    await person.opens(tmp_path, QUESTION % "", capabilities=ASKS)
    refused = {"error": {"code": -32601, "message": "no such method"}}
    for number, answer in enumerate(({"result": None}, {"result": {}}, {"result": 5}, refused)):
        person.begins(number, inputs={"who": "Ada"})
        question = await person.asked("mfo/askUser")
        person.send(id=question["id"], **answer)
        failure = (await person.reply(number))["result"]["failure"]
        assert failure["task"] == "which"
        assert ("no such method" if "error" in answer else "without an answer") in failure["message"]


async def test_a_cancelled_run_takes_its_question_from_the_screen(person, tmp_path):
    await person.opens(tmp_path, QUESTION % "", capabilities=ASKS)
    person.begins("run", inputs={"who": "Ada"})
    question = await person.asked("mfo/askUser")
    person.send(method="$/cancelRequest", params={"id": "run"})
    assert (await person.notification("$/cancelRequest"))["id"] == question["id"]
    assert (await person.reply("run"))["error"]["code"] == -32800
    assert [run["state"] for run in (await person.of_run("mfo/runs"))["runs"]] == ["cancelled"]


async def test_choices_are_buttons_where_the_client_knows_no_questions(person, tmp_path):
    await person.opens(tmp_path, QUESTION % ", choices: [red, green]")
    person.begins("run", inputs={"who": "Ada"})
    question = await person.asked("window/showMessageRequest")
    assert question["params"]["message"] == "which: Which colour, Ada?"
    assert [one["title"] for one in question["params"]["actions"]] == ["red", "green"]
    person.send(id=question["id"], result={"title": "green"})
    assert (await person.reply("run"))["result"]["outputs"] == {"colour": "green"}


@pytest.mark.parametrize(
    ("more", "outputs", "said"),
    [("", {}, "cannot put a question"), (", default: grey", {"colour": "grey"}, None)],
)
async def test_a_client_that_cannot_ask_takes_the_default_or_says_what_to_do(more, outputs, said, person, tmp_path):
    await person.opens(tmp_path, QUESTION % more)
    result = await person.runs("run", inputs={"who": "Ada"})
    assert result["outputs"] == outputs
    if said is not None:
        assert said in result["failure"]["message"]
        assert "mfo run" in result["failure"]["hint"]


CHAT = """\
name: story
tasks:
  - {id: tell, type: mfo_api_chat_send, config: {prompt: "Tell me"}}
  - {id: keep, type: transform, config: {values: {password: "'hunter2hunter2'", story: tell.message}}, dependencies: [tell]}
outputs: {told: "It said ${keep.story}"}
"""
STORY = "Once upon a time there was a fox. " * 20


async def test_what_a_model_writes_is_told_while_it_writes_to_clients_that_read_along(person, tmp_path):
    (tmp_path / "scripted.yml").write_text(json.dumps({"default": {"text": STORY, "pace": "1ms"}}))
    await person.opens(tmp_path, CHAT, capabilities=ASKS)
    result = await person.runs("run")
    assert result["state"] == "succeeded"
    told = [(one["method"], one["params"]) for one in person.notifications]
    texts = [params for method, params in told if method == "mfo/runText"]
    assert "".join(text["text"] for text in texts) == STORY
    assert {text["node"] for text in texts} == {"tell"}
    ended = next(
        params for method, params in told if method == "mfo/runEvent" and params["event"]["state"] == "succeeded"
    )
    assert told.index(("mfo/runText", texts[0])) < told.index(("mfo/runEvent", ended))


async def test_what_comes_soon_after_each_other_is_told_together():
    told = []
    texts = RunTexts(lambda node, text: told.append((node, text)))
    for node, text in (("a", "Once "), ("b", "A fox"), ("a", "upon ")):
        texts.take(node, text)
    assert told == []
    leap(1)
    await asyncio.sleep(0.001)
    assert told == [("a", "Once upon "), ("b", "A fox")]
    texts.take("a", "a time")
    texts.flush()
    assert told[2:] == [("a", "a time")]


async def test_other_clients_are_told_nothing_of_it(person, tmp_path):
    (tmp_path / "scripted.yml").write_text(json.dumps({"default": STORY}))
    await person.opens(tmp_path, CHAT)
    assert (await person.runs("run"))["state"] == "succeeded"
    assert not [one for one in person.notifications if one["method"] == "mfo/runText"]


async def test_the_journal_tells_of_earlier_runs_and_their_values(person, tmp_path):
    (tmp_path / "scripted.yml").write_text(json.dumps({"default": STORY}))
    await person.opens(tmp_path, CHAT)
    assert await person.of_run("mfo/runs") == {"runs": []}
    first = await person.runs("one", inputs={"name": "Ada"})
    second = await person.runs("two")
    runs = (await person.of_run("mfo/runs", taskflow="story"))["runs"]
    assert [(run["id"], run["state"]) for run in runs] == [(one["run_id"], "succeeded") for one in (second, first)]
    assert await person.of_run("mfo/runs", taskflow="other") == {"runs": []}
    run = await person.of_run("mfo/run", run=first["run_id"])
    assert [(node["node"], node["state"], node["has_value"]) for node in run["nodes"]] == [
        ("tell", "succeeded", True),
        ("keep", "succeeded", True),
    ]
    assert STORY not in str(run)
    value = json.loads((await person.of_run("mfo/runValue", run=first["run_id"], node="keep"))["text"])
    assert value["story"] == STORY
    assert "hunter2" not in str(value)
    inputs = json.loads((await person.of_run("mfo/runValue", run=first["run_id"]))["text"])
    assert inputs == {"name": "Ada"}
    outputs = json.loads((await person.of_run("mfo/runValue", run=first["run_id"], part="outputs"))["text"])
    assert outputs == first["outputs"] == {"told": f"It said {STORY}"}
    assert (await person.of_run("mfo/runs"))["runs"] == runs, "looking changes nothing"
    assert "no node" in await person.of_run("mfo/runValue", run=first["run_id"], node="nobody")
    assert 'no "results"' in await person.of_run("mfo/runValue", run=first["run_id"], part="results")
    assert "no run" in await person.of_run("mfo/run", run="zzz")
    assert "which run" in await person.of_run("mfo/run")


async def test_a_run_that_failed_goes_on_from_the_editor(person, tmp_path):
    script = tmp_path / "scripted.yml"
    script.write_text(json.dumps({"default": {"error": {"status": 400, "message": "Not now."}}}))
    await person.opens(tmp_path, CHAT)
    failed = await person.runs("one", inputs={"token": "hunter2hunter2"})
    assert failed["state"] == "failed"
    script.write_text(json.dumps({"default": STORY}))
    refused = await person.runs("two", command="mfo.resumeRun", run=failed["run_id"])
    assert (refused["failure"]["code"], refused["failure"]["inputs"]) == ("inputs_missing", ["token"])
    secret = {"token": "hunter2hunter2"}
    resumed = await person.runs("three", command="mfo.resumeRun", run=failed["run_id"], inputs=secret)
    assert (resumed["state"], resumed["run_id"]) == ("succeeded", failed["run_id"])
    assert len((await person.of_run("mfo/runs"))["runs"]) == 1


async def test_a_run_may_go_on_by_the_text_in_the_editor(person, tmp_path):
    broken = 'name: sums\ntasks:\n  - {id: one, type: transform, config: {values: {x: "INPUT.x + 1"}}}\n'
    await person.opens(tmp_path, broken)
    failed = await person.runs("one", inputs={"x": "no"})
    assert failed["state"] == "failed"
    mended = {
        "textDocument": {"uri": person.uri, "version": 2},
        "contentChanges": [{"text": broken.replace("INPUT.x", "1")}],
    }
    person.send(method="textDocument/didChange", params=mended)
    again = await person.runs("two", command="mfo.resumeRun", run="last", newDefinition=True)
    assert (again["state"], again["outputs"]) == ("succeeded", {"one": {"x": 2}})
    person.begins("three", command="mfo.resumeRun", run=5)
    assert (await asyncio.wait_for(person.reply("three"), PATIENCE))["error"]["code"] == -32602
