"""Declarations and references: what is read and not declared, declared and not read, spelt otherwise."""

import pytest

from tests.rules.cases import Case, assert_said, findings_of, fixed

HEAD = "name: flow\n"


def store(value: str, *lines: str, name: str = "a") -> str:
    return f"  - id: {name}\n    type: mfo_api_memory_store\n    config: {{key: k, value: {value}}}\n" + "".join(
        f"    {line}\n" for line in lines
    )


def said(files: dict[str, str], *codes: str) -> list[tuple[str, str]]:
    found = [finding for finding in findings_of(files) if finding.code in codes]
    return [(f.code, files[f.place.document][slice(*f.place.span)]) for f in found]


SECRETS = "global_configs:\n  secrets:\n    mail: {env: MAIL}\n"
UNDECLARED = [
    Case("no secrets at all", HEAD + "tasks:\n" + GET, [("MFO411", "mail", "add it to global_configs.secrets")])
    for GET in [
        '  - id: a\n    type: http_request\n    config: {url: "https://x.org", headers: {a: "${SECRET.mail}"}}\n'
    ]
] + [
    Case(
        "a misspelt secret",
        HEAD
        + SECRETS
        + 'tasks:\n  - id: a\n    type: http_request\n    config: {url: "https://x.org", headers: {a: SECRET.mial}}\n',
        [("MFO411", "mial", 'did you mean "mail"?')],
    ),
    Case(
        "a trigger's secret",
        "workflow_name: w\ntriggers:\n  - id: t\n    type: webhook\n    config: {http_path: /x, secret_ref: hook}\n"
        "taskflows:\n  - taskflow_id: f\n    tasks:\n      - {id: a, type: mfo_api_tool_list}\n",
        [("MFO411", "hook", "secret")],
    ),
    Case(
        "a variable of the environment",
        HEAD + "global_configs: {env: [HOME]}\ntasks:\n" + store("'${ENV.HOST}'"),
        [("MFO411", "HOST", "environment variable")],
    ),
]


@pytest.mark.parametrize("case", UNDECLARED, ids=lambda case: case.name)
def test_what_is_read_must_be_declared(case: Case) -> None:
    assert_said(case)


@pytest.mark.parametrize(
    ("before", "title", "after"),
    [
        (
            HEAD + "tasks:\n" + store("'${ENV.HOST}'"),
            'Declare the environment variable "HOST"',
            HEAD + "global_configs:\n  env: [HOST]\ntasks:\n" + store("'${ENV.HOST}'"),
        ),
        (
            HEAD + "global_configs: {env: [HOME]}\ntasks:\n" + store("'${ENV.HOST}'"),
            'Declare the environment variable "HOST"',
            HEAD + "global_configs: {env: [HOME, HOST]}\ntasks:\n" + store("'${ENV.HOST}'"),
        ),
        (
            HEAD + SECRETS + 'tasks:\n  - id: a\n    type: http_request\n    config: {url: "${SECRET.my-url}"}\n',
            'Declare the secret "my-url"',
            HEAD
            + SECRETS
            + '    my-url: {env: MY_URL}\ntasks:\n  - id: a\n    type: http_request\n    config: {url: "${SECRET.my-url}"}\n',
        ),
    ],
)
def test_the_fix_declares_it(before: str, title: str, after: str) -> None:
    assert fixed({"workflow.yml": before}, title) == after
    assert not findings_of({"workflow.yml": after})


SCHEMA = "input_schema: {properties: {one: {type: string}, two: {type: string}}}\n"
INNER = (
    "subflows:\n  - id: s\n    input_schema: {properties: {three: {type: string}, one: {type: string}}}\n"
    "    input_mapping: {three: '${INPUT.two}'}\n    tasks:\n"
)
UNUSED = [
    Case("an input", HEAD + SCHEMA + "tasks:\n" + store("'${INPUT.one}'"), [("MFO409", "two", "reads the input")]),
    Case(
        "an input of a subflow",
        HEAD
        + SCHEMA
        + "tasks:\n"
        + store("1")
        + INNER
        + store("'${INPUT.one}'", name="b").replace("  - ", "      - ").replace("\n    ", "\n        "),
        [("MFO409", "three", '"s"')],
    ),
    Case(
        "an output that the taskflow does not return",
        HEAD
        + "outputs: {done: '${a.success}'}\ntasks:\n"
        + store("1", "outputs: [a.success]")
        + store("1", "outputs: [b.success]", name="b"),
        [("MFO409", "b.success", "nothing reads")],
    ),
    Case(
        "a subflow that only computes",
        HEAD
        + "outputs: {done: '${a.success}'}\ntasks:\n"
        + store("1")
        + "subflows:\n  - id: s\n    tasks:\n      - {id: b, type: transform, config: {values: {x: '1 + 1'}}}\n",
        [("MFO409", "s", "nothing reads a result")],
    ),
]


@pytest.mark.parametrize("case", UNUSED, ids=lambda case: case.name)
def test_what_is_declared_is_read(case: Case) -> None:
    assert_said(case)


USED = {
    "handed on whole": HEAD + SCHEMA + "tasks:\n" + store("'${INPUT}'"),
    "read in an expression": HEAD
    + SCHEMA
    + "tasks:\n  - {id: a, type: transform, config: {values: {x: 'one + INPUT.two'}}}\n",
    "read by the environment as a whole": HEAD
    + SCHEMA
    + "tasks:\n  - {id: a, type: transform, config: {values: {x: 'len($env)'}}}\n",
    "another finding may be why": HEAD + SCHEMA + "tasks:\n" + store("'${INPUT.one} ${INPUT.tow}'"),
    "every output is returned": HEAD + "tasks:\n" + store("1", "outputs: [a.success]"),
    "a part of an output": HEAD
    + "outputs: {x: '${a.job.id}'}\ntasks:\n  - id: a\n    type: mfo_api_job_get\n    config: {job_id: x}\n    outputs: [a.job]\n",
    "in other letters": HEAD
    + "outputs: {x: '${a.resource.content}'}\ntasks:\n  - id: a\n    type: mfo_api_resource_get\n"
    + "    config: {resource_id: x}\n    outputs: [a.resource.Content]\n",
    "a subflow that stores": HEAD
    + "outputs: {x: '${a.success}'}\ntasks:\n"
    + store("1")
    + "subflows:\n  - id: s\n    tasks:\n      - {id: b, type: mfo_api_memory_delete, config: {key: k}}\n",
    "a subflow that waits for a job": HEAD
    + "outputs: {x: '${a.success}'}\ntasks:\n"
    + store("1")
    + "subflows:\n  - id: s\n    tasks:\n      - {id: b, type: mfo_api_job_get, config: {job_id: k, wait: 30s}}\n",
}


@pytest.mark.parametrize("text", USED.values(), ids=USED)
def test_what_may_be_read_is_left_alone(text: str) -> None:
    assert not said({"workflow.yml": text}, "MFO409")


STYLED = {"mfo.toml": '[rules]\nMFO407 = "information"\n'}


@pytest.mark.parametrize(
    ("values", "title", "after"),
    [
        (["'${INPUT.a}'", "'${INPUT.b}'", "$<INPUT.c>"], "Write ${INPUT.c}", '"${INPUT.c}"'),
        (["INPUT.a", "INPUT.b", "'${INPUT.c}'"], "Write INPUT.c", "'INPUT.c'"),
        (["'a $<INPUT.a>'", "'b $<INPUT.b>'", '"c ${INPUT.c}"'], "Write $<INPUT.c>", '"c $<INPUT.c>"'),
    ],
)
def test_the_usual_spelling(values: list[str], title: str, after: str) -> None:
    text = HEAD + "tasks:\n" + "".join(store(value, name=f"t{number}") for number, value in enumerate(values))
    assert len(said({"workflow.yml": text} | STYLED, "MFO407")) == 1
    assert fixed({"workflow.yml": text} | STYLED, title) == text.replace(values[-1], after)
    assert not said({"workflow.yml": text}, "MFO407")


def test_a_bare_path_cannot_stand_in_text() -> None:
    text = (
        HEAD
        + "tasks:\n"
        + store("INPUT.a", name="x")
        + store("INPUT.b", name="y")
        + store("'see ${INPUT.c}'", name="z")
    )
    assert not said({"workflow.yml": text} | STYLED, "MFO407")
