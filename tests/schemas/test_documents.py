"""Good documents validate; each mistake is found where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from mfo_dialect.syntax.toml import read_toml
from tests.docs.blocks import ROOT
from tests.schemas.schemas import data_of, problems

EXAMPLES = sorted(
    path for name in ("email", "orders", "report") for path in (ROOT / "examples" / name).glob("*_definition.yml")
)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_examples(path: Any) -> None:
    kind = path.name.removesuffix("_definition.yml")
    assert problems(kind, data_of(path.read_text(encoding="utf-8"))) == {}


def test_there_are_examples_of_every_kind() -> None:
    assert {path.name for path in EXAMPLES} == {
        "workflow_definition.yml",
        "prompts_definition.yml",
        "agents_definition.yml",
    }


FLOW = "name: x\ntasks:\n  - {id: a, type: mfo_api_memory_get, config: {key: k}%s}\n%s"


def flow(in_task: str = "", below: str = "") -> str:
    return FLOW % (f", {in_task}" if in_task else "", below)


def task(config: str, kind: str = "mfo_api_chat_send") -> str:
    return f"name: x\ntasks:\n  - {{id: a, type: {kind}, config: {config}}}\n"


GOOD = {
    "x- keys": ("workflow", flow("x-mine: 1", "x-theirs: {a: 1}\n")),
    "keys without a value": ("workflow", flow("priority: , timeout: , dependencies: ", "subflows:\n")),
    "a key without a value beside the one that it excludes": (
        "workflow",
        task("{url: u, json: , body: b}", "http_request")
        + "  - {id: b, type: mfo_api_chat_send, config: {prompt: hi, message: }}\n",
    ),
    "a duration of zero": ("workflow", flow("timeout: 0")),
    "an unknown type": ("workflow", task("{any: [1]}", "my_type")),
    "an older name": ("workflow", task("{prompt: hello}", "slop_api_chat_send")),
    "a request body": (
        "workflow",
        task("{request_body: {messages: [{role: user, content: hi}]}}", "slop_api_chat_send"),
    ),
    "references for numbers, words, durations, maps and lists": (
        "workflow",
        task(
            "{url: INPUT.url, method: '${INPUT.method}', headers: $<INPUT.h>, expect_status: INPUT.codes, timeout: '${INPUT.t}'}",
            "http_request",
        ),
    ),
    "a reference for true or false": ("workflow", task("{prompt: hi, include_tools: INPUT.tools}")),
    "numbers and truth as expressions": ("workflow", task("{values: {a: 1, b: true, c: 'x + 1'}}", "transform")),
    "subflows in subflows": (
        "workflow",
        flow("", "subflows:\n  - {id: s, tasks: [], subflows: [{id: t, tasks: [], subflows: [{id: u, tasks: []}]}]}\n"),
    ),
    "an error handler": ("workflow", flow("error_handling: {on_error: [{type: continue, output: {a: 1}}]}")),
    "several taskflows": (
        "workflow",
        (
            "workflow_name: x\ntaskflows: [{taskflow_id: a, tasks: []}, {id: b, tasks: []}]\n"
            "triggers: [{id: t, type: manual, config: {any: 1}}]\nschemas: {s: {type: object}}\n"
        ),
    ),
    "schemas as a list": ("workflow", "taskflows: [{id: b, tasks: []}]\nschemas: [{id: s, type: object}]\n"),
    "tools by name and written here": (
        "prompts",
        "templates: {t: {template: hi, tools: [a, {name: b, parameters: {}}], variables: {x: , y: {}}}}\n",
    ),
    "agents as a list": ("agents", "agents: [{id: a, guide: [x, y], output_schema: answer}]\n"),
    "agents by name": ("agents", "agents: {a: {guide: be kind}}\n"),
    "a client": (
        "config",
        "client: {base_url: x, auth: {token: {env: T}, email: SECRET.mail}}\nlogging: {level: debug}\n",
    ),
}


@pytest.mark.parametrize(("kind", "text"), GOOD.values(), ids=GOOD)
def test_good_documents(kind: str, text: str) -> None:
    assert problems(kind, data_of(text)) == {}


BAD = {
    "missing keys": ("workflow", "tasks: []\n", "", "'name' is a required property"),
    "an unknown key": ("workflow", flow("depends_on: [b]"), "tasks.0", "'depends_on'"),
    "an unknown key at the top": ("workflow", flow("", "extra: 1\n"), "", "'extra'"),
    "a wrong type": ("workflow", flow("dependencies: b"), "tasks.0.dependencies", "'array'"),
    "a word that is none of the choices": ("workflow", flow("priority: urgent"), "tasks.0.priority", "'normal'"),
    "no duration": ("workflow", flow("timeout: soon"), "tasks.0.timeout", "'soon'"),
    "a duration without a unit": ("workflow", flow("timeout: 30"), "tasks.0.timeout", "30"),
    "no identifier": ("workflow", "name: x\ntasks: [{id: 1a, type: t}]\n", "tasks.0.id", "does not match"),
    "a reserved id": ("workflow", "name: x\ntasks: [{id: INPUT, type: t}]\n", "tasks.0.id", "should not be valid"),
    "no config": ("workflow", "name: x\ntasks: [{id: a, type: http_request}]\n", "tasks.0", "'config'"),
    "a key of another task type": ("workflow", task("{prompt: x, tool_id: t}"), "tasks.0.config", "'tool_id'"),
    "two of several keys": ("workflow", task("{prompt: x, prompt_template_id: t}"), "tasks.0.config", "valid under"),
    "none of several keys": ("workflow", task("{model_id: x}"), "tasks.0.config", "not valid under any"),
    "one of several keys, without a value": (
        "workflow",
        task("{prompt: }"),
        "tasks.0.config.prompt",
        "should not be valid",
    ),
    "two keys that exclude each other": (
        "workflow",
        task("{url: x, json: 1, body: b}", "http_request"),
        "tasks.0.config",
        "should not be valid",
    ),
    "a request body under the present name": (
        "workflow",
        task("{request_body: {messages: []}}"),
        "tasks.0.config",
        "request_body",
    ),
    "a number out of range": (
        "workflow",
        task("{url: x, expect_status: 42}", "http_request"),
        "tasks.0.config.expect_status",
        "42",
    ),
    "an empty text": ("workflow", task("{key: ' '}", "mfo_api_memory_get"), "tasks.0.config.key", "does not match"),
    "an empty list": (
        "workflow",
        task("{url: u, events: []}", "mfo_api_webhook_create"),
        "tasks.0.config.events",
        "non-empty",
    ),
    "a plain text for a map": (
        "workflow",
        task("{prompt: x, options: fast}"),
        "tasks.0.config.options",
        "does not match",
    ),
    "a needed key without a value": (
        "workflow",
        task("{tool_id: t, arguments: }", "mfo_api_tool_execute"),
        "tasks.0.config.arguments",
        "None",
    ),
    "an error handler of another type": (
        "workflow",
        flow("error_handling: {on_error: [{type: fail_fast, max_retries: 2}]}"),
        "tasks.0.error_handling.on_error.0",
        "False schema",
    ),
    "a condition without branches": (
        "workflow",
        flow("", "conditions: [{id: c, type: expr, config: {expression: a}, successors: []}]\n"),
        "conditions.0.successors",
        "non-empty",
    ),
    "both shapes": ("workflow", "workflow_name: x\ntaskflows: []\ntasks: []\n", "", "'tasks'"),
    "deep in a subflow": (
        "workflow",
        flow("", "subflows: [{id: s, tasks: [], subflows: [{id: t, tasks: [{id: a, type: ask_user}]}]}]\n"),
        "subflows.0.subflows.0.tasks.0",
        "'config'",
    ),
    "a taskflow with two ids": (
        "workflow",
        "taskflows: [{id: a, taskflow_id: b, tasks: []}]\n",
        "taskflows.0",
        "valid under",
    ),
    "four cron fields": (
        "workflow",
        "taskflows: []\ntriggers: [{id: t, type: schedule, config: {cron_expression: '0 7 * *'}}]\n",
        "triggers.0.config.cron_expression",
        "does not match",
    ),
    "a secret in no place": (
        "workflow",
        flow("", "global_configs: {secrets: {s: {}}}\n"),
        "global_configs.secrets.s",
        "not valid under any",
    ),
    "a template without a prompt": ("prompts", "templates: {t: {name: x}}\n", "templates.t", "not valid under any"),
    "an unknown engine": ("prompts", "templates: {t: {template: x, engine: perl}}\n", "templates.t.engine", "'jinja2'"),
    "a tool without a name": (
        "prompts",
        "templates: {t: {template: x, tools: [{}]}}\n",
        "templates.t.tools.0",
        "'name'",
    ),
    "too many turns": (
        "agents",
        "agents: {a: {interaction: {max_turns: 0}}}\n",
        "agents.a.interaction.max_turns",
        "minimum",
    ),
    "no retries": ("config", "client: {retry: {max_attempts: 0}}\n", "client.retry.max_attempts", "minimum"),
    "an unknown section": ("config", "clients: {}\n", "", "'clients'"),
}


@pytest.mark.parametrize(("kind", "text", "path", "words"), BAD.values(), ids=BAD)
def test_bad_documents(kind: str, text: str, path: str, words: str) -> None:
    found = problems(kind, data_of(text))
    assert list(found) == [path]
    assert words in found[path]


PROJECTS = {
    '[rules]\nMFO401 = "warning"\nunknown-output = "off"\n[task_types.a]\nmodule = "p.m:f"\nconfig = {type = "object"}\n': {},
    '[rules]\nMFO401 = "loud"\n': {"rules.MFO401": "'loud' is not one of"},
    '[rules]\nMFO000 = "off"\n': {"rules": "'MFO000'"},
    "[bundel]\n": {"": "'bundel'"},
    "x-mine = 1\n": {"": "'x-mine'"},
    "[servers.here]\n": {"servers.here": "'base_url' is a required property"},
    '[bundle]\nprompts = "a.yml"\n': {"bundle.prompts": "is not of type 'array'"},
}


@pytest.mark.parametrize(("text", "expected"), PROJECTS.items(), ids=PROJECTS)
def test_project_files(text: str, expected: dict[str, str]) -> None:
    found = problems("project", read_toml(text).data)
    assert found.keys() == expected.keys()
    assert all(words in found[path] for path, words in expected.items())
