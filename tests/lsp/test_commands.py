"""The commands beside Run flow, from a real client: run one task, tell what a run would do, show the graph, explain a rule."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from mfo_lsp.server.requests import code_actions
from tests.lsp.in_process import ENCODINGS, serving, uri_of
from tests.lsp.raw_client import PATIENCE

FLOW = """\
name: letters
tasks:
  - id: keep
    type: mfo_api_memory_store
    config: {key: letter, value: "Dear ${INPUT.name}"}
  - id: greet
    type: transform
    config: {values: {text: "'Hello, ' + INPUT.name"}}
"""


async def ask(editor, command, **argument):
    params = types.ExecuteCommandParams(command, [argument])
    return await asyncio.wait_for(editor.client.workspace_execute_command_async(params), 3 * PATIENCE)


async def test_one_task_is_executed_by_itself(editor):
    editor.open("workflow.yml", FLOW)
    result = await ask(editor, "mfo.runTask", uri=editor.uri("workflow.yml"), task="greet", inputs={"name": "Ann"})
    assert (result["state"], result["outputs"]) == ("succeeded", {"text": "Hello, Ann"})
    assert {event["event"]["path"] for event in editor.events} == {"greet"}
    assert editor.client.messages[-1].message == "Run greet: succeeded"


async def test_a_task_that_is_not_there_is_named_with_the_nearest_one(editor):
    editor.open("workflow.yml", FLOW)
    result = await ask(editor, "mfo.runTask", uri=editor.uri("workflow.yml"), task="gret")
    assert (result["state"], result["failure"]["code"]) == ("failed", "invalid_input")
    assert 'did you mean "greet"?' in result["failure"]["message"]


async def test_a_restart_sees_what_changed_on_the_disk_unsaid(editor):
    editor.write("prompts.yml", "templates: {letter: {user_prompt: Write a letter.}}\n")
    chat = "{id: ask, type: mfo_api_chat_send, config: {prompt_template_id: letter}}"
    editor.open("workflow.yml", f"name: letters\ntasks:\n  - {chat}\n")
    await editor.sees("workflow.yml")
    editor.write("prompts.yml", "templates: {note: {user_prompt: Write a note.}}\n")
    params = types.ExecuteCommandParams("mfo.restart")
    told = await asyncio.wait_for(editor.client.workspace_execute_command_async(params), PATIENCE)
    assert told == {"bundles": 1}
    await editor.until(lambda: [code for code, _ in editor.findings("workflow.yml")] == ["MFO601"])


async def test_a_dry_run_tells_what_would_be_done_and_does_nothing(editor):
    editor.open("workflow.yml", FLOW)
    plan = await ask(editor, "mfo.dryRun", uri=editor.uri("workflow.yml"), inputs={"name": "Ann"})
    assert (plan["state"], plan["problem"]) == ("planned", None)
    nodes = {node["node"]: node for node in plan["nodes"]}
    assert nodes["keep"]["config"]["value"] == "Dear Ann"
    assert editor.events == []
    assert not (editor.folder / ".mfo").exists()


async def test_a_flow_with_errors_has_no_plan(editor):
    editor.open("workflow.yml", FLOW.replace("INPUT.name}", "nobody.name}"))
    plan = await ask(editor, "mfo.dryRun", uri=editor.uri("workflow.yml"))
    assert (plan["state"], plan["failure"]["code"]) == ("refused", "flow_refused")


async def test_the_graph_is_shown_by_the_client(editor):
    editor.open("workflow.yml", FLOW)
    told = await ask(editor, "mfo.showGraph", uri=editor.uri("workflow.yml"))
    assert (told["taskflow"], told["shown"]) == ("letters", True)
    (shown,) = editor.client.shown_documents
    assert (shown.uri, shown.external) == (told["uri"], True)
    page = Path(unquote(urlsplit(told["uri"]).path))
    assert "greet" in page.read_text(encoding="utf-8")
    again = await ask(editor, "mfo.showGraph", uri=editor.uri("workflow.yml"), taskflow="letters")
    assert again["uri"] == told["uri"]
    await asyncio.wait_for(editor.client.shutdown_async(None), PATIENCE)
    editor.client.exit(None)
    assert await asyncio.wait_for(editor.client._server.wait(), PATIENCE) == 0
    editor.client.error = RuntimeError("ended already")
    assert not page.exists()


@pytest.mark.parametrize("name", ["MFO401", "mfo401", "unknown-reference"])
async def test_a_rule_is_explained_by_code_and_by_name(editor, name):
    told = await ask(editor, "mfo.explainRule", code=name)
    assert (told["code"], told["name"], told["severity"]) == ("MFO401", "unknown-reference", "error")
    assert told["page"].startswith("# MFO401 unknown-reference (error)")


@pytest.mark.parametrize(
    ("command", "argument", "words"),
    [
        ("mfo.explainRule", {"code": "MFO4O1"}, 'did you mean "MFO401"?'),
        ("mfo.explainRule", {"code": 1}, "takes one argument"),
        ("mfo.showGraph", {}, "takes one argument"),
        ("mfo.showGraph", {"uri": "untitled:x"}, "no taskflow"),
        ("mfo.runTask", {"uri": "untitled:x"}, "takes one argument: {uri, task, "),
        ("mfo.runTask", {"uri": "untitled:x", "task": "a"}, "no MFO workflow"),
        ("mfo.dryRun", {"uri": "untitled:x", "run": 3}, "takes one argument"),
    ],
)
async def test_wrong_arguments_are_refused(editor, command, argument, words):
    with pytest.raises(JsonRpcException) as refused:
        await ask(editor, command, **argument)
    assert refused.value.code == -32602
    assert words in refused.value.message


async def test_a_run_without_inputs_is_given_those_of_the_file_beside_the_flow(editor):
    editor.write("inputs.yml", "name: Ann\n")
    editor.open("workflow.yml", FLOW)
    result = await ask(editor, "mfo.runFlow", uri=editor.uri("workflow.yml"))
    assert result["outputs"]["greet"] == {"text": "Hello, Ann"}
    result = await ask(editor, "mfo.runFlow", uri=editor.uri("workflow.yml"), inputs={"name": "Bo"})
    assert result["outputs"]["greet"] == {"text": "Hello, Bo"}


@pytest.mark.parametrize("lenses", [True, False])
async def test_runs_are_actions_where_a_client_shows_no_lenses(lenses):
    server = serving(ENCODINGS[0], flow__yml=FLOW)
    server.session.client = replace(server.session.client, action_literals=True, lenses=lenses)
    document = types.TextDocumentIdentifier(uri_of("flow.yml"))
    context = types.CodeActionContext([])
    found = {}
    for line in (0, 5):
        place = types.Range(types.Position(line, 0), types.Position(line, 3))
        actions = await code_actions.answer(server, types.CodeActionParams(document, place, context))
        found[line] = [(action.title, action.command.command) for action in actions if action.command]
    if lenses:
        assert found == {0: [], 5: []}
    else:
        assert found[5] == [("Run task: greet", "mfo.runTask")]
        assert [title for title, _ in found[0]] == ["Run flow: letters", "Dry run: letters", "Show graph: letters"]
