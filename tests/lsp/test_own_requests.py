"""The graph, the rendered prompt, the explanation and the call hierarchy: in process, and through a real server."""

from __future__ import annotations

import pytest

from mfo_lsp.server.own_params import read_own_params
from mfo_lsp.server.protocol import RefusedError
from mfo_lsp.server.requests import graph, inputs, rendered_prompt, why
from tests.features.bundles import FILES
from tests.lsp.in_process import ENCODINGS, serving, uri_of
from tests.lsp.raw_client import RawClient


def ask(name, **more):
    return read_own_params({"textDocument": {"uri": uri_of(name)}, **more})


def bundle(encoding=ENCODINGS[1], **more):
    files = {name.replace(".", "__"): text for name, text in FILES.items()}
    return serving(encoding, **{**files, **more})


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_the_graph_tells_where_nodes_stand(encoding):
    text = 'name: a\ntasks:\n  - {name: "𝄞é", id: b, type: mfo_api_tool_list}\n'
    found = await graph.answer(serving(encoding, flow__yml=text), ask("flow.yml"))
    width = {"utf-8": 6, "utf-16": 3, "utf-32": 2}[encoding.value]
    assert found["ranges"]["n1"]["start"] == {"line": 2, "character": len('  - {name: "') + width + len('", id: ')}
    assert found["graph"]["nodes"][0]["id"] == "b"
    assert (found["taskflow"], found["states"]) == ("a", {})


async def test_the_graph_tells_how_far_nodes_and_taskflows_reach():
    text = "taskflows:\n  - taskflow_id: a\n    tasks:\n      - type: mfo_api_tool_list\n        id: b\n  - {taskflow_id: c, tasks: []}\n"
    found = await graph.answer(serving(ENCODINGS[0], flow__yml=text), ask("flow.yml"))
    assert [(one["id"], one["range"]["start"]["line"]) for one in found["taskflows"]] == [("a", 1), ("c", 5)]
    assert [found["extents"]["n1"][end]["line"] for end in ("start", "end")] == [3, 4]
    assert found["ranges"]["n1"]["start"]["line"] == 4


async def test_subflows_are_folded_in_the_picture_alone():
    about = ask("workflow.yml", taskflow="write", format="svg", folded=["group", "nowhere"])
    found = await graph.answer(bundle(), about)
    assert ">1 node folded" in found["text"]
    assert 'data-id="inner"' not in found["text"]
    assert "group/inner" in [node["path"] for node in found["graph"]["nodes"]]


async def test_the_graph_shows_problems_states_and_formats():
    server = bundle()
    server.session.states["/nowhere/workflow.yml", "write"] = {"fetch": "succeeded", "group/inner": "running"}
    found = await graph.answer(server, ask("workflow.yml", taskflow="write", format="mermaid"))
    keys = {node["id"]: node["key"] for node in found["graph"]["nodes"]}
    assert found["states"] == {keys["fetch"]: "succeeded", keys["inner"]: "running"}
    assert found["text"].startswith("%%") or "flowchart" in found["text"]
    assert found["graph"]["findings"] is not None
    with pytest.raises(RefusedError, match='no taskflow "wrte"'):
        await graph.answer(server, ask("workflow.yml", taskflow="wrte"))
    with pytest.raises(RefusedError, match="no format"):
        await graph.answer(server, ask("workflow.yml", format="png"))
    assert await graph.answer(server, ask("prompts.yml")) is None


async def test_inputs_are_told_with_their_schema_and_the_file_beside_the_flow():
    flow = "name: a\ninput_schema: {type: object, required: [to], properties: {to: {type: string}}}\ntasks: [{id: b}]\n"
    found = await inputs.answer(serving(ENCODINGS[0], flow__yml=flow, inputs__yml="to: ann\n"), ask("flow.yml"))
    assert found["taskflow"] == "a"
    assert found["schema"] == {"type": "object", "required": ["to"], "properties": {"to": {"type": "string"}}}
    assert found["file"] == {"to": "ann"}


async def test_inputs_are_looked_at_by_the_schema():
    properties = "{to: {type: string}, count: {type: integer, maximum: 3}, tags: {type: array, items: {type: string}}}"
    schema = f"{{type: object, required: [to, kind], additionalProperties: false, properties: {properties}}}"
    server = serving(ENCODINGS[0], flow__yml=f"name: a\ninput_schema: {schema}\ntasks: [{{id: b}}]\n")
    given = {"to": "ann", "count": 7, "tags": ["x", 5], "more": 1}
    found = await inputs.answer(server, ask("flow.yml", inputs=given))
    assert found["problems"]["kind"] == "this is required"
    assert "maximum of 3" in found["problems"]["count"]
    assert found["problems"]["tags"].startswith("1: 5 is not")
    assert "more" in found["problems"][""]
    fine = {"to": "ann", "kind": "x"}
    assert "problems" not in await inputs.answer(server, ask("flow.yml"))
    assert set((await inputs.answer(server, ask("flow.yml", inputs=fine)))["problems"]) == {""}, "kind is not declared"


@pytest.mark.parametrize("text", ["- to\n", "to: [\n", ""])
async def test_inputs_that_are_no_map_are_not_told(text):
    server = serving(ENCODINGS[0], flow__yml="name: a\ntasks: [{id: b}]\n", inputs__yml=text)
    assert await inputs.answer(server, ask("flow.yml")) == {"taskflow": "a", "schema": None, "file": None}
    with pytest.raises(RefusedError, match='no taskflow "c"'):
        await inputs.answer(server, ask("flow.yml", taskflow="c"))


async def test_a_prompt_is_rendered_with_given_values():
    found = await rendered_prompt.answer(bundle(), ask("workflow.yml", template="answer", inputs={"letter": "hi"}))
    assert found["user"] == "Letter HI to \u27e8to\u27e9 from me"
    assert found["tokens"] == -(-len(found["user"]) // 4)
    assert found["problems"] == []
    with pytest.raises(RefusedError, match="no prompt template"):
        await rendered_prompt.answer(bundle(), ask("workflow.yml", template="anwer"))
    assert await rendered_prompt.answer(bundle(), ask("workflow.yml", position={"line": 0, "character": 0})) is None


def test_why_tells_kind_bundle_and_settings():
    found = why.answer(bundle(mfo__toml='[rules]\nMFO404 = "off"\n'), ask("prompts.yml"))
    assert (found["kind"], found["project"]) == ("prompts", uri_of("mfo.toml"))
    assert {one["uri"]: one["kind"] for one in found["bundle"]} == {
        uri_of("workflow.yml"): "workflow",
        uri_of("agents.yml"): "agents",
    }
    settings = {one["name"]: one for one in found["settings"]}
    assert settings["rules.MFO404"]["value"] == "off"
    assert settings["rules.MFO404"]["range"]["start"] == {"line": 1, "character": 0}
    assert settings["check.select"]["source"] == "default"
    assert settings["hints"] == {"name": "hints", "value": True, "source": "default"}


def test_why_tells_of_a_file_that_is_not_ours():
    server = serving(compose__yml="services: {web: {image: nginx}}\n")
    found = why.answer(server, ask("compose.yml"))
    assert found["kind"] is None
    assert "not an MFO document" in found["reason"]


@pytest.mark.parametrize(
    "params",
    [None, [], {}, {"textDocument": 1}, {"textDocument": {"uri": 1}}, {"textDocument": {"uri": "a"}, "position": {}},
     {"textDocument": {"uri": "a"}, "position": {"line": -1, "character": 0}}, {"textDocument": {"uri": "a"}, "inputs": []},
     {"textDocument": {"uri": "a"}, "folded": "b"}],
)  # fmt: skip
def test_params_that_are_not_as_they_should_be_are_refused(params):
    with pytest.raises(ValueError, match=r"."):
        read_own_params(params)


async def test_a_client_asks_for_all_of_them(tmp_path):
    client = await RawClient.start()
    try:
        await client.initialize({})
        for name, text in FILES.items():
            item = {"uri": (tmp_path / name).as_uri(), "languageId": "yaml", "version": 1, "text": text}
            client.send(method="textDocument/didOpen", params={"textDocument": item})
        about = {"textDocument": {"uri": (tmp_path / "workflow.yml").as_uri()}}
        assert (await client.ask("mfo/graph", about))["result"]["taskflow"] == "write"
        prompt = await client.ask("mfo/renderedPrompt", {**about, "template": "answer"})
        assert prompt["result"]["template"] == "answer"
        assert (await client.ask("mfo/why", about))["result"]["kind"] == "workflow"
        assert (await client.ask("mfo/why", {}))["error"]["code"] == -32602
        line = FILES["workflow.yml"][: FILES["workflow.yml"].index("id: ask")].count("\n")
        prepare = {**about, "position": {"line": line, "character": 13}}
        (item,) = (await client.ask("textDocument/prepareCallHierarchy", prepare))["result"]
        assert item["name"] == "ask"
        incoming = (await client.ask("callHierarchy/incomingCalls", {"item": item}))["result"]
        assert [(call["from"]["name"], len(call["fromRanges"])) for call in incoming] == [("fetch", 2)]
        outgoing = (await client.ask("callHierarchy/outgoingCalls", {"item": item}))["result"]
        assert [call["to"]["name"] for call in outgoing] == ["split", "keep"]
    finally:
        await client.stop()
