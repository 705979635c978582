"""Prompts: templates that there are, their error templates, variables and texts."""

import pytest

from mfo_dialect.findings import Severity
from tests.rules.cases import Case, findings_of, fix_called, fixed
from tests.rules.checking import apply_fix
from tests.rules.told import assert_told, told


def chat(*config: str) -> str:
    lines = [
        "name: flow",
        "tasks:",
        "  - id: a",
        "    type: mfo_api_chat_send",
        "    config:",
        *(f"      {x}" for x in config),
    ]
    return "\n".join(lines) + "\n"


def retry(name: str) -> tuple[str, ...]:
    return (
        "error_handling:",
        "  on_error:",
        "    - type: retry_with_prompt",
        f"      append_to_system_prompt: {name}",
        "      max_retries: 2",
    )


PLAIN = "name: flow\ntasks:\n  - id: a\n    type: mfo_api_tool_list\n"
PROMPTS = (
    "templates:\n  draft:\n    user_prompt: Draft {{ .topic }}.\n    variables: [topic]\n"
    "    error_handling_templates:\n      again: 'Wrong: {{ .error }}'\n"
    "  free:\n    user_prompt: About {{ .topic }}{{ if .more }} and {{ .more }}{{ end }}{{ or .x .y }}.\n"
    "    default_variables: {x: 1}\n"
    "  bare:\n    user_prompt: Hi.\n"
)
BESIDE = {"prompts.yml": PROMPTS}
TOPIC = "prompt_context: {topic: x}"


CASES = [
    Case("a misspelt template", chat("prompt_template_id: draff", TOPIC), [("MFO601", "draff", '"draft"')], BESIDE),
    Case("no prompts at all", chat("prompt_template_id: draft"), [("MFO601", "draft", "no prompts document")]),
    Case("quoted", chat("prompt_template_id: 'draff'", TOPIC), [("MFO601", "draff", '"draft"')], BESIDE),
    Case(
        "an agent's",
        PLAIN,
        [("MFO601", "draff", '"draft"')],
        {**BESIDE, "agents.yml": "agents:\n  w:\n    prompt_template_id: draff\n"},
    ),
    Case(
        "a misspelt error template",
        chat("prompt_template_id: draft", TOPIC, *retry("agian")),
        [("MFO602", "agian", '"again"')],
        BESIDE,
    ),
    Case(
        "a template without any",
        chat("prompt_template_id: bare", *retry("again")),
        [("MFO602", "again", '"bare" has no')],
        BESIDE,
    ),
    Case(
        "no template at all",
        chat("prompt: p", *retry("again")),
        [("MFO602", "again", "uses no prompt template")],
        BESIDE,
    ),
    Case("a missing variable", chat("prompt_template_id: draft"), [("MFO604", "draft", '"topic"')], BESIDE),
    Case(
        "missing in a context",
        chat("prompt_template_id: draft", "prompt_context: {topc: x}"),
        [("MFO604", "topc", 'did you mean "topic"?')],
        BESIDE,
    ),
    Case(
        "missing in a context, nothing near",
        chat("prompt_template_id: draft", "prompt_context: {}"),
        [("MFO604", "prompt_context", '"topic"')],
        BESIDE,
    ),
    Case(
        "in a prompt of the task's own",
        chat("prompt: 'Of {{ .topc }}{{ if .more }}{{ .more }}{{ end }} and {{ .topc }}'", TOPIC),
        [("MFO604", ".topc", 'did you mean "topic"?')],
        BESIDE,
    ),
    Case(
        "in a system prompt beside a template, whose defaults it does not see",
        chat("prompt_template_id: bare", "system_prompt: 'As {{ .x }} for {{ .topic }}'", TOPIC),
        [("MFO604", ".x", "prompt_context does not give")],
        BESIDE,
    ),
    Case("used unguarded", chat("prompt_template_id: free"), [("MFO604", "free", '"topic"')], BESIDE),
    Case(
        "an open action",
        PLAIN,
        [("MFO603", "{{ if .a }}", "")],
        {"prompts.yml": "templates:\n  t:\n    user_prompt: |\n      Dear {{ .b }},\n      {{ if .a }}x\n"},
    ),
    Case(
        "an unknown function, in quotes",
        PLAIN,
        [("MFO606", "uper", '"upper"')],
        {"prompts.yml": 'templates:\n  t:\n    user_prompt: "\\u0041 {{ .b | uper }}"\n'},
    ),
    Case(
        "a folded text",
        PLAIN,
        [("MFO606", "uper", '"upper"')],
        {"prompts.yml": "templates:\n  t:\n    user_prompt: >\n      one\n      two {{ .b | uper }}\n"},
    ),
    Case(
        "an error template's text",
        PLAIN,
        [("MFO603", "{{ .error", "unclosed")],
        {
            "prompts.yml": "templates:\n  t:\n    user_prompt: x\n    error_handling_templates:\n      e: 'x {{ .error'\n"
        },
    ),
    Case(
        "a prompt in a task", chat("prompt: 'x {{ if .y }}'", "prompt_context: {y: 1}"), [("MFO603", "{{ if .y }}", "")]
    ),
]
SILENT = [
    Case("all that is given", chat("prompt_template_id: draft", TOPIC, *retry("again")), [], BESIDE),
    Case(
        "a default counts",
        chat("prompt_template_id: free", TOPIC),
        [],
        {"prompts.yml": PROMPTS.replace("{{ or .x .y }}", "{{ .x }}")},
    ),
    Case("a name from a reference", chat("prompt_template_id: ${INPUT.which}"), [], BESIDE),
    Case(
        "a context from a reference", chat("prompt_template_id: draft", "prompt_context: ${INPUT.context}"), [], BESIDE
    ),
    Case(
        "an agent fills it",
        chat("prompt_template_id: draft", "agent_id: w"),
        [],
        {**BESIDE, "agents.yml": "agents:\n  w: {objectives: [x]}\n"},
    ),
    Case(
        "a damaged prompts file may have it",
        chat("prompt_template_id: other"),
        [("MFO101", "[", "")],
        {"prompts.yml": PROMPTS + "  x: [\n"},
    ),
    Case(
        "jinja2 has its own functions",
        PLAIN,
        [],
        {
            "prompts.yml": "templates:\n  t:\n    engine: jinja2\n    user_prompt: '{% if a is defined %}{{ a | upper }}{% endif %}'\n"
        },
    ),
    Case("braces in a task without context are text", chat("prompt: 'a }} b'")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_mistake_is_one_finding(case: Case) -> None:
    assert_told(case)


@pytest.mark.parametrize("case", SILENT, ids=lambda case: case.name)
def test_what_is_right_is_not_mentioned(case: Case) -> None:
    assert_told(case)


def test_a_listed_variable_is_an_error_and_a_used_one_a_warning() -> None:
    for name, severity in (("draft", Severity.ERROR), ("free", Severity.WARNING)):
        (finding,) = told({"workflow.yml": chat(f"prompt_template_id: {name}"), **BESIDE})
        assert finding.severity is severity


GIVEN = [
    (("prompt_template_id: draft",), ("prompt_template_id: draft", 'prompt_context: {topic: ""}')),
    (("prompt_template_id: draft", "prompt_context:"), ("prompt_template_id: draft", 'prompt_context: {topic: ""}')),
    (
        ("prompt_template_id: draft", "prompt_context:", "  other: |", "    text"),
        ("prompt_template_id: draft", "prompt_context:", "  other: |", "    text", '  topic: ""'),
    ),
    (
        ("prompt_template_id: draft", "prompt_context: {other: x}"),
        ("prompt_template_id: draft", 'prompt_context: {other: x, topic: ""}'),
    ),
]


@pytest.mark.parametrize(("before", "after"), GIVEN)
def test_a_variable_is_added_where_it_belongs(before: tuple, after: tuple) -> None:
    files = {"workflow.yml": chat(*before), **BESIDE}
    assert fixed(files, "Add topic to prompt_context") == chat(*after)


CREATED = [
    (
        "templates:\n  a:\n    user_prompt: x\n",
        "templates:\n  new:\n    user_prompt: |\n      Write the prompt here.\n  a:\n    user_prompt: x\n",
    ),
    (
        "templates:\n\n    # first\n    a:\n        user_prompt: x\n",
        "templates:\n\n    # first\n    new:\n        user_prompt: |\n            Write the prompt here.\n    a:\n        user_prompt: x\n",
    ),
    ("templates:\n", "templates:\n  new:\n    user_prompt: |\n      Write the prompt here.\n"),
    ("templates: {}\nname: x\n", "templates:\n  new:\n    user_prompt: |\n      Write the prompt here.\nname: x\n"),
]


@pytest.mark.parametrize(("before", "after"), CREATED)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_template_is_created_in_the_prompts_document(before: str, after: str, end: str) -> None:
    files = {"workflow.yml": chat("prompt_template_id: new"), "prompts.yml": before.replace("\n", end)}
    assert fixed(files, 'Create the prompt template "new"', "prompts.yml") == after.replace("\n", end)


def test_a_new_prompts_document_is_created_beside_the_workflow() -> None:
    files = {"dir/workflow.yml": chat("prompt_template_id: new")}
    after = apply_fix(files, fix_called(told(files), 'Create the prompt template "new" in prompts_definition.yml'))
    assert set(after) == {"dir/workflow.yml", "dir/prompts_definition.yml"}
    assert not told(after)


@pytest.mark.parametrize("name", ["bare", "draft"])
def test_an_error_template_is_created_in_the_used_template(name: str) -> None:
    files = {"workflow.yml": chat(f"prompt_template_id: {name}", TOPIC, *retry("other")), **BESIDE}
    after = apply_fix(files, fix_called(told(files), f'Create the error template "other" in "{name}"'))
    assert not told(after)
    assert len(after["prompts.yml"].split("\n")) - len(PROMPTS.split("\n")) in {1, 2}


TWO_TEMPLATES = """\
templates:
  one:
    user_prompt: "About {{ .subject }}"
  two:
    user_prompt: "Of {{ .subjct }}"
"""


def test_a_variable_that_its_template_misspells_is_told_there_and_once():
    said = "name: f\ntasks:\n"
    for number, template in enumerate(["one", "two", "two"]):
        said += f"  - id: task_{number}\n    type: mfo_api_chat_send\n    config:\n      prompt_template_id: {template}\n      prompt_context: {{subject: x}}\n"
    files = {"workflow.yml": said, "prompts.yml": TWO_TEMPLATES}
    (finding,) = findings_of(files)
    assert (finding.code, finding.place.document) == ("MFO604", "prompts.yml")
    assert TWO_TEMPLATES[slice(*finding.place.span)] == ".subjct"
    assert 'did you mean "subject"?' in finding.message
