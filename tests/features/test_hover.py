"""What a place means, in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mfo_dialect.analysis.bundle import make_bundle, read_source
from mfo_dialect.model.project import Project
from mfo_lsp.features.documentation import of_agent
from mfo_lsp.features.hover import hover
from tests.features.bundles import FILES, at, inside, snapshot_of

ROWS = [
    ("workflow.yml", 'type: mfo_api_memory_<|>get\n        config: {key: "letter', "mfo_api_memory_get",
     ["**mfo_api_memory_get**", "`key` (required)", "`value` any"]),
    ("workflow.yml", "type: st<|>amp\n", "stamp", ["Puts a stamp on a letter.", "`post:stamp`", "In cents."]),
    ("workflow.yml", "prompt_con<|>text:", "prompt_context", ["a map", "The variables of the template"]),
    ("workflow.yml", "max_retr<|>ies: 2", "max_retries", ["a whole number", "required"]),
    ("workflow.yml", "input_mapp<|>ing: {who", "input_mapping", ["A choice of mfo-lsp"]),
    ("workflow.yml", "letter: fe<|>tch.value", "fetch", ["task of type `mfo_api_memory_get`", "surely run"]),
    ("workflow.yml", "fetch.val<|>ue", "value", ["`fetch.value`", "Output of `fetch`", "surely run"]),
    ("workflow.yml", "$<INPUT.add<|>ress>", "address", ["string", "Who gets it."]),
    ("workflow.yml", "ask.parsed_content.mo<|>od", "mood", ["string", "The mood."]),
    ("workflow.yml", "${inn<|>er.value}", "inner", ["**inner**", "May not have run", "`long` decides"]),
    ("workflow.yml", "dependencies: [fe<|>tch]", "fetch", ["task of type", "Declared in `workflow.yml`, line 20."]),
    ("workflow.yml", "successors: [keep, gr<|>oup]", "group", ["subflow", "`inner` map"]),
    ("workflow.yml", "id: lo<|>ng", "long", ["condition", "split.n > limit", "Branches: `keep`, `group`."]),
    ("workflow.yml", "prompt_template_id: ans<|>wer", "answer",
     ["An answer", "Variables: `letter`, `to`.", "With defaults: `sign`.", "Tools: `extract`.", "Letter {{ .letter"]),
    ("workflow.yml", "prompt: aga<|>in", "again", ["error template of `answer`", "Once more"]),
    ("workflow.yml", "agent_id: cle<|>rk", "clerk", ["agent", "Answers letters.", "`writing`"]),
    ("workflow.yml", "target_taskflow: wri<|>te", "write", ["taskflow of 8 nodes", "`address` string"]),
    ("workflow.yml", "le<|>n(ask", "len", ["len(value any) int"]),
    ("workflow.yml", "len(a<|>sk.message", "ask", ["task of type `mfo_api_chat_send`", "surely run"]),
    ("workflow.yml", "> li<|>mit", "limit", ["integer"]),
    ("workflow.yml", "&& addr<|>ess", "address", ["string", "Who gets it."]),
    ("prompts.yml", "| upp<|>er", "upper", ["upper (text string)", "capital"]),
    ("prompts.yml", "{{ .si<|>gn }}", "sign", ["Default: `me`.", "variable of `answer`"]),
    ("prompts.yml", "tools: [ext<|>ract]", "extract", ["Takes facts out.", "`subject` string"]),
    ("agents.yml", "prompt_template_id: ans<|>wer", "answer", ["Declared in `prompts.yml`, line 2."]),
]  # fmt: skip


@pytest.mark.parametrize(("document", "part", "word", "expected"), ROWS, ids=[row[1] for row in ROWS])
def test_a_place_is_explained(document, part, word, expected):
    snapshot, key, offset = inside(document, part)
    found = hover(snapshot, key, offset)
    assert FILES[document][found.span.start : found.span.end] == word
    assert [words for words in expected if words not in found.markdown] == []


def test_what_is_not_there_is_said_with_what_there_is():
    text = FILES["workflow.yml"].replace("$<INPUT.address>", "$<INPUT.adr<|>ess>")
    found = hover(*at("workflow.yml", text))
    assert "There is no such name here." in found.markdown
    assert "`address`" in found.markdown


def test_plain_text_has_no_words():
    assert hover(*inside("workflow.yml", "http_path: /ma<|>il")) is None


SCHEDULE = """\
workflow_name: w
triggers:
  - id: t
    type: schedule
    config: {cron_expression: "30 9 * * 1", timezone: Europe/Berlin}
taskflows: [{taskflow_id: a, tasks: [{id: b, type: mfo_api_tool_list}]}]
"""


def test_a_schedule_tells_its_next_three_times_in_its_zone():
    """It is 10:00 in Berlin, past this Monday's time, while in UTC it is 9:00; summer time starts in between."""
    snapshot, offset = snapshot_of(workflow=SCHEDULE), SCHEDULE.index("30 9")
    found = hover(snapshot, "workflow.yml", offset, datetime(2024, 3, 25, 9, tzinfo=UTC))
    assert "Europe/Berlin" in found.markdown
    times = [f"- Mon 2024-{day} 09:30" for day in ("04-01", "04-08", "04-15")]
    assert found.markdown.splitlines()[-3:] == times
    assert hover(snapshot, "workflow.yml", offset) is None


@pytest.mark.parametrize("cron", ["30 9 * *", "0 0 31 2 *", "x", ""])
def test_a_schedule_that_cannot_be_read_tells_none(cron):
    text = SCHEDULE.replace("30 9 * * 1", cron)
    offset = text.index("cron_expression") + len('cron_expression: "')
    assert hover(snapshot_of(workflow=text), "workflow.yml", offset, datetime(2024, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("compose", "services: {}\n", 'not an MFO document: nothing at the top level is MFO\'s own, and "services"'),
        ("compose", "- a\n", "not an MFO document: the top level is a list"),
        ("my_workflow", "# a flow\ndescription:\n", "taken for a workflow document by its name"),
    ],
)
def test_the_first_line_tells_what_a_file_was_taken_for(name, text, words):
    snapshot = snapshot_of(**{name: text})
    assert words in hover(snapshot, f"{name}.yml", 2).markdown
    assert hover(snapshot, f"{name}.yml", len(text)) is None


def test_the_first_line_of_a_plain_case_tells_nothing():
    assert hover(snapshot_of(workflow="# c\n" + FILES["workflow.yml"]), "workflow.yml", 1) is None


JINJA = "templates:\n  t:\n    engine: jinja2\n    variables: [letter]\n    user_prompt: "
JINJA_ROWS = [
    ("'{{ letter | repl<|>ace(1, 2) }}'", "replace", "replace(old, new, count=None)"),
    ("'{{ letter is defi<|>ned }}'", "defined", "defined()"),
    ("'{{ letter is not ev<|>en }}'", "even", "even()"),
    ("'{% for n in ran<|>ge(3) %}{% endfor %}'", "range", "range(start=0, stop, step=1)"),
]


@pytest.mark.parametrize(("marked", "word", "words"), JINJA_ROWS, ids=[row[1] for row in JINJA_ROWS])
def test_words_of_jinja_are_explained(marked, word, words):
    snapshot, key, offset = at("prompts.yml", JINJA + marked)
    found = hover(snapshot, key, offset)
    assert snapshot.bundle.text_of(key)[found.span.start : found.span.end] == word
    assert words in found.markdown


def test_an_agent_is_told_with_all_that_it_may_do():
    text = """\
agents:
  clerk:
    description: Answers.
    model: {model_id: big}
    fallbacks: [{model_id: small}]
    interaction: {can_delegate_to: [reader], require_approval_for: [send]}
    limits: {max_cost: 2.5, timeout: 1m}
"""
    agent = make_bundle([read_source("agents.yml", text)], Project()).agents["clerk"]
    assert of_agent(agent).split("\n\n") == [
        "**clerk** \u2014 agent",
        "Answers.",
        "Hands work to: `reader`.",
        "Asks a person before: `send`.",
        "Models: `big`, `small`.",
        "Limits: `max_cost` 2.5, `timeout` 1m.",
    ]
