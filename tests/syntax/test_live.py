"""A tree that is kept while its text is edited: always that of a fresh reading, and for little work."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.syntax import LiveTree, Scalar, live, parse, walk
from mfo_dialect.syntax.blockwise import BlockTree
from mfo_dialect.syntax.events import Engine
from mfo_dialect.syntax.parser import read
from mfo_dialect.text import Encoding, LineIndex, Span, TextEdit
from tests.effort import examples

from .edits import an_edit, document, edited
from .test_damage import BROKEN
from .trees import everything, parts, shown


def session(seed, engine, steps=10):
    """Edit a text at random, undo some of it, and compare with fresh readings after each step; gives how many there were."""
    source = random.Random(seed)
    block_lines = source.choice([1, 1, 3, 8, 20])
    text = document(source)
    tree = LiveTree(text, engine, block_lines)
    undo = []
    for _ in range(steps):
        if undo and source.random() < 0.35:
            edit = undo.pop()
        else:
            edit = an_edit(source, text)
            end = edit.span.start + len(edit.new_text)
            undo.append(TextEdit(Span(edit.span.start, end), text[edit.span.start : edit.span.end]))
            del undo[:-3]
        text = edited(text, edit)
        tree.apply([edit])
        assert_fresh(tree, text, engine, block_lines, source)
    return steps


def assert_fresh(tree, text, engine, block_lines, source):
    assert tree.text == text
    found = everything(tree)
    fresh = read(text, engine, block_lines)
    assert found == everything(fresh)
    assert tree.comments == fresh.comments
    assert tree.work.surprises == 0
    whole = read(text, engine, None)
    assert bool(tree.problems) == bool(whole.problems)
    if not whole.problems:
        assert found == everything(whole)
    lines = LineIndex(text)
    for offset in (0, len(text), *(source.randint(0, len(text)) for _ in range(3))):
        for encoding in Encoding:
            place = lines.position(offset, encoding)
            assert tree.lines.position(offset, encoding) == place
            assert tree.lines.offset(place, encoding) == lines.offset(place, encoding)


@settings(max_examples=examples(12), deadline=None)
@given(st.integers(0, 2**40))
def test_after_any_edits_the_tree_is_that_of_a_fresh_reading(seed):
    session(seed, Engine.C)


@settings(max_examples=examples(2), deadline=None)
@given(st.integers(0, 2**40))
def test_the_engine_in_python_keeps_the_same_tree(seed):
    session(seed, Engine.PURE, steps=4)


TASK = """\
  - id: task_{n}
    name: "Task {n}"
    text: |
      Says {n}: and
        more - here
    config:
      context: {{n: {n}}}
    dependencies: [task_{before}]
"""
TASKS = 40


def flow(tasks=TASKS):
    body = "".join(TASK.format(n=n, before=n - 1) for n in range(tasks))
    return f"name: flow\nconfig:\n  timeout: 30s\ntasks:\n{body}conditions:\n  - id: c\n"


def insertion(text, before, new):
    place = text.index(before)
    return TextEdit(Span(place, place), new)


def tasks_of(tree):
    return tree.documents[0].root.get("tasks")


# where the new text goes, the new text, whether something is wrong then, how many blocks went and came
KINDS = [
    ("and\n        more - here\n    config:\n      context: {n: 20}", "x", False, 1, 1),
    ("    config:\n      context: {n: 20}", "      and more\n", False, 1, 1),
    ("    config:\n      context: {n: 20}", "\n\n", False, 1, 1),
    ("  - id: task_20", TASK.format(n="new", before=1), False, 0, 1),
    ("  - id: task_20", "  - id: short\n", False, 0, 1),
    ("  - id: task_20", "    # a comment\n", False, 1, 1),
    ("task_20\n", '"', True, 1, 1),
    ("task_20\n", "'", True, 1, 1),
    ("task_19]\n", "[", True, 1, 1),
    ("  - id: task_20", "  word\n", True, 1, 1),
    ("  - id: task_20", "    - x\n", True, 1, 1),
    ("tasks:\n", "more: 1\n", False, 0, 1),
    ("tasks:\n", "more\n", True, 0, 1),
    ("tasks:\n", "# more\n", False, 1, 1),
    ("conditions:\n", "more: 1\n", False, 0, 1),
    ("conditions:\n", "\n", False, 1, 1),
    (":\n  - id: task_0\n", "s", False, 1, 1),
]


@pytest.mark.parametrize(("before", "new", "is_wrong", "gone", "came"), KINDS)
def test_an_edit_touches_its_block_only(before, new, is_wrong, gone, came, engine):
    text = flow()
    tree = LiveTree(text, engine)
    root, tasks = tree.documents[0].root, tasks_of(tree)
    nodes = {id(item): item for item in tasks.items}
    edit = insertion(text, before, new)
    work = tree.work.characters
    change = tree.apply([edit])
    assert everything(tree) == everything(read(edited(text, edit), engine, None))
    assert bool(tree.problems) == is_wrong == change.problems
    assert not change.is_whole
    assert (len(change.removed), len(change.added)) == (gone, came)
    assert tree.documents[0].root is root
    assert tree.documents[0].root.pairs[-2].value is tasks or root.get("tasks") is tasks
    came_ids = {id(part) for block in change.added for part in block.parts}
    assert all(id(item) in nodes or id(item) in came_ids for item in tasks.items)
    assert all(block.path[0] is root for block in (*change.removed, *change.added))
    assert tree.work.characters - work < 6_000
    undone = tree.apply([TextEdit(Span(edit.span.start, edit.span.start + len(new)), "")])
    assert everything(tree) == everything(parse(text, engine))
    assert not undone.is_whole
    assert undone.problems == is_wrong


@pytest.mark.parametrize("count", [100, 1_000])
def test_the_work_of_an_edit_does_not_grow_with_the_document(count):
    text = flow(count)
    tree = LiveTree(text)
    length = len(TASK)
    opened = tree.work.characters
    assert opened < 1.2 * len(text)
    for before, new, most in [
        ("more - here", "x", length + 60),
        ("  - id: task_50", "\n", 2 * length),
        ("  - id: task_50", TASK.format(n="new", before=1), 2 * length),
        ("Task 50", '"', 16 * length),
        ("tasks:", "word\n", 4_000),
        ("conditions:", "word\n", 4_000),
    ]:
        edit = insertion(text, before, new)
        for change in (edit, TextEdit(Span(edit.span.start, edit.span.start + len(new)), "")):
            work = tree.work.characters
            tree.apply([change])
            assert tree.work.characters - work <= most, (before, new)
    place = text.index("  - id: task_50")
    work = tree.work.characters
    tree.apply([TextEdit(Span(place, text.index("  - id: task_51")), "")])
    assert tree.work.characters == work, "a deleted block needs no reading"


CROSSING = [
    ("more - here\n    config:\n      context: {n: 20}", "x: &a 1\n    y: *a\n", False),  # inside one block
    ("  - id: task_20", "  - &a x\n  - *a\n", True),
    ("  - id: task_20", "  - &a x\n  - &a y\n", True),
    ("conditions:", "---\n", True),
    ("  - id: task_20", "word\n", True),
    ("  - id: task_20", "\tx: 1\n", True),
    ("  - id: task_20", "   - uneven\n", True),
    ("Says 20", "\u2028", True),
    ("Says 20", "\r", True),
    ("name: flow", "\ufeff", True),
    ("name: flow", "%YAML 1.2\n---\n", True),
    ("  - id: task_20", "<<<<<<< HEAD\n", True),
]


@pytest.mark.parametrize(("before", "new", "crosses"), CROSSING)
def test_what_crosses_blocks_is_read_whole_until_it_is_gone(before, new, crosses, engine):
    text = flow()
    tree = LiveTree(text, engine)
    items = tasks_of(tree).items
    edit = insertion(text, before, new)
    tree.apply([edit])
    assert everything(tree) == everything(parse(edited(text, edit), engine))
    undo = TextEdit(Span(edit.span.start, edit.span.start + len(new)), "")
    tree.apply([undo])
    assert everything(tree) == everything(parse(text, engine))
    assert tree.is_divided
    if crosses:
        assert tasks_of(tree).items[5] is items[5], "blocks are used again where their text still stands"


@pytest.mark.parametrize("first", ["", "# what it is for\n", "---\n"])
def test_a_key_that_is_typed_above_all_others_keeps_the_text_divided(first, engine):
    text = first + flow()
    tree = LiveTree(text, engine)
    items = tasks_of(tree).items
    for place, letter in enumerate("version: 1\n", len(first)):
        tree.apply([TextEdit(Span(place, place), letter)])
        text = text[:place] + letter + text[place:]
        assert everything(tree) == everything(parse(text, engine))
        assert tree.is_divided
        assert place == len(first) or tasks_of(tree).items is items, "only what stands above the tasks is read again"
        items = tasks_of(tree).items


@pytest.mark.parametrize(
    "first", ["x", "x y", "'x'", "x\ny", "x\n  y", "x\n- y", "x\n ", "x # z", "&x", "x,", "x\n...", "?"]
)
def test_whatever_words_stand_above_the_first_key(first, engine):
    text = f"{first}\n{flow()}"
    tree = LiveTree(text, engine)
    assert everything(tree) == everything(parse(text, engine))
    tree = LiveTree(flow(), engine)
    tree.apply([TextEdit(Span(0, 0), f"{first}\n")])
    assert everything(tree) == everything(parse(text, engine))
    tree.apply([TextEdit(Span(0, len(first) + 1), "")])
    assert everything(tree) == everything(parse(flow(), engine))


def test_a_text_in_quotes_may_run_over_items(engine):
    text = flow()
    new = '  - "goes\n  - on\n  - and"\n  - next\n'
    edit = insertion(text, "  - id: task_20", new)
    tree = LiveTree(text, engine)
    tree.apply([edit])
    assert tree.problems == ()
    assert tree.is_divided
    assert everything(tree) == everything(read(edited(text, edit), engine, None))
    broken = TextEdit(Span(edit.span.start + len('  - "goes\n  - on\n  - and'), edit.span.start + len(new) - 10), "")
    tree.apply([broken])
    assert everything(tree) == everything(parse(tree.text, engine))
    assert tree.problems


def test_a_quote_that_nothing_closes_is_closed_by_one_that_comes_far_below(engine):
    text = flow().replace('"', "")
    tree = LiveTree(text, engine)
    tree.apply([insertion(text, "task_3\n", "'")])
    assert [problem.message for problem in tree.problems] == ["this ' is never closed"]
    text = tree.text
    tree.apply([insertion(text, "\nconditions", "'")])
    assert everything(tree) == everything(parse(tree.text, engine))
    tree.apply([insertion(tree.text, "conditions", "more: '\n")])
    assert everything(tree) == everything(parse(tree.text, engine))


def test_damage_is_marked_around_a_broken_block_until_it_is_mended(engine):
    text = flow()
    tree = LiveTree(text, engine)
    edit = insertion(text, "task_20\n", '"')
    tree.apply([edit])
    root = tree.documents[0].root
    assert root.damaged
    assert tasks_of(tree).damaged
    assert not root.get("conditions").damaged
    assert [item.damaged for item in tasks_of(tree).items].count(True) == 1
    tree.apply([TextEdit(Span(edit.span.start, edit.span.start + 1), "")])
    assert not any(node.damaged for node in walk(root))


def test_keys_written_twice_count_as_they_stand_after_an_edit():
    text = flow()
    tree = LiveTree(text)
    root = tree.documents[0].root
    assert root.get("name").value == "flow"
    tree.apply([insertion(text, "name: flow", "name: first\n")])
    assert root.get("name").value == "first"
    tree.apply([TextEdit(Span(0, 4), "title")])
    assert (root.get("title").value, root.get("name").value) == ("first", "flow")
    assert len(root.pairs) == 5


def test_edits_speak_of_the_text_after_those_before():
    tree = LiveTree("a: 1\n")
    change = tree.apply([TextEdit(Span(5, 5), "b: 2\n"), TextEdit(Span(8, 9), "33")])
    assert tree.text == "a: 1\nb: 33\n"
    assert change.is_whole
    assert shown(tree.documents[0].root) == "{'a': 1, 'b': 33}"
    with pytest.raises(ValueError, match="outside"):
        tree.apply([TextEdit(Span(3, 99), "")])


@pytest.mark.parametrize("before", ["\t# a comment\n", "# a comment\n \t\n", "---\n\t# a comment\n"])
def test_a_tab_before_the_first_key_is_told_of_however_long_the_text_is(before, engine):
    tree = LiveTree(flow(), engine)
    tree.apply([TextEdit(Span(0, 0), before)])
    for found in (tree, parse(before + flow(), engine), parse(before + "name: flow\n", engine)):
        assert [problem.span.start for problem in found.problems] == [tree.problems[0].span.start]


CROSSED = flow().replace('name: "Task 20"', 'name: &a "Task 20"').replace('name: "Task 30"', "name: *a")


def test_edits_that_come_together_are_read_once_where_a_text_has_no_blocks():
    tree = LiveTree(CROSSED)
    assert not tree.is_divided
    work, wanted, edits = tree.work.compositions, CROSSED, []
    for letter in "one":
        edits.append(insertion(wanted, " 9: and\n", letter))
        wanted = edited(wanted, edits[-1])
    assert tree.apply(edits).is_whole
    assert tree.text == wanted
    assert everything(tree) == everything(parse(wanted))
    assert tree.work.compositions == work + 1


def test_of_edits_that_come_together_those_before_a_wrong_one_are_made():
    tree = LiveTree(CROSSED)
    first = insertion(CROSSED, "name: flow", "x")
    with pytest.raises(ValueError, match="outside"):
        tree.apply([first, TextEdit(Span(3, len(CROSSED) + 2), ""), TextEdit(Span(0, 1), "")])
    assert tree.text == edited(CROSSED, first)
    assert everything(tree) == everything(parse(tree.text))


def test_an_edit_is_worked_out_when_those_before_it_are_made():
    tree = LiveTree(CROSSED)

    def edits():
        yield insertion(tree.text, "name: flow", "a: 1\n")
        yield insertion(tree.text, "name: flow", "b: 2\n")

    tree.apply(edits())
    assert tree.text.startswith("a: 1\nb: 2\nname: flow")


@pytest.mark.parametrize(
    ("before", "new", "is_tried"),
    [
        ("name: flow", "a: 1\n", False),
        ("&a ", "'", True),  # what is broken may hide what crosses
        ("&a ", "'x' # ", True),
        ("*a", "# ", True),
        ("a\n    text: |\n      Says 30", "b", True),
    ],
)
def test_blocks_are_not_looked_for_again_while_the_same_alias_crosses_them(monkeypatch, before, new, is_tried):
    tries = []
    tree = LiveTree(CROSSED)
    monkeypatch.setattr(live, "BlockTree", lambda *arguments, **more: tries.append(1) or BlockTree(*arguments, **more))
    edit = insertion(CROSSED, before, new)
    tree.apply([edit])
    assert bool(tries) == is_tried
    text = edited(CROSSED, edit)
    assert everything(tree) == everything(parse(text))
    tree.apply([TextEdit(Span(edit.span.start, edit.span.start + len(new)), "")])
    assert everything(tree) == everything(parse(CROSSED))


@settings(max_examples=examples(30), deadline=None)
@given(st.integers(0, 2**40))
def test_a_new_text_is_one_short_edit(seed):
    source = random.Random(seed)
    text = document(source)
    tree = LiveTree(text, block_lines=2)
    edit = an_edit(source, text)
    wanted = edited(text, edit)
    found = tree.edit_to(wanted)
    assert edited(text, found) == wanted
    assert len(found.new_text) <= len(edit.new_text)
    assert found.span.end - found.span.start <= edit.span.end - edit.span.start


@pytest.mark.parametrize("broken", BROKEN)
def test_a_task_that_is_broken_under_way_costs_that_task_only(broken):
    text = flow()
    tree = LiveTree(text)
    items = tasks_of(tree).items
    before = [parts(item, item.span.start) for item in items]
    start, end = text.index("  - id: task_20"), text.index("  - id: task_21")
    change = tree.apply([TextEdit(Span(start, end), broken)])
    assert everything(tree) == everything(parse(tree.text))
    assert tree.problems
    after = [parts(item, item.span.start) for item in tasks_of(tree).items]
    assert [part for part in before if part not in after] == before[20:21]
    if not change.is_whole:
        removed = {id(part) for block in change.removed for part in block.parts}
        assert set(map(id, items)) <= removed | set(map(id, tasks_of(tree).items))
    tree.apply([TextEdit(Span(start, start + len(broken)), text[start:end])])
    assert everything(tree) == everything(parse(text))


OF_TWO_FLOWS = """\
taskflows:
  - taskflow_id: first
    tasks:
      - id: ask
        type: a
        config:
          key: x
        timeout: 30s
      - id: store
        type: b
        config:
          key: y
        timeout: 30s
  - taskflow_id: second
    tasks:
      - id: alone
        type: c
        config:
          key: z
"""


def test_lines_go_to_the_item_before_when_their_own_dash_goes_with_the_lines_between(engine):
    tree = LiveTree(OF_TWO_FLOWS, engine, 4)
    gone = Span(OF_TWO_FLOWS.index("      - id: store"), OF_TWO_FLOWS.index("        type: c"))
    tree.apply([TextEdit(gone, "")])
    assert everything(tree) == everything(read(tree.text, engine, 4))
    assert tree.problems == ()


def test_a_line_that_comes_to_stand_outside_all_collections_starts_a_block_of_the_root(engine):
    text = """\
flow: a
tests:
  - name: first
    trigger: b
    inputs: {x: 1}
    expect:
      outputs:
        subject: c
        body: {d: 1}
      calls:
        - {task: e, path: f}
"""
    tree = LiveTree(text, engine, 8)
    gone = Span(text.index("igger"), text.index("uts:\n        subject"))
    tree.apply([TextEdit(gone, "\n")])
    assert everything(tree) == everything(read(tree.text, engine, 8))


def test_a_block_that_came_and_went_is_not_told_of():
    text = flow()
    tree = LiveTree(text)
    edit = insertion(text, "  - id: task_20", "  - id: new\n")
    change = tree.apply([edit, TextEdit(Span(edit.span.start, edit.span.start + len(edit.new_text)), "")])
    assert change.removed == change.added == ()
    assert tree.apply([]).added == ()


def test_blocks_nest_as_long_as_they_are_long(engine):
    inner = "".join(f"      - id: b{n}\n        x: {n}\n" for n in range(60))
    text = "".join(f"flow{n}:\n  - id: f\n    tasks:\n{inner}    last: 1\n" for n in range(3))
    tree = LiveTree(text, engine)
    edit = insertion(text, "x: 30", "y")
    change = tree.apply([edit])
    assert [len(block.path) for block in change.added] == [4]
    assert everything(tree) == everything(read(edited(text, edit), engine, None))
    assert tree.work.characters < 1.5 * len(text)


def test_comments_of_a_stretch_are_those_of_its_blocks():
    text = flow().replace("timeout: 30s", "timeout: 30s  # one").replace("id: c\n", "id: c  # two\n")
    tree = LiveTree(text)
    assert [comment.text for comment in tree.comments] == ["# one", "# two"]
    assert [comment.text for comment in tree.comments_between(0, 30)] == ["# one"]
    tree.apply([TextEdit(Span(0, 0), "# zero\n")])
    assert [tree.text[comment.span.start : comment.span.end] for comment in tree.comments] == [
        "# zero",
        "# one",
        "# two",
    ]


def test_places_in_scalars_move_with_their_block():
    text = flow()
    tree = LiveTree(text)
    tree.apply([TextEdit(Span(0, 0), "# above\n" * 9)])
    for node in walk(tree.documents[0].root):
        if isinstance(node, Scalar) and node.text.startswith("task_"):
            place = node.offset_at(5)
            assert tree.text[place - 5 : place] == "task_"
            assert node.source == tree.text[node.span.start : node.span.end]
    tasks = tasks_of(tree)
    assert tasks.source == tree.text[tasks.span.start :][: len(tasks.source)]
    assert tasks.source.startswith("- id: task_0") or tasks.origin.text.startswith("  - id: task_0")


def test_a_collection_that_is_made_anew_around_blocks_that_stay_is_told_of():
    text = "tasks:\n" + "".join(
        f"  - id: t{n}\n    a: {n}\n    b:\n      c: 1\n      d: 2\n    e: 3\n" for n in range(4)
    )
    tree = LiveTree(text, block_lines=4)
    items = {id(item) for item in items_of(tree)}
    place = text.index("  - id: t2")
    change = tree.apply([TextEdit(Span(place, place), "      f: 4\n")])
    new = [item for item in items_of(tree) if id(item) not in items]
    told = {id(node) for block in change.added for node in (*block.path, *block.parts)}
    assert new
    assert all(id(item) in told for item in new)


def items_of(tree):
    root = tree.documents[0].root
    return root.get("tasks").items


def test_a_long_text_is_read_in_steps_of_a_block(engine):
    text = flow() + "broken: [a\nlast: b\n"
    tree = LiveTree(text, engine, in_steps=True)
    assert sum(1 for _ in tree.reading) > TASKS
    assert everything(tree) == everything(LiveTree(text, engine))
    assert tree.is_divided
