"""Data from outside on its way into system prompts."""

import pytest

from mfo_dialect.findings import Finding
from tests.rules.cases import findings_of

HEAD = """\
workflow_name: w
global_configs: {secrets: {s: {env: S}}}
triggers:
  - id: hook
    type: webhook
    config:
      http_path: /x
      secret_ref: s
      expected_payload_schema: {properties: {text: {type: string}, count: {type: integer}, kind: {enum: [a, b]}}}
    input_mapping: {text: "${TRIGGER.payload.text}", count: "${TRIGGER.payload.count}", kind: "${TRIGGER.payload.kind}", fixed: x}
taskflows:
  - taskflow_id: f
    tasks:
"""
FETCH = '      - {id: fetch, type: http_request, config: {url: "https://x.org"}}\n'


def ask(system: str, *needs: str, name: str = "ask") -> str:
    return (
        f"      - id: {name}\n        type: mfo_api_chat_send\n        dependencies: [{', '.join(needs)}]\n"
        f'        config: {{prompt: hi, system_prompt: "{system}"}}\n'
    )


def leaks(files: dict[str, str]) -> list[Finding]:
    return [finding for finding in findings_of(files) if finding.code == "MFO803"]


def underlined(text: str) -> list[str]:
    return [text[slice(*finding.place.span)] for finding in leaks({"workflow.yml": text})]


@pytest.mark.parametrize(
    ("read", "is_leak"),
    [
        ("INPUT.text", True),
        ("TRIGGER.payload.text", True),
        ("TRIGGER.headers.x", True),
        ("INPUT.count", False),
        ("INPUT.kind", False),
        ("INPUT.fixed", False),
        ("TRIGGER.payload.count", False),
        ("TRIGGER.id", False),
        ("TASKFLOW.name", False),
        ("SECRET.s", False),
    ],
)
def test_what_a_trigger_brings_in(read: str, *, is_leak: bool) -> None:
    assert underlined(HEAD + ask(f"${{{read}}}")) == ([f"${{{read}}}"] if is_leak else [])


@pytest.mark.parametrize(
    ("read", "is_leak"), [("fetch.body", True), ("fetch.json.name", True), ("fetch.status", False)]
)
def test_what_a_request_brings_in(read: str, *, is_leak: bool) -> None:
    assert bool(underlined(HEAD + FETCH + ask(f"${{{read}}}", "fetch"))) is is_leak


@pytest.mark.parametrize("change", ["type: schedule", "type: manual", "enabled: false\n    type: webhook"])
def test_triggers_that_nobody_outside_pulls(change: str) -> None:
    text = (HEAD + ask("${INPUT.text}")).replace("type: webhook", change)
    assert not underlined(text)


def test_without_a_mapping_the_payload_is_the_input() -> None:
    head = "".join(line for line in HEAD.splitlines(keepends=True) if "input_mapping" not in line)
    assert underlined(head + ask("${INPUT.anything}")) == ["${INPUT.anything}"]


WAYS = {
    "a model": '      - {id: mid, type: mfo_api_chat_send, dependencies: [fetch], config: {prompt: "${fetch.body}"}}\n'
    + ask("${mid.message}", "mid"),
    "a tool": '      - {id: mid, type: mfo_api_tool_execute, dependencies: [fetch], config: {tool_id: t, arguments: {a: "${fetch.body}"}}}\n'
    + ask("${mid.result}", "mid"),
    "an expression": '      - {id: mid, type: transform, dependencies: [fetch], config: {values: {x: "upper(fetch.body)"}}}\n'
    + ask("${mid.x}", "mid"),
    "a memory key": '      - {id: mid, type: mfo_api_memory_store, dependencies: [fetch], config: {key: k, value: "${fetch.body}"}}\n'
    "      - {id: back, type: mfo_api_memory_get, dependencies: [mid], config: {key: k}}\n"
    + ask("${back.value}", "back"),
    "a resource": '      - {id: mid, type: mfo_api_resource_create, dependencies: [fetch], config: {resource_type: t, properties: {a: "${fetch.body}"}}}\n'
    '      - {id: back, type: mfo_api_resource_get, dependencies: [mid], config: {resource_id: "${mid.resource.id}"}}\n'
    + ask("${back.resource.content}", "back"),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_way_is_told_step_by_step(way: str) -> None:
    (finding,) = leaks({"workflow.yml": HEAD + FETCH + way})
    words = [related.message for related in finding.related]
    assert words[0] == '"fetch" brings in what a server outside answers'
    assert words[1].startswith('"mid"')


TRUSTED = {
    "a model that was told nothing from outside": "      - {id: mid, type: mfo_api_chat_send, dependencies: [fetch], config: {prompt: hi}}\n"
    + ask("${mid.message}", "mid"),
    "a resource that others keep": '      - {id: mid, type: mfo_api_resource_get, config: {resource_id: "${INPUT.text}"}}\n'
    + ask("${mid.resource.content}", "mid"),
    "another memory key": '      - {id: mid, type: mfo_api_memory_store, dependencies: [fetch], config: {key: k, value: "${fetch.body}"}}\n'
    "      - {id: back, type: mfo_api_memory_get, dependencies: [mid], config: {key: other}}\n"
    + ask("${back.value}", "back"),
    "a number that is computed": '      - {id: mid, type: transform, dependencies: [fetch], config: {values: {x: "len(fetch.body)"}}}\n'
    + ask("${mid.x}", "mid"),
    "the id of what was stored": '      - {id: mid, type: mfo_api_resource_create, dependencies: [fetch], config: {resource_type: t, properties: {a: "${fetch.body}"}}}\n'
    + ask("${mid.resource.id}", "mid"),
    "the user's prompt": '      - {id: mid, type: mfo_api_chat_send, dependencies: [fetch], config: {prompt: "${fetch.body}", system_prompt: hi}}\n',
}


@pytest.mark.parametrize("way", TRUSTED.values(), ids=TRUSTED)
def test_what_can_be_trusted(way: str) -> None:
    assert not leaks({"workflow.yml": HEAD + FETCH + way})


@pytest.mark.parametrize(
    ("system", "is_leak"),
    [
        ("You know {{ .text }}.", True),
        ("You know {{ .text | upper }}.", True),
        ("{{ with .text }}You know {{ . }}.{{ end }}", True),
        ("{{ if .text }}Be brief.{{ end }}", False),
        ('{{ if eq .text "a" }}Be brief.{{ end }}', False),
        ("Be brief.", False),
    ],
)
def test_templates_that_print_a_variable(system: str, *, is_leak: bool) -> None:
    prompts = f"templates:\n  t:\n    system_prompt: '{system}'\n    user_prompt: '{{{{ .text }}}}'\n"
    task = "      - id: ask\n        type: mfo_api_chat_send\n        config: {prompt_template_id: t, prompt_context: {text: INPUT.text}}\n"
    found = leaks({"workflow.yml": HEAD + task, "prompts.yml": prompts})
    assert bool(found) is is_leak
    assert all(finding.related[-1].place.document == "prompts.yml" for finding in found)


def test_an_error_template_is_part_of_the_system_prompt() -> None:
    prompts = (
        "templates:\n  t:\n    user_prompt: '{{ .text }}'\n    error_handling_templates:\n"
        "      again: 'Mind {{ .text }}: {{ .error }}'\n"
    )
    task = (
        "      - id: ask\n        type: mfo_api_chat_send\n        config:\n          prompt_template_id: t\n"
        "          prompt_context: {text: INPUT.text}\n          error_handling:\n            on_error:\n"
        "              - {type: retry_with_prompt, append_to_system_prompt: again, max_retries: 1}\n"
    )
    assert len(leaks({"workflow.yml": HEAD + task, "prompts.yml": prompts})) == 1


def test_an_agents_layers_are_its_system_prompt() -> None:
    agents = "agents:\n  writer:\n    context: 'You know {{ .text }}.'\n    guide: Write.\n"
    task = "      - id: ask\n        type: mfo_agent_run\n        config: {agent_id: writer, task: write, context: {text: INPUT.text}}\n"
    assert len(leaks({"workflow.yml": HEAD + task, "agents.yml": agents})) == 1
    assert not leaks({"workflow.yml": HEAD + task.replace("INPUT.text", "INPUT.count"), "agents.yml": agents})


@pytest.mark.parametrize(("value", "is_leak"), [("'${INPUT.text}'", True), ("'${INPUT.fixed}'", False)])
def test_a_subflow_maps_its_own_inputs(value: str, *, is_leak: bool) -> None:
    text = (
        HEAD
        + "      - {id: first, type: mfo_api_tool_list}\n    subflows:\n      - id: s\n"
        + f"        input_mapping: {{inner: {value}}}\n        tasks:\n"
        + "          - {id: ask, type: mfo_api_chat_send, config: {prompt: hi, system_prompt: INPUT.inner}}\n"
    )
    assert bool(underlined(text)) is is_leak


ASKED = {"mfo.toml": '[rules]\nuntrusted-in-call = "warning"\n'}
CALL = "      - id: call\n        type: {}\n        dependencies: [{}]\n        config: {{{}}}\n"
CALLS = [
    ("mfo_api_tool_execute", 'tool_id: t, arguments: {a: "${INPUT.text}"}', ["${INPUT.text}"]),
    ("mfo_api_tool_execute", 'tool_id: t, arguments: {a: {b: ["so ${INPUT.text}"]}}', ["${INPUT.text}"]),
    ("mfo_api_tool_execute", 'tool_id: t, arguments: {a: "${TRIGGER.payload.text}"}', ["${TRIGGER.payload.text}"]),
    ("mfo_api_tool_execute", 'tool_id: t, arguments: {a: "${TRIGGER.payload.kind}"}', []),
    ("mfo_api_tool_execute", 'tool_id: t, arguments: {a: "${INPUT.fixed}"}', []),
    ("mfo_api_tool_execute", 'tool_id: t, arguments: {a: "${fetch.body}"}', ["${fetch.body}"]),
    ("mfo_api_tool_execute", 'tool_id: t, arguments: {a: "${fetch.status}"}', []),
    ("http_request", 'url: "https://x.org/${INPUT.text}"', ["${INPUT.text}"]),
    ("http_request", 'url: "https://x.org/", json: {a: "${INPUT.text}"}', []),
    ("mfo_api_memory_get", 'key: "${INPUT.text}"', []),
]


@pytest.mark.parametrize(("kind", "config", "reported"), CALLS, ids=range(len(CALLS)))
def test_data_from_outside_in_calls_is_told_where_that_is_asked_for(
    kind: str, config: str, reported: list[str]
) -> None:
    text = HEAD + FETCH + CALL.format(kind, "fetch", config)
    found = [finding for finding in findings_of({"workflow.yml": text, **ASKED}) if finding.code == "MFO810"]
    assert [text[slice(*finding.place.span)] for finding in found] == reported
    assert all(finding.related for finding in found)
    assert "MFO810" not in {finding.code for finding in findings_of({"workflow.yml": text})}
