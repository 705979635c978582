"""Secrets: where they are found, and that no value of one is ever shown."""

from __future__ import annotations

import json
import sys
import types

import pytest
from flow_room import answering, flow_of, run

from mfo_runtime.errors import InvalidInputError
from mfo_runtime.flow import load_flow
from mfo_runtime.flow.outcome import strike_out
from mfo_runtime.flow.secrets import Secrets

VALUE = 'pass"word/ÄÖ 7'


def secrets(sources, environment=None):
    flow = flow_of(f"workflow_name: t\nglobal_configs: {{secrets: {json.dumps(sources)}}}\n" + NOTHING)
    return Secrets(flow.view.workflow, environment or {})


NOTHING = "taskflows: [{taskflow_id: main, tasks: [{id: t, type: mfo_api_tool_list}]}]\n"


class Keyring(types.ModuleType):
    def __init__(self, failure=None):
        super().__init__("keyring")
        self.failure = failure

    def get_password(self, service, user):
        if self.failure:
            raise self.failure
        return VALUE if (service, user) == ("mfo", "ada") else None


def test_a_secret_from_the_environment():
    assert secrets({"key": {"env": "KEY"}}, {"KEY": VALUE}).get("key") == VALUE


def test_a_secret_from_a_file_beside_the_flow(tmp_path):
    (tmp_path / "key.txt").write_text(f"{VALUE}\n", encoding="utf-8")
    (tmp_path / "flow.yml").write_text(
        "workflow_name: t\nglobal_configs: {secrets: {key: {file: key.txt}}}\n" + NOTHING, encoding="utf-8"
    )
    assert Secrets(load_flow(str(tmp_path / "flow.yml")).view.workflow, {}).get("key") == VALUE


def test_a_secret_from_the_keyring(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", Keyring())
    assert secrets({"key": {"keyring": "mfo/ada"}}).get("key") == VALUE


MISSING = [
    ({"key": {"env": "KEY"}}, "read from KEY, which is not set"),
    ({"key": {"file": "nowhere.txt"}}, "cannot be read from its file, nowhere.txt"),
    ({"key": {"keyring": "mfo/bob"}}, "not in the keyring under mfo/bob"),
    ({"keys": {"env": "KEY"}}, 'not declared; did you mean "keys"'),
    ({"key": {"vault": "x"}}, "says neither env, keyring nor file"),
]


@pytest.mark.parametrize(("sources", "message"), MISSING)
def test_a_secret_that_is_not_there_names_its_source(sources, message, monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", Keyring())
    with pytest.raises(InvalidInputError, match=message):
        secrets(sources).get("key")


@pytest.mark.parametrize(("module", "message"), [(None, "package keyring"), (Keyring(OSError(VALUE)), "OSError")])
def test_a_keyring_that_cannot_be_read_says_so_and_no_more(module, message, monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", module)
    with pytest.raises(InvalidInputError) as raised:
        secrets({"key": {"keyring": "mfo/ada"}}).get("key")
    assert message in raised.value.message + raised.value.hint
    assert VALUE not in str(raised.value)


def test_secrets_are_struck_out_wherever_they_stand():
    known = secrets({"key": {"env": "KEY"}, "part": {"env": "PART"}}, {"KEY": "abcdef", "PART": "abcd"})
    known.get("key")
    known.get("part")
    value = {"a abcdef b": ["abcd", 5, None, {"x": "abcdefabcd"}], "plain": "abc"}
    assert strike_out(value, known.shown_never) == {
        "a [redacted] b": ["[redacted]", 5, None, {"x": "[redacted][redacted]"}],
        "plain": "abc",
    }


def test_secrets_are_struck_out_as_json_and_urls_write_them():
    known = secrets({"key": {"env": "KEY"}}, {"KEY": VALUE})
    known.get("key")
    from urllib.parse import quote

    for text in (VALUE, json.dumps({"k": VALUE}), quote(VALUE), quote(VALUE, "")):
        struck = strike_out(text, known.shown_never)
        assert "pass" not in struck
        assert "word" not in struck


def test_what_is_too_deep_to_look_at_is_not_shown():
    value = "abcdef"
    for _ in range(200):
        value = [value]
    assert "abcdef" not in json.dumps(strike_out(value, frozenset({"abcdef"})))


SHOWN = {
    "a failure of the server": """
        - {id: t, type: mfo_api_resource_get, config: {resource_id: "${SECRET.key}"}}
        """,
    "a tool's complaint": """
        - {id: t, type: mfo_api_tool_execute, config: {tool_id: "no-${SECRET.key}", arguments: {a: 1}}}
        """,
    "an url that leads nowhere": """
        - {id: t, type: http_request, config: {url: "http://127.0.0.1:9/${SECRET.key}?k=${SECRET.key}"}}
        """,
    "a header that cannot be sent": """
        - {id: t, type: http_request, config: {url: "http://127.0.0.1:9/", headers: {X: "${SECRET.key}\\n"}}}
        """,
    "an answer of a custom kind": """
        - {id: t, type: http_request, config: {url: "http://127.0.0.1:9", method: "${SECRET.key}"}}
        """,
}


FLOW = """\
workflow_name: t
global_configs: {secrets: {key: {env: KEY}}}
taskflows:
  - taskflow_id: main
    tasks:"""


def told(trial):
    """All that a run says of itself."""
    return json.dumps(trial.outcome.to_data()) + "".join(trial.shown) + str(trial.error)


@pytest.mark.parametrize("case", SHOWN)
async def test_no_failure_shows_a_secret(case, tmp_path):
    trial = await run(flow_of(FLOW + SHOWN[case]), tmp_path, environment={"KEY": "hunter2-hunter2"})
    assert trial.error is not None
    assert "hunter2" not in told(trial)


async def test_a_secret_that_comes_back_is_struck_out_of_the_outputs(tmp_path):
    async with answering(200, None) as (url, asked):
        task = {"id": "t", "type": "http_request", "config": {"url": url, "headers": {"X-Key": "${SECRET.key}"}}}
        flow = flow_of(f"{FLOW}\n      - {json.dumps(task)}\n")
        trial = await run(flow, tmp_path, environment={"KEY": "hunter2-hunter2"})
    assert "hunter2-hunter2" in asked[0][0]
    assert "[redacted]" in trial.outputs["t"]["body"]
    assert "hunter2" not in told(trial)
