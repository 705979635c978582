"""Who runs before and after a node, how that is tied, and where it is written."""

from __future__ import annotations

import pytest

from mfo_lsp.features.call_hierarchy import calls_after, calls_before, node_at, node_of
from tests.features.bundles import inside, snapshot_of


def told(calls, snapshot):
    text = snapshot.bundle.sources["workflow.yml"].text
    return [
        (call.view.id, ", ".join(call.ways), [text[span.start : span.end] for span in call.spans]) for call in calls
    ]


def around(node_id, **files):
    snapshot = snapshot_of(**files)
    view = next(view for view in snapshot.nodes if view.id == node_id)
    return told(calls_before(snapshot, view), snapshot), told(calls_after(snapshot, view), snapshot)


def test_edges_and_readings():
    before, after = around("ask")
    assert before == [("fetch", "waits, reads", ["fetch", "fetch.value"])]
    assert after == [
        ("split", "waits, reads", ["ask", "ask.message"]),
        ("keep", "reads", ["${ask.parsed_content.mood}", "${ask.tool_call_results.extract.subject}"]),
    ]


def test_branches():
    before, after = around("long")
    assert [call[:2] for call in before] == [("split", "waits, reads")]
    assert after == [("keep", "branch 0", ["keep"]), ("group", "branch 1", ["group"])]


def test_what_stands_in_a_subflow_is_read_from_outside():
    assert around("inner") == ([], [("late", "reads", ["${inner.value}", "${group.inner.value}"])])


def test_a_loop():
    text = (
        "name: a\ntasks:\n  - id: go\n    type: mfo_api_tool_list\nconditions:\n  - id: more\n    type: expr\n"
        "    dependencies: [go]\n    config: {expression: 'true'}\n    successors: [go]\n"
    )
    assert around("go", workflow=text) == ([("more", "branch 0, again", ["go"])], [("more", "waits", ["go"])])


@pytest.mark.parametrize("part", ["id: as<|>k\n", "dependencies: [as<|>k]", "n: len(as<|>k.message)"])
def test_any_spelling_leads_to_the_node(part):
    assert node_at(*inside("workflow.yml", part)).id == "ask"


def test_a_place_in_a_node_stands_for_it():
    assert node_at(*inside("workflow.yml", "max_retries: <|>2")).id == "ask"
    assert node_at(*inside("workflow.yml", "workflow_name: po<|>st")) is None


def test_a_node_is_found_again_by_its_path():
    snapshot = snapshot_of()
    assert node_of(snapshot, "workflow.yml", "write", ("group", "inner")).id == "inner"
    assert node_of(snapshot, "workflow.yml", "write", ("inner",)) is None
