"""A type that a template's ``output_schema`` is given goes with what tasks read of the model's answer; ``<|>`` is the cursor."""

from __future__ import annotations

import pytest

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_lsp.features.completion import complete
from tests.marks import read_cursor
from tests.rules.checking import bundle_of

FLOW = """\
name: f
tasks:
  - {{id: ask, type: mfo_api_chat_send, config: {{prompt_template_id: rate}}}}
  - {{id: keep, type: mfo_api_memory_store, dependencies: [ask], config: {{key: {key}, value: 1}}}}
conditions:
  - {{id: big, type: expr, dependencies: [ask], config: {{expression: "{expression}"}}, successors: []}}
"""
PROMPTS = "templates:\n  rate:\n    user_prompt: Rate.\n    output_schema: {}\n"
INSIDE = "{type: object, properties: {risk: {type: <|>}}}"


def offered(schema, key="k", expression="true"):
    text, offset = read_cursor(PROMPTS.format(schema))
    files = {"flow.yml": FLOW.format(key=key, expression=expression), "prompts.yml": text}
    return {item.label for item in complete(Snapshot(bundle_of(files)), "prompts.yml", offset)}


@pytest.mark.parametrize(
    ("key", "expression", "fits", "clashes"),
    [
        ("k", "true", {"string", "object", "integer"}, set()),
        ('"${ask.parsed_content.risk}"', "true", {"string", "integer"}, {"object", "array"}),
        ('"${ask.parsed_content.risk.high}"', "true", {"object"}, {"string", "integer"}),
        ("k", "ask.parsed_content.risk > 3", {"integer", "number"}, {"string", "object"}),
    ],
)
def test_a_field_of_the_answer(key, expression, fits, clashes):
    found = offered(INSIDE, key, expression)
    assert fits <= found
    assert not clashes & found


def test_the_answer_as_a_whole():
    assert offered("{type: <|>}", '"${ask.parsed_content.risk}"') == {"object"}
