"""A bundle that is being edited: always what a fresh check of its texts says, and for little work."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from itertools import chain, repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.analysis.bundle import make_bundle, read_source
from mfo_dialect.analysis.live_answers import OF_THEMSELVES
from mfo_dialect.analysis.variable_slips import words_said
from mfo_dialect.editing import LiveBundle, unread_source
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.rules.practice.untrusted_flow import SOURCES
from mfo_dialect.suggestions import nearest
from mfo_dialect.syntax import Engine, LiveTree, Mapping, Sequence
from mfo_dialect.text import Span, TextEdit
from tests.editing.sessions import AGENTS, FLOW, OWN, PROMPTS, Session, session
from tests.effort import examples

FLOW_FILE, PROMPTS_FILE = "flow_workflow.yml", "prompts.yml"


@settings(max_examples=examples(8), deadline=None)
@given(st.integers(0, 2**40))
def test_after_any_edits_the_findings_are_those_of_a_fresh_check(seed: int) -> None:
    assert session(seed, Engine.C, steps=6).live.work.surprises == 0


@settings(max_examples=examples(2), deadline=None)
@given(st.integers(0, 2**40))
def test_the_engine_in_python_gives_the_same(seed: int) -> None:
    assert session(seed, Engine.PURE, steps=3).live.work.surprises == 0


# How much is done

TASK = """\
  - id: task_{n}
    name: "Task {n}"
    description: Says {n}
    type: mfo_api_chat_send
    config:
      prompt_template_id: draft
      prompt_context:
        subject: ${{INPUT.subject}}
        previous: ${{task_{before}.message}}
    dependencies: [task_{before}]
"""
FIRST = """\
name: long
input_schema:
  type: object
  properties:
    subject: {type: string}
tasks:
  - id: task_0
    type: mfo_api_chat_send
    config:
      prompt_template_id: draft
      prompt_context:
        subject: ${INPUT.subject}
"""
PASTED = "  - id: pasted\n    type: mfo_api_memory_get\n    config:\n      key: kept\n    dependencies: [task_20]\n"


def long_flow(tasks: int) -> str:
    return FIRST + "".join(TASK.format(n=n, before=n - 1) for n in range(1, tasks))


def opened(files: dict[str, str]) -> LiveBundle:
    live = LiveBundle(make_bundle(unread_source(key, text) for key, text in files.items()))
    assert live.settle()
    return live


@cache
def opened_long(tasks: int) -> LiveBundle:
    """A long flow that every test leaves as it was."""
    return opened({FLOW_FILE: long_flow(tasks), PROMPTS_FILE: PROMPTS})


def insertion(text: str, before: str, new: str) -> TextEdit:
    place = text.index(before)
    return TextEdit(Span(place, place), new)


def undone(edit: TextEdit, text: str) -> TextEdit:
    start, end = edit.span
    return TextEdit(Span(start, start + len(edit.new_text)), text[start:end])


# where the new text goes, the new text, how many parts are looked at for it, and how many facts are computed, at most
KINDS = [
    ("a character", "Says 20", "x", 1, 20),
    ("a new line", "    config:\n      prompt_template_id: draft\n      prompt_context:\n        subject: ${INPUT.subject}\n        previous: ${task_19", "    timeout: 40s\n", 1, 20),
    ("a comment", "    description: Says 20", "    # a comment\n", 1, 20),
    ("a reference", ".message}\n    dependencies: [task_19]", "x", 2, 20),
    ("an id that two name", '\n    name: "Task 20"', "x", 12, 60),
    ("a dependency", "task_19]\n", "x", 12, 60),
    ("a pasted task", "  - id: task_21", PASTED, 6, 40),
    ("an opened quote", "Says 20", '"', 12, 60),
    ("a key at the top", "input_schema:", "description: more\n", 12, 60),
]  # fmt: skip


@pytest.mark.parametrize("tasks", [60, 180])
@pytest.mark.parametrize(
    ("before", "new", "parts", "facts"), [kind[1:] for kind in KINDS], ids=[kind[0] for kind in KINDS]
)
def test_an_edit_costs_what_depends_on_it_however_long_the_flow_is(
    tasks: int, before: str, new: str, parts: int, facts: int
) -> None:
    text = long_flow(tasks)
    live = opened_long(tasks)
    edit = insertion(text, before, new)
    for one in (edit, undone(edit, text)):
        work = live.work
        parts_before, facts_before, whole_before = work.parts, work.facts, work.whole
        live.edit(FLOW_FILE, [one])
        assert live.settle()
        work = live.work
        assert work.whole == whole_before
        assert work.parts - parts_before <= parts
        assert work.facts - facts_before <= facts


def test_a_finding_whose_fix_reads_the_text_is_not_looked_for_again_when_another_task_is_edited() -> None:
    text = long_flow(60).replace("dependencies: [task_29]", "dependencies: [task_29, task_30]")
    live = opened({FLOW_FILE: text, PROMPTS_FILE: PROMPTS})
    assert "MFO304" in [found.code for found in live.findings(FLOW_FILE)]
    parts = live.work.parts
    live.edit(FLOW_FILE, [insertion(text, "Says 20", "x")])
    assert live.settle()
    assert live.work.parts - parts == 1


def test_what_a_long_list_holds_besides_its_nodes_is_found_once_after_damage() -> None:
    text = long_flow(180)
    live = opened_long(180)
    asked = live.now.bundle.sources[FLOW_FILE].documents[0].root
    assert isinstance(asked, Mapping)
    tasks = asked.get("tasks")
    assert isinstance(tasks, Sequence)
    assert [*live.now.own_items(tasks)] == []
    live.edit(FLOW_FILE, [insertion(text, "  - id: task_20\n", "  - a text alone\n")])
    assert live.settle()
    assert [item.source for item in live.now.own_items(tasks)] == ["a text alone"]


def test_an_id_that_many_name_costs_them_no_fact_of_their_own_while_it_is_unknown() -> None:
    other = "  - id: apart_{n}\n    type: mfo_api_memory_set\n    config: {{key: k, value: v}}\n    dependencies: [task_5]\n"
    text = long_flow(60) + "".join(other.format(n=n) for n in range(50))
    live = opened({FLOW_FILE: text, PROMPTS_FILE: PROMPTS})
    live.edit(FLOW_FILE, [insertion(text, '\n    name: "Task 5"', "x")])
    before = live.work.parts, live.work.facts, live.work.noted
    assert live.settle()
    assert live.work.parts - before[0] <= 60
    assert live.work.facts - before[1] <= 30
    assert live.work.noted - before[2] <= 400
    said = [found.message for found in live.findings(FLOW_FILE) if found.code == "MFO302"]
    assert said == ['no node has the id "task_5"; did you mean "task_0"?'] * 51


def test_a_prompt_concerns_the_tasks_that_use_it() -> None:
    other = "  - id: apart_{n}\n    type: mfo_api_memory_get\n    config: {{key: k}}\n    dependencies: [task_5]\n"
    text = long_flow(20) + "".join(other.format(n=n) for n in range(200))
    live = opened({FLOW_FILE: text, PROMPTS_FILE: PROMPTS})
    parts = live.work.parts
    live.edit(PROMPTS_FILE, [insertion(PROMPTS, ".subject }}", "x")])
    live.settle()
    assert live.work.parts - parts < 40


def test_a_first_look_notes_nothing_and_what_comes_after_it_changes_nothing() -> None:
    text = long_flow(60).replace("[task_40]", "[task_4000]")
    live = LiveBundle(
        make_bundle(unread_source(key, part) for key, part in ((FLOW_FILE, text), (PROMPTS_FILE, PROMPTS)))
    )
    assert live.look()
    work = live.work
    assert (work.parts, work.facts) == (0, 0)
    assert work.unnoted > 60
    live.news()
    before = live.groups(FLOW_FILE)
    assert [found.code for group in before for found in group].count("MFO302") == 1
    assert live.settle()
    assert (live.work.parts, live.news()) == (work.unnoted, set())
    assert [group is other for group, other in zip(before, live.groups(FLOW_FILE), strict=True)] == [True] * len(before)


def test_an_edit_in_a_first_look_has_all_settled() -> None:
    text = long_flow(60)
    live = LiveBundle(
        make_bundle(unread_source(key, part) for key, part in ((FLOW_FILE, text), (PROMPTS_FILE, PROMPTS)))
    )
    left = 30

    def has_time() -> bool:
        nonlocal left
        left -= 1
        return left > 0

    assert not live.look(has_time)
    live.edit(FLOW_FILE, [insertion(text, "task_20.message", "no")])
    assert live.look()
    assert "MFO401" in {found.code for found in live.findings(FLOW_FILE)}


def test_what_indexes_ask_of_all_parts_is_asked_in_steps_before_anybody_needs_it() -> None:
    live = LiveBundle(make_bundle([unread_source(FLOW_FILE, long_flow(200)), unread_source(PROMPTS_FILE, PROMPTS)]))
    assert live.look()
    rounds = 1
    while rounds < 2000 and not live.settle(chain([True], repeat(False)).__next__):
        rounds += 1
    assert live.work.parts + 50 < rounds < 2000


def test_what_a_node_is_asked_by_name_follows_from_what_is_written_in_it() -> None:
    odd = "  - id: {id}\n    typ: x\n    name: y\n    name: z\n    type: t\n    type: t\n    successors: [{id}]\n"
    live = opened({FLOW_FILE: long_flow(60) + odd.format(id="odd") + odd.format(id=""), PROMPTS_FILE: PROMPTS})
    facts, (flow,) = live.now.facts, live.now.flows
    for find in (*OF_THEMSELVES, SOURCES, words_said):
        for view in flow.nodes:
            facts.frame = {}
            try:
                _ = [*find(view, live.now)]
                assert {*facts.frame} <= {*view.own_facts}
            finally:
                facts.frame = None


def test_what_follows_from_parts_alone_is_not_asked_again_at_the_first_edit() -> None:
    text = long_flow(60)
    live = LiveBundle(make_bundle([unread_source(FLOW_FILE, text), unread_source(PROMPTS_FILE, PROMPTS)]))
    assert live.look()
    known = live.now.index(live.bundle, SOURCES)
    assert True not in known
    live.edit(FLOW_FILE, [insertion(text, "  - id: task_20\n", "  - id: ask\n    type: http_request\n")])
    assert live.settle()
    assert live.now.index(live.bundle, SOURCES) is known
    assert True in known


def test_the_nearest_ids_are_those_of_now_however_often_ids_have_changed() -> None:
    live = opened({FLOW_FILE: long_flow(110), PROMPTS_FILE: PROMPTS})
    (flow,) = live.now.flows
    for number in range(2, 108):
        text = live.now.bundle.sources[FLOW_FILE].tree.text
        live.edit(FLOW_FILE, [insertion(text, f'\n    name: "Task {number}"', "y")])
        for wrong in ("task_12", f"task_{number}", f"taskk_{number}y") if number % 9 == 0 or number < 4 else ():
            assert flow.top.near_ids(wrong, 9) == nearest(wrong, [*flow.top.by_id], 9)


# What is shown


def test_findings_stay_the_same_objects_while_they_move() -> None:
    text = long_flow(60).replace("[task_40]", "[task_4000]")
    live = opened({FLOW_FILE: text, PROMPTS_FILE: PROMPTS})
    before = live.groups(FLOW_FILE)
    spans = [found.span for group in before for found in group]
    live.news()
    live.edit(FLOW_FILE, [insertion(text, "  - id: task_3\n", "\n\n")])
    assert live.settle()
    assert live.news() == {FLOW_FILE}
    after = live.groups(FLOW_FILE)
    assert [group is other for group, other in zip(before, after, strict=True)] == [True] * len(before)
    assert [found.span for group in after for found in group] == [span.shifted(2) for span in spans]


def test_findings_stand_in_the_order_of_the_text_however_many_come_and_go() -> None:
    text = long_flow(60)
    for number in range(10, 50):
        text = text.replace(f"dependencies: [task_{number}]", f"dependencies: [task_{number}, nobody]")
    text = text.replace("[task_55]", "[task_55, nowhere]")
    live = opened({FLOW_FILE: text, PROMPTS_FILE: PROMPTS})
    for before, new, count in (
        ('\n    name: "Task 30"', "x", 42),
        ('\n    name: "Task 52"', "x", 42),
        ("  - id: task_59\n", "  - id: nobody\n    type: mfo_api_memory_get\n    config: {key: kept}\n", 1),
        ("dependencies: [task_1]", "dependencies: [nobody_either]\n    # ", 42),
    ):
        edit = insertion(text, before, new)
        for one, expected in ((edit, count), (undone(edit, text), 41)):
            live.edit(FLOW_FILE, [one])
            assert live.settle()
            found = [found for group in live.groups(FLOW_FILE) for found in group]
            assert [one.code for one in found].count("MFO302") == expected
            assert [one.span for one in found] == sorted(one.span for one in found)


def test_a_text_without_findings_gives_no_news() -> None:
    text = long_flow(60)
    live = opened({FLOW_FILE: text, PROMPTS_FILE: PROMPTS.replace("  spare:", "  draft2:")})
    live.news()
    live.edit(FLOW_FILE, [insertion(text, "Says 20", "x")])
    live.settle()
    assert (live.findings(FLOW_FILE), live.news()) == ((), set())


def test_the_edited_part_comes_first() -> None:
    text = long_flow(80)
    live = LiveBundle(
        make_bundle(unread_source(key, part) for key, part in ((FLOW_FILE, text), (PROMPTS_FILE, PROMPTS)))
    )
    live.edit(FLOW_FILE, [insertion(text, "task_60.message", "no")])
    left = 12

    def has_time() -> bool:
        nonlocal left
        left -= live.work.parts > 0
        return left > 0

    assert not live.settle(has_time)
    assert [found.code for found in live.findings(FLOW_FILE)] == ["MFO401"]


def test_a_finding_comes_with_its_fixes_when_somebody_asks() -> None:
    text = long_flow(60).replace("    description: Says 30", "    descripton: Says 30")
    live = opened({FLOW_FILE: text, PROMPTS_FILE: PROMPTS})
    found = next(one for one in live.findings(FLOW_FILE) if one.code == "MFO201")
    assert found.finding().fixes == ()
    assert [fix.title for fix in live.with_fixes(found).fixes] == ['Change to "description"']


def test_a_text_can_be_another_one_altogether() -> None:
    live = opened({FLOW_FILE: long_flow(60), PROMPTS_FILE: PROMPTS, "agents.yml": AGENTS})
    live.put(PROMPTS_FILE, read_source(PROMPTS_FILE, PROMPTS.replace("  draft:", "  other:")))
    assert live.settle()
    assert {found.code for found in live.findings(FLOW_FILE)} == {"MFO601"}


def test_what_suppresses_findings_is_seen_at_once() -> None:
    text = long_flow(60).replace("[task_40]", "[task_4000]")
    live = opened({FLOW_FILE: text, PROMPTS_FILE: PROMPTS})
    assert "MFO302" in {found.code for found in live.findings(FLOW_FILE)}
    live.edit(FLOW_FILE, [insertion(text, "\n  - id: task_42", "  # mfo: ignore[MFO302]")])
    live.settle()
    assert "MFO302" not in {found.code for found in live.findings(FLOW_FILE)}


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: insertion(text, "tasks:", "anchored: &anchor\n  a: 1\n"),
        lambda text: TextEdit(Span(0, len(text)), ""),
        lambda text: TextEdit(Span(0, 0), "taskflows: []\n"),
        lambda text: TextEdit(Span(len(text), len(text)), "---\nname: second\n"),
        lambda text: TextEdit(Span(0, len(text)), "templates:\n  a:\n    user_prompt: x\n"),
    ],
    ids=["an anchor", "nothing left", "another shape", "a second document", "another kind"],
)
def test_a_document_that_has_outgrown_its_frame_is_read_anew(edit: Callable[[str], TextEdit]) -> None:
    bundle = Session(random.Random(1), Engine.C, OWN, 8)
    change = edit(FLOW)
    bundle.edit(FLOW_FILE, change)
    bundle.compare(fixes=True)
    bundle.edit(FLOW_FILE, undone(change, FLOW))
    bundle.compare(fixes=True)
    assert bundle.live.work.surprises == 0


def test_an_edit_outside_the_text_is_refused() -> None:
    live = opened({FLOW_FILE: long_flow(60)})
    with pytest.raises(ValueError, match="outside"):
        live.edit(FLOW_FILE, [TextEdit(Span(10**6, 10**6), "x")])
    assert isinstance(live.tree(FLOW_FILE), LiveTree)


def test_a_long_text_is_taken_in_steps_of_a_node() -> None:
    files = {FLOW_FILE: long_flow(60), PROMPTS_FILE: PROMPTS}
    live = LiveBundle(make_bundle(unread_source(key, text) for key, text in files.items()), in_steps=True)
    assert sum(1 for _ in live.preparing) >= 60
    assert live.settle()
    assert live.work.whole == 0
    assert live.work.surprises == 0
    assert live.full(FLOW_FILE) == opened_long(60).full(FLOW_FILE)


def test_a_text_that_has_been_half_typed_stays_what_it_was() -> None:
    source = unread_source("a.yml", "name: half typed\n")
    kinds = [
        LiveBundle(make_bundle([source]), edited={"a.yml": kind}).bundle.sources["a.yml"].kind
        for kind in (None, DocumentKind.WORKFLOW)
    ]
    assert kinds == [None, DocumentKind.WORKFLOW]
