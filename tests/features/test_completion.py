"""What may be typed at a place: sound, half-typed and broken texts; ``<|>`` is the cursor."""

from __future__ import annotations

import json
import re

import pytest

from mfo_lsp.features.completion import CompletionClient, ItemKind, complete
from tests.features.bundles import at

PLAIN = CompletionClient(snippets=False)
FLOW = """\
name: post
input_schema: {type: object, properties: {address: {type: string}}}
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
  - id: ask
    type: mfo_api_chat_send
    dependencies: [fetch]
    config: {prompt_template_id: answer, prompt_context: {letter: x, to: y}}
"""
LAST = FLOW + "  - id: last\n"
CONFIG = LAST + "    type: ask_user\n    dependencies: [ask]\n    config:\n"
CHAT = LAST + "    type: mfo_api_chat_send\n    dependencies: [ask]\n    config:\n"
VALUES = LAST + "    type: transform\n    dependencies: [ask]\n    config:\n      values:\n"
BRANCHES = (
    FLOW + "conditions:\n  - id: choose\n    type: expr\n    dependencies: [fetch]\n    config: {expression: true}\n"
)
TRIGGER = "workflow_name: w\ntaskflows: [{taskflow_id: one}, {taskflow_id: two}]\ntriggers:\n  - id: t\n"


def labels(marked, document="workflow.yml", client=PLAIN):
    return [item.label for item in complete(*at(document, marked), client)]


def accepted(marked, label, document="workflow.yml", client=PLAIN):
    """The text around the cursor once an item is taken: its line and the lines that it brings."""
    snapshot, key, offset = at(document, marked)
    text = snapshot.bundle.sources[key].text
    item = next(item for item in complete(snapshot, key, offset, client) if item.label == label)
    assert item.span.start <= offset <= item.span.end
    assert "\n" not in text[item.span.start : item.span.end]
    start = text.rfind("\n", 0, offset) + 1
    rest = text[item.span.end :].split("\n", 1)[0]
    return text[start : item.span.start] + item.new_text + rest


FIRST = [
    ("<|>", ["name", "tasks", "taskflows"]),
    ("na<|>", ["name", "tasks", "taskflows"]),
    ("name: x\n<|>", ["tasks", "description"]),
    ("workflow_name: x\n<|>", ["taskflows", "description"]),
    ("name: x\ntasks:\n  - <|>", ["id", "type", "name"]),
    ("name: x\ntasks:\n  <|>", ["id", "type", "name"]),
    ("name: x\ntasks:\n  - id: a\n    <|>", ["type", "name"]),
    ("name: x\ntasks:\n  - id: a\n    ty<|>\n    config: {}\n", ["type", "name"]),
    ("name: x\ntasks:\n  - {id: a, <|>", ["type", "name"]),
    (LAST + "    type: mfo_api_memory_store\n    config:\n      <|>", ["key", "value"]),
    (LAST + "    type: mfo_api_memory_store\n    config: {key: a, <|>}", ["value"]),
    (LAST + "    type: stamp\n    config:\n      <|>", ["value"]),
    (CHAT + "      <|>", ["prompt_template_id", "prompt"]),
    (CHAT + "      prompt_template_id: answer\n      prompt_context:\n        <|>", ["letter", "to", "sign"]),
    (CHAT + "      prompt_template_id: answer\n      prompt_context: {letter: 1, <|>}", ["to", "sign"]),
    (LAST + "    dependencies: [<|>]", ["ask", "fetch"]),
    (LAST + "    dependencies: [fetch, <|>", ["ask"]),
    (LAST + "    dependencies: <|>", ["ask", "fetch"]),
    (LAST + "    dependencies:\n      - ask\n      - f<|>\n", ["fetch"]),
    (LAST + "    dependencies: ['<|>']", ["ask", "fetch"]),
    (LAST + "    priority: <|>", ["low", "normal", "high"]),
    (LAST + "    priority lo<|>", ["low", "normal", "high"]),
    (FLOW.replace("type: mfo_api_memory_get", "outputs: [<|>]\n    type: mfo_api_memory_get"), ["fetch.value"]),
    (LAST + "    timeout: <|>", ["500ms", "1s", "5s"]),
    (CHAT + "      prompt_template_id: <|>", ["answer"]),
    (CHAT + '      prompt_template_id: "an<|>', ["answer"]),
    (CHAT + "      include_tools: <|>", ["true", "false", "ask"]),
    (CHAT + "      prompt_template_id: answer\n      error_handling:\n        on_error:\n"
     "          - type: retry_with_prompt\n            append_to_system_prompt: <|>", ["again"]),
    (CHAT + "      agent_id: <|>", ["clerk"]),
    (LAST + "    type: mfo_api_tool_execute\n    config: {tool_id: <|>}", ["extract"]),
    (LAST + "    type: mfo_api_tool_execute\n    config: {tool_id: extract, arguments: {<|>}}", ["subject"]),
    (LAST + "    type: mfo_agent_run\n    config: {capability: <|>}", ["writing"]),
    (BRANCHES + "    successors: [<|>]", ["ask"]),
    (TRIGGER + "    target_taskflow: <|>", ["one", "two"]),
    (TRIGGER + "    type: schedule\n    config: {cron_expression: <|>}", ["0 9 * * *", "0 9 * * 1-5"]),
    (TRIGGER + "    type: schedule\n    config: {timezone: <|>}", ["UTC", "Africa/Abidjan"]),
    (TRIGGER + "    type: webhook\n    target_taskflow: one\n    input_mapping:\n      a: ${<|>", ["TRIGGER"]),
    (TRIGGER + "    type: webhook\n    input_mapping:\n      a: TRIGGER.<|>", ["payload", "id", "type", "headers"]),
    (CONFIG + "      question: ${<|>", ["ask", "fetch", "INPUT", "TASKFLOW"]),
    (CONFIG + "      question: ${as<|>}", ["ask", "fetch", "INPUT", "TASKFLOW"]),
    (CONFIG + "      question: ${ask.<|>", ["message", "thread_id"]),
    (CONFIG + "      question: hello ${ask.parsed_content.<|> and more", ["mood"]),
    (CONFIG + '      question: "x $<ask.tool_call_results.extract.<|>\n    timeout: 1s\n', ["subject"]),
    (CONFIG + "      question: |\n        Hello\n        ${INPUT.<|>\n        bye\n", ["address"]),
    (CONFIG + "      question: <|>\n    timeout: 1s\n", ["ask", "fetch", "INPUT"]),
    (CONFIG + "      question: ask.m<|>", ["message", "thread_id"]),
    (CONFIG + "      question: '<|>'", ["ask", "fetch", "INPUT"]),
    (CONFIG + "      choices: [a, <|>]", ["ask", "fetch", "INPUT"]),
    (FLOW + "outputs:\n  done: ${<|>}", ["ask", "fetch"]),
    (VALUES + "        x: <|>", ["ask", "fetch", "address"]),
    (VALUES + "        x: fetch.<|>", ["value"]),
    (VALUES + "        x: ask?.parsed_content?.m<|>", ["mood"]),
    (VALUES + "        x: |\n          1 +\n          <|>", ["ask", "fetch", "INPUT"]),
    (VALUES + "        x: ask.message <|>", ["in", "not in", "contains"]),
    (VALUES + "        x: true <|>", ["and", "or", "in"]),
    (VALUES + "        x: len(f<|>)", ["ask", "fetch", "address"]),
    (VALUES + '        x: "ask.message == \\"a\\" ? <|>"', ["ask", "fetch", "address"]),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "first"), FIRST, ids=[row[0][-50:] for row in FIRST])
def test_the_right_names_come_first(marked, first):
    assert labels(marked)[: len(first)] == first


NOTHING = [
    "# <|>",
    "name: x # <|>",
    "name: <|>",
    FLOW + "  - id: <|>",
    "ser<|>vices: {a: b}\nx: 1\n",
    CONFIG + "      question: $${<|>",
    CONFIG + "      question: ${nobody.<|>}",
    CONFIG + "      question: hello <|>",
    CONFIG + "      question:<|> something\n",
    VALUES + "        x: '\"ask.<|>'",
    VALUES + "        x: filter(fetch.value, #.<|>)",
    LAST + "    nothing mfo<|>",
    "name: x\n<|>\n  tasks:\n",
    "name: x\ntasks:\n  - id: a\n  <|>  type: b\n",
    TRIGGER + "    type: schedule\n    input_mapping: {a: ${<|>",
    CONFIG + "      question: |\n        plain <|>\n",
]


@pytest.mark.parametrize("marked", NOTHING, ids=[row[-40:] for row in NOTHING])
def test_nothing_is_offered_where_nothing_can_stand(marked):
    name = "compose.yml" if marked.startswith("ser") else "workflow.yml"
    assert labels(marked, name) == []


NEVER = [
    ("na<|>me: x\n", {"tasks", "config", "version"}),
    ("name: x\nta<|>:\n  - id: a\n", {"subflows", "conditions", "name"}),
    (LAST + "    <|>", {"id"}),
    (LAST + "    type: <|>", {"slop_api_chat_send", "slop_tool_call"}),
    (CHAT + "      <|>", {"message"}),
    (CHAT + "      prompt: x\n      <|>", {"prompt_template_id", "message", "prompt"}),
    (LAST + "    dependencies: [ask, <|>]", {"ask", "last"}),
    (FLOW.replace("id: fetch\n", "id: fetch\n    dependencies: [<|>]\n"), {"ask", "fetch"}),
    (FLOW.replace("dependencies: [fetch]", "dependencies: [fetch]\n    successors: [<|>]"), {"fetch", "ask"}),
    (BRANCHES + "    successors: [ask, <|>]", {"choose", "ask"}),
    (BRANCHES.replace("[fetch]\n    config: {expr", "[<|>]\n    successors: [ask]\n    config: {expr"), {"choose", "ask"}),
    (LAST + "    dependencies: [<|>]\nconditions:\n  - {id: c, type: expr, config: {expression: true}, successors: [ask]}",
     {"c", "last"}),
    (FLOW.replace("key: letter", "key: '${<|>'"), {"fetch", "ask"}),
    (CONFIG + "      question: ${<|>", {"last", "SECRET", "ENV", "TRIGGER"}),
    (CONFIG + "      question: ${ask.<|>", {"response"}),
    (VALUES + "        x: ask.message | <|>", {"ask", "let", "INPUT"}),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "forbidden"), NEVER, ids=[row[0][-40:] for row in NEVER])
def test_a_name_that_would_be_an_error_is_never_offered(marked, forbidden):
    assert forbidden.isdisjoint(labels(marked))


ACCEPTED = [
    ("na<|>", "name", "name: "),
    ("na<|>me: x\n", "name", "name: x"),
    (FLOW + "de<|>na: y\n", "description", "description: y"),
    (FLOW + "co<|>\n  - {id: c, type: expr, config: {expression: true}, successors: [ask]}\n", "conditions", "conditions:"),
    ("name: x\ntasks:\n  -<|>", "id", "  - id: "),
    ("name: x\ntasks:\n  <|>", "id", "  - id: "),
    ("name: x\ntasks:\n  - {ty<|>}", "type", "  - {type: }"),
    (LAST + "    type: mfo_<|>", "ask_user", "    type: ask_user"),
    (LAST + "    type:<|>", "ask_user", "    type: ask_user"),
    (LAST + "    type mfo<|>\n    config: {}", "ask_user", "    type: ask_user"),
    (LAST + "    type mf<|>o\n    config: {}", "ask_user", "    type: ask_user"),
    (LAST + "    dependencies f<|>\n", "fetch", "    dependencies: [fetch]"),
    (LAST + "    dependencies:<|>", "ask", "    dependencies: [ask]"),
    (LAST + "    dependencies: <|>", "ask", "    dependencies: [ask]"),
    (LAST + "    dependencies: [f<|>]", "ask", "    dependencies: [ask]"),
    (LAST + "    dependencies:\n      <|>", "ask", "      - ask"),
    (LAST + "    dependencies:\n      - f<|>", "fetch", "      - fetch"),
    (TRIGGER + "    type: schedule\n    config:\n      cron_expression: <|>", "0 9 * * *",
     '      cron_expression: "0 9 * * *"'),
    (TRIGGER + "    type: schedule\n    config:\n      cron_expression: '<|>'", "0 9 * * *",
     "      cron_expression: '0 9 * * *'"),
    (CONFIG + "      question: hi ${fe<|>} there", "fetch", "      question: hi ${fetch} there"),
    (CONFIG + "      question: ${fetch.va<|>", "value", "      question: ${fetch.value}"),
    (CONFIG + "      question: $<fetch.va<|>", "value", "      question: $<fetch.value>"),
    (CONFIG + "      question: ${fetch.<|>lue}", "value", "      question: ${fetch.value}"),
    (CONFIG + "      question: fe<|>", "fetch", "      question: fetch."),
    (CONFIG + "      question: fetch.<|>", "value", "      question: fetch.value"),
    (VALUES + "        x: 1 + le<|>", "len", "        x: 1 + len("),
    (VALUES + "        x: 1 + le<|>(fetch)", "len", "        x: 1 + len(fetch)"),
    (VALUES.replace("id: fetch\n", "id: fetch-it\n").replace("[fetch]", "[fetch-it]") + "        x: f<|>", "fetch-it",
     '        x: $env["fetch-it"]'),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "label", "line"), ACCEPTED, ids=[f"{row[0][-30:]} {row[1]}" for row in ACCEPTED])
def test_an_item_replaces_the_half_typed_part_and_no_more(marked, label, line):
    assert accepted(marked, label) == line


SNIPPETS = [
    ("<|>", "tasks", "tasks:\n  - id: $1\n    type: $2"),
    (LAST + "    <|>", "dependencies", "    dependencies: [$1]"),
    (LAST + "    type: mfo_api_tool_execute\n    con<|>", "config",
     "    config:\n      tool_id: $1\n      arguments:\n        $2"),
    (LAST + "    type: mfo_<|>", "mfo_api_memory_store",
     "    type: mfo_api_memory_store\n    config:\n      key: $1\n      value: $2"),
    (LAST + "    type: mfo_<|>\n    config: {}", "mfo_api_memory_store", "    type: mfo_api_memory_store"),
    (LAST + "    type: mfo_<|>", "mfo_api_tool_list", "    type: mfo_api_tool_list"),
    ("name: x\ntasks:\n  - {id: a, type: mfo_<|>}", "mfo_api_memory_store",
     "  - {id: a, type: mfo_api_memory_store}"),
    (CONFIG + "      question: ${fe<|>", "fetch", "      question: ${fetch.$0\\}"),
    (CONFIG + "      question: ${fetch.<|>", "value", "      question: ${fetch.value\\}$0"),
    (VALUES + "        x: le<|>", "len", "        x: len($0)"),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "label", "lines"), SNIPPETS, ids=[f"{row[0][-30:]} {row[1]}" for row in SNIPPETS])
def test_snippets_leave_room_for_what_is_required(marked, label, lines):
    assert accepted(marked, label, client=CompletionClient(snippets=True)) == lines


TEMPLATE = "templates:\n  t:\n    variables: [letter, to]\n    default_variables: {sign: me}\n"
TEMPLATES = [
    ("{{ <|>", [".letter", ".to", ".sign", "and"]),
    ("{{ .<|> }}", ["letter", "to", "sign"]),
    ("{{ .le<|>", ["letter", "to", "sign"]),
    ("{{ $.<|>", ["letter", "to", "sign"]),
    ("{{ range .letter }}{{ .<|> }}", []),
    ("{{ range .letter }}{{ <|> }}", ["$.letter", "$.to", "$.sign", "and"]),
    ("{{ range .letter }}{{ end }}{{ .<|> }}", ["letter", "to", "sign"]),
    ("{{ $a := .to }}{{ $<|> }}", ["a"]),
    ("{{ .letter | up<|>", ["and", "or", "not"]),
    ("{{ .letter | <|> }}", ["and", "or", "not"]),
    ("{{ .letter | .<|> }}", []),
    ("{{ upper <|>", [".letter", ".to", ".sign", "now"]),
    ("{{ .letter <|>", []),
    ('{{ "a <|>', []),
    ("{{ .letter }} <|>", []),
    ("plain <|>", []),
]


@pytest.mark.parametrize("style", ["|\n        {}\n", "'{}'", "'{}", "Hello {}"])
@pytest.mark.parametrize(("text", "first"), TEMPLATES, ids=[row[0] for row in TEMPLATES])
def test_templates_know_their_variables_and_functions(text, first, style):
    marked = f"{TEMPLATE}    user_prompt: {style.format(text)}"
    assert labels(marked, "prompts.yml")[: len(first) or None] == first


def test_error_templates_know_the_error():
    marked = (
        "templates:\n  t:\n    user_prompt: x\n    variables: [a]\n    error_handling_templates:\n      e: '{{ .<|>"
    )
    assert labels(marked, "prompts.yml") == ["error", "a"]
    assert accepted(marked, "error", "prompts.yml") == "      e: '{{ .error }}"


def test_keywords_are_offered_where_they_close_or_leave_something():
    start = "templates:\n  t:\n    user_prompt: |\n      "
    assert {"end", "else", "break"}.isdisjoint(labels(start + "{{ <|> }}", "prompts.yml"))
    assert {"end", "else"} <= set(labels(start + "{{ if .a }}{{ <|> }}", "prompts.yml"))
    assert {"end", "break"} <= set(labels(start + "{{ range .a }}{{ <|> }}", "prompts.yml"))


def test_other_documents_have_their_names():
    agent = "agents:\n  a:\n    objectives: [x]\n"
    assert labels(agent + "    prompt_template_id: <|>", "agents.yml") == ["answer"]
    assert labels(agent + "    tools: [<|>]", "agents.yml") == ["extract"]
    template = "templates:\n  t:\n    user_prompt: '{{ .x }}'\n"
    assert labels(template + "    variables: [<|>]", "prompts.yml") == ["x"]
    assert labels(template + "    tool_choice: <|>", "prompts.yml") == ["auto", "none", "required"]
    assert labels("client:\n  base_url: x\n  <|>", "mfo_client.yml")[:2] == ["timeout", "retry"]
    assert labels("logging: {level: <|>}\nclient: {base_url: x}\n", "mfo_client.yml")[:2] == ["debug", "info"]


def test_the_layers_of_an_agent_know_what_they_read():
    agent = "agents:\n  clerk:\n    memory: {keys: [mood]}\n    guide: |\n      Say {{ "
    assert labels(agent + ".<|> }}", "agents.yml") == ["task", "agent", "memory", "mood"]
    assert labels(agent + ".agent.<|> }}", "agents.yml") == ["id", "name", "description", "objectives"]
    assert labels(agent + ".memory.<|> }}", "agents.yml") == ["mood"]


def test_every_task_type_is_offered_with_words():
    items = complete(*at("workflow.yml", LAST + "    type: <|>"))
    assert {item.kind for item in items} == {ItemKind.TASK_TYPE}
    assert items[0].label == "stamp"
    assert len(items) == 30
    assert all(item.label in item.documentation for item in items)


def test_a_condition_may_lead_back_which_is_offered_last():
    text = (
        "name: x\ntasks:\n  - {id: step, type: mfo_api_tool_list}\n  - {id: after, type: mfo_api_tool_list}\n"
        "conditions:\n  - id: again\n    type: expr\n    dependencies: [step]\n    config: {expression: true}\n"
        "    successors: [<|>]\n"
    )
    assert labels(text) == ["after", "step"]


def test_tab_stops_are_numbered_from_one_without_gaps():
    for item in complete(*at("workflow.yml", LAST + "    type: <|>")):
        stops = [int(number) for number in re.findall(r"\$(\d+)", item.new_text)]
        assert stops == list(range(1, len(stops) + 1))


JINJA = "templates:\n  t:\n    engine: jinja2\n    variables: {letter: {type: object, properties: {to: {type: string}}}, rows: {type: array, items: {type: object, properties: {cell: {type: string}}}}}\n"
JINJAS = [
    ("{{ <|>", ["letter", "rows", "cycler"]),
    ("{{ le<|> }}", ["letter", "rows", "cycler"]),
    ("{{ letter.<|> }}", ["to"]),
    ("{{ letter | up<|> }}", ["abs", "attr", "batch"]),
    ("{{ letter is <|> }}", ["boolean", "callable", "defined"]),
    ("{{ letter is not de<|> }}", ["boolean", "callable", "defined"]),
    ("{% <|> %}", ["if", "for", "set"]),
    ("{% if letter %}{% <|> %}", ["else", "elif", "endif"]),
    ("{% for row in rows %}{{ row.<|> }}{% endfor %}", ["cell"]),
    ("{% for row in rows %}{{ loop.<|> }}{% endfor %}", ["index", "index0", "revindex"]),
    ("{% for row in rows %}{{ <|> }}{% endfor %}", ["letter", "rows", "row", "loop"]),
    ("{% for row in rows %}{% endfor %}{{ row.<|> }}", []),
    ("{% set x = 1 %}{{ <|> }}", ["letter", "rows", "x"]),
    ("{{ letter <|> }}", ["and", "or", "in"]),
    ("{{ letter if <|> }}", ["letter", "rows", "cycler"]),
    ("{# <|> #}", []),
    ("{{ 'a <|>' }}", []),
    ("plain <|>", []),
]


@pytest.mark.parametrize("style", ["|\n        {}\n", "{}\n"])
@pytest.mark.parametrize(("text", "first"), JINJAS, ids=[row[0] for row in JINJAS])
def test_jinja_templates_know_their_variables_filters_and_tags(text, first, style):
    marked = f"{JINJA}    user_prompt: {style.format(text if '|' in style else json.dumps('x ' + text))}"
    assert labels(marked, "prompts.yml")[: len(first) or None] == first


JINJA_SNIPPETS = [
    ("{{ le<|>", "letter", "{{ letter }}"),
    ("{{ letter | repl<|> }}", "replace", "{{ letter | replace($0) }}"),
    ("{% fo<|>", "for", "{% for ${2:item} in $1 %\\}$0{% endfor %\\}"),
    ("{% if letter %}{% en<|> %}", "endif", "{% if letter %}{% endif %}"),
]


@pytest.mark.parametrize(("text", "label", "line"), JINJA_SNIPPETS, ids=[row[0] for row in JINJA_SNIPPETS])
def test_jinja_words_bring_what_they_need(text, label, line):
    marked = f"{JINJA}    user_prompt: |\n        {text}\n"
    assert accepted(marked, label, "prompts.yml", CompletionClient(snippets=True)).strip() == line
