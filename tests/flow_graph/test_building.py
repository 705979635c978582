"""From text to graph: nodes, edges, branches, loops, groups and problems, by tables."""

from __future__ import annotations

import pytest

from mfo_lsp.features.flow_graph import folded
from mfo_lsp.features.flow_graph.values import EdgeKind, FlowGraph, Location
from tests.flow_graph.graphs import CYCLE, EMPTY, FILE, HOSTILE_NAMES, REVIEW, SWITCH, graph_of, hostile


def edges(graph: FlowGraph) -> list[tuple[str, str, str, tuple[int, ...], str]]:
    name = {key: node.id for key, node in graph.nodes.items()}
    return [(name[e.source], name[e.target], e.kind.value, e.branches, e.label) for e in graph.edges]


def test_nodes_come_in_document_order_with_their_places():
    graph = graph_of(REVIEW)
    assert [(key, node.id, node.kind.value, node.type, node.group) for key, node in graph.nodes.items()] == [
        ("n1", "draft", "task", "mfo_api_chat_send", None),
        ("n2", "critique", "task", "mfo_api_chat_send", None),
        ("n3", "publish", "task", "mfo_api_resource_create", None),
        ("n4", "good_enough", "condition", "expr", None),
        ("n5", "polish", "subflow", "subflow", None),
        ("n6", "spell", "task", "mfo_api_tool_execute", "n5"),
        ("n7", "shout", "task", "transform", "n5"),
    ]
    assert graph.nodes["n1"].location == Location(FILE, 3, 9)
    assert graph.nodes["n6"].location == Location(FILE, 25, 14)
    assert graph.nodes["n4"].expression == "len(critique.message) > 7"
    assert graph.nodes["n1"].name == "Write a draft"
    assert (graph.id, graph.location) == ("review", Location(FILE, 1, 7))


def test_nodes_are_named_as_runs_name_them():
    assert [node.path for node in graph_of(REVIEW).nodes.values()][-2:] == ["polish/spell", "polish/shout"]


def test_a_folded_subflow_hides_its_nodes_and_has_their_problems():
    graph = graph_of(REVIEW.replace("tool_id: spell, ", ""))
    closed = folded(graph, {"polish", "draft", "polish/spell"})
    assert [node.id for node in closed.nodes.values()] == ["draft", "critique", "publish", "good_enough", "polish"]
    assert [group.node for group in closed.groups] == [None]
    polish = closed.nodes["n5"]
    assert (polish.folded, [problem.code for problem in polish.problems]) == (2, ["MFO202"])
    assert folded(graph, {"draft"}) is graph


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            REVIEW,
            [
                ("draft", "critique", "dependency", (), ""),
                ("critique", "good_enough", "dependency", (), ""),
                ("good_enough", "draft", "loop", (1,), "1 false"),
                ("good_enough", "polish", "branch", (0,), "0 true"),
                ("polish", "publish", "dependency", (), ""),
                ("spell", "shout", "dependency", (), ""),
            ],
        ),
        (CYCLE, [("ping", "pong", "dependency", (), ""), ("pong", "ping", "cycle", (), "")]),
        (SWITCH, [("which", "a", "branch", (0, 2), "0, 2"), ("which", "b", "branch", (1,), "1")]),
        (EMPTY, []),
    ],
)
def test_edges(text, expected):
    assert edges(graph_of(text)) == expected


def test_groups_hold_their_nodes_and_edges():
    graph = graph_of(REVIEW)
    assert [(group.node, group.members, len(group.edges)) for group in graph.groups] == [
        (None, ("n1", "n2", "n3", "n4", "n5"), 5),
        ("n5", ("n6", "n7"), 1),
    ]
    (loop,) = graph.groups[0].loops
    assert (loop.head, loop.body, loop.conditions) == ("n1", ("n1", "n2", "n4"), ("n4",))


def test_a_problem_belongs_to_the_innermost_node_around_it():
    broken = REVIEW.replace("tool_id: spell, ", "").replace("resource_type: text", "")
    graph = graph_of(broken)
    where = {node.id: [problem.code for problem in node.problems] for node in graph.nodes.values() if node.problems}
    assert set(where) == {"spell", "publish"}
    (problem,) = graph.nodes["n6"].problems
    assert problem.location.line == 25
    assert problem.node == "n6"
    assert graph.nodes["n5"].problems == ()


def test_a_problem_behind_the_nodes_of_a_subflow_is_the_subflows_own():
    graph = graph_of(REVIEW + "    surprise: 1\n")
    assert [problem.location.line for problem in graph.nodes["n5"].problems] == [27]
    assert graph.nodes["n7"].problems == ()


TWO_FLOWS = """\
workflow_name: two
surprise: 1
taskflows:
  - taskflow_id: one
    tasks: [{id: a, type: mfo_api_memory_get}]
  - taskflow_id: other
    tasks: [{id: a, type: mfo_api_memory_get}, {id: a, type: mfo_api_tool_list}]
"""


def test_problems_of_another_taskflow_are_left_out_and_those_of_the_document_are_not():
    one, other = graph_of(TWO_FLOWS, 0), graph_of(TWO_FLOWS, 1)
    assert {problem.location.line for problem in one.problems} == {2, 5}
    assert {problem.location.line for problem in other.problems} == {2, 7}
    assert {problem.node for problem in one.problems} == {None, "n1"}


def test_nodes_without_or_with_equal_ids_are_told_apart():
    graph = graph_of("name: x\ntasks:\n  - {type: mfo_api_tool_list}\n  - {id: a}\n  - {id: a, dependencies: [a]}\n")
    assert [node.id for node in graph.nodes.values()] == ["", "a", "a"]
    assert edges(graph) == [("a", "a", "dependency", (), "")]


def test_a_text_that_cannot_be_read_as_a_whole_gives_what_can_be_read():
    graph = graph_of('name: x\ntasks:\n  - {id: a, type: "b}\n  - {id: c, type: mfo_api_tool_list}\n')
    assert "c" in {node.id for node in graph.nodes.values()}
    assert any(problem.severity.word == "error" for problem in graph.problems)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_ids_are_kept_as_they_are_written(name):
    graph = graph_of(hostile(name))
    assert graph.nodes["n1"].id == name
    assert {edge.kind for edge in graph.edges} >= {EdgeKind.BRANCH}
