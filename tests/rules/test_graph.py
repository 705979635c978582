"""What the graph of a level shows: doubled ids, edges to nowhere, cycles, dead ends, stray branches."""

import pytest

from mfo_dialect.findings import Severity
from tests.rules.cases import Case, assert_said, findings_of, fixed

HEAD = "name: flow\ntasks:\n"


def task(name: str, *lines: str) -> str:
    return f"  - id: {name}\n    type: mfo_api_tool_list\n" + "".join(f"    {line}\n" for line in lines)


def condition(name: str, *lines: str, expression: str = "TASKFLOW.name == 'x'") -> str:
    head = f'  - id: {name}\n    type: expr\n    config: {{expression: "{expression}"}}\n'
    return head + "".join(f"    {line}\n" for line in lines)


def subflow(name: str, *lines: str, inner: str = "inner") -> str:
    head = f"subflows:\n  - id: {name}\n" + "".join(f"    {line}\n" for line in lines)
    return head + f"    tasks:\n      - id: {inner}\n        type: mfo_api_tool_list\n"


LOOP = "TASKFLOW.iterations.again < 3"
CASES = [
    Case(
        "an id inside a subflow counts too",
        HEAD + task("a") + subflow("s", inner="a"),
        [("MFO301", "a", "already the id of a node")],
    ),
    Case("a subflow called like a task", HEAD + task("a") + subflow("a"), [("MFO301", "a", "already")]),
    Case(
        "taskflows and triggers",
        "workflow_name: w\ntriggers:\n  - {id: t, type: manual, target_taskflow: x}\n  - {id: t, type: manual, target_taskflow: x}\n"
        "taskflows:\n  - id: x\n    tasks:\n    - {id: a, type: mfo_api_tool_list}\n  - id: x\n    tasks:\n    - {id: a, type: mfo_api_tool_list}\n",
        [("MFO301", "t", "a trigger"), ("MFO301", "x", "a taskflow")],
    ),
    Case("a misspelt id", HEAD + task("first") + task("b", "dependencies: [frist]"), [("MFO302", "frist", '"first"')]),
    Case("a successor", HEAD + task("first") + task("b", "successors: [frist]"), [("MFO302", "frist", '"first"')]),
    Case(
        "a name for an id",
        HEAD + task("a", "name: One") + task("b", "dependencies: [One]"),
        [("MFO302", "One", 'ids: "a"')],
    ),
    Case(
        "a node inside a subflow",
        HEAD + task("a", "dependencies: [inner]") + subflow("s"),
        [("MFO302", "inner", 'name the subflow "s"')],
    ),
    Case(
        "a node around a subflow",
        HEAD + task("a") + subflow("s") + "        dependencies: [a]\n",
        [("MFO302", "a", 'belongs to the subflow "s"')],
    ),
    Case(
        "a cycle, its path and what waits behind it",
        HEAD
        + task("a", "dependencies: [c]")
        + task("b", "dependencies: [a]")
        + task("c", "dependencies: [b]")
        + task("d", "dependencies: [c]"),
        [("MFO303", "c", "a -> b -> c -> a")],
    ),
    Case(
        "a cycle that a condition cannot leave",
        HEAD
        + task("a", "dependencies: [b, again]")
        + task("b", "dependencies: [a]")
        + "conditions:\n"
        + condition("again", "dependencies: [b]", "successors: [a, b]", expression=LOOP),
        [("MFO303", "b", "a -> b -> a")],
    ),
    Case(
        "itself",
        HEAD + task("a", "dependencies: [a]", "successors: [a]"),
        [("MFO304", "a", "waits"), ("MFO304", "a", "successor")],
    ),
    Case(
        "a condition's own branch",
        HEAD + task("a") + "conditions:\n" + condition("again", "successors: [again, a]", expression=LOOP),
        [("MFO304", "again", "another node")],
    ),
    Case("nothing to start", "name: flow\ntasks: []\n", [("MFO305", "tasks", "nothing can start")]),
    Case(
        "nothing in a subflow",
        HEAD + task("a") + "subflows:\n  - id: s\n    tasks: []\n",
        [("MFO305", "tasks", "this subflow")],
    ),
    Case(
        "behind a loop without an end: only where the way leaves it",
        HEAD
        + task("a")
        + task("b", "dependencies: [a]")
        + task("z", "dependencies: [b]")
        + task("final", "dependencies: [z]")
        + "conditions:\n"
        + condition("again", "dependencies: [b]", "successors: [a, a]", expression=LOOP),
        [("MFO305", "z", 'every branch of "again" leads back')],
    ),
    Case(
        "no branch leads here",
        HEAD + task("a") + task("b", "dependencies: [c]") + "conditions:\n" + condition("c", "successors: [a]"),
        [("MFO306", "c", 'successors do not list "b"')],
    ),
    Case(
        "a misspelt branch is one finding",
        HEAD
        + task("a")
        + task("second", "dependencies: [c]")
        + "conditions:\n"
        + condition("c", "successors: [a, secnd]"),
        [("MFO302", "secnd", '"second"')],
    ),
    Case(
        "a condition without branches is one finding",
        HEAD + task("a", "dependencies: [c]") + "conditions:\n" + condition("c"),
        [("MFO202", "c", '"successors"')],
    ),
    Case("a digit first", HEAD + task("1st"), [("MFO310", "1st", '"_1st" would do')]),
    Case("spaces and dots", HEAD + task("a b") + task("x.y"), [("MFO310", "a b", '"a_b"'), ("MFO310", "x.y", '"x_y"')]),
    Case("a reserved name", HEAD + task("INPUT"), [("MFO310", "INPUT", "reserved")]),
    Case(
        "other alphabets",
        HEAD + task("tâche") + task("日本"),
        [("MFO310", "tâche", '"tache"'), ("MFO310", "日本", "letters a to z")],
    ),
    Case("an empty id", HEAD + task("''"), [("MFO310", "''", "empty")]),
    Case(
        "a number is no id, and nothing else",
        HEAD + task("5") + task("b", "dependencies: [5]"),
        [("MFO310", "5", '"_5"')],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_mistake_is_one_finding(case: Case) -> None:
    assert_said(case)


SILENT = [
    Case(
        "a loop through a condition",
        HEAD
        + task("a")
        + task("b", "dependencies: [a]")
        + task("z", "dependencies: [b]")
        + "conditions:\n"
        + condition("again", "dependencies: [b]", "successors: [a]", expression=LOOP),
    ),
    Case("both sides of one edge", HEAD + task("a", "successors: [b]") + task("b", "dependencies: [a]")),
    Case(
        "one id in two taskflows",
        "workflow_name: w\ntaskflows:\n"
        + "".join(f"  - taskflow_id: {n}\n    tasks:\n    - {{id: a, type: mfo_api_tool_list}}\n" for n in "xy"),
    ),
    Case(
        "a branch with a second dependency",
        HEAD
        + task("a")
        + task("z")
        + task("b", "dependencies: [c, z]")
        + "conditions:\n"
        + condition("c", "dependencies: [a]", "successors: [b]"),
    ),
]


@pytest.mark.parametrize("case", SILENT, ids=lambda case: case.name)
def test_what_is_right_is_not_mentioned(case: Case) -> None:
    assert not [finding for finding in findings_of(case.files) if finding.code < "MFO4"]


@pytest.mark.parametrize("broken", ['    name: "x\n', "    name: {x\n", "\tname: x\n"])
def test_a_damaged_level_may_hold_what_is_named(broken: str) -> None:
    text = HEAD + task("a", "dependencies: [gone]") + task("b") + broken
    assert {finding.code for finding in findings_of({"workflow.yml": text})} <= {"MFO101", "MFO103"}


def test_a_cycle_tells_of_each_of_its_edges() -> None:
    text = HEAD + task("a", "dependencies: [b]") + task("b", "dependencies: [a]")
    (finding,) = findings_of({"workflow.yml": text})
    assert [related.message for related in finding.related] == ['"a" comes before "b"', '"b" comes before "a"']


def test_an_unreachable_node_is_only_a_warning() -> None:
    text = CASES[[case.name for case in CASES].index("behind a loop without an end: only where the way leaves it")].text
    assert [finding.severity for finding in findings_of({"workflow.yml": text})] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("text", "title", "after"),
    [
        (
            HEAD
            + task("a", "successors: [b]", "dependencies:", "  - b", "name: x")
            + task("b", "successors:", "  - a"),
            'Let "a" start without "b"',
            HEAD + task("a", "successors: [b]", "name: x") + task("b"),
        ),
        (
            HEAD + task("a") + task("b", "dependencies: [b, a]"),
            "Remove it from dependencies",
            HEAD + task("a") + task("b", "dependencies: [a]"),
        ),
        (
            HEAD + task("a") + task("b", "dependencies:", "  - a", "  - b"),
            "Remove it from dependencies",
            HEAD + task("a") + task("b", "dependencies:", "  - a"),
        ),
        (HEAD + task("a") + task("a"), 'Change to "a_2"', HEAD + task("a") + task("a_2")),
        (
            HEAD
            + task("a")
            + task("b", "dependencies: [c]")
            + "conditions:\n"
            + condition("c", "successors:", "  - a"),
            'Make it the next branch of "c"',
            HEAD
            + task("a")
            + task("b", "dependencies: [c]")
            + "conditions:\n"
            + condition("c", "successors:", "  - a", "  - b"),
        ),
        (
            HEAD + task("a") + task("b", "dependencies: [c]") + "conditions:\n" + condition("c", "successors: [a]"),
            'Remove "c" from dependencies',
            HEAD + task("a") + task("b") + "conditions:\n" + condition("c", "successors: [a]"),
        ),
        (
            HEAD + task("a b") + task("c", "dependencies: ['a b']", "successors:", "  - d") + task("d"),
            'Change to "a_b"',
            HEAD + task("a_b") + task("c", "dependencies: ['a_b']", "successors:", "  - d") + task("d"),
        ),
    ],
)
def test_a_fix_mends_the_edge(text: str, title: str, after: str) -> None:
    assert fixed({"workflow.yml": text}, title) == after
    assert len(findings_of({"workflow.yml": after})) < len(findings_of({"workflow.yml": text}))
