"""Each numbered rule of dialect section 4, by small taskflows whose outcome one can read."""

from __future__ import annotations

import asyncio

import pytest

from mfo_dialect.analysis.graph import NodeDeclaration, NodeKind, build_level
from mfo_runtime.engine.plan import make_plan
from mfo_runtime.engine.states import NodeState, RunState
from mfo_runtime.errors import TaskFailedError, UnresolvedReferenceError

from .flows import Told, plan_of, play


async def test_rule_0_a_loop_edge_is_no_predecessor():
    played = await play("start: a\na: c\nc?: a done\ndone:", Told({"c": [True, False]}))
    assert played.started == "start a c a[1] c[1] done"


async def test_rule_0_a_cycle_does_not_run():
    with pytest.raises(ValueError, match="cycle"):
        plan_of("a: b\nb: a")


def test_an_id_that_occurs_twice_does_not_run():
    twice = (NodeDeclaration("a"), NodeDeclaration("s", NodeKind.SUBFLOW, inner=(NodeDeclaration("a"),)))
    with pytest.raises(ValueError, match="twice"):
        make_plan(build_level(twice))


async def test_rule_1_the_join_of_order_processing_runs_once_after_the_chosen_branch():
    orders = (
        NodeDeclaration("start", successors=("order_check",)),
        NodeDeclaration("fail", dependencies=("order_check",)),
        NodeDeclaration("end", dependencies=("process_order", "fail")),
        NodeDeclaration("order_check", NodeKind.CONDITION, ("start",), ("process_order", "fail")),
        NodeDeclaration(
            "process_order",
            NodeKind.SUBFLOW,
            ("order_check",),
            ("end",),
            inner=(NodeDeclaration("fetch"), NodeDeclaration("process", dependencies=("fetch",))),
        ),
    )
    played = await play(make_plan(build_level(orders)), Told({"order_check": True}))
    assert played.started == "start order_check process_order process_order/fetch process_order/process end"
    assert played.having("skipped") == "fail"
    played = await play(make_plan(build_level(orders)), Told({"order_check": False}))
    assert played.started == "start order_check fail end"
    assert played.having("skipped") == "process_order process_order/fetch process_order/process"
    assert played.result.state is RunState.SUCCEEDED


@pytest.mark.parametrize(
    ("text", "values", "states"),
    [
        # None at all: it starts.
        ("a:", {}, "a=succeeded"),
        # All skipped: skipped.
        ("c?: a b\na: x\nb:\nx:", {"c": 1}, "c=succeeded a=skipped b=succeeded x=skipped"),
        # Any succeeded, another skipped: it starts.
        ("c?: a b\na: x\nb: x\nx:", {"c": 1}, "c=succeeded a=skipped b=succeeded x=succeeded"),
        # Any failed comes before any succeeded.
        ("bad: x\ngood: x\nx: y\ny:", {}, "bad=failed good=succeeded x=upstream_failed y=upstream_failed"),
        # A node that no condition chose is skipped, even behind a failure.
        ("bad: x\nc?: x y\nx: z\ny: z\nz:", {"c": 1}, "bad=failed c=succeeded x=skipped y=succeeded z=succeeded"),
        # A chosen one is not.
        ("bad: x\nc?: x y\nx:\ny:", {"c": 0}, "bad=failed c=succeeded x=upstream_failed y=skipped"),
        # A condition that failed chose nothing, and nobody knows what it would have chosen.
        ("c?: x y\nx:\ny:", {"c": "text"}, "c=failed x=upstream_failed y=upstream_failed"),
    ],
)
async def test_rule_1_and_2_how_nodes_are_decided(text: str, values: dict, states: str):
    played = await play(text, Told(values, fails=["bad"]), goes_on=True)
    assert " ".join(f"{path}={state}" for path, state in played.states.items()) == states


@pytest.mark.parametrize(("values", "runs"), [((0, 0), True), ((1, 0), True), ((0, 1), True), ((1, 1), False)])
async def test_rule_2_one_of_several_conditions_suffices(values: tuple[int, int], runs: bool):
    played = await play("c?: x y\nd?: x z\nx:\ny:\nz:", Told({"c": values[0], "d": values[1]}))
    assert played.states["x"] == ("succeeded" if runs else "skipped")


async def test_rule_2_a_chosen_node_still_waits_for_its_other_dependencies():
    played = await play("c?: x y\nt: u\nu: x\nx:\ny:", Told({"c": 0}))
    assert played.started == "c t u x"


@pytest.mark.parametrize(
    ("branches", "value", "started"),
    [
        ("a b", True, "c a"),
        ("a b", False, "c b"),
        ("a b d", 2, "c d"),
        ("a b d", True, "c a"),
        ("a", True, "c a"),
        ("a", False, "c"),
        ("a", 0, "c a"),
        ("a a b", 1, "c a"),
    ],
)
async def test_rule_3_which_branch_a_value_takes(branches: str, value, started: str):
    targets = "".join(f"\n{name}:" for name in sorted(set(branches.split())))
    played = await play(f"c?: {branches}{targets}", Told({"c": value}))
    assert played.started == started
    assert played.result.state is RunState.SUCCEEDED


@pytest.mark.parametrize(
    ("branches", "value", "message"),
    [
        ("a b", 2, "the expression gave 2, but the condition has 2 branches"),
        ("a b", -1, "the expression gave -1, but the condition has 2 branches"),
        ("a", 1, "the expression gave 1, but the condition has 1 branch"),
        ("", False, "the expression gave false, but the condition has 0 branches"),
        ("a b", None, "the expression gave null, which is no branch"),
        ("a b", "yes", "the expression gave the text 'yes', which is no branch"),
        ("a b", 1.0, "the expression gave the float 1.0, which is no branch"),
        ("a b", [1], "the expression gave a list, which is no branch"),
        ("a b", {}, "the expression gave a map, which is no branch"),
        ("a b", object(), "the expression gave a value of another kind, which is no branch"),
        ("a b", 10**50, "the expression gave a very large number, but the condition has 2 branches"),
        ("gone a", 0, "branch 0 of the condition leads to no node"),
    ],
)
async def test_rule_3_any_other_value_fails_the_condition(branches: str, value, message: str):
    played = await play(f"c?: {branches}\na:\nb:", Told({"c": [value]}))
    assert played.result.failure is not None
    assert played.result.failure.path == "c"
    assert played.result.failure.error.code == "condition_failed"
    assert played.result.failure.error.message == message


LOOP = "s: a\na: b\nb: c\nc?: a done\ndone:"


async def test_rule_4_the_body_runs_again_and_nodes_after_it_once():
    played = await play(LOOP, Told({"c": [True, True, False]}, reads={"a": ["a", "b"], "b": ["a"], "done": ["b"]}))
    assert played.started == "s a b c a[1] b[1] c[1] a[2] b[2] c[2] done"
    assert played.told.seen["a"] == {"a": None, "b": None}
    assert played.told.seen["a[1]"] == {"a": "a", "b": "b"}
    assert played.told.seen["b[1]"] == {"a": "a[1]"}
    assert played.told.seen["done"] == {"b": "b[2]"}
    assert played.result.outputs == {"s": "s", "a": "a[2]", "b": "b[2]", "done": "done"}


async def test_rule_4_iterations_are_counted_for_each_condition():
    counted: list[dict[str, int]] = []
    does = {
        "b": lambda task: counted.append(dict(task.iterations)),
        "done": lambda task: counted.append(dict(task.iterations)),
    }
    await play(LOOP, Told({"c": [True, True, False]}, does=does))
    assert [counts["c"] for counts in counted] == [0, 1, 2, 2]


async def test_rule_4_an_enclosing_loop_counts_the_inner_one_anew():
    counted: list[tuple[int, int]] = []
    does = {"b": lambda task: counted.append((task.iterations["outer"], task.iterations["inner"]))}
    values = {"inner": [True, False, True, False], "outer": [True, False]}
    played = await play("a: b\nb: inner\ninner?: b outer\nouter?: a done\ndone:", Told(values, does=does))
    assert counted == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert played.started == "a b inner b[1] inner[1] outer a[1] b[2] inner[2] b[3] inner[3] outer[1] done"


async def test_rule_4_the_limit():
    played = await play(LOOP, Told({"c": True}), max_iterations=2)
    assert played.told.started.count("c[2]") == 1
    assert played.result.failure is not None
    assert played.result.failure.error.code == "loop_limit_exceeded"
    assert played.result.failure.path == "c[2]"
    assert played.having("upstream_failed") == "done"


async def test_rule_4_a_node_fed_from_inside_waits_for_the_end_of_the_loop():
    played = await play("a: c side\nside:\nc?: a done\ndone:", Told({"c": [0, 0, 1]}), max_concurrency=4)
    assert played.started == "a c a[1] c[1] a[2] c[2] side done"


async def test_rule_4_a_head_starts_when_its_loop_edge_is_chosen_though_its_guard_passed_it_by():
    played = await play("g?: h m\nh: m\nm: c\nc?: h done\ndone:", Told({"g": 1, "c": [0, 1]}))
    assert played.started == "g m c h[1] m[1] c[1] done"


async def test_rule_4_a_head_starts_when_its_loop_edge_is_chosen_though_all_before_it_was_skipped():
    played = await play("g?: p m\np: h\nh: m\nm: c\nc?: h done\ndone:", Told({"g": 1, "c": [0, 1]}))
    assert played.started == "g m c h[1] m[1] c[1] done"


async def test_rule_4_an_enclosing_loop_forgets_that_the_head_was_chosen():
    values = {"g": [1, 1], "c": [0, 1, 1], "d": [0, 1]}
    played = await play("a: g\ng?: h m\nh: m\nm: c\nc?: h d\nd?: a done\ndone:", Told(values))
    assert played.started == "a g m c h[1] m[1] c[1] d a[1] g[1] m[2] c[2] d[1] done"


async def test_rule_4_a_jump_to_an_outer_head_ends_the_inner_loop():
    played = await play("a: b\nb: c d\nc?: b x\nd?: a b x\nx:", Told({"c": [0, 1], "d": [0, 2]}))
    assert played.started == "a b c d a[1] b[1] c[1] d[1] x"


async def test_rule_4_what_a_condition_chose_is_forgotten_with_its_iteration():
    text = "a: g x\ng?: k n\nk?: x y\nx: j\ny: j\nn: j\nj: c\nc?: a done\ndone:"
    played = await play(text, Told({"g": [0, 1], "k": [0], "c": [0, 1]}))
    assert played.started == "a g k x j c a[1] g[1] n[1] j[1] c[1] done"


async def test_rule_4_a_subflow_that_failed_may_succeed_the_next_time():
    text = "h: s c\ns{: d\nx:\n}\nd?: h done\nc?: h done\ndone:"
    played = await play(text, Told({"c": [0, 1], "d": [1]}, fails=["s/x"]), goes_on=True)
    assert played.started == "h s s/x c h[1] s[1] s[1]/x d[1] c[1] done"
    assert played.states["s"] == "succeeded"
    assert played.result.state is RunState.FAILED


async def test_rule_6_no_loop_goes_round_after_a_failure():
    played = await play("h: c f\nc?: h x\nx:\nf: d\nd?: h x", Told({"c": 0}, fails=["f"]))
    assert played.started == "h c f"
    assert played.states["h"] == "succeeded"


async def test_rule_4_what_was_skipped_in_this_iteration_reads_as_null():
    values = {"pick": [0, 1], "again": [0, 1]}
    text = "a: pick\npick?: x y\nx: j\ny: j\nj: again\nagain?: a done\ndone:"
    played = await play(text, Told(values, reads={"j": ["x", "y"], "done": ["x", "y"]}))
    assert played.told.seen["j"] == {"x": "x", "y": None}
    assert played.told.seen["j[1]"] == {"x": None, "y": "y[1]"}
    assert played.told.seen["done"] == {"x": None, "y": "y[1]"}


async def test_rule_4_a_subflow_in_the_body_arms_all_inside_again():
    text = "s{: c\nx: y\ny: i\ni?: x -\n}\nc?: s done\ndone:"
    text = text.replace("i?: x -", "i?: x z").replace("}", "z:\n}")
    told = Told({"i": [0, 1, 0, 1], "c": [0, 1]}, reads={"x": ["y"]})
    played = await play(text, told)
    assert played.started.split()[:8] == ["s", "s/x", "s/y", "s/i", "s/x[1]", "s/y[1]", "s/i[1]", "s/z"]
    assert played.started.split()[8:11] == ["c", "s[1]", "s[1]/x"]
    assert played.told.seen["s/x"] == {"y": None}
    assert played.told.seen["s/x[1]"] == {"y": "s/y"}
    assert played.told.seen["s[1]/x"] == {"y": "s/y[1]"}
    assert played.states["s/z"] == "succeeded"


async def test_rule_5_priority_then_the_document():
    played = await play("low a:\nb:\nhigh c:\nlow d:\nhigh e:\nf:")
    assert played.started == "c e b f a d"


async def test_rule_5_the_nodes_of_a_subflow_compete_with_those_around_it():
    played = await play("low a:\nhigh s{:\nlow x:\nhigh y:\nz:\n}\nb:")
    assert played.started == "s s/y s/z b a s/x"


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_rule_5_never_more_at_a_time(limit: int):
    running, most = 0, 0

    async def work(task) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(3):
            await asyncio.sleep(0)
        running -= 1

    names = [f"t{i}" for i in range(9)]
    await play("\n".join(f"{name}:" for name in names), Told(does=dict.fromkeys(names, work)), max_concurrency=limit)
    assert most == limit


async def test_rule_5_subflows_and_people_hold_no_slot():
    answered = asyncio.Event()

    async def ask(task) -> str:
        await answered.wait()
        return "yes"

    async def answer(task) -> None:
        answered.set()

    plan = plan_of("ask: after\nafter:\ns{:\nt{:\ndeep:\n}\n}", without_slot=["ask"])
    played = await play(plan, Told(does={"ask": ask, "deep": answer}))
    told = [event.path for event in played.events if event.state is NodeState.RUNNING]
    assert told == ["ask", "s", "s/t", "s/t/deep", "after"]
    assert played.result.outputs["ask"] == "yes"


async def test_rule_5_a_backoff_holds_no_slot():
    async def retry(task) -> str:
        async with task.without_slot():
            await other_done.wait()
        task.begin_attempt(2)
        return "second time"

    async def other(task) -> None:
        other_done.set()

    other_done = asyncio.Event()
    played = await play("a:\nb:\nlow d:", Told(does={"a": retry, "b": other}))
    assert played.started == "a b d"
    assert played.result.outputs["a"] == "second time"
    assert [event.attempt for event in played.events if event.path == "a"] == [1, 2, 2]


async def test_rule_6_a_failure_starts_nothing_new_and_lets_running_tasks_end():
    bad_failed = asyncio.Event()

    async def bad(task) -> None:
        bad_failed.set()
        raise TaskFailedError("no luck")

    async def slow(task) -> str:
        await bad_failed.wait()
        for _ in range(5):
            await asyncio.sleep(0)
        return "made it"

    played = await play("bad: x\nslow: y\nx:\ny:\nlate:", Told(does={"bad": bad, "slow": slow}), max_concurrency=2)
    assert played.started == "bad slow"
    assert played.states == {
        "bad": "failed",
        "slow": "succeeded",
        "x": "upstream_failed",
        "y": "cancelled",
        "late": "cancelled",
    }
    assert played.result.state is RunState.FAILED
    assert played.result.failure is not None
    assert (played.result.failure.path, played.result.failure.error.message) == ("bad", "no luck")
    assert played.result.failure.error.task == "bad"


async def test_rule_6_with_on_failure_continue_independent_branches_go_on():
    played = await play("bad: x\nok: y\nx:\ny:", Told(fails=["bad"]), goes_on=True)
    assert played.states == {"bad": "failed", "ok": "succeeded", "x": "upstream_failed", "y": "succeeded"}
    assert played.result.state is RunState.FAILED
    assert played.result.failure is not None
    assert played.result.failure.node_id == "bad"


async def test_rule_7_a_subflow_fails_with_its_node():
    played = await play("s{: after\nbad:\nok:\n}\nafter:\nfree:", Told(fails=["bad"]), goes_on=True)
    assert played.states == {
        "s": "failed",
        "s/bad": "failed",
        "s/ok": "succeeded",
        "after": "upstream_failed",
        "free": "succeeded",
    }
    assert played.result.failure is not None
    assert (played.result.failure.path, played.result.failure.node_id) == ("s/bad", "bad")


async def test_rule_7_a_failed_subflow_is_told_even_when_the_run_stops():
    played = await play("s{: after\nbad:\nlate:\n}\nafter:", Told(fails=["bad"]))
    assert played.states == {"s": "failed", "s/bad": "failed", "s/late": "cancelled", "after": "upstream_failed"}


async def test_rule_7_a_subflow_whose_input_is_rejected():
    played = await play("s{: after\nx:\n}\nafter:\nfree:", Told(fails=["s"]), goes_on=True)
    assert played.started == "s free"
    assert played.having("upstream_failed") == "s/x after"


async def test_rule_7_who_reads_what_across_levels():
    told = Told(reads={"x": ["before"], "y": ["x", "before"], "after": ["x", "s"]})
    played = await play("before: s\ns{: after\nx: y\ny: t\nt{:\nz:\n}\n}\nafter:", told)
    assert played.told.seen["s/y"] == {"x": "s/x", "before": "before"}
    assert played.told.seen["after"] == {"x": "s/x", "s": {"x": "s/x", "y": "s/y", "t": {"z": "s/t/z"}}}
    assert played.run.read("z") == "s/t/z"


async def test_rule_7_empty_subflows_succeed():
    played = await play("s{: after\n}\nafter:")
    assert played.having("succeeded") == "s after"


@pytest.mark.parametrize(("reader", "name"), [("a", "b"), ("a", "nowhere"), ("x", "after"), ("a", "a")])
async def test_what_nothing_makes_the_reader_wait_for_cannot_be_read(reader: str, name: str):
    text = "a:\nb:\ns{: after\nx:\n}\nafter:"
    played = await play(text, Told(reads={reader: [name]}))
    assert played.result.failure is not None
    assert isinstance(played.result.failure.error, UnresolvedReferenceError)
    assert played.result.states[played.result.failure.path] is NodeState.FAILED


async def test_an_empty_taskflow_succeeds():
    played = await play("")
    assert played.result.state is RunState.SUCCEEDED
