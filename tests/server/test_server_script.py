"""The form of a script: what is right, and what is said of what is wrong."""

from __future__ import annotations

import contextlib
from pathlib import Path

import httpx
import pytest
from conftest import WAIT
from hypothesis import given
from hypothesis import strategies as st

from mfo_runtime.providers.conversation import ChatMessage, ChatQuestion
from mfo_runtime.server import Script, ScriptError, ServerSettings, start_server

ANSWER = {"script": [{"answer": "x"}]}
WRONG = [
    (None, "script: a mapping is expected here"),
    ([], "script: a mapping is expected here"),
    ({}, 'script: a script needs entries under "script", or a "default"'),
    ({"scripts": []}, 'scripts: unknown key "scripts"; did you mean "script"?'),
    ({1: 2}, "script: the key 1 is no text"),
    ({"script": {}}, "script: a list is expected here"),
    ({"script": ["x"]}, "script[0]: a mapping is expected here"),
    ({"script": [{}]}, 'script[0]: an entry needs either "answer" or a list of "answers"'),
    ({"script": [{"answer": "x", "answers": []}]}, 'script[0]: an entry needs either "answer" or a list of "answers"'),
    ({"script": [{"answers": []}]}, 'script[0].answers: "answers" is empty'),
    ({"script": [{"answers": "x"}]}, "script[0].answers: a list is expected here"),
    (
        {"script": [{"answer": "x", "templat": "t"}]},
        'script[0].templat: unknown key "templat"; did you mean "template"?',
    ),
    ({"script": [{"answer": "x", "template": 7}]}, "script[0].template: a text is expected here; put it in quotes"),
    ({"default": 7}, "default: an answer is a text, or a mapping with text, json, tool_calls or error"),
    ({"default": {}}, "default: this answer says nothing; it needs text, json, tool_calls or error"),
    ({"default": {"delay": "1s"}}, "default: this answer says nothing; it needs text, json, tool_calls or error"),
    ({"default": {"text": "x", "delay": 5}}, 'default.delay: "delay" is a duration such as 200ms, an hour at most'),
    ({"default": {"text": "x", "pace": "slow"}}, 'default.pace: "pace" is a duration such as 200ms, an hour at most'),
    ({"default": {"text": "x", "delay": "2h"}}, 'default.delay: "delay" is a duration such as 200ms, an hour at most'),
    ({"default": {"text": "x", "json": 1}}, 'default: "text" and "json" exclude each other'),
    ({"default": {"json": {1, 2}}}, "default.json: this value cannot be written as JSON"),
    ({"default": {"json": float("nan")}}, "default.json: this value cannot be written as JSON"),
    ({"default": {"tool_calls": [{}]}}, 'default.tool_calls[0]: a tool call needs a "name"'),
    (
        {"default": {"tool_calls": [{"name": "t", "arguments": []}]}},
        "default.tool_calls[0].arguments: a mapping is expected here",
    ),
    ({"default": {"error": {}}}, 'default.error.status: "status" is a number from 400 to 599'),
    ({"default": {"error": {"status": 200}}}, 'default.error.status: "status" is a number from 400 to 599'),
    ({"default": {"error": {"status": True}}}, 'default.error.status: "status" is a number from 400 to 599'),
    (
        {"default": {"error": {"status": 429, "retry_after": "1s"}}},
        'default.error.retry_after: "retry_after" is a number of seconds, below 3600',
    ),
    (
        {"default": {"error": {"status": 500}, "text": "x"}},
        'default: "error" stands alone: the request is answered with nothing else',
    ),
]


@pytest.mark.parametrize(("data", "message"), WRONG)
def test_a_wrong_script_is_told_with_its_place(data, message):
    with pytest.raises(ScriptError) as told:
        Script.from_data(data)
    assert str(told.value) == message


def test_the_place_is_told_as_the_caller_knows_it():
    lines = {("script", 1, "answers", 0, "json"): 12}
    data = {"script": [{"answer": "x"}, {"answers": [{"json": object()}]}]}
    with pytest.raises(ScriptError, match=r"^scripted\.yml:12: this value"):
        Script.from_data(data, lambda path: f"scripted.yml:{lines[path]}")


def question(text="hello", **metadata):
    return ChatQuestion((ChatMessage("user", text), ChatMessage("assistant", "later")), metadata=metadata)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (question(prompt_template_id="a", task_id="t"), "template and task"),
        (question(prompt_template_id="a", task_id="u"), "template"),
        (question("the WORD is", prompt_template_id="b"), "word"),
        (question(prompt_template_id=7), "default"),
        (ChatQuestion(()), "default"),
    ],
)
def test_the_first_entry_that_fits_answers(asked, answer):
    script = Script.from_data(
        {
            "script": [
                {"template": "a", "task": "t", "answer": "template and task"},
                {"template": "a", "answer": "template"},
                {"contains": "word", "answer": "word"},
            ],
            "default": "default",
        }
    )
    assert script.find(asked)[1].answer(0).content == answer


def test_without_a_default_nothing_may_fit():
    assert Script.from_data({"script": [{"task": "t", "answer": "x"}]}).find(question()) is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["script", "default", "answer", "answers", "text", "json", "error", "status", "tool_calls", "name"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(VALUES)
def test_no_data_does_more_than_be_refused(data):
    with contextlib.suppress(ScriptError):
        assert Script.from_data(data).entries


def test_a_script_says_what_is_there_when_the_server_starts(tmp_path: Path) -> None:
    data = {
        "script": [{"answer": "hello"}],
        "resources": [{"id": "email-1", "type": "email", "content": "Dear all"}],
        "memory": {"greeting": {"text": "hi"}},
    }
    settings = ServerSettings(data_dir=tmp_path, script=Script.from_data(data))
    for _ in range(2):  # a second start finds its own data and replaces it
        with start_server(settings) as server:
            headers = {"Authorization": f"Bearer {server.token}"}
            email = httpx.get(f"{server.url}/api/resources/email-1", headers=headers, timeout=WAIT).json()
            greeting = httpx.get(f"{server.url}/api/memory/greeting", headers=headers, timeout=WAIT).json()
        assert (email["type"], email["content"]) == ("email", "Dear all")
        assert greeting["value"] == {"text": "hi"}


def test_a_starting_resource_without_an_id_is_told_with_its_place() -> None:
    with pytest.raises(ScriptError, match=r"resources\[0\]: \"id\" is missing"):
        Script.from_data({"script": [{"answer": "hello"}], "resources": [{"type": "email"}]})
