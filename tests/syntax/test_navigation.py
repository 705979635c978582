import pytest

from mfo_dialect.syntax import Part, TooManyNodesError, parse, path_at, scalars, to_value, walk

TEXT = "tasks:\n  - id: a\n    config: {k: [x, 'y z']}\n  - id: b\n"


@pytest.mark.parametrize(
    ("word", "steps"),
    [
        ("tasks", [(Part.KEY, "tasks")]),
        ("id: a", [(Part.VALUE, "tasks"), (Part.ITEM, 0), (Part.KEY, "id")]),
        ("a\n", [(Part.VALUE, "tasks"), (Part.ITEM, 0), (Part.VALUE, "id")]),
        ("z'", [(Part.VALUE, "tasks"), (Part.ITEM, 0), (Part.VALUE, "config"), (Part.VALUE, "k"), (Part.ITEM, 1)]),
        ("b\n", [(Part.VALUE, "tasks"), (Part.ITEM, 1), (Part.VALUE, "id")]),
    ],
)
def test_steps_lead_from_the_root_to_the_innermost_node(word, steps):
    found = path_at(parse(TEXT), TEXT.index(word))
    assert [(step.part, step.key) for step in found] == steps


def test_a_cursor_right_behind_a_word_touches_it():
    tree = parse(TEXT)
    assert path_at(tree, TEXT.index("a\n") + 1)[-1].node.value == "a"
    assert path_at(tree, len(TEXT) + 5) == ()


def test_a_path_may_start_at_any_node():
    root = parse(TEXT).documents[0].root
    assert [step.key for step in path_at(root.get("tasks"), TEXT.index("b\n"))] == [1, "id"]


def test_walking_meets_every_node_once_and_in_order():
    root = parse("a: [1, 2]\nb: {c: *x}\n").documents[0].root
    starts = [node.span.start for node in walk(root)]
    assert starts == sorted(starts)
    assert [scalar.text for scalar in scalars(root)] == ["a", "1", "2", "b", "c"]


def test_a_very_long_list_is_walked():
    assert sum(1 for _ in walk(parse("- a\n" * 50_000).documents[0].root)) == 50_001


def test_values_follow_aliases_and_merges():
    root = parse("a: &x {k: 1, l: 2}\nb:\n  <<: [*x, {m: 3}]\n  k: own\nc: *gone\n").documents[0].root
    assert to_value(root) == {"a": {"k": 1, "l": 2}, "b": {"k": "own", "l": 2, "m": 3}, "c": None}


def test_the_nearest_merge_wins():
    root = parse("x: &x {k: 1}\ny: &y {<<: *x, k: 2, l: 2}\nz: {<<: [*x, *y]}\n").documents[0].root
    assert to_value(root.get("z")) == {"k": 1, "l": 2}


def test_values_that_aliases_multiply_are_refused():
    text = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
    with pytest.raises(TooManyNodesError):
        to_value(parse(text).documents[0].root)
