"""References: roots, outputs, and what has run when they are read."""

import pytest

from mfo_dialect.findings import Severity
from tests.rules.cases import Case, fix_called, fixed
from tests.rules.told import assert_told, told

HEAD = "name: flow\ntasks:\n"


def get(name: str, key: str = "k", *more: str) -> str:
    lines = [
        f"  - id: {name}",
        "    type: mfo_api_memory_get",
        "    config:",
        f"      key: {key}",
        *(f"    {m}" for m in more),
    ]
    return "\n".join(lines) + "\n"


def after(*names: str) -> str:
    return f"dependencies: [{', '.join(names)}]"


def condition(name: str, *lines: str, expression: str = "INPUT.n == 1") -> str:
    body = [
        f"  - id: {name}",
        "    type: expr",
        f"    config: {{expression: '{expression}'}}",
        *(f"    {x}" for x in lines),
    ]
    return "\n".join(body) + "\n"


BRANCHES = "conditions:\n" + condition("c", "successors: [x, y]")
LOOP = "conditions:\n" + condition("again", after("y"), "successors: [x, out]", expression="y.value == 1")
SUBFLOW = (
    "subflows:\n  - id: s\n    dependencies: [a]\n    input_mapping: {x: a.value}\n    tasks:\n"
    "      - id: i\n        type: mfo_api_memory_get\n        config: {key: '${a.value}/${INPUT.x}'}\n"
)
CLOSED_INPUT = "name: flow\ninput_schema:\n  properties:\n    n: {type: integer}\n    o: {type: object, properties: {p: {type: string}}}\ntasks:\n"
PROMPTS = {
    "prompts.yml": "templates:\n  t:\n    user_prompt: hi\n    tools:\n      - name: extract\n        parameters:\n"
    "          properties: {sender: {type: string}}\n    output_schema:\n      properties: {summary: {type: string}}\n"
}


def chat(name: str, *config: str) -> str:
    lines = [f"  - id: {name}", "    type: mfo_api_chat_send", "    config:", *(f"      {line}" for line in config)]
    return "\n".join(lines) + "\n"


ROOTS = [
    Case(
        "a misspelt node",
        HEAD + get("fetch") + get("b", "${fecth.value}", after("fetch")),
        [("MFO401", "fecth", "did you mean")],
    ),
    Case("nothing like it", HEAD + get("b", "${elsewhere.value}"), [("MFO401", "elsewhere", "no node or root")]),
    Case("a misspelt root", HEAD + get("b", "${INPTU.x}"), [("MFO401", "INPTU", '"INPUT"')]),
    Case("the angle spelling", HEAD + get("b", "$<elsewhere.value>"), [("MFO401", "elsewhere", "no node")]),
    Case("an environment variable of a shell", HEAD + get("b", "${HOME}/x"), [("MFO401", "HOME", "write $${HOME}")]),
    Case("a shell's default", HEAD + get("b", "${HOME:-x}"), [("MFO401", ":-x", "write $${HOME:-x}")]),
    Case("an empty one", HEAD + get("b", "'a ${} b'"), [("MFO401", "${}", "empty")]),
    Case("an unclosed one", HEAD + get("b", "'a ${INPUT.x b'"), [("MFO401", "${INPUT.x", "not closed")]),
    Case("a name is missing", HEAD + get("b", "'${INPUT.}'"), [("MFO401", ".", "missing after the dot")]),
    Case("inside escapes", HEAD + get("b", '"\\t\\u0024{nope.x}"'), [("MFO401", "nope", "no node")]),
    Case("inside single quotes", HEAD + get("b", "'it''s ${nope.x}'"), [("MFO401", "nope", "no node")]),
    Case(
        "inside a block scalar",
        HEAD + get("b", "|\n        one\n        two ${nope.x}\n"),
        [("MFO401", "nope", "no node")],
    ),
    Case(
        "inside a folded scalar",
        HEAD + get("b", ">-\n        one\n        two ${nope.x} ${INPUT.ok}\n        ${nopes.y}\n"),
        [("MFO401", "nope", "no node"), ("MFO401", "nopes", "no node")],
    ),
    Case("TASKID is no root to read", HEAD + get("b", "${TASKID.x}"), [("MFO401", "TASKID", "no node")]),
    Case(
        "TRIGGER where nothing triggers",
        HEAD + get("b", "TRIGGER.payload.x"),
        [("MFO401", "TRIGGER", "only be read where")],
    ),
    Case(
        "outputs",
        f"name: flow\noutputs: {{r: '${{gone.value}}'}}\ntasks:\n{get('a')}",
        [("MFO401", "gone", "no node")],
    ),
    Case(
        "a trigger's mapping knows no nodes",
        "workflow_name: w\ntriggers:\n  - {id: t, type: manual, input_mapping: {a: '${x.y}', b: '${INPUT.z}'}}\n"
        "taskflows:\n  - taskflow_id: f\n    tasks: [{id: x, type: mfo_api_tool_list}]\n",
        [("MFO401", "x", "no node"), ("MFO401", "INPUT", "only TRIGGER can")],
    ),
]
OUTPUTS = [
    Case(
        "an output that is not there",
        HEAD + get("a") + get("b", "${a.valu}", after("a")),
        [("MFO402", "valu", '"value"')],
    ),
    Case("as a bare text", HEAD + get("a") + get("b", "a.valu", after("a")), [("MFO402", "valu", '"value"')]),
    Case(
        "all that there is",
        HEAD + get("a") + get("b", "$<a.other>", after("a")),
        [("MFO402", "other", "there is value")],
    ),
    Case(
        "below text",
        HEAD + chat("a", "prompt: p") + get("b", "${a.message.x}", after("a")),
        [("MFO402", "x", "is a string")],
    ),
    Case(
        "an input",
        CLOSED_INPUT + get("a", "'${INPUT.m} ${INPUT.n} ${INPUT.o.p}'"),
        [("MFO402", "m", "input_schema has no")],
    ),
    Case("below an integer", CLOSED_INPUT + get("a", "${INPUT.n.x}"), [("MFO402", "x", "is an integer")]),
    Case("a run's name", HEAD + get("a", "${TASKFLOW.process}"), [("MFO402", "process", "process_id")]),
    Case("the server's", HEAD + get("a", "${SYSTEM.JOB}"), [("MFO402", "JOB", "there is JOB_ID")]),
    Case(
        "a node of a subflow",
        HEAD + get("a") + get("z", "${s.j.value}", after("s")) + SUBFLOW,
        [("MFO402", "j", 'holds no node "j"')],
    ),
    Case(
        "an output in a subflow",
        HEAD + get("a") + get("z", "'${s.i.valu} ${i.valu} ${s.i.value}'", after("s")) + SUBFLOW,
        [("MFO402", "valu", '"value"'), ("MFO402", "valu", '"value"')],
    ),
    Case(
        "an answer's field",
        HEAD + chat("a", "prompt_template_id: t") + get("b", "${a.parsed_content.sumary}", after("a")),
        [("MFO402", "sumary", '"summary"')],
        PROMPTS,
    ),
    Case(
        "a tool's field, and a tool",
        HEAD
        + chat("a", "prompt_template_id: t")
        + get("b", "'${a.tool_call_results.extract.sendr} ${a.tool_call_results.extrac.x}'", after("a")),
        [("MFO402", "sendr", '"sender"'), ("MFO402", "extrac", '"extract"')],
        PROMPTS,
    ),
    Case(
        "a transform's values",
        HEAD
        + "  - id: a\n    type: transform\n    config: {values: {total: '1 + 1'}}\n"
        + get("b", "${a.totl}", after("a")),
        [("MFO402", "totl", '"total"')],
    ),
    Case(
        "a custom type's outputs",
        HEAD + "  - id: a\n    type: fetch\n" + get("b", "${a.bodi}", after("a")),
        [("MFO402", "bodi", '"body"')],
        {"mfo.toml": '[task_types.fetch]\noutputs = {properties = {body = {type = "string"}}}\n'},
    ),
    Case(
        "a condition's",
        HEAD + get("a") + get("b", "${c.resul}") + "conditions:\n" + condition("c", after("a"), "successors: [b]"),
        [("MFO402", "resul", '"result"')],
    ),
]
ORDER = [
    Case(
        "no dependency",
        HEAD + get("a") + get("b", "${a.value}"),
        [("MFO403", "${a.value}", "add it to the dependencies")],
    ),
    Case("as a bare text", HEAD + get("a") + get("b", "a.value"), [("MFO403", "a.value", "does not wait")]),
    Case("itself", HEAD + get("a", "${a.value}"), [("MFO403", "${a.value}", "reads its own output")]),
    Case(
        "what runs later",
        HEAD + get("a", "${b.value}") + get("b", "k", after("a")),
        [("MFO403", "${b.value}", "runs after")],
    ),
    Case(
        "the other branch",
        HEAD + get("x") + get("y", "${x.value}") + BRANCHES,
        [("MFO403", "${x.value}", '"c" chooses between')],
    ),
    Case(
        "in an expression",
        HEAD + get("a") + get("b") + "conditions:\n" + condition("c", "successors: [b]", expression="len(a.value) > 1"),
        [("MFO403", "a.value", '"c" does not wait for "a"')],
    ),
    Case(
        "a condition's own result",
        HEAD + get("b") + "conditions:\n" + condition("c", "successors: [b]", expression="c.result"),
        [("MFO403", "c.result", "reads its own output")],
    ),
    Case(
        "in vars",
        HEAD
        + get("a")
        + get("b")
        + "conditions:\n"
        + condition("c", "successors: [b]").replace(
            "{expression: 'INPUT.n == 1'}", "{expression: x == 1, vars: {x: a.value}}"
        ),
        [("MFO403", "a.value", "does not wait")],
    ),
    Case(
        "into a subflow: the subflow must wait",
        HEAD + get("a") + get("b") + SUBFLOW.replace("a.value", "b.value"),
        [("MFO403", "b.value", '"s" does not wait for "b"'), ("MFO403", "${b.value}", '"s" does not wait for "b"')],
    ),
    Case(
        "out of a subflow",
        HEAD + get("a") + get("z", "${i.value}") + SUBFLOW,
        [("MFO403", "${i.value}", '"z" does not wait for "s"')],
    ),
]
PERHAPS = [
    Case(
        "a join after two branches",
        HEAD + get("x") + get("y") + get("o", "${x.value}", after("x", "y")) + BRANCHES,
        [("MFO404", "${x.value}", 'only when "c" takes branch 0')],
    ),
    Case(
        "in an expression",
        HEAD
        + get("x")
        + get("y")
        + "  - id: o\n    type: transform\n    config: {values: {r: x.value}}\n    dependencies: [x, y]\n"
        + BRANCHES,
        [("MFO404", "x.value", "reads null then")],
    ),
]
TEMPLATES = [
    Case("in a value", HEAD + get("a", "'{{ .user.id }}'"), [("MFO406", "{{ .user.id }}", "${INPUT.user.id}")]),
    Case(
        "with no simple path",
        HEAD + get("a", "'{{ upper .x }}'"),
        [("MFO406", "{{ upper .x }}", "such as ${INPUT.name}")],
    ),
    Case(
        "two in one text",
        HEAD + get("a", "'{{.a}}-{{- .b -}}'"),
        [("MFO406", "{{.a}}", ""), ("MFO406", "{{- .b -}}", "${INPUT.b}")],
    ),
    Case(
        "in a prompt without context", HEAD + chat("a", "prompt: Hi {{ .n }}"), [("MFO406", "{{ .n }}", "${INPUT.n}")]
    ),
    Case(
        "in a context's own value",
        HEAD + chat("a", "prompt: Hi {{ .n }}", "prompt_context: {n: '{{ .m }}'}"),
        [("MFO406", "{{ .m }}", "")],
    ),
    Case(
        "deep in options",
        HEAD + chat("a", "prompt: Hi", "options: {x: [{y: '{{ .m }}'}]}"),
        [("MFO406", "{{ .m }}", "")],
    ),
    Case(
        "an output of a node",
        HEAD + get("a") + get("b", "'{{ .a.value }}'", after("a")),
        [("MFO406", "{{ .a.value }}", "${a.value}")],
    ),
]
SILENT = [
    Case(
        "text that looks like a reference", HEAD + get("a", "openai.com") + get("b", "v1.0") + get("c", "Hello. World")
    ),
    Case("dollars", HEAD + get("a", "'costs $5, $<year>, $<b>bold</b>, $(x), $$'")),
    Case("escapes", HEAD + get("a", "'$${HOME} $$<a.b>'") + get("b", "$$a.value", after("a"))),
    Case("an unknown input", HEAD + get("a", "'${INPUT.anything.at.all[0]}'")),
    Case("below an open shape", CLOSED_INPUT + get("a", "'${INPUT.o.q}'")),
    Case(
        "open by word",
        CLOSED_INPUT.replace("  properties:", "  additionalProperties: true\n  properties:", 1)
        + get("a", "${INPUT.m}"),
    ),
    Case("below unknown values", HEAD + get("a") + get("b", "'${a.value.x[0].y}'", after("a"))),
    Case("by a longer way", HEAD + get("a") + get("b", "k", after("a")) + get("c", "${a.value}", after("b"))),
    Case("by successors", HEAD + get("a", "k", "successors: [b]") + get("b", "${a.value}")),
    Case(
        "an edge that may be the missing one", HEAD + get("fetch") + get("b", "${fetch.value}", "dependencies: [fetch]")
    ),
    Case(
        "a guarded reading",
        HEAD
        + get("x")
        + get("y")
        + "  - id: o\n    type: transform\n    config: {values: {r: 'x?.value ?? y?.value'}}\n    dependencies: [x, y]\n"
        + BRANCHES,
    ),
    Case(
        "the iteration before",
        HEAD + get("x", "'${y.value}'") + get("y", "${x.value}", after("x")) + get("out", "${y.value}") + LOOP,
    ),
    Case("a subflow's input", HEAD + get("a") + get("z", "'${s.i.value} ${i.value}'", after("s")) + SUBFLOW),
    Case(
        "text for the server",
        HEAD
        + "  - id: a\n    type: mfo_api_event_trigger_create\n    config: {event_type: e, action_type: webhook, action_config: {body: '${event.job.id}'}}\n",
    ),
    Case(
        "names that are no references",
        HEAD + get("a") + "  - id: b\n    type: http_request\n    config: {url: u, method: GET}\n",
    ),
    Case(
        "a rendered prompt",
        HEAD + chat("a", "prompt: Hi {{ .n }}", "system_prompt: '{{ .n }}'", "prompt_context: {n: x}"),
    ),
    Case(
        "a fallback's own output",
        HEAD
        + chat("a", "prompt: p").rstrip("\n")
        + "\n    error_handling: {on_error: [{type: continue, output: {message: {text: x}, extra: 1}}]}\n"
        + get("b", "'${a.message.text} ${a.extra}'", after("a")),
    ),
    Case(
        "tools of the server",
        HEAD
        + chat("a", "prompt_template_id: t", "include_server_tools: true")
        + get("b", "${a.tool_call_results.other.x}", after("a")),
        [],
        PROMPTS,
    ),
    Case(
        "an unknown task type's outputs",
        HEAD + "  - id: a\n    type: fetch\n" + get("b", "${a.any}", after("a")),
        [],
        {"mfo.toml": "[task_types.fetch]\n"},
    ),
]


@pytest.mark.parametrize("case", [*ROOTS, *OUTPUTS, *ORDER, *PERHAPS, *TEMPLATES], ids=lambda case: case.name)
def test_each_wrong_reference_is_one_finding(case: Case) -> None:
    assert_told(case)


@pytest.mark.parametrize("case", SILENT, ids=lambda case: case.name)
def test_what_is_right_is_not_mentioned(case: Case) -> None:
    assert_told(case)


def test_a_misspelt_dependency_is_the_only_finding() -> None:
    (finding,) = told({"w.yml": HEAD + get("fetch") + get("b", "${fetch.value}", after("ftch"))})
    assert finding.code == "MFO302"


DAMAGED = get("broken", "[") + get("last")


def test_damage_inside_a_node_keeps_what_others_read_wrong() -> None:
    text = HEAD + get("a") + get("b", "'${a.valu} ${gone.x}'", after("a")) + DAMAGED
    assert {"MFO401", "MFO402"} <= {finding.code for finding in told({"workflow.yml": text})}


def test_a_node_that_may_be_in_the_damage_is_not_called_unknown() -> None:
    text = HEAD + get("a", "'${lost.value}'") + "  - - - {id: lost\n"
    assert "MFO401" not in {finding.code for finding in told({"workflow.yml": text})}


FIXES = [
    (HEAD + get("b", "${HOME}"), "Escape it: write $${ for the text ${", "${HOME}", "$${HOME}"),
    (HEAD + get("fetch") + get("b", "${fecth.value}", after("fetch")), 'Change to "fetch"', "fecth", "fetch"),
    (HEAD + get("a") + get("b", "${a.valu}", after("a")), 'Change to "value"', "valu}", "value}"),
    (HEAD + get("a", "'{{ .x }}'"), "Write ${INPUT.x}", "{{ .x }}", "${INPUT.x}"),
]


@pytest.mark.parametrize(("text", "title", "old", "new"), FIXES)
def test_a_fix_writes_what_was_meant(text: str, title: str, old: str, new: str) -> None:
    after_fix = fixed({"workflow.yml": text}, title)
    assert after_fix == text.replace(old, new)
    assert not told({"workflow.yml": after_fix})


ADDED = [
    ("    config: {key: '${a.value}'}\n", "    config: {key: '${a.value}'}\n    dependencies: [a]\n"),
    ("    config: {key: '${a.value}'}", "    config: {key: '${a.value}'}\n    dependencies: [a]"),
    ("    config: {key: '${a.value}'} # why\n", "    config: {key: '${a.value}'} # why\n    dependencies: [a]\n"),
    (
        "    config: {key: '${a.value}'}\n    dependencies: [x]\n",
        "    config: {key: '${a.value}'}\n    dependencies: [x, a]\n",
    ),
    (
        "    dependencies: []\n    config: {key: '${a.value}'}\n",
        "    dependencies: [a]\n    config: {key: '${a.value}'}\n",
    ),
    (
        "    dependencies:\n    config: {key: '${a.value}'}\n",
        "    dependencies: [a]\n    config: {key: '${a.value}'}\n",
    ),
    (
        "    dependencies:\n      - x # first\n    config: {key: '${a.value}'}\n",
        "    dependencies:\n      - x # first\n      - a\n    config: {key: '${a.value}'}\n",
    ),
    (
        "    dependencies:\n    - x\n    config:\n      key: |\n        ${a.value}\n\n# end\n",
        "    dependencies:\n    - x\n    - a\n    config:\n      key: |\n        ${a.value}\n\n# end\n",
    ),
    (
        "    config:\n      key: |\n        ${a.value}\n",
        "    config:\n      key: |\n        ${a.value}\n    dependencies: [a]\n",
    ),
]


@pytest.mark.parametrize(("task", "after_fix"), ADDED)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_dependency_is_added_in_the_layout_that_is_there(task: str, after_fix: str, end: str) -> None:
    head = HEAD + get("a") + get("x") + "  - id: b\n    type: mfo_api_memory_get\n"
    text = (head + task).replace("\n", end)
    assert fix_called(told({"workflow.yml": text}), 'Add "a" to dependencies').safe
    assert fixed({"workflow.yml": text}, 'Add "a" to dependencies') == (head + after_fix).replace("\n", end)


@pytest.mark.parametrize("task", ["{<<: *base, id: b}", "{<<: *base, id: b, dependencies: *list}"])
def test_a_shared_list_is_left_alone(task: str) -> None:
    text = (
        "x-list: &list [x]\nx-base: &base {type: mfo_api_memory_get, config: {key: '${a.value}'}, dependencies: *list}\n"
        + HEAD
        + get("a")
        + get("x")
        + f"  - {task}\n"
    )
    (finding,) = (finding for finding in told({"workflow.yml": text}) if finding.code == "MFO403")
    assert not finding.fixes


@pytest.mark.parametrize(
    "text",
    [
        HEAD + get("a", "${b.value}") + get("b", "k", after("a")),
        HEAD + get("x") + get("y", "${x.value}") + BRANCHES,
        HEAD + get("a", "${a.value}"),
    ],
    ids=["a cycle", "two branches", "itself"],
)
def test_no_dependency_is_offered_where_it_cannot_help(text: str) -> None:
    (finding,) = told({"workflow.yml": text})
    assert (finding.code, finding.fixes) == ("MFO403", ())


def test_weights_and_related_places() -> None:
    (before,) = told({"workflow.yml": HEAD + get("a") + get("b", "${a.value}")})
    (perhaps,) = told({"workflow.yml": PERHAPS[0].text})
    assert (before.severity, perhaps.severity) == (Severity.ERROR, Severity.WARNING)
    assert [related.message for related in (*before.related, *perhaps.related)] == [
        '"a" stands here',
        '"c" decides here',
    ]
