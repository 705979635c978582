"""What references and expressions of a run lead to: literal tables of what is written and what it means."""

from __future__ import annotations

import json

import pytest
from flow_room import ROOM, flow_of, reading, value_written

from mfo_runtime.errors import ExpressionError, InvalidInputError, UnresolvedReferenceError

WORKFLOW = """\
workflow_name: trial
global_configs:
  secrets:
    key: {{env: TRIAL_KEY}}
    other: {{env: TRIAL_OTHER}}
  env: [HOME_TOWN, NOWHERE]
taskflows:
  - taskflow_id: main
    tasks:
      - {{id: get, type: mfo_api_resource_get, config: {{resource_id: r}}}}
      - {{id: skipped, type: mfo_api_memory_get, config: {{key: k}}}}
      - {{id: my-id, type: mfo_api_memory_get, config: {{key: k}}}}
      - id: reader
        type: mfo_api_memory_store
        dependencies: [get, skipped, my-id, sub, choose]
        config:
          key: k
          value: {value}
    conditions:
      - {{id: choose, type: expr, config: {{expression: "true"}}, successors: [get, skipped]}}
    subflows:
      - id: sub
        tasks:
          - {{id: inner, type: mfo_api_memory_get, config: {{key: k}}}}
        conditions:
          - {{id: inner_choice, type: expr, config: {{expression: "true"}}, successors: [inner]}}
"""

GIVEN = {
    "outputs": {
        "get": {
            "resource": {"id": "r-1", "Content": "Hello", "n": 5.0, "list": [1, {"a b": 2}], "none": None, "x-y": 3},
            "count": 3,
            "ratio": 0.5,
            "whole": 5.0,
            "yes": True,
            "empty": {},
            "odd key!": "odd",
            "Content": "exact",
        },
        "skipped": None,
        "my-id": {"value": "dashed"},
        "sub": {"inner": {"value": 7}, "inner_choice": None},
        "inner": {"value": 7},
    },
    "inputs": {"name": "Ada", "tags": ["a", "b"], "nothing": None},
    "trigger": {"id": "hook", "type": "webhook", "payload": {"x": [10, 20]}, "headers": {"x-a": "1"}},
    "environment": {"TRIAL_KEY": "s3cret-value", "HOME_TOWN": "Ghent"},
    "iterations": {"choose": 2},
    "decisions": {
        "choose": {"result": True, "branch": 0},
        "inner_choice": {"result": 1, "branch": 1},
    },
}

VALUES = [
    # alone: the type is kept, in all three spellings
    ("${INPUT.name}", "Ada"),
    ("$<INPUT.name>", "Ada"),
    ("INPUT.name", "Ada"),
    ("get.count", 3),
    ("${get.count}", 3),
    ("$<get.count>", 3),
    ("${get.ratio}", 0.5),
    ("${get.whole}", 5.0),
    ("get.yes", True),
    ("${INPUT.tags}", ["a", "b"]),
    ("${INPUT.nothing}", None),
    ("${get.empty}", {}),
    ("'  ${get.count}  '", 3),
    ("|\n            ${get.count}", 3),
    ("${INPUT}", {"name": "Ada", "tags": ["a", "b"], "nothing": None}),
    # paths
    ("${INPUT.tags.0}", "a"),
    ("${INPUT.tags[1]}", "b"),
    ('${get["odd key!"]}', "odd"),
    ('${get.resource.list[1]["a b"]}', 2),
    ("${get.resource.x-y}", 3),
    ("${my-id.value}", "dashed"),
    ("my-id.value", "dashed"),
    # below resource, paths are resolved exactly, then ignoring case
    ("${get.resource.content}", "Hello"),
    ("${get.resource.Content}", "Hello"),
    ("${get.Content}", "exact"),
    # what was skipped reads as null, however deep
    ("${skipped}", None),
    ("${skipped.value}", None),
    ("skipped.value.deep[3].er", None),
    # subflows: by inner id and qualified
    ("${inner.value}", 7),
    ("${sub.inner.value}", 7),
    ("${sub}", {"inner": {"value": 7}, "inner_choice": {"result": 1, "branch": 1}}),
    # conditions
    ("${choose.result}", True),
    ("${choose.branch}", 0),
    ("${sub.inner_choice.branch}", 1),
    # the other roots
    ("${TRIGGER.payload.x[1]}", 20),
    ("TRIGGER.id", "hook"),
    ("${TRIGGER.headers.x-a}", "1"),
    ("${TASKFLOW.process_id}", "run-1"),
    ("${TASKFLOW.iterations.choose}", 2),
    ("${SYSTEM.JOB_ID}", "job-7"),
    ("SECRET.key", "s3cret-value"),
    ("${ENV.HOME_TOWN}", "Ghent"),
    # inside text everything becomes text
    ("Dear ${INPUT.name}!", "Dear Ada!"),
    ("Dear $<INPUT.name>!", "Dear Ada!"),
    ("n=${get.whole}", "n=5"),
    ("n=${get.ratio}", "n=0.5"),
    ("n=${get.yes}", "n=true"),
    ("n=${INPUT.nothing}.", "n=."),
    ("n=${skipped.value}.", "n=."),
    ("tags: ${INPUT.tags}", 'tags: ["a","b"]'),
    ("${INPUT.name}${get.count}", "Ada3"),
    ("Bearer ${SECRET.key}", "Bearer s3cret-value"),
    # what is no reference
    ("notes.md", "notes.md"),
    ("openai.com", "openai.com"),
    ("v1.0", "v1.0"),
    ("INPUT", "INPUT"),
    ("get", "get"),
    ("see INPUT.name", "see INPUT.name"),
    ("costs $<year> and $5", "costs $<year> and $5"),
    ("$${INPUT.name}", "${INPUT.name}"),
    ("a $${b} ${INPUT.name}", "a ${b} Ada"),
    ("$$<INPUT.name>", "$<INPUT.name>"),
    ("$$INPUT.name", "INPUT.name"),
    # plain values stay what they are, quoted or not
    ("5", 5),
    ("'5'", "5"),
    ("yes", "yes"),
    ("'${get.count}'", 3),
    # below lists and maps
    ("[get.count, {k: '${INPUT.name}', n: skipped.x}]", [3, {"k": "Ada", "n": None}]),
    # a key never is one
    ("{INPUT.name: INPUT.name}", {"INPUT.name": "Ada"}),
]

FAILURES = [
    ("${nobody.x}", 'no node or root is called "nobody"', 18),
    ("${gett.x}", 'did you mean "get"', 18),
    ("${INPUT.nam}", 'INPUT has no "nam"; did you mean "name"', 24),
    ("${get.resource.lisst}", 'get.resource has no "lisst"; did you mean "list"', 31),
    ("${INPUT.tags[9]}", "INPUT.tags has 2 items, so there is no item 9", 29),
    ("${INPUT.name.first}", 'INPUT.name is text and has no "first"', 29),
    ("${get.count.x}", 'get.count is a number and has no "x"', 28),
    ("Dear ${INPUT.nam}!", 'INPUT has no "nam"', 29),
    ("${sub.inner.valeu}", 'sub.inner has no "valeu"; did you mean "value"', 28),
    ("${INPUT.}", "a name is missing after the dot", 23),
    ("${ENV.NOWHERE}", "the environment variable NOWHERE is not set", 18),
    ("get.nothing_here", 'get has no "nothing_here"', 20),
]


def flow_with(value):
    return flow_of(WORKFLOW.format(value=value))


@pytest.mark.parametrize(("written", "meant"), VALUES, ids=[written for written, _ in VALUES])
def test_a_scalar_has_this_value(written, meant):
    flow = flow_with(written)
    value = reading(flow, "reader", **GIVEN).values(value_written(flow, "reader", "value"))
    assert (value, json.dumps(value)) == (meant, json.dumps(meant))


@pytest.mark.parametrize(("written", "message", "column"), FAILURES, ids=[row[0] for row in FAILURES])
def test_a_path_that_leads_nowhere_names_the_reference_its_place_and_the_nearest_name(written, message, column):
    flow = flow_with(written)
    with pytest.raises(UnresolvedReferenceError) as raised:
        reading(flow, "reader", **GIVEN).values(value_written(flow, "reader", "value"))
    assert message in raised.value.message
    assert written.removeprefix("Dear ").removesuffix("!") in raised.value.message
    assert str(raised.value.place) == f"{ROOM}/workflow_definition.yml:18:{column + 2}"


def test_trigger_is_nothing_where_no_trigger_started_the_run():
    flow = flow_with("${TRIGGER.payload}")
    with pytest.raises(UnresolvedReferenceError, match="no trigger started this run"):
        reading(flow, "reader", **GIVEN | {"trigger": None}).values(value_written(flow, "reader", "value"))


def test_a_secret_that_is_not_set_names_its_variable_and_place():
    flow = flow_with("Bearer ${SECRET.other}")
    with pytest.raises(InvalidInputError, match="TRIAL_OTHER, which is not set") as raised:
        reading(flow, "reader", **GIVEN).values(value_written(flow, "reader", "value"))
    assert raised.value.place.line == 18


def test_aliases_that_multiply_a_value_without_bound_are_refused():
    rows = "\n".join(f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8))
    flow = flow_of(f"name: bomb\nx:\n  a0: &a0 [1]\n{rows}\n" + BOMB)
    with pytest.raises(InvalidInputError, match="aliases multiply"):
        reading(flow, "t").values(value_written(flow, "t", "value"))


BOMB = "tasks:\n  - id: t\n    type: mfo_api_memory_store\n    config: {key: k, value: *a7}\n"

EXPRESSIONS = """\
workflow_name: trial
global_configs:
  env: [HOME_TOWN, NOWHERE]
taskflows:
  - taskflow_id: main
    {schema}
    tasks:
      - {{id: get, type: mfo_api_memory_get, config: {{key: k}}}}
      - {{id: my-id, type: mfo_api_memory_get, config: {{key: k}}}}
      - {{id: skipped, type: mfo_api_memory_get, config: {{key: k}}}}
      - {{id: after, type: mfo_api_memory_get, config: {{key: k}}}}
    conditions:
      - id: choose
        type: expr
        dependencies: [get, my-id, skipped]
        successors: [after]
        config:
          expression: {expression}
          vars: {{limit: 10, name: from vars, from_node: get.value, len: 3}}
"""
SCHEMA = (
    "input_schema: {type: object, properties: {amount: {type: integer}, name: {type: string}, get: {type: integer}}}"
)

EVALUATED = [
    ("", "limit", 10),
    ("", "from_node", 5),
    ("", "get.value + limit", 15),
    ("", "name", "from vars"),
    (SCHEMA, "amount", 7),
    (SCHEMA, "INPUT.amount", 7),
    (SCHEMA, "name", "from vars"),
    (SCHEMA, "get", 99),
    ("", "get.value", 5),
    ("", "undeclared", "found"),
    ("", "INPUT.undeclared", "found"),
    ("", "TASKFLOW.iterations.choose", 2),
    ("", "skipped?.value ?? 'none'", "none"),
    ("", '$env["my-id"].value', "dashed"),
    ("", "SYSTEM.JOB_ID", "job-7"),
    ("", "ENV.HOME_TOWN", "Ghent"),
    ("", "ENV.NOWHERE ?? 'nowhere'", "nowhere"),
    ("", "len + 1", 4),
    ("", "[1, 2, 3] | filter(# > 1)", [2, 3]),
    ("", "{'a': limit / 4}", {"a": 2.5}),
]


@pytest.mark.parametrize(("schema", "expression", "value"), EVALUATED)
def test_an_expression_reads_names_in_their_order(schema, expression, value):
    flow = flow_of(EXPRESSIONS.format(schema=schema, expression=json.dumps(expression)))
    inputs = {"undeclared": "found", "get": 99, "amount": 7} if schema else {"undeclared": "found", "get": 99}
    outputs = {"get": {"value": 5}, "my-id": {"value": "dashed"}, "skipped": None}
    reader = reading(
        flow,
        "choose",
        outputs=outputs,
        inputs=inputs,
        iterations={"choose": 2},
        environment={"HOME_TOWN": "Ghent"},
    )
    node = flow.view.by_id["choose"].node
    assert reader.evaluate(node.expression, reader.mapping(node.vars)) == value


@pytest.mark.parametrize(
    ("expression", "message", "column"),
    [
        ("limit + missing", "missing", 32),
        ("limit + 'a'", "does not take an int and a string", 30),
        ("limit +", "expected|missing|ends", 30),
        ("SECRET.key", "SECRET", 24),
        ("get.value.deep > 1", "deep|integer|field", 34),
    ],
)
def test_an_expression_that_fails_names_the_place_inside_it(expression, message, column):
    flow = flow_of(EXPRESSIONS.format(schema="", expression=json.dumps(expression)))
    reader = reading(flow, "choose", outputs={"get": {"value": 5}})
    node = flow.view.by_id["choose"].node
    with pytest.raises(ExpressionError, match=message) as raised:
        reader.evaluate(node.expression, reader.mapping(node.vars))
    assert (raised.value.place.line, raised.value.place.column) == (18, column)


def test_what_an_expression_gives_is_made_of_json_values():
    flow = flow_of(EXPRESSIONS.format(schema="", expression='\'[duration("90s"), date("2025-01-31"), 1..3]\''))
    reader = reading(flow, "choose", outputs={"get": {"value": 5}})
    node = flow.view.by_id["choose"].node
    value = reader.evaluate(node.expression, reader.mapping(node.vars))
    assert value[0] == "1m30s"
    assert value[1] == "2025-01-31T00:00:00Z"
    assert value[2] == [1, 2, 3]
