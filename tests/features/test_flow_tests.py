"""Inside tests of flows: keys, names and choices that may be typed, what keys mean, names that the flow does not have."""

from __future__ import annotations

import pytest

from mfo_dialect.analysis.bundle import make_bundle, read_source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.syntax import parse
from mfo_lsp.features.flow_tests import Flows, complete_test, hover_test, names_that_are_not_there

FLOW = """\
workflow_name: letters
triggers: [{id: by_hook, type: webhook, config: {http_path: /x}, target_taskflow: write}]
taskflows:
  - taskflow_id: write
    input_schema: {type: object, properties: {guest: {type: string}}}
    tasks:
      - {id: ask, type: mfo_api_chat_send, config: {prompt: Hello}}
    subflows:
      - {id: group, tasks: [{id: inner, type: mfo_api_tool_list}]}
    outputs: {letter: "${ask.message}"}
  - {taskflow_id: other, tasks: [{id: b, type: mfo_api_tool_list}]}
"""


def flows_of(text):
    bundle = make_bundle([read_source("/w/flow.yml", text)])
    snapshot = Snapshot(bundle)
    return Flows(("flow.yml",), {"flow.yml": (tuple(snapshot.flows), bundle)}.get, ("timeout", "validation"))


FLOWS = flows_of(FLOW)


def offered(text):
    """The labels at the cursor ``<|>``."""
    offset = text.index("<|>")
    return [item.label for item in complete_test(parse(text.replace("<|>", "", 1)), offset, FLOWS)]


HEAD = "flow: flow.yml\ntaskflow: write\n"


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("<|>", {"name", "flow", "tests", "expect"}),
        ("name: a\nflow: <|>", {"flow.yml"}),
        ("flow: flow.yml\ntaskflow: <|>", {"write", "other"}),
        (f"{HEAD}trigger: <|>", {"by_hook"}),
        (f"{HEAD}inputs:\n  <|>", {"guest"}),
        (f"{HEAD}expect:\n  <|>", {"state", "error", "outputs", "states", "that", "calls"}),
        (f"{HEAD}expect:\n  state: <|>", {"succeeded", "failed", "cancelled"}),
        (f"{HEAD}expect:\n  error: t<|>", {"timeout", "validation"}),
        (f"{HEAD}expect:\n  outputs:\n    <|>", {"letter"}),
        (f"{HEAD}expect:\n  states:\n    <|>", {"ask", "inner", "group/inner"}),
        (f"{HEAD}expect:\n  states: {{<|>}}", {"ask", "group"}),
        (f"{HEAD}expect:\n  states:\n    ask: <|>", {"succeeded", "skipped", "upstream_failed"}),
        (f"{HEAD}tests:\n  - name: a\n    expect:\n      states:\n        a<|>", {"ask"}),
        (f"{HEAD}tests:\n  - name: a\n    <|>", {"expect", "inputs"}),
        (f"{HEAD}tests:\n  - name: a\n    expect:\n      calls:\n        - task: <|>", {"ask", "group/inner"}),
    ],
)
def test_what_fits_is_offered(text, some):
    assert some <= set(offered(text))


def test_keys_that_are_there_are_not_offered_again_nor_anything_in_comments():
    assert {"name", "flow"} & set(offered("name: a\nflow: b\n<|>")) == set()
    assert offered("name: a # <|>") == []
    assert offered("name: a\nflow: flow.yml\nexpect:\n  states:\n    <|>") == [], "which taskflow is not said"


def test_a_key_says_what_it_means():
    text = "tests:\n  - name: a\n    expect: {state: failed}\n"
    found = hover_test(parse(text), text.index("state"))
    assert found is not None
    assert found.markdown == "`state`: How the run ends."
    assert hover_test(parse(text), text.index("failed")) is None


def wrong(text, flows=FLOWS):
    return [(text[span.start : span.end], words) for span, words in names_that_are_not_there(parse(text), flows)]


def test_names_that_the_flow_does_not_have_are_told_with_what_was_meant():
    text = f"{HEAD}tests:\n  - name: a\n    expect: {{states: {{aks: failed, inner: skipped, group/inner: failed}}}}\n"
    assert wrong(text) == [("aks", 'write has no node "aks"; did you mean "ask"?')]
    assert wrong("name: a\nflow: flwo.yml\n") == [
        ("flwo.yml", 'there is no workflow document "flwo.yml" here; did you mean "flow.yml"?')
    ]
    assert wrong("name: a\nflow: flow.yml\ntaskflow: wirte\n") == [
        ("wirte", 'flow.yml has no taskflow "wirte"; did you mean "write"?')
    ]


def test_what_is_not_certain_is_not_told():
    states = "expect: {states: {nobody: failed}}\n"
    assert wrong(f"name: a\nflow: flow.yml\n{states}") == [], "which taskflow is not said"
    broken = flows_of(FLOW.replace("- {id: ask", "- {id: [ask"))
    assert wrong(f"{HEAD}name: a\n{states}", broken) == []
    assert wrong("") == wrong("- a\n") == []
