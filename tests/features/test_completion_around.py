"""What is written around a place speaks for and against what is offered there; ``<|>`` is the cursor."""

from __future__ import annotations

import pytest

from mfo_dialect.analysis import reads
from tests.features.test_completion import BRANCHES, FLOW, accepted, labels
from tests.features.test_completion import CompletionClient as Client

SNIPPETS = Client(snippets=True)
TASK = "name: x\ntasks:\n  - id: a\n    type: {}\n    config: {}\n"
READER = "  - {{id: b, type: mfo_api_memory_store, dependencies: [a], config: {{key: k, value: '${{{}}}'}}}}\n"
SCHEMA = "name: x\ninput_schema:\n  type: object\n{}tasks: []\n"

TYPES = [
    (TASK.format("<|>", "{key: k}"), {"mfo_api_memory_get", "mfo_api_memory_delete"}, {"mfo_api_memory_store", "wait"}),
    (TASK.format("<|>", "{key: k}") + READER.format("a.value"), {"mfo_api_memory_get"}, {"mfo_api_memory_delete"}),
    (TASK.format("mfo_api_memory_st<|>", "{key: k}"), {"mfo_api_memory_store"}, {"wait"}),
    (TASK.format("http<|>", "{key: k}"), {"http_request"}, set()),
    ("name: x\ntasks:\n  - id: a\n    type: <|>\n", {"http_request", "mfo_api_memory_store"}, set()),
]


@pytest.mark.parametrize(("marked", "offered", "left_out"), TYPES, ids=[row[0][30:90] for row in TYPES])
def test_task_types_fit_the_config_and_those_who_read(marked, offered, left_out):
    found = set(labels(marked))
    assert offered <= found
    assert not left_out & found


def test_a_kind_of_trigger_fits_the_keys_beside_it_and_is_not_written_twice():
    trigger = "workflow_name: w\ntaskflows: [{taskflow_id: f}]\ntriggers:\n  - id: t\n    type: <|>\n"
    assert labels(trigger)[:2] == ["webhook", "schedule"]
    assert "webhook" not in labels(trigger + "    config: {cron_expression: 0 8 * * *}\n")
    handler = "name: x\ntasks:\n  - id: a\n    error_handling:\n      on_error:\n        - type:<|>\n"
    assert accepted(handler, "fallback", client=SNIPPETS).count("type:") == 1


def test_a_value_of_a_condition_may_be_compared_as_the_expression_does():
    condition = BRANCHES.replace("{expression: true}", '{expression: size > 1, vars: {size: "${<|>}"}}')
    assert "fetch" in labels(condition)
    assert accepted(condition, "ask").endswith('"${ask.}"}}')
    assert accepted(BRANCHES.replace("true}", "<|>}"), "address", client=SNIPPETS).endswith("address $1}")


@pytest.mark.parametrize("behind", ['"fetch"', "[fetch]", "{a: b}", "'x'"])
def test_nothing_is_offered_right_before_a_quote_or_a_bracket(behind):
    assert labels(FLOW + f"  - id: last\n    dependencies: <|>{behind}\n") == []


SCHEMAS = [
    ("  <|>\n", ["properties", "required"]),
    ("  properties:\n    a:\n      type: <|>\n", ["object", "array", "string"]),
    ("  properties: {a: {}, b: {}}\n  required: [b, <|>]\n", ["a"]),
    ("  properties: {a: {<|>}}\n", ["type", "properties"]),
    ("  properties:\n    <|>\n", []),
    ("  additionalProperties: <|>\n", ["true", "false"]),
]


@pytest.mark.parametrize(("lines", "first"), SCHEMAS, ids=[row[0] for row in SCHEMAS])
def test_schemas_have_their_words(lines, first):
    assert labels(SCHEMA.format(lines))[: len(first) or None] == first


READ = """\
name: x
input_schema: {{type: object, properties: {{to: {{type: {}}}, size: {{{}}}}}}}
tasks:
  - {{id: a, type: mfo_api_memory_get, config: {{key: "${{INPUT.to}}"}}}}
  - {{id: b, type: mfo_api_memory_get, config: {{key: "size ${{INPUT.size.wide}}"}}}}
conditions:
  - {{id: c, type: expr, config: {{expression: "n > 3", vars: {{n: "${{INPUT.count}}"}}}}, successors: [a, b]}}
"""
PAYLOAD = """\
workflow_name: x
triggers:
  - {id: t, type: webhook, config: {expected_payload_schema: letter}, target_taskflow: f, input_mapping: {to: TRIGGER.payload.to}}
schemas: {letter: {type: <|>}}
taskflows: [{taskflow_id: f, tasks: []}]
"""
COUNTED = READ.format("string", "").replace("size: {}", "count: {type: <|>}")


@pytest.mark.parametrize(
    ("marked", "offered", "left_out"),
    [
        (READ.format("<|>", ""), {"string", "number", "boolean"}, {"object", "array"}),
        (READ.format("string", "type: <|>"), {"object"}, {"array", "string", "number"}),
        (READ.format("string", "<|>"), {"type", "properties"}, set()),
        (READ.format("string", "").replace("to: {type: string}", "to: {<|>}"), {"type", "items"}, {"properties"}),
        (COUNTED, {"integer", "number"}, {"string", "object", "boolean"}),
        (PAYLOAD, {"object"}, {"array", "string"}),
        ("name: x\ninput_schema: {type: <|>, required: [a]}\ntasks: []\n", {"object"}, {"array", "string"}),
    ],
)
def test_a_type_of_a_schema_goes_with_what_is_read_of_its_value(marked, offered, left_out):
    found = set(labels(marked))
    assert offered <= found
    assert not left_out & found


def test_a_type_that_does_not_go_with_its_readers_comes_to_who_types_it():
    assert "array" in labels(READ.format("arr<|>", ""))


def test_what_is_required_already_is_not_offered_before_it():
    assert labels(SCHEMA.format("  properties: {a: {}, b: {}, c: {}}\n  required: [<|>, b]\n")) == ["a", "c"]


VALUES = "name: x\ntasks:\n  - {{id: a, type: mfo_api_memory_get, config: {{key: k}}}}\n  - id: b\n    type: transform\n    dependencies: [a]\n    config:\n      values:\n{}"


def test_before_an_expression_on_the_lines_below_no_word_is_offered_that_it_would_not_follow():
    offered = set(labels(VALUES.format("        sizes: <|>\n          [a.value, 2]\n")))
    assert not {"let", "true", "nil"} & offered
    assert "let" in labels(VALUES.format("        sizes: <|>\n        others: 1\n"))


def test_a_block_that_an_earlier_text_has_swallowed_is_completed_for_itself():
    swallowed = (
        "        sizes: |\n          a.value +\n        count: |\n"
        + " " * 40
        + f"<|>\n          len([{'a.value, ' * 9}2])\n"
    )
    offered = labels(VALUES.format(swallowed))
    assert "a" in offered
    assert "value" not in offered


CHAIN = "name: x\ntasks:\n  - id: task_000\n    type: mfo_api_tool_list\n" + "".join(
    f"  - id: task_{n:03}\n    type: mfo_api_memory_get\n    config: {{key: k}}\n    dependencies: [task_{n - 1:03}]\n"
    for n in range(1, 150)
)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", [f"task_{n:03}" for n in range(149, 49, -1)]),  # of many the nearest
        ("ask_07", [f"task_{n:03}" for n in (107, 97, 87, *range(79, 69, -1), 67, 57, 47, 37, 27, 17, 7)]),
        ("task_0145", []),
    ],
)
def test_of_many_nodes_those_that_fit_what_is_typed_are_offered_and_no_others_are_judged(monkeypatch, typed, offered):
    judged = []
    judge = reads._on_plain_way
    monkeypatch.setattr(reads, "_on_plain_way", lambda *views: judged.append(views[1].id) or judge(*views))
    last = "  - id: last\n    type: mfo_api_memory_get\n    dependencies: [task_149]\n    config:\n      key: "
    found = labels(f'{CHAIN}{last}"${{{typed}<|>}}"\n')
    assert [name for name in found if name.startswith("task")] == offered
    assert judged == offered
