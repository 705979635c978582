"""``mfo run --only TASK``: one task by itself, with what a recorded run gave it."""

from __future__ import annotations

import pytest
from processes import mfo

FLOW = """\
name: trial
global_configs: {secrets: {shop: {env: SHOP}}}
tasks:
  - {id: one, type: transform, config: {values: {x: "INPUT.n + 1"}}}
  - {id: two, type: transform, config: {values: {x: "one.x * 10", who: "INPUT.who", side: "left?.x"}}, dependencies: [one, left]}
  - {id: left, type: transform, config: {values: {x: "1"}}}
  - {id: never, type: transform, config: {values: {x: "left.x"}}, dependencies: [left]}
conditions:
  - {id: is_big, type: expr, config: {expression: "one.x > 100"}, dependencies: [one], successors: [left]}
subflows:
  - id: inside
    input_mapping: {base: "${one.x}"}
    dependencies: [one]
    tasks:
      - {id: deep, type: transform, config: {values: {x: "INPUT.base + INPUT.n"}}}
"""


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    folder = tmp_path_factory.mktemp("only")
    flow = folder / "trial.mfo.yml"
    flow.write_text(FLOW)
    first = mfo("run", flow, "--input", "n=1", "--input", "who=ada", "--json", home=folder / "home")
    second = mfo("run", flow, "--input", "n=2", "--input", "who=bob", "--json", home=folder / "home")
    assert (first.status, second.status) == (0, 0)
    return flow, folder / "home", first.json["run_id"]


def only(room, task, *more):
    flow, home, _ = room
    return mfo("run", flow, "--only", task, "--json", *more, home=home)


def test_a_task_reads_what_the_last_run_recorded(room):
    ended = only(room, "two")
    assert (ended.status, ended.json["outputs"]) == (0, {"x": 30, "who": "bob", "side": None})
    assert ended.json["states"] == {"two": "succeeded"}


def test_another_run_may_be_chosen_and_inputs_given_anew(room):
    assert only(room, "two", "--inputs-from", room[2]).json["outputs"] == {"x": 20, "who": "ada", "side": None}
    assert only(room, "two", "--input", "who=eve").json["outputs"]["who"] == "eve"


def test_a_task_inside_a_subflow_has_its_input(room):
    assert only(room, "deep").json["outputs"] == {"x": 5}


def test_it_is_not_kept_so_that_the_last_run_stays_the_last(room):
    flow, home, _ = room
    assert len(mfo("runs", "--json", "--project", flow, home=home).json) == 2


@pytest.mark.parametrize(
    ("task", "said"),
    [("twoo", 'has no task "twoo"; did you mean "two"'), ("is_big", '"is_big" is a condition; only a task')],
)
def test_what_is_no_task_is_told(room, task, said):
    ended = only(room, task)
    assert ended.status == 2
    assert said in ended.stderr


def test_what_was_never_recorded_is_told_with_its_place(room, tmp_path):
    flow, home, _ = room
    longer = (
        flow.with_name("trial.mfo.yml").read_text() + "      - {id: new, type: transform, config: {values: {y: 1}}}\n"
    )
    changed = longer.replace('x: "one.x * 10"', 'x: "one.x", y: "inside.new"').replace(
        "dependencies: [one, left]", "dependencies: [one, left, inside]"
    )
    other = tmp_path / "trial.mfo.yml"
    other.write_text(changed)
    ended = mfo("run", other, "--only", "two", "--json", home=home)
    assert (ended.status, ended.json["error"]["code"]) == (1, "unresolved_reference")
    assert "is read, and no run of trial has been recorded" in ended.json["error"]["message"]
