"""Where names are declared and used: a cursor on any of them finds all of them."""

from __future__ import annotations

import pytest

from mfo_lsp.features.definition import definitions
from mfo_lsp.features.references import references
from tests.features.bundles import FILES, at, inside, snapshot_of


def line(document, offset):
    return FILES[document].count("\n", 0, offset) + 1


def shown(place):
    text = FILES[place.document]
    return f"{place.document}:{line(place.document, place.span.start)} {text[place.span.start : place.span.end]}"


NODE = [
    "workflow.yml:23 ask",
    "workflow.yml:26 ask",
    "workflow.yml:39 ask",
    "workflow.yml:42 ask",
    "workflow.yml:48 ask",
    "workflow.yml:48 ask",
    "workflow.yml:69 ask",
]
INPUT = [
    "workflow.yml:15 address",
    "workflow.yml:18 address",
    "workflow.yml:22 address",
    "workflow.yml:31 address",
    "workflow.yml:58 address",
    "workflow.yml:63 address",
]
TEMPLATE = ["agents.yml:6 answer", "prompts.yml:2 answer", "workflow.yml:28 answer"]
REFERENCES = [
    ("workflow.yml", "id: a<|>sk", NODE),
    ("workflow.yml", "dependencies: [<|>ask]", NODE),
    ("workflow.yml", "len(a<|>sk.message)", NODE),
    ("workflow.yml", "answer: ${ask<|>.message}", NODE),
    ("workflow.yml", "outputs: [as<|>k.message]", NODE),
    ("workflow.yml", "to: $<INPUT.add<|>ress>", INPUT),
    ("workflow.yml", "limit && add<|>ress", INPUT),
    ("workflow.yml", "      add<|>ress: TRIGGER", INPUT),
    ("workflow.yml", "prompt_template_id: ans<|>wer", TEMPLATE),
    ("prompts.yml", "  ans<|>wer:", TEMPLATE),
    ("workflow.yml", "prompt: ag<|>ain", ["prompts.yml:10 again", "workflow.yml:35 again"]),
    ("prompts.yml", "ag<|>ain:", ["prompts.yml:10 again", "workflow.yml:35 again"]),
    ("workflow.yml", "target_taskflow: wr<|>ite", ["workflow.yml:13 write", "workflow.yml:17 write"]),
    ("workflow.yml", "agent_id: cl<|>erk", ["agents.yml:2 clerk", "workflow.yml:52 clerk"]),
    ("prompts.yml", "  ext<|>ract:", ["agents.yml:7 extract", "prompts.yml:7 extract", "prompts.yml:12 extract",
                                     "workflow.yml:48 extract"]),
    ("prompts.yml", "{{ .let<|>ter", ["prompts.yml:4 letter", "prompts.yml:5 letter", "workflow.yml:30 letter"]),
    ("workflow.yml", "secret_ref: ho<|>ok", ["workflow.yml:4 hook", "workflow.yml:11 hook"]),
    ("workflow.yml", " ${split.<|>n}", ["workflow.yml:42 n", "workflow.yml:48 n", "workflow.yml:58 n"]),
    ("workflow.yml", "${group.in<|>ner.value}", ["workflow.yml:52 inner", "workflow.yml:52 inner",
                                                "workflow.yml:65 inner"]),
    ("workflow.yml", "> lim<|>it", ["workflow.yml:58 limit", "workflow.yml:59 limit"]),
    ("workflow.yml", "${INPUT.wh<|>o}", ["workflow.yml:63 who", "workflow.yml:67 who"]),
    ("workflow.yml", "http_path: /ma<|>il", []),
]  # fmt: skip


@pytest.mark.parametrize(("document", "part", "expected"), REFERENCES, ids=[row[1] for row in REFERENCES])
def test_every_place_is_found(document, part, expected):
    assert [shown(place) for place in references(*inside(document, part))] == expected


def test_the_declaration_can_be_left_out():
    found = references(*inside("workflow.yml", "id: a<|>sk"), include_declaration=False)
    assert [shown(place) for place in found] == NODE[1:]


DEFINITIONS = [
    ("workflow.yml", "dependencies: [<|>fetch]", "workflow.yml:20 fetch"),
    ("workflow.yml", "letter: fe<|>tch.value", "workflow.yml:20 fetch"),
    ("workflow.yml", " ${split.<|>n}", "workflow.yml:42 n"),
    ("workflow.yml", "$<INPUT.<|>address>", "workflow.yml:18 address"),
    ("workflow.yml", "secret_ref: <|>hook", "workflow.yml:4 hook"),
    ("workflow.yml", "prompt_template_id: <|>answer", "prompts.yml:2 answer"),
    ("workflow.yml", "append_to_system_prompt: <|>again", "prompts.yml:10 again"),
    ("workflow.yml", "agent_id: <|>clerk", "agents.yml:2 clerk"),
    ("workflow.yml", "type: st<|>amp\n", "mfo.toml:1 stamp"),
    ("workflow.yml", "parsed_content.mo<|>od", "prompts.yml:8 mood"),
    ("workflow.yml", "extract.sub<|>ject", "prompts.yml:14 subject"),
    ("workflow.yml", "payload.te<|>xt", "workflow.yml:12 text"),
    ("workflow.yml", "${stamped.num<|>ber}", "mfo.toml:5 outputs"),
    ("workflow.yml", "target_taskflow: <|>write", "workflow.yml:17 write"),
    ("workflow.yml", "> <|>limit", "workflow.yml:59 limit"),
    ("prompts.yml", "tools: [<|>extract]", "prompts.yml:12 extract"),
    ("prompts.yml", "{{ .<|>sign }}", "prompts.yml:6 sign"),
    ("agents.yml", "prompt_template_id: an<|>swer", "prompts.yml:2 answer"),
]


@pytest.mark.parametrize(("document", "part", "expected"), DEFINITIONS, ids=[row[1] for row in DEFINITIONS])
def test_a_name_leads_to_its_declaration(document, part, expected):
    snapshot, key, offset = inside(document, part)
    (found,) = definitions(snapshot, key, offset)
    assert shown(found.name) == expected
    assert found.whole.start <= found.name.span.start
    assert found.name.span.end <= found.whole.end
    assert found.origin.contains(offset)


def test_a_name_that_is_declared_twice_leads_to_both_places():
    more = "templates:\n  answer: {user_prompt: Hello}\n"
    offset = FILES["workflow.yml"].index("prompt_template_id: answer") + 22
    found = definitions(snapshot_of(more_prompts=more), "workflow.yml", offset)
    assert [definition.name.document for definition in found] == ["more_prompts.yml", "prompts.yml"]


def test_two_taskflows_may_use_one_id():
    text = """\
workflow_name: two
taskflows:
  - taskflow_id: one
    tasks: [{id: same, type: mfo_api_tool_list}, {id: other, type: mfo_api_tool_list, dependencies: [same]}]
  - taskflow_id: two
    tasks: [{id: same, type: mfo_api_tool_list}]
"""
    found = references(snapshot_of(workflow=text), "workflow.yml", text.index("[same]") + 1)
    assert [place.span.start for place in found] == [text.index("same,"), text.index("same]")]


def test_a_broken_neighbour_costs_nothing():
    snapshot, key, offset = at("workflow.yml", FILES["workflow.yml"].replace("id: fetch", 'id: "fetch').replace(
        "len(ask", "len(a<|>sk"))  # fmt: skip
    assert len(references(snapshot, key, offset)) == len(NODE)


def test_an_id_with_a_dash_is_found_inside_its_quotes():
    text = """\
name: x
tasks:
  - {id: my-id, type: mfo_api_tool_list}
  - id: next
    type: transform
    dependencies: [my-id]
    config: {values: {n: 'len($env["my-id"].tools)'}}
"""
    found = references(snapshot_of(workflow=text), "workflow.yml", text.index("[my-id") + 2)
    assert [text[place.span.start : place.span.end] for place in found] == ["my-id"] * 3
    assert len({place.span for place in found}) == 3
