"""What keys and values may stand where: each mistake once, at its place, with what was meant."""

import pytest

from mfo_dialect.findings import Severity, Tag
from tests.rules.cases import Case, assert_said, findings_of, fix_called, fixed

HEAD = "name: flow\ntasks:\n"
GET = "  - id: read\n    type: mfo_api_memory_get\n    config: {key: a}\n"


def chat(*config: str) -> str:
    return (
        HEAD + "  - id: a\n    type: mfo_api_chat_send\n    config:\n" + "".join(f"      {line}\n" for line in config)
    )


def task(*lines: str, kind: str = "mfo_api_tool_list") -> str:
    return HEAD + f"  - id: a\n    type: {kind}\n" + "".join(f"    {line}\n" for line in lines)


def workflow(*lines: str) -> str:
    flow = "taskflows:\n  - taskflow_id: one\n    tasks:\n      - id: a\n        type: mfo_api_tool_list\n"
    return "workflow_name: w\n" + "".join(f"{line}\n" for line in lines) + flow


UNKNOWN_KEYS = [
    Case("a misspelling", task("desciption: x"), [("MFO201", "desciption", 'did you mean "description"?')]),
    Case(
        "a habit from elsewhere",
        HEAD + GET + "  - id: a\n    type: mfo_api_tool_list\n    depends_on: [read]\n",
        [("MFO201", "depends_on", '"dependencies"')],
    ),
    Case(
        "capitals; nothing follows from them",
        HEAD
        + "  - Id: a\n    type: mfo_api_memory_get\n    Config: {key: a}\n"
        + "  - id: b\n    type: mfo_api_tool_list\n    dependencies: [a]\n",
        [("MFO201", "Id", '"id"'), ("MFO201", "Config", '"config"')],
    ),
    Case("one level down", task("key: a", kind="mfo_api_memory_get"), [("MFO201", "key", 'into "config"')]),
    Case(
        "one level up",
        task("config:", "  key: a", "  priority: low", kind="mfo_api_memory_get"),
        [("MFO201", "priority", "one level up, to a task")],
    ),
    Case(
        "into retry",
        task("error_handling: {max_attempts: 3}"),
        [("MFO201", "max_attempts", 'into "retry"')],
    ),
    Case("a key of another task type", task("config: {tool_id: a}"), [("MFO201", "tool_id", "mfo_api_tool_execute")]),
    Case("into the taskflows", workflow("input_schema: {}"), [("MFO201", "input_schema", 'into "taskflows"')]),
    Case(
        "a declared config is closed",
        task("config: {grams: 1, pounds: 2}", kind="weigh"),
        [("MFO201", "pounds", "config of weigh")],
        {"mfo.toml": '[task_types.weigh]\nconfig = {type = "object", properties = {grams = {type = "integer"}}}\n'},
    ),
]
MISSING_KEYS = [
    Case("all at once", HEAD + "  - name: x\n", [("MFO202", "name", '"id" and "type" are missing')]),
    Case("an empty map", HEAD + GET + "  - {}\n", [("MFO202", "{}", '"id" and "type"')]),
    Case(
        "a config, with what it needs",
        task(kind="mfo_api_tool_execute"),
        [("MFO202", "a", 'needs "tool_id", "arguments"')],
    ),
    Case("one of a group", chat("thread_id: t"), [("MFO202", "thread_id", '"prompt_template_id" or "prompt"')]),
    Case("a flow file's name", HEAD[len("name: flow\n") :] + GET, [("MFO202", "tasks", '"name" is missing')]),
    Case(
        "what a message was probably given as",
        chat("request_body:", "  messages:", "    - role: user", "      contents: hi").replace("mfo_api_", "slop_api_"),
        [("MFO207", "slop_api_chat_send", "older name"), ("MFO202", "role", 'is it meant by "contents"?')],
    ),
    Case(
        "the other half of a webhook",
        workflow(
            "triggers:",
            "  - id: t",
            "    type: webhook",
            "    config: {provider: p, secret_ref: s}",
            "global_configs: {secrets: {s: {env: S}}}",
        ),
        [("MFO202", "provider", '"webhook_id"')],
    ),
    Case(
        "the id of a listed agent",
        HEAD + GET,
        [("MFO202", "objectives", '"id" is missing in an agent')],
        {"agents.yml": "agents:\n  - objectives: [help]\n"},
    ),
]
TYPES = [
    Case("a number for text", task("name: 5"), [("MFO203", "5", "text belongs")]),
    Case(
        "text for a number",
        "name: f\nconfig: {max_concurrency: '4'}\n" + HEAD[len("name: flow\n") :] + GET,
        [("MFO203", "4", "a whole number")],
    ),
    Case("text for true or false", chat("prompt: hi", "include_tools: 'yes'"), [("MFO203", "yes", "true or false")]),
    Case(
        "one for a list",
        HEAD + GET + "  - id: b\n    type: mfo_api_tool_list\n    dependencies: read\n",
        [("MFO203", "read", "a list")],
    ),
    Case(
        "a text of several ids",
        HEAD + GET + "  - id: b\n    type: mfo_api_tool_list\n    dependencies: read, a\n",
        [("MFO203", "read, a", "a list")],
    ),
    Case(
        "a map for a list", "name: f\ntasks:\n  a: {id: a, type: mfo_api_tool_list}\n", [("MFO203", "tasks", "a list")]
    ),
    Case("a map for text", chat("prompt: {name}"), [("MFO203", "prompt", "not a map")]),
    Case(
        "references where none are read",
        task("error_handling: {retry: {max_attempts: '${INPUT.n}'}}"),
        [("MFO203", "${INPUT.n}", "whole number")],
    ),
    Case(
        "no value where one is needed",
        HEAD + "  - id:\n    type:\n    description:\n    timeout:\n  - \n",
        [("MFO203", "id", "no value"), ("MFO203", "type", "no value"), ("MFO203", "-", "no value")],
    ),
    Case("a half-typed member of a group", chat("prompt:"), [("MFO203", "prompt", "no value")]),
]
VALUES = [
    Case("a word", task("priority: urgent"), [("MFO204", "urgent", 'one of "low", "normal", "high"')]),
    Case("a number without unit", task("timeout: 30"), [("MFO204", "30", "no unit")]),
    Case("a duration in words", task("timeout: 5 minutes"), [("MFO204", "5 minutes", '"5m"')]),
    Case("a negative duration", task("timeout: -5s"), [("MFO204", "-5s", "negative")]),
    Case("a range", task("error_handling: {retry: {max_attempts: 0}}"), [("MFO204", "0", "from 1 to 100")]),
    Case("an empty text", task('config: {key: " "}', kind="mfo_api_memory_get"), [("MFO204", '" "', "empty")]),
    Case(
        "an empty list",
        HEAD
        + GET
        + "conditions:\n  - id: c\n    type: expr\n    config: {expression: 'TASKFLOW.id == \"x\"'}\n    successors: []\n",
        [("MFO204", "[]", "at least one")],
    ),
    Case(
        "outputs",
        task("config: {key: k}", "outputs: [a.value, a.vale, value, '${a.value}', b.value]", kind="mfo_api_memory_get"),
        [
            ("MFO204", "vale", '"value"'),
            ("MFO204", "value", '"a.value"'),
            ("MFO204", "${a.value}", '"a.value"'),
            ("MFO204", "b", '"a.value"'),
        ],
    ),
]
OTHERS = [
    Case(
        "two of a group",
        task("config: {url: u, json: {}, body: x}", kind="http_request"),
        [("MFO205", "body", "keep one")],
    ),
    Case("an older name beside the new one", chat("message: hi", "prompt: ho"), [("MFO205", "prompt", "keep one")]),
    Case(
        "an undeclared type; its config is its own business",
        task("config: {a: 1}", kind="weigh"),
        [("MFO206", "weigh", "declare it in mfo.toml")],
    ),
    Case("a condition among the tasks", task(kind="expr"), [("MFO206", "expr", "conditions")]),
    Case("an empty type", task(kind="''"), [("MFO204", "''", "empty")]),
    Case(
        "two shapes, and nothing of what follows",
        "name: f\nworkflow_name: w\n" + HEAD[len("name: flow\n") :] + GET,
        [("MFO208", "workflow_name", "one shape")],
    ),
    Case(
        "a schema",
        "name: f\noutputs: {all: '${INPUT}'}\ninput_schema:\n  properties:\n    a: {type: [string, nul]}\n    b: {required: true}\n    c: {enum: x}\n"
        "    d: {$ref: '#/$defs/x'}\n    e: text\n    type: {minLength: -1}\n" + HEAD[len("name: flow\n") :] + GET,
        [
            ("MFO209", "nul", '"null"'),
            ("MFO209", "true", "list of names"),
            ("MFO209", "x", '"enum" must be a list'),
            ("MFO209", "#/$defs/x", "leads nowhere"),
            ("MFO209", "text", "a schema must be a map"),
            ("MFO209", "-1", "at least 0"),
        ],
    ),
]


@pytest.mark.parametrize("case", UNKNOWN_KEYS + MISSING_KEYS + TYPES + VALUES + OTHERS, ids=lambda case: case.name)
def test_each_mistake_is_one_finding(case: Case) -> None:
    assert_said(case)


SILENT = [
    Case("keys of one's own", "x-note: {any: [1]}\n" + task("x-owner: me")),
    Case(
        "empty keys that need no value",
        HEAD + GET + "    dependencies:\n    successors:\n    description:\n    timeout:\n    error_handling:\n",
    ),
    Case(
        "references where values belong",
        chat(
            "prompt: hi",
            "include_tools: ${INPUT.tools}",
            "prompt_context: $<INPUT.all>",
            "options: INPUT.options",
            "metadata: {a: 1}",
        ),
    ),
    Case(
        "numbers and words as they are",
        "name: f\nversion: 1.0\nconfig: {timeout: 0, grace: 1m30s, max_concurrency: 4}\ntasks:\n" + GET,
    ),
    Case("an own tag", task("name: !title {a: b}")),
    Case("a version of any type", "name: f\nversion: [1, 0]\ntasks:\n" + GET),
    Case("status codes, one or many", task("config: {url: u, expect_status: 204}", kind="http_request")),
    Case(
        "any config of a declared type without schema",
        task("config: {a: {b: [1]}}", kind="own"),
        [],
        {"mfo.toml": "[task_types.own]\n"},
    ),
    Case(
        "types that a broken project file may declare",
        task("config: {a: 1}", kind="own"),
        [("MFO902", "", "")],
        {"mfo.toml": "[task_types.own\n"},
    ),
    Case(
        "good schemas",
        "name: f\ninput_schema:\n  $defs: {n: {type: string}}\n  properties: {a: {$ref: '#/$defs/n'}, b: true, c: {type: [string, 'null']}}\n  additionalProperties: true\ntasks:\n"
        + GET,
    ),
]


@pytest.mark.parametrize("case", SILENT, ids=lambda case: case.name)
def test_what_is_right_or_unknown_is_not_mentioned(case: Case) -> None:
    said = [finding for finding in findings_of(case.files) if finding.code < "MFO4"]
    assert not said


def test_a_damaged_map_misses_nothing() -> None:
    text = HEAD + '  - id: a\n    type: mfo_api_tool_execute\n    config:\n      tool_id: "x\n'
    assert [finding.code for finding in findings_of({"workflow.yml": text})] == ["MFO101"]


def test_a_template_without_quotes_does_not_hide_a_missing_key() -> None:
    text = HEAD + "  - id: a\n    type: mfo_api_tool_execute\n    config:\n      tool_id: {{ x }}\n"
    codes = {finding.code for finding in findings_of({"workflow.yml": text})}
    assert {"MFO104", "MFO202"} <= codes


def test_a_workflow_without_a_name_is_only_a_warning_and_the_name_comes_first() -> None:
    text = "# ours\n" + workflow().removeprefix("workflow_name: w\n")
    (finding,) = findings_of({"workflow.yml": text})
    assert (finding.code, finding.severity) == ("MFO202", Severity.WARNING)
    named = fixed({"workflow.yml": text}, 'Add "workflow_name"')
    assert named.startswith("# ours\nworkflow_name: ")
    assert named.endswith(text.removeprefix("# ours\n"))


def test_error_handling_in_both_places_is_a_warning() -> None:
    text = task(
        "error_handling: {retry: {}}", "config: {prompt: hi, error_handling: {retry: {}}}", kind="mfo_api_chat_send"
    )
    (finding,) = findings_of({"workflow.yml": text})
    assert (finding.code, finding.severity) == ("MFO205", Severity.WARNING)
    assert fixed({"workflow.yml": text}, "Remove it from config") == text.replace(", error_handling: {retry: {}}}", "}")


@pytest.mark.parametrize(
    ("text", "title", "after"),
    [
        (
            task("key: a", kind="mfo_api_memory_get"),
            'Move it into "config"',
            task("config:", "  key: a", kind="mfo_api_memory_get"),
        ),
        (
            task("key: |", "  long", "  text", "config:", "  value: 1", kind="mfo_api_memory_store"),
            'Move it into "config"',
            task("config:", "  value: 1", "  key: |", "    long", "    text", kind="mfo_api_memory_store"),
        ),
        (
            task("config:", "  key: a", "  outputs:", "    - a.value", "priority: low", kind="mfo_api_memory_get"),
            "Move it to a task",
            task("config:", "  key: a", "priority: low", "outputs:", "  - a.value", kind="mfo_api_memory_get"),
        ),
        (task("config:", "  priority: low"), "Move it to a task", task("priority: low")),
        (
            task(kind="mfo_api_tool_execute"),
            'Add "config"',
            task("config:", "  tool_id: TODO", "  arguments: {}", kind="mfo_api_tool_execute"),
        ),
        (
            task("config: {key: a}", kind="mfo_api_memory_store"),
            'Add "value"',
            task("config: {key: a, value: TODO}", kind="mfo_api_memory_store"),
        ),
        (
            HEAD + "  - id: a\n    config: {tool_id: t, arguments: {}}\n",
            'Add "type"',
            HEAD + "  - id: a\n    config: {tool_id: t, arguments: {}}\n    type: mfo_api_tool_execute\n",
        ),
        (HEAD[len("name: flow\n") :] + GET, 'Add "name"', "name: workflow\n" + HEAD[len("name: flow\n") :] + GET),
        (chat("prompt: 42"), "Put it in quotes", chat('prompt: "42"')),
        (chat("prompt: hi", 'include_tools: "true"'), "Change to true", chat("prompt: hi", "include_tools: true")),
        (chat("prompt: hi", "options: '{\"a\": 1}'"), "Write it as YAML", chat("prompt: hi", 'options: {"a": 1}')),
        (task("timeout: '2 days'"), 'Change to "48h"', task("timeout: '48h'")),
        (task("priority: HIGH"), 'Change to "high"', task("priority: high")),
    ],
)
def test_a_fix_writes_what_was_meant(text: str, title: str, after: str) -> None:
    assert fixed({"workflow.yml": text}, title) == after
    assert len(findings_of({"workflow.yml": after})) < len(findings_of({"workflow.yml": text}))


def test_only_slips_are_mended_without_a_question() -> None:
    findings = findings_of({"workflow.yml": task("Priority: low", "desciption: x")})
    assert fix_called(findings, 'Change to "priority"').safe
    assert not fix_called(findings, 'Change to "description"').safe


WEIGH = '[task_types.weigh]\ndescription = "What weigh does."\n# module = "package.module:function"\n'


@pytest.mark.parametrize(
    ("project", "after"),
    [
        (None, WEIGH),
        ('# ours\n[rules]\nMFO401 = "error"\n', f'# ours\n[rules]\nMFO401 = "error"\n\n{WEIGH}'),
        ("[task_types.lift]", f"[task_types.lift]\n\n{WEIGH}"),
        ('title = "no table"\r\n', f'title = "no table"\r\n\n{WEIGH}'.replace("\r\n", "\n").replace("\n", "\r\n")),
    ],
)
def test_an_undeclared_type_can_be_declared(project: str | None, after: str) -> None:
    files = {"workflow.yml": task(kind="weigh")} | ({"mfo.toml": project} if project else {})
    changed = fixed(files, 'Declare "weigh" in mfo.toml', "mfo.toml")
    assert changed == after
    assert "MFO206" not in {finding.code for finding in findings_of(files | {"mfo.toml": changed})}


def test_a_type_is_not_declared_in_a_table_that_is_closed() -> None:
    files = {"workflow.yml": task(kind="weigh"), "mfo.toml": 'task_types = {lift = {description = "x"}}\n'}
    assert [finding.fixes for finding in findings_of(files)] == [()]


def test_older_names_are_struck_through_and_mended_safely() -> None:
    text = chat("message: hi").replace("mfo_api", "slop_api")
    findings = findings_of({"workflow.yml": text})
    assert [(f.code, f.severity, f.tags) for f in findings] == [("MFO207", Severity.HINT, (Tag.DEPRECATED,))] * 2
    assert all(fix.safe for finding in findings for fix in finding.fixes)


def test_a_schema_is_called_by_a_name_that_is_there() -> None:
    prompts = "templates:\n  t:\n    user_prompt: hi\n    output_schema: invoce\nextraction_schemas:\n  invoice: {type: object}\n"
    said = [f for f in findings_of({"workflow.yml": HEAD + GET, "prompts.yml": prompts}) if f.code == "MFO209"]
    assert [finding.message for finding in said] == ['no schema is called "invoce"; did you mean "invoice"?']
