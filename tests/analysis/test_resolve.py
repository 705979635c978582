"""Paths from every root, and what is known of where they lead (dialect section 6)."""

from __future__ import annotations

import pytest

from mfo_dialect.analysis.resolve import Outcome, Resolution, Scope, resolve, roots_in_scope
from mfo_dialect.analysis.snapshot import Snapshot
from tests.rules.checking import bundle_of

WORKFLOW = """\
workflow_name: w
global_configs:
  secrets: {token: {env: TOKEN}}
  env: [HOME]
triggers:
  - id: hook
    type: webhook
    config: {http_path: /x, expected_payload_schema: {properties: {mail: {type: string}}}}
    target_taskflow: main
taskflows:
  - taskflow_id: main
    input_schema: {properties: {n: {type: integer}, any: {}}}
    tasks:
      - {id: load, type: mfo_api_memory_get, config: {key: k}}
      - {id: fetch, type: slop_api_resource_get, config: {resource_id: r}}
      - {id: ask, type: mfo_api_chat_send, config: {prompt_template_id: extract}}
      - {id: plain, type: mfo_api_chat_send, config: {prompt: p}}
      - {id: sum, type: transform, config: {values: {total: "1"}}}
      - {id: own, type: custom}
      - {id: strange, type: nobody_knows}
      - {id: person, type: ask_user, config: {question: q, input_schema: {type: integer}}}
      - id: half
        type: mfo_api_memory_get
        error_handling: {on_error: [{type: continue, output: "${load.value}"}]}
    conditions:
      - {id: check, type: expr, config: {expression: "true"}, successors: [load]}
    subflows:
      - id: part
        input_schema: {properties: {extra: {type: string}}}
        input_mapping: {mapped: 1}
        tasks: [{id: inner, type: mfo_api_memory_get, config: {key: k}}]
        subflows: [{id: deeper, tasks: [{id: deepest, type: http_request, config: {url: u}}]}]
  - taskflow_id: other
    tasks: [{id: a, type: mfo_api_tool_list}]
"""
PROMPTS = """\
templates:
  extract:
    user_prompt: x
    tools: [tag, {name: pick, parameters: {properties: {sender: {type: string}}}}]
    output_schema: summary
tools:
  tag: {parameters: {properties: {label: {type: string}}}}
extraction_schemas:
  summary: {properties: {text: {type: string}}}
"""
TYPES = '[task_types.custom]\noutputs = {properties = {body = {type = "string"}}}\n'
FILES = {"workflow.yml": WORKFLOW, "prompts.yml": PROMPTS, "mfo.toml": TYPES}


def snapshot() -> Snapshot:
    return Snapshot(bundle_of(FILES))


def follow(path: str, flow: int = 0, level: int = 0) -> Resolution:
    taken = snapshot()
    return resolve(tuple(path.split(".")), Scope(taken.bundle, taken.flows[flow].levels[level]))


KNOWN = [
    ("INPUT", "map"),
    ("INPUT.n", "integer"),
    ("TRIGGER.payload.mail", "string"),
    ("TRIGGER.headers.any", "string"),
    ("TRIGGER.id", "string"),
    ("TASKFLOW.process_id", "string"),
    ("TASKFLOW.started_at", "string"),
    ("TASKFLOW.iterations.check", "integer"),
    ("SYSTEM.JOB_ID", "string"),
    ("SECRET.token", "string"),
    ("ENV.HOME", "string"),
    ("load", "map"),
    ("load.value", "any"),
    ("fetch.resource.id", "string"),
    ("ask.message", "string"),
    ("ask.usage.input_tokens", "integer"),
    ("ask.parsed_content.text", "string"),
    ("ask.tool_call_results.pick.sender", "string"),
    ("ask.tool_call_results.tag.label", "string"),
    ("own.body", "string"),
    ("person.answer", "integer"),
    ("check.result", "any"),
    ("part", "map"),
    ("part.inner.value", "any"),
    ("inner.value", "any"),
    ("part.deeper.deepest.status", "integer"),
    ("deepest.headers.etag", "string"),
]
UNKNOWN = [
    "INPUT.any.x", "load.value.x.0", "fetch.resource.Content", "fetch.resource.content.x", "ask.tool_calls.0.x",
    "plain.parsed_content.x", "plain.tool_call_results.x.y", "sum.total", "sum.total.x", "strange.x", "half.x.y",
    "plain.response.content",
]  # fmt: skip
ABSENT = [
    # a path, the index of the name that is not there, and one that is
    ("INPUT.m", 1, "n"),
    ("INPUT.n.x", 2, ""),
    ("TRIGGER.body", 1, "payload"),
    ("TRIGGER.payload.male", 2, "mail"),
    ("TASKFLOW.iterations.load", 2, "check"),
    ("SYSTEM.job", 1, "JOB_ID"),
    ("SECRET.other", 1, "token"),
    ("ENV.PATH", 1, "HOME"),
    ("load.result", 1, "value"),
    ("fetch.value", 1, "resource"),
    ("ask.message.x", 2, ""),
    ("ask.parsed_content.title", 2, "text"),
    ("ask.tool_call_results.other", 2, "pick"),
    ("ask.tool_call_results.pick.to", 3, "sender"),
    ("sum.other", 1, "total"),
    ("own.other", 1, "body"),
    ("person.answer.x", 2, ""),
    ("check.value", 1, "result"),
    ("part.nobody", 1, "inner"),
    ("part.deeper.nobody", 2, "deepest"),
    ("inner.values", 1, "value"),
]


@pytest.mark.parametrize(("path", "words"), KNOWN)
def test_a_path_that_is_known(path: str, words: str) -> None:
    found = follow(path)
    assert (found.outcome, str(found.shape)) == (Outcome.KNOWN, words)


@pytest.mark.parametrize("path", UNKNOWN)
def test_a_path_of_which_nothing_is_known(path: str) -> None:
    assert follow(path).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(("path", "index", "instead"), ABSENT)
def test_a_path_that_leads_nowhere(path: str, index: int, instead: str) -> None:
    found = follow(path)
    assert (found.outcome, found.failed_at) == (Outcome.ABSENT, index)
    assert instead in found.choices or not instead


@pytest.mark.parametrize(
    ("path", "node", "depth"),
    [("part.inner.value", "inner", 2), ("inner.value", "inner", 1), ("part.deeper", "deeper", 2), ("INPUT.n", None, 0)],
)
def test_whose_output_it_is(path: str, node: str | None, depth: int) -> None:
    found = follow(path)
    assert (found.node.id if found.node is not None else None, found.depth) == (node, depth)


def test_a_root_that_is_none() -> None:
    found = follow("nobody.x")
    assert found.outcome is Outcome.UNKNOWN_ROOT
    assert {"load", "inner", "INPUT", "TRIGGER", "ENV"} <= set(found.choices)
    assert follow("TASKID.x").outcome is Outcome.UNKNOWN_ROOT


def test_trigger_is_read_only_where_triggers_start_the_flow() -> None:
    assert follow("TRIGGER.id", flow=1).outcome is Outcome.MISPLACED_ROOT
    assert "TRIGGER" not in follow("x.y", flow=1).choices


def test_inside_a_subflow_its_own_input_lies_over_the_enclosing_one() -> None:
    assert [str(follow(f"INPUT.{name}", level=1).shape) for name in ("extra", "n")] == ["string", "integer"]
    assert follow("INPUT.mapped", level=1).outcome is Outcome.UNKNOWN
    assert follow("INPUT.other", level=1).outcome is Outcome.ABSENT
    assert follow("INPUT.extra", level=0).outcome is Outcome.ABSENT


def test_a_triggers_mapping_sees_nothing_but_the_trigger() -> None:
    taken = snapshot()
    scope = Scope(taken.bundle, trigger=taken.triggers[0].trigger)
    assert resolve(("TRIGGER", "payload", "mail"), scope).outcome is Outcome.KNOWN
    assert resolve(("INPUT", "n"), scope).outcome is Outcome.MISPLACED_ROOT
    assert resolve(("load", "value"), scope).outcome is Outcome.UNKNOWN_ROOT
    assert tuple(roots_in_scope(scope)) == ("TRIGGER",)


def test_shapes_are_found_once() -> None:
    taken = snapshot()
    scope = Scope(taken.bundle, taken.flows[0].top)
    assert resolve(("ask",), scope).shape is resolve(("ask",), scope).shape
    assert taken.every(lambda one: iter(one.flows)) == taken.flows
