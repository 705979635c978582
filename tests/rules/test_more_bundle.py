"""What the documents of a bundle say of each other: templates, tools, agents, triggers and the inputs that they give."""

import pytest

from mfo_dialect.analysis.bundle import make_bundle, read_source
from mfo_dialect.checker import check
from mfo_dialect.findings import Severity
from tests.rules.cases import Case, assert_said, findings_of

HEAD = "name: flow\ntasks:\n"
PROMPTS = (
    "templates:\n  hello:\n    user_prompt: Hello\n    error_handling_templates:\n      again: 'No: {{ .error }}'\n"
    "  bye:\n    user_prompt: Bye\n"
)


def chat(*lines: str, name: str = "a") -> str:
    return f"  - id: {name}\n    type: mfo_api_chat_send\n    config:\n" + "".join(f"      {line}\n" for line in lines)


def codes(files: dict[str, str], code: str) -> list[str]:
    return [files[f.place.document][slice(*f.place.span)] for f in findings_of(files) if f.code == code]


RETRY = (
    "error_handling:",
    "  on_error:",
    "    - {type: retry_with_prompt, append_to_system_prompt: again, max_retries: 1}",
)


def test_templates_that_nothing_names() -> None:
    files = {"workflow.yml": HEAD + chat("prompt_template_id: hello"), "prompts.yml": PROMPTS}
    assert codes(files, "MFO607") == ["again", "bye"]


@pytest.mark.parametrize(
    "files",
    [
        {"prompts.yml": PROMPTS},
        {"workflow.yml": HEAD + chat("prompt_template_id: ${INPUT.template}"), "prompts.yml": PROMPTS},
        {"workflow.yml": HEAD + chat("prompt: 'x"), "prompts.yml": PROMPTS},
        {
            "workflow.yml": HEAD + chat("prompt: x"),
            "shared/prompts.yml": PROMPTS,
            "mfo.toml": '[bundle]\nprompts = ["shared/*.yml"]\n',
        },
        {
            "workflow.yml": HEAD + chat("prompt_template_id: hello", *RETRY),
            "prompts.yml": PROMPTS,
            "agents.yml": "agents:\n  b: {prompt_template_id: bye}\n",
        },
    ],
    ids=["no workflow", "a name of references", "a broken workflow", "listed for all", "used by an agent"],
)
def test_templates_that_may_be_used(files: dict[str, str]) -> None:
    assert not codes(files, "MFO607")


def test_one_id_in_two_documents() -> None:
    files = {
        "a_prompts.yml": PROMPTS,
        "b_prompts.yml": PROMPTS,
        "c_prompts.yml": "templates:\n  other: {user_prompt: x}\n",
    }
    found = [finding for finding in findings_of(files) if finding.code == "MFO608"]
    assert [(f.place.document, f.related[0].place.document) for f in found] == [("b_prompts.yml", "a_prompts.yml")] * 2


def test_a_double_is_said_in_the_document_that_is_checked() -> None:
    sources = [read_source(name, PROMPTS) for name in ("a_prompts.yml", "z_prompts.yml")]
    found = check(make_bundle(sources, home=["a_prompts.yml"]))
    assert {(f.code, f.place.document) for f in found} == {("MFO608", "a_prompts.yml")}


def template(*lines: str) -> str:
    return "tools:\n  record_mood: {}\n  record_2: {}\ntemplates:\n  t:\n    user_prompt: x\n" + "".join(
        f"    {line}\n" for line in lines
    )


TOOLS = [
    Case("one letter off", template("tools: [record_mod]"), [("MFO609", "record_mod", '"record_mood"')]),
    Case("another case", template("tools: [recordMood]"), [("MFO609", "recordMood", '"record_mood"')]),
    Case("a tool of the server", template("tools: [send_letter]")),
    Case("numbered tools", template("tools: [record_3]")),
    Case("a choice that is offered", template("tools: [{name: mine}]", "tool_choice: mine")),
    Case("a word", template("tools: [record_mood]", "tool_choice: required")),
    Case("a choice without tools", template("tool_choice: record_mood"), [("MFO609", "record_mood", "no tools")]),
    Case(
        "a choice that is not offered",
        template("tools: [send_letter]", "tool_choice: record_mood"),
        [("MFO609", "record_mood", "it offers send_letter")],
    ),
    Case(
        "the slip is said once",
        template("tools: [record_mod]", "tool_choice: record_mood"),
        [("MFO609", "record_mod", "")],
    ),
]


@pytest.mark.parametrize("case", TOOLS, ids=lambda case: case.name)
def test_tools(case: Case) -> None:
    assert_said(Case(case.name, case.text.replace("workflow", "prompts"), case.said))


def test_the_servers_tools_may_be_chosen_where_they_are_offered() -> None:
    prompts = template("tools: [record_mood]", "tool_choice: server_tool")
    offered = HEAD + chat("prompt_template_id: t", "include_server_tools: true")
    assert not codes({"workflow.yml": offered, "prompts.yml": prompts}, "MFO609")
    refused = HEAD + chat("prompt_template_id: t", "include_server_tools: false")
    assert codes({"workflow.yml": refused, "prompts.yml": prompts}, "MFO609") == ["server_tool"]


def test_a_misspelt_approval_would_approve_nothing() -> None:
    text = "agents:\n  w:\n    guide: x\n    tools: [send_letter]\n    interaction: {require_approval_for: [send_leter, burn]}\n"
    assert codes({"agents.yml": text}, "MFO609") == ["send_leter"]


AGENTS = "agents:\n  writer:\n    guide: x\n    capabilities: [writing]\n"
NAMED_AGENTS = [
    Case(
        "no agents document", HEAD + chat("prompt: x", "agent_id: writer"), [("MFO701", "writer", "no agents document")]
    ),
    Case(
        "a slip", HEAD + chat("prompt: x", "agent_id: write"), [("MFO701", "write", '"writer"')], {"agents.yml": AGENTS}
    ),
    Case(
        "a delegate",
        HEAD + chat("prompt: x"),
        [("MFO701", "reader", "no agent")],
        {"agents.yml": AGENTS + "    interaction: {can_delegate_to: [reader]}\n"},
    ),
    Case("a name of references", HEAD + chat("prompt: x", "agent_id: '${INPUT.agent}'"), [], {"agents.yml": AGENTS}),
    Case(
        "a broken agents document",
        HEAD + chat("prompt: x", "agent_id: reader"),
        [("MFO101", '"', "never closed")],
        {"agents.yml": AGENTS + '  reader:\n    guide: "x\n'},
    ),
    Case(
        "an id that a map does not heed",
        HEAD + chat("prompt: x", "agent_id: author"),
        [("MFO701", "author", 'written in "writer", but in a map')],
        {"agents.yml": AGENTS + "    id: author\n"},
    ),
    Case(
        "agents as a list",
        HEAD + chat("prompt: x", "agent_id: w"),
        [],
        {"agents.yml": "agents:\n  - {id: w, guide: x}\n"},
    ),
]


@pytest.mark.parametrize("case", NAMED_AGENTS, ids=lambda case: case.name)
def test_agents(case: Case) -> None:
    found = [(f.code, case.files[f.place.document][slice(*f.place.span)], f.message) for f in findings_of(case.files)]
    assert [one[:2] for one in found] == [one[:2] for one in case.said], found
    assert all(said[2] in one[2] for one, said in zip(found, case.said, strict=True))


def agent(name: str, *delegates: str) -> str:
    return f"  {name}:\n    guide: x\n    interaction: {{can_delegate_to: [{', '.join(delegates)}]}}\n"


@pytest.mark.parametrize(
    ("agents", "said"),
    [
        (agent("a", "a"), ["to itself"]),
        (agent("a", "b") + agent("b", "c") + agent("c", "b"), ["b -> c -> b"]),
        (agent("a", "b") + agent("b", "a") + agent("c", "d") + agent("d", "c"), ["a -> b -> a", "c -> d -> c"]),
        (agent("a", "b", "c") + agent("b", "c") + agent("c"), []),
    ],
)
def test_work_that_goes_round(agents: str, said: list[str]) -> None:
    found = findings_of({"agents.yml": "agents:\n" + agents})
    assert [(f.code, f.severity) for f in found] == [("MFO702", Severity.WARNING)] * len(said)
    assert all(words in f.message for f, words in zip(found, said, strict=True))


def triggered(*lines: str, schema: str = "{required: [one], properties: {one: {}, two: {}}}", name: str = "t") -> str:
    head = "".join(f"    {line}\n" for line in lines)
    return (
        f"workflow_name: w\nglobal_configs: {{secrets: {{s: {{env: S}}}}}}\ntriggers:\n  - id: {name}\n{head}"
        f"taskflows:\n  - taskflow_id: f\n    input_schema: {schema}\n    outputs: {{all: '${{INPUT}}'}}\n"
        "    tasks:\n      - {id: a, type: mfo_api_tool_list}\n"
    )


MAPPED = [
    Case("missing", triggered("type: manual", "input_mapping: {two: 2}"), [("MFO706", "input_mapping", '"one"')]),
    Case("unknown", triggered("type: manual", "input_mapping: {one: 1, three: 3}"), [("MFO706", "three", "one, two")]),
    Case("a slip is one finding", triggered("type: manual", "input_mapping: {oen: 1}"), [("MFO706", "oen", '"one"')]),
    Case("no mapping hands the payload on", triggered("type: manual")),
    Case(
        "a schedule without a mapping has nothing to give",
        triggered("type: schedule", "config: {cron_expression: 0 7 * * *}"),
        [("MFO706", "id", '"one"')],
    ),
    Case(
        "a schedule whose mapping is misspelt",
        triggered("type: schedule", "config: {cron_expression: 0 7 * * *}", "input_maping: {one: 1}"),
        [("MFO201", "input_maping", '"input_mapping"')],
    ),
    Case(
        "a default",
        triggered(
            "type: manual",
            "input_mapping: {two: 2}",
            schema="{required: [one], properties: {one: {default: 1}, two: {}}}",
        ),
    ),
    Case(
        "an open schema",
        triggered(
            "type: manual",
            "input_mapping: {one: 1, z: 2}",
            schema="{required: [one], properties: {one: {}}, additionalProperties: true}",
        ),
    ),
    Case(
        "a schema that is not read",
        triggered("type: manual", "input_mapping: {z: 2}", schema="{allOf: [{required: [one]}]}"),
    ),
]


@pytest.mark.parametrize("case", MAPPED, ids=lambda case: case.name)
def test_mapped_inputs(case: Case) -> None:
    assert_said(case)


@pytest.mark.parametrize(
    ("outer", "mapping", "said"),
    [
        ("", "{two: 2}", []),
        ("input_schema: {properties: {one: {}}}\n", "{two: 2}", []),
        ("input_schema: {properties: {zero: {}}}\n", "{two: 2}", ["input_mapping"]),
        ("input_schema: {properties: {zero: {}}}\n", "{one: 1, three: 3}", ["three"]),
    ],
)
def test_mapped_inputs_of_a_subflow(outer: str, mapping: str, said: list[str]) -> None:
    text = (
        f"name: f\n{outer}outputs: {{all: '${{INPUT}}'}}\ntasks: [{{id: a, type: mfo_api_tool_list}}]\nsubflows:\n  - id: s\n"
        f"    input_schema: {{required: [one], properties: {{one: {{}}, two: {{}}}}}}\n    input_mapping: {mapping}\n"
        "    tasks: [{id: b, type: mfo_api_tool_list}]\n"
    )
    assert codes({"workflow.yml": text}, "MFO706") == said


WEBHOOKS = [
    Case("open to all", triggered("type: webhook", "config: {http_path: /x}"), [("MFO707", "webhook", "secret_ref")]),
    Case("disabled", triggered("type: webhook", "enabled: false", "config: {http_path: /x}")),
    Case("signed", triggered("type: webhook", "config: {http_path: /x, secret_ref: s}")),
    Case("no webhook", triggered("type: event", "config: {event_type: x.y}")),
]


@pytest.mark.parametrize("case", WEBHOOKS, ids=lambda case: case.name)
def test_webhooks(case: Case) -> None:
    assert_said(case)


@pytest.mark.parametrize(
    ("first", "second", "is_double"),
    [
        ("http_path: /x", "http_path: x/", True),
        ("http_path: /x", "http_path: /x, http_method: POST", True),
        ("http_path: /x", "http_path: /x, http_method: PUT", False),
        ("provider: p, webhook_id: w", "provider: p, webhook_id: w", True),
        ("provider: p, webhook_id: w", "http_path: /webhooks/p/w", True),
        ("provider: p, webhook_id: w", "provider: p, webhook_id: v", False),
    ],
)
def test_addresses(first: str, second: str, *, is_double: bool) -> None:
    def text(more: str) -> str:
        other = ("  - id: u", "    type: webhook", more, f"    config: {{{second}, secret_ref: s}}")
        return triggered("type: webhook", f"config: {{{first}, secret_ref: s}}").replace(
            "taskflows:", "\n".join(line for line in other if line) + "\ntaskflows:"
        )

    assert bool(codes({"workflow.yml": text("")}, "MFO708")) is is_double
    assert not codes({"workflow.yml": text("    enabled: false")}, "MFO708")
