"""Running flows from an editor, in a real server process, against the local MFO server."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from mfo_runtime.journal import Journal
from tests.lsp.raw_client import PATIENCE

FLOW = """\
name: letters
tasks:
  - id: keep
    type: mfo_api_memory_store
    config: {key: letter, value: "Dear ${INPUT.name}"}
  - id: read
    type: mfo_api_memory_get
    config: {key: letter}
    dependencies: [keep]
"""
SLOW = """\
name: slow
tasks:
  - id: wait
    type: mfo_api_tool_execute
    config: {tool_id: linger, arguments: {}}
"""
TOOLS = '''\
import asyncio


async def linger() -> str:
    """Take longer than anybody waits."""
    print("this must not reach the client")
    await asyncio.sleep(600)
    return "done"
'''


@pytest.fixture
def slow(editor):
    editor.write("mfo.toml", f'[tools]\nmodule = "{(editor.folder / "tools.py").as_posix()}"\n')
    editor.write("tools.py", TOOLS)
    editor.open("workflow.yml", SLOW)
    return editor


async def begun(editor, count=1):
    """Wait until the tasks of some runs are running; gives the runs' ids."""

    def running():
        return {
            event["run"]
            for event in editor.events
            if (event["event"]["path"], event["event"]["state"]) == ("wait", "running")
        }

    await editor.until(lambda: len(running()) == count)
    return sorted(running())


def last_states(editor, token):
    """How a run and its task were last said to be."""
    return {event["event"]["path"]: event["event"]["state"] for event in editor.events if event["run"] == token}


def progress_kinds(editor, token):
    return [report.kind for report in editor.client.progress_reports[token]]


async def test_a_flow_runs_to_its_end_with_progress(editor):
    editor.open("workflow.yml", FLOW)
    result = await editor.run("workflow.yml", inputs={"name": "Ann"})
    assert (result["state"], result["failure"], result["taskflow"]) == ("succeeded", None, "letters")
    assert result["outputs"]["read"]["value"] == "Dear Ann"
    states = [(event["event"]["path"], event["event"]["state"]) for event in editor.events]
    assert [state for path, state in states if path == "read"][-1] == "succeeded"
    assert {event["uri"] for event in editor.events} == {editor.uri("workflow.yml")}
    (token,) = {event["run"] for event in editor.events}
    kinds = progress_kinds(editor, token)
    assert (kinds[0], kinds[-1], set(kinds[1:-1])) == ("begin", "end", {"report"})
    assert editor.client.messages[-1].message == "Run flow: succeeded"


async def test_the_unsaved_text_is_what_runs(editor):
    editor.write("workflow.yml", "name: old\n")
    editor.open("workflow.yml", FLOW)
    editor.replace("workflow.yml", "Dear", "Hello")
    result = await editor.run("workflow.yml", inputs={"name": "Ann"})
    assert result["outputs"]["read"]["value"] == "Hello Ann"


async def test_a_flow_with_errors_is_refused_with_exactly_those_errors(editor):
    editor.open("workflow.yml", FLOW.replace("[keep]", "[keep, nobody]"))
    await editor.sees("workflow.yml", ("MFO302", "nobody"))
    result = await editor.run("workflow.yml")
    assert (result["state"], result["failure"]["code"]) == ("refused", "flow_refused")
    shown = [(finding["code"], finding["message"]) for finding in result["failure"]["findings"]]
    assert shown == [(item.code, item.message) for item in editor.shown[editor.uri("workflow.yml")]]
    assert (
        result["failure"]["findings"][0]["range"]["start"]["line"] == editor.range("workflow.yml", "nobody").start.line
    )
    assert "MFO302" in editor.client.messages[-1].message
    assert editor.events == []


async def test_a_run_that_fails_says_why(editor):
    editor.open("workflow.yml", FLOW.replace("config: {key: letter}", "config: {key: nothing_there}"))
    result = await editor.run("workflow.yml", inputs={"name": "Ann"})
    assert (result["state"], result["failure"]["task"]) == ("failed", "read")
    assert "Traceback" not in str(result)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"taskflow": "none"}, "invalid_input"),
        ({"server": "no address"}, "invalid_input"),
        ({"script": "/no/such/file.yml"}, "invalid_input"),
        ({"server": "http://127.0.0.1:9"}, "connection_failed"),
    ],
)
async def test_what_cannot_be_run_says_why(editor, arguments, code):
    editor.open("workflow.yml", FLOW)
    result = await editor.run("workflow.yml", inputs={"name": "Ann"}, **arguments)
    assert (result["state"], result["failure"]["code"]) == ("failed", code)


async def test_wrong_commands_are_errors(editor):
    editor.open("workflow.yml", FLOW)
    editor.open("prompts.yml", "templates: {a: {user_prompt: Hello}}\n")
    uri = editor.uri("workflow.yml")
    for command, arguments in (
        ("mfo.unknown", []),
        ("mfo.runFlow", None),
        ("mfo.runFlow", ["x"]),
        ("mfo.runFlow", [{"uri": 1}]),
        ("mfo.runFlow", [{"uri": uri, "inputs": [1]}]),
        ("mfo.runFlow", [{"uri": uri, "taskflow": {}}]),
        ("mfo.runFlow", [{"uri": editor.uri("prompts.yml")}]),
        ("mfo.runFlow", [{"uri": editor.uri("missing.yml")}]),
    ):
        with pytest.raises(JsonRpcException) as refused:
            await editor.client.workspace_execute_command_async(types.ExecuteCommandParams(command, arguments))
        assert refused.value.code == -32602


async def test_cancelling_the_progress_cancels_the_run(slow):
    running = asyncio.ensure_future(slow.run("workflow.yml"))
    (token,) = await begun(slow)
    slow.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
    result = await running
    assert (result["state"], result["failure"]["code"]) == ("cancelled", "cancelled")
    assert progress_kinds(slow, token)[-1] == "end"
    assert last_states(slow, token) == {"": "cancelled", "wait": "cancelled"}


async def test_cancelling_the_request_cancels_the_run(slow):
    params = types.ExecuteCommandParams("mfo.runFlow", [{"uri": slow.uri("workflow.yml")}])
    running = asyncio.ensure_future(
        slow.client.protocol.send_request_async("workspace/executeCommand", params, msg_id="run-1")
    )
    (token,) = await begun(slow)
    slow.client.cancel_request(types.CancelParams("run-1"))
    with pytest.raises(JsonRpcException) as refused:
        await asyncio.wait_for(running, PATIENCE)
    assert refused.value.code == -32800
    await slow.until(lambda: progress_kinds(slow, token)[-1] == "end")
    assert last_states(slow, token) == {"": "cancelled", "wait": "cancelled"}


async def test_several_runs_go_on_beside_each_other_and_beside_the_editing(slow):
    slow.client.progress_reports["mine"] = []
    runs = [asyncio.ensure_future(slow.run("workflow.yml", token)) for token in ("mine", None)]
    tokens = await begun(slow, 2)
    slow.replace("workflow.yml", "name: slow", "name: slower")
    await slow.sees("workflow.yml")
    for token in tokens:
        slow.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
    assert [(await run)["state"] for run in runs] == ["cancelled", "cancelled"]
    assert "mine" in tokens


async def test_shutdown_ends_a_run_that_is_under_way(slow):
    running = asyncio.ensure_future(slow.run("workflow.yml"))
    await begun(slow)
    await asyncio.wait_for(slow.client.shutdown_async(None), PATIENCE)
    assert (await running)["state"] == "cancelled"
    slow.client.exit(None)
    assert await asyncio.wait_for(slow.client._server.wait(), PATIENCE) == 0
    slow.client.error = RuntimeError("ended already")


async def test_a_run_is_kept_like_one_of_the_command_line(editor):
    editor.open("workflow.yml", FLOW)
    report = await editor.run("workflow.yml", inputs={"name": "Ada"})
    with Journal(editor.folder / ".mfo") as journal:
        stored = journal.find(report["run_id"])
        assert (stored.state, stored.taskflow) == ("succeeded", "letters")
        assert {event.node for event in journal.events(stored)} == {"", "keep", "read"}


async def test_a_project_may_have_no_run_kept(editor):
    editor.write("mfo.toml", "[journal]\nenabled = false\n")
    editor.open("workflow.yml", FLOW)
    assert (await editor.run("workflow.yml", inputs={"name": "Ada"}))["state"] == "succeeded"
    assert not (editor.folder / ".mfo" / "journal.db").exists()
