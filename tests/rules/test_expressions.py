"""Expressions in their YAML: exact places in every style of scalar, and names with what is known of them."""

import pytest

from tests.rules.cases import Case, fixed
from tests.rules.told import assert_told, told

TASKS = (
    "name: flow\ninput_schema:\n  properties: {n: {type: integer}, s: {type: string}, o: {}}\ntasks:\n"
    "  - id: load\n    type: mfo_api_chat_send\n    config: {prompt: p}\n"
    "  - id: my-node\n    type: mfo_api_chat_send\n    config: {prompt: p}\n"
    "  - id: b\n    type: mfo_api_tool_list\n"
)


def when(expression: str, variables: str = "", tasks: str = TASKS) -> str:
    return (
        f"{tasks}conditions:\n  - id: c\n    type: expr\n    config:\n      expression: {expression}\n{variables}"
        "    dependencies: [load, my-node]\n    successors: [b]\n"
    )


CASES = [
    Case("broken at the end", when('"n > 1 and"'), [("MFO501", "d", "unexpected end")]),
    Case("broken inside", when('"n > > 1"'), [("MFO501", ">", "unexpected")]),
    Case("in single quotes", when("'s == ''x'' and nn > 2'"), [("MFO502", "nn", 'did you mean "n"')]),
    Case(
        "in double quotes with escapes", when('"\\u006e > 1 \\n and nn > \\"x\\""'), [("MFO502", "nn", "unknown name")]
    ),
    Case("plain", when("n > 1 and foo(s)  # comment"), [("MFO503", "foo", "unknown function")]),
    Case("in a block", when("|\n        n > 1 and\n          foo(s)\n"), [("MFO503", "foo", "unknown function")]),
    Case("in a folded block", when(">-\n        n > 1\n        and s > 1\n"), [("MFO504", ">", "string and an int")]),
    Case("beyond the first plane", when("\"s == '😀' and nn > 1\""), [("MFO502", "nn", "unknown name")]),
    Case("an output", when("load.messag == s"), [("MFO502", "messag", '"message"')]),
    Case("an input's field", when("INPUT.m == 1"), [("MFO502", "m", "unknown field")]),
    Case("a node with a dash", when("'$env[\"my-node\"].messag == s'"), [("MFO502", "messag", '"message"')]),
    Case("arguments", when("upper(s, s) == s"), [("MFO503", "upper", "takes 1 argument")]),
    Case("a type", when("n == 1 and n + s == s"), [("MFO504", "+", "int and a string")]),
    Case("no truthiness", when("'n ? true : false'"), [("MFO504", "n", "not a bool")]),
    Case("a pattern", when("s matches '('"), [("MFO504", "matches", "pattern")]),
    Case("no branch", when("s"), [("MFO506", "s", "type string")]),
    Case(
        "no branch, in a block",
        when(">-\n        upper(\n        s)\n"),
        [("MFO506", "upper(\n        s)", "type string")],
    ),
    Case(
        "vars have the types of what they read",
        when("x > 1 and y == 1 and z > 1", "      vars:\n        x: load.message\n        y: 1\n        z: text\n"),
        [("MFO504", ">", "string and an int"), ("MFO504", ">", "string and an int")],
    ),
    Case("vars come first", when("n == 's'", "      vars: {n: text}\n")),
    Case(
        "an unknown variable that vars read",
        when("x == 1", "      vars:\n        x: ${load.messag}\n"),
        [("MFO402", "messag", "")],
    ),
    Case(
        "a transform",
        f"{TASKS}  - id: t\n    type: transform\n    config:\n      values:\n        a: n + 1\n        b: |\n          n +\n            nn\n",
        [("MFO502", "nn", "unknown name")],
    ),
]
SILENT = [
    Case(
        "everything that is known",
        when("n > 1 and len(s) > 2 and load.message == s and TASKFLOW.id == s and o.x.y == 1"),
    ),
    Case("nodes with dashes", when("'$env[\"my-node\"].message == s'")),
    Case(
        "undeclared inputs",
        when(
            "whatever == 1",
            tasks=TASKS.replace("input_schema:\n  properties: {n: {type: integer}, s: {type: string}, o: {}}\n", ""),
        ),
    ),
    Case("integers choose branches", when("n")),
    Case("what nothing is known of chooses branches", when("o")),
    Case("its own iterations", when("TASKFLOW.iterations.c < n")),
    Case(
        "maps and lists of vars", when("x.a == 1 and len(y) > n", "      vars:\n        x: {a: 1}\n        y: [1, 2]\n")
    ),
    Case("references inside maps of vars", when("x.a == s", "      vars:\n        x: {a: load.message}\n")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_mistake_is_one_finding_at_its_place(case: Case) -> None:
    assert_told(case)


@pytest.mark.parametrize("case", SILENT, ids=lambda case: case.name)
def test_what_is_right_is_not_mentioned(case: Case) -> None:
    assert_told(case)


def test_a_declared_input_hides_the_node_of_the_same_name() -> None:
    text = when("n == 1").replace("id: b\n", "id: n\n").replace("[b]", "[n]")
    assert not told({"workflow.yml": text})


def test_a_broken_expression_says_nothing_else() -> None:
    assert {finding.code for finding in told({"workflow.yml": when('"nn > and foo("')})} == {"MFO501"}


def test_a_fix_writes_inside_the_quotes() -> None:
    text = when("'s == ''x'' and nn > 2'")
    assert fixed({"workflow.yml": text}, 'Change to "n"') == text.replace("nn", "n")
