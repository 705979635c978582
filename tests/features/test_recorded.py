"""What recorded runs add: the value that a reference had, and keys that were seen where none are declared."""

from __future__ import annotations

import pytest

from mfo_lsp.features.completion import complete, place_at, wanted_by_completion
from mfo_lsp.features.hover import hover, wanted_by_hover
from mfo_lsp.features.recorded import RecordedValue, Wanted
from tests.features.bundles import FILES, inside
from tests.features.test_completion import FLOW, TRIGGER, VALUES, at

NOON = 1_700_000_000.0
FETCH = Wanted("workflow.yml", "post", "fetch")
INPUT = Wanted("workflow.yml", "post", "INPUT")
LETTER = {"value": {"body": "Hi", "parts": [{"size": 3}], "odd key": 1, "long": "x" * 900, "lines": "a\nb"}}
OLDER = RecordedValue("r1", NOON - 60, "failed", {"value": {"only_then": True}})
RECORDED = {
    FETCH: (RecordedValue("r2", NOON, "succeeded", LETTER), OLDER),
    INPUT: (RecordedValue("r2", NOON, "succeeded", {"address": "Ada", "extra": 1}),),
}
READER = FLOW + "  - id: last\n    type: ask_user\n    dependencies: [ask, fetch]\n    config:\n      question: "

HOVERS = [
    (READER + "hello ${fetch.value.bo<|>dy}", 'In the run of 2023-11-14 22:13 UTC (succeeded): `"Hi"`'),
    (READER + "fetch.value.bo<|>dy", '(succeeded): `"Hi"`'),
    (READER + "${fetch.value.parts[0].si<|>ze}", "(succeeded): `3`"),
    (READER + "${fetch.value.only_th<|>en}", "2023-11-14 22:12 UTC (failed): `true`"),
    (READER + "${INPUT.addr<|>ess}", '(succeeded): `"Ada"`'),
    (READER + "${fetch.value.lo<|>ng}", '(succeeded):\n\n```\n"xxxx'),
    (READER + "${fetch.value.li<|>nes}", '(succeeded): `"a\\nb"`'),
    (VALUES + "        x: len(fetch.value.bo<|>dy)", '(succeeded): `"Hi"`'),
    (VALUES + "        x: len(addr<|>ess)", '(succeeded): `"Ada"`'),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "words"), HOVERS, ids=[row[0][-30:] for row in HOVERS])
def test_a_hover_tells_the_value_of_the_last_run(marked, words):
    place = at("workflow.yml", marked)
    assert wanted_by_hover(*place) in RECORDED
    assert words in hover(*place, recorded=RECORDED).markdown
    assert "In the run of" not in hover(*place).markdown


def test_a_long_value_is_cut():
    found = hover(*at("workflow.yml", READER + "${fetch.val<|>ue}"), recorded=RECORDED)
    assert len(found.markdown) < 1200
    assert "\u2026" in found.markdown


SEEN = [
    (READER + "${fetch.value.<|>}", ["body", "parts", "long", "lines", "only_then"]),
    (READER + "${fetch.value.parts[0].<|>", ["size"]),
    (READER + "fetch.value.<|>", ["body", "parts", "long", "lines", "only_then"]),
    (READER + "${fetch.value.b<|>", ["body", "parts", "long", "lines", "only_then"]),
    (READER + "${INPUT.<|>}", ["address"]),
    (READER + "${fetch.<|>}", ["value"]),
    (VALUES + "        x: fetch.value.<|>", ["body", "parts", "long", "lines", "only_then"]),
    (VALUES + "        x: fetch.value.body + fetch.value.<|>", ["body", "parts", "long", "lines", "only_then"]),
]


@pytest.mark.parametrize(("marked", "names"), SEEN, ids=[row[0][-30:] for row in SEEN])
def test_below_what_is_not_declared_the_keys_of_runs_are_offered(marked, names):
    place = at("workflow.yml", marked)
    assert wanted_by_completion(place_at(*place)) in RECORDED
    found = complete(*place, recorded=RECORDED)
    assert [item.label for item in found] == names
    declared = {item.label for item in complete(*place)}
    assert [item.label for item in found if item.detail.endswith("seen in a run")] == [
        name for name in names if name not in declared
    ]


def test_a_seen_key_tells_the_value_that_it_had():
    (body, *_) = complete(*at("workflow.yml", READER + "${fetch.value.<|>}"), recorded=RECORDED)
    assert (body.detail, body.new_text) == ("string, seen in a run", "body")
    assert 'In the run of 2023-11-14 22:13 UTC (succeeded): `"Hi"`' in body.documentation


def test_the_payload_of_a_trigger_is_known_from_runs():
    marked = (
        TRIGGER + "    type: webhook\n    target_taskflow: one\n    input_mapping:\n      a: ${TRIGGER.payload.<|>}"
    )
    place = at("workflow.yml", marked)
    wanted = wanted_by_completion(place_at(*place))
    assert wanted == Wanted("workflow.yml", "one", "TRIGGER")
    run = RecordedValue("r1", NOON, "succeeded", {"id": "t", "payload": {"text": "Hi"}})
    assert [item.label for item in complete(*place, recorded={wanted: (run,)})] == ["text"]


NOTHING = [
    (READER + "${fetch<|>}", None),
    (READER + "${SECRET.<|>}", None),
    (READER + "${TASKFLOW.na<|>me}", None),
    (READER + "plain text. <|>", None),
]


@pytest.mark.parametrize(("marked", "wanted"), NOTHING, ids=[row[0][-30:] for row in NOTHING])
def test_nothing_is_looked_up_where_nothing_is_recorded(marked, wanted):
    assert wanted_by_completion(place_at(*at("workflow.yml", marked))) is wanted


def test_inside_a_subflow_without_a_mapping_the_input_is_that_of_the_run():
    marked = FLOW + (
        "subflows:\n  - id: group\n    subflows:\n      - id: inside\n        tasks:\n"
        '          - {id: inner, type: mfo_api_memory_get, config: {key: "${INPUT.addr<|>ess}"}}\n'
    )
    assert wanted_by_hover(*at("workflow.yml", marked)) == INPUT


def test_inside_a_subflow_with_a_mapping_the_input_is_what_was_handed_on():
    text = FILES["workflow.yml"]
    asked = text.replace('key: "${INPUT.who}"', 'key: "${INPUT.wh<|>o}"')
    given = Wanted("workflow.yml", "write", "INPUT")
    assert wanted_by_hover(*at("workflow.yml", asked)) == given
    runs = {given: (RecordedValue("r", NOON, "succeeded", {"address": "Ada"}),)}
    assert '(succeeded): `"Ada"`' in hover(*at("workflow.yml", asked), recorded=runs).markdown
    other = asked.replace('{who: "${INPUT.address}"}', "{who: somebody}")
    assert wanted_by_hover(*at("workflow.yml", other)) is None
    passed = asked.replace("INPUT.wh<|>o", "INPUT.addr<|>ess")
    assert wanted_by_hover(*at("workflow.yml", passed)) == given


def test_a_node_of_a_subflow_is_found_by_its_path():
    assert wanted_by_hover(*inside("workflow.yml", "${inner.val<|>ue}")) == Wanted(
        "workflow.yml", "write", "group/inner"
    )
