"""Branches, loops and edges that are legal but hardly meant."""

import pytest

from mfo_dialect.findings import Severity, Tag
from tests.rules.cases import Case, assert_said, findings_of, fixed
from tests.rules.test_graph import HEAD, condition, subflow, task

INPUTS = "name: flow\noutputs: {all: '${INPUT}'}\ninput_schema: {properties: {n: {type: integer}, b: {type: boolean}, e: {type: integer, enum: [0, 2]}}}\n"
THREE = "tasks:\n" + task("x") + task("y") + task("z") + "conditions:\n"


def branching(expression: str, *branches: str, variables: str = "") -> str:
    return INPUTS + THREE + condition("c", f"successors: [{', '.join(branches)}]", expression=expression)


COUNTS = [
    Case(
        "one of two written results has no branch",
        branching("INPUT.b ? 0 : 5", "x", "y"),
        [("MFO307", "5", "there are 2 branches, 0 to 1")],
    ),
    Case(
        "a negative one",
        branching("INPUT.b ? -1 : 0", "x", "y"),
        [("MFO307", "-1", "can be -1")],
    ),
    Case(
        "a remainder with too few branches",
        branching("abs(INPUT.n) % 4", "x", "y", "z"),
        [("MFO307", "abs(INPUT.n) % 4", "can be 3")],
    ),
    Case("an enum leaves one branch out", branching("INPUT.e", "x", "y", "z"), [("MFO307", "y", "never 1")]),
    Case("an enum that goes further", branching("INPUT.e", "x", "y"), [("MFO307", "INPUT.e", "can be 2")]),
    Case("true or false", branching("INPUT.n > 1", "x", "y", "z"), [("MFO307", "z", "true or false")]),
]


@pytest.mark.parametrize("case", COUNTS, ids=lambda case: case.name)
def test_results_and_branches_are_compared(case: Case) -> None:
    assert_said(case)


@pytest.mark.parametrize(
    "expression",
    [
        "INPUT.n",
        "INPUT.n % 3",
        "INPUT.n % 7",
        "INPUT.b ? INPUT.n : 0",
        "len([1, INPUT.n])",
        "INPUT.b ? 0 : INPUT.b ? 1 : 2",
    ],
)
def test_results_that_are_not_known_are_not_judged(expression: str) -> None:
    assert not findings_of({"workflow.yml": branching(expression, "x", "y", "z")})


def test_a_branch_that_is_never_taken_is_a_warning() -> None:
    (finding,) = findings_of({"workflow.yml": branching("INPUT.b ? 0 : 2", "x", "y", "z")})
    assert (finding.code, finding.severity) == ("MFO307", Severity.WARNING)


def loop(expression: str, variables: str = "") -> str:
    text = condition("again", "dependencies: [body]", "successors: [body, end]", expression=expression)
    text = text.replace('"}', f'", vars: {{{variables}}}}}') if variables else text
    return (
        INPUTS
        + "tasks:\n"
        + task("outside")
        + task("body", "dependencies: [outside]")
        + task("end")
        + "conditions:\n"
        + text
    )


@pytest.mark.parametrize(
    ("expression", "variables"),
    [
        ("INPUT.b", ""),
        ("b", ""),
        ("len(outside.tools) > 3", ""),
        ("TASKFLOW.name == 'x'", ""),
        ("limit > 3 && INPUT.b", "limit: 4"),
        ("tools > 3", "tools: '${INPUT.n}'"),
    ],
)
def test_a_loop_that_nothing_ends(expression: str, variables: str) -> None:
    assert [finding.code for finding in findings_of({"workflow.yml": loop(expression, variables)})] == ["MFO308"]


@pytest.mark.parametrize(
    ("expression", "variables"),
    [
        ("len(body.tools) > 3", ""),
        ("TASKFLOW.iterations.again < 3", ""),
        ("count(tools, true) > 3", "tools: '${body.tools}'"),
        ("rounds < 3", "rounds: TASKFLOW.iterations.again"),
        ("now().Second() > 30", ""),
        ("$env['body'].tools != nil", ""),
    ],
)
def test_a_loop_that_something_may_end(expression: str, variables: str) -> None:
    assert "MFO308" not in {finding.code for finding in findings_of({"workflow.yml": loop(expression, variables)})}


def test_a_loop_is_ended_by_any_condition_in_it() -> None:
    text = (
        INPUTS
        + "tasks:\n"
        + task("body")
        + task("end")
        + "conditions:\n"
        + condition("enough", "dependencies: [body]", "successors: [end, again]", expression="len(body.tools) > 3")
        + condition("again", "successors: [body]", expression="INPUT.b")
    )
    assert not findings_of({"workflow.yml": text})


def test_inner_nodes_of_a_subflow_in_the_body_change_too() -> None:
    text = (
        HEAD
        + task("end")
        + subflow("body")
        + "conditions:\n"
        + condition("again", "dependencies: [body]", "successors: [body, end]", expression="len(inner.tools) > 3")
    )
    assert not findings_of({"workflow.yml": text})


READ_A = "config: {tool_id: t, arguments: {a: '${a.tools}'}}"
CHAIN = HEAD + task("a") + task("b", "dependencies: [a]")
REDUNDANT = [
    Case("over one node", CHAIN + task("c", "dependencies: [a, b]"), [("MFO309", "a", 'waits for "b"')]),
    Case(
        "over two nodes",
        CHAIN + task("c", "dependencies: [b]") + task("d", "dependencies: [a, c]"),
        [("MFO309", "a", 'waits for "c"')],
    ),
    Case(
        "written as a successor",
        HEAD + task("a", "successors: [b, c]") + task("b", "successors: [c]") + task("c"),
        [("MFO309", "c", '"c" waits for "a" anyway')],
    ),
    Case(
        "over the condition that chooses the node",
        CHAIN
        + task("d", "dependencies: [a, left]")
        + "conditions:\n"
        + condition("left", "dependencies: [b]", "successors: [d]"),
        [("MFO309", "a", 'waits for "left"')],
    ),
]


@pytest.mark.parametrize("case", REDUNDANT, ids=lambda case: case.name)
def test_an_edge_that_others_imply(case: Case) -> None:
    (finding,) = assert_said(case)
    assert (finding.severity, finding.tags) == (Severity.HINT, (Tag.UNNECESSARY,))
    after = fixed(case.files, finding.fixes[0].title)
    assert not findings_of({"workflow.yml": after})


NEEDED = [
    Case(
        "the other way leads over a branch, which may be skipped",
        CHAIN
        + task("c", "dependencies: [a, d]")
        + task("d")
        + "conditions:\n"
        + condition("maybe", "dependencies: [b]", "successors: [d]"),
    ),
    Case(
        "the source is read",
        HEAD
        + task("a")
        + task("b", "dependencies: [a]")
        + '  - id: c\n    type: mfo_api_memory_store\n    config: {key: k, value: "${a.tools}"}\n    dependencies: [a, b]\n',
    ),
    Case(
        "an edge into a loop",
        CHAIN
        + task("e", "dependencies: [b]")
        + "conditions:\n"
        + condition("again", "dependencies: [e]", "successors: [b]", expression="TASKFLOW.iterations.again < 3"),
    ),
    Case("two nodes side by side", HEAD + task("a") + task("b") + task("c", "dependencies: [a, b]")),
]


@pytest.mark.parametrize("case", NEEDED, ids=lambda case: case.name)
def test_an_edge_that_is_needed(case: Case) -> None:
    assert "MFO309" not in {finding.code for finding in findings_of(case.files)}


SIDES = task("left") + task("right") + task("other")
JOINS = [
    Case("one branch", SIDES + task("final", "dependencies: [left, other]"), [("MFO311", "final", 'lead to "left"')]),
    Case(
        "behind one branch",
        SIDES + task("more", "dependencies: [left]") + task("final", "dependencies: [more, other]"),
        [("MFO311", "final", 'lead to "left"')],
    ),
    Case("all branches", SIDES + task("final", "dependencies: [left, right, other]")),
    Case("only the branch", SIDES + task("final", "dependencies: [left]")),
    Case(
        "branches that join before",
        SIDES + task("both", "dependencies: [left, right]") + task("final", "dependencies: [both, other]"),
    ),
]


@pytest.mark.parametrize("case", JOINS, ids=lambda case: case.name)
def test_a_join_with_a_branch(case: Case) -> None:
    text = HEAD + case.text + "conditions:\n" + condition("c", "successors: [left, right]")
    found = findings_of({"workflow.yml": text})
    assert [(f.code, text[slice(*f.place.span)]) for f in found] == [said[:2] for said in case.said]
    assert all(said[2] in f.message for f, said in zip(found, case.said, strict=True))
