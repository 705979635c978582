"""What is written belongs to one part, and a part is looked at without walking through the others."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.scopes import FlowNode, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.visits import Visit
from mfo_dialect.rules import RULES
from mfo_dialect.rules.plan import plan_of
from mfo_dialect.rules.running import reports_on
from mfo_dialect.rules.text.walking import mappings, nodes_below
from mfo_dialect.syntax import Mapping
from tests.effort import examples
from tests.rules.checking import bundle_of

PROMPTS = """\
templates:
  draft:
    system_prompt: You draft.
    user_prompt: "Write of {{ .subject }} in {{ .tone }}"
    default_variables: {tone: plain}
"""
STRETCH = 5
MOST_LOOKED_AT = 24


def flow_of(tasks: int) -> str:
    """A flow in which each task waits for the one before it and for one two places before, and reads the first."""
    lines = ["name: long", "input_schema: {type: object, properties: {subject: {type: string}}}", "tasks:"]
    for number in range(tasks):
        before = [f"task_{one}" for one in (number - 1, number - 2) if one >= 0]
        lines += [
            f"  - id: task_{number}",
            "    type: mfo_api_chat_send",
            f"    dependencies: [{', '.join(before)}]",
            "    config:",
            "      prompt_template_id: draft",
            "      prompt_context:",
            f'        subject: "{"${task_0.message}" if number else "${INPUT.subject}"}"',
        ]
    return "\n".join([*lines, "outputs:", '  last: "${task_1.message}"', ""])


def looked_at(tasks: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """For some nodes, how many nodes' contents the rules read for that node's findings, once the bundle is known."""
    snapshot = Snapshot(bundle_of({"workflow.yml": flow_of(tasks), "prompts.yml": PROMPTS}))
    plan = plan_of(RULES)
    for part in snapshot.parts:
        reports_on(part, plan, snapshot)
    seen: set[int] = set()

    def node(view: NodeView) -> FlowNode:
        seen.add(id(view))
        return view.__dict__["node"]

    counts: list[int] = []
    with monkeypatch.context() as patch:
        patch.setattr(NodeView, "node", property(node), raising=False)
        for view in snapshot.nodes[2 :: tasks // STRETCH]:
            seen.clear()
            reports_on(view, plan, snapshot)
            counts.append(len(seen))
    return counts


def test_looking_at_a_node_reads_few_others_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = looked_at(50, monkeypatch), looked_at(1000, monkeypatch)
    assert min(few) > 1
    assert max(many) <= MOST_LOOKED_AT
    assert sorted(many)[-2:] == sorted(few)[-2:]


def parted(snapshot: Snapshot) -> list[tuple[Part, Visit]]:
    return [(part, visit) for part in snapshot.parts for visit in snapshot.visits_of(part)]


@st.composite
def damaged_flows(draw: st.DrawFn) -> str:
    lines = flow_of(6).split("\n")
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        lines[at : at + 1] = draw(st.sampled_from([[], [lines[at]] * 2, [f" {lines[at]}"], [lines[at][:-2]]]))
    return "\n".join(lines)


@settings(max_examples=examples(60), deadline=None)
@given(damaged_flows())
def test_every_value_and_every_map_belongs_to_exactly_one_part(text: str) -> None:
    snapshot = Snapshot(bundle_of({"workflow.yml": text, "prompts.yml": PROMPTS}))
    visited = [(id(visit.node), id(visit.type)) for _, visit in parted(snapshot)]
    assert sorted(visited) == sorted((id(visit.node), id(visit.type)) for visit in snapshot.visits)
    written = [
        id(node)
        for document in snapshot.documents
        if document.root is not None
        for node in nodes_below(document.root)
        if isinstance(node, Mapping)
    ]
    held = [
        id(mapping)
        for part in snapshot.parts
        if type(part) in mappings.parts
        for _, mapping in mappings.items(part, snapshot)
    ]
    assert sorted(held) == sorted(written)


def test_a_node_holds_what_is_written_in_it_and_a_subflow_leaves_its_nodes_theirs() -> None:
    text = """\
name: nested
tasks:
  - id: alone
    type: transform
    config: {values: {a: "1"}}
subflows:
  - id: group
    tasks:
      - id: inner
        type: transform
        config: {values: {b: "2"}}
"""
    snapshot = Snapshot(bundle_of({"workflow.yml": text}))
    keys = {
        view.id: [visit.pair.name for visit in snapshot.visits_of(view) if visit.pair is not None]
        for view in snapshot.nodes
    }
    assert keys == {
        "alone": ["id", "type", "config", "values", "a"],
        "group": ["id", "tasks"],
        "inner": ["id", "type", "config", "values", "b"],
    }
