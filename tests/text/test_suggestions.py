"""The nearest right name for a wrong one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.suggestions import did_you_mean, edit_distance, nearest
from tests.effort import examples

NAMES = ("fetch_letter", "answer", "answer_all", "notify", "go", "x")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("fetch_leter", ["fetch_letter"]),
        ("fetchLetter", ["fetch_letter"]),
        ("FETCH-LETTER", ["fetch_letter"]),
        ("anwser", ["answer"]),
        ("answer_al", ["answer_all", "answer"]),
        ("og", ["go"]),
        ("y", []),
        ("answer", []),
        ("", []),
        ("something else", []),
        ("a" * 100, []),
    ],
)
def test_a_near_name_is_offered_and_a_far_one_is_not(wrong: str, right: list) -> None:
    assert nearest(wrong, NAMES, most=3) == right


def test_the_end_of_a_message() -> None:
    assert did_you_mean("notfy", NAMES) == '; did you mean "notify"?'
    assert did_you_mean("gibberish", NAMES) == ""


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "xbc", 1), ("kitten", "sitting", 3)],
)
def test_edit_distances(left: str, right: str, distance: int) -> None:
    assert edit_distance(left, right) == distance


@given(st.text("abc-", max_size=8), st.lists(st.text("abc-", max_size=8), max_size=5))
@settings(max_examples=examples(300), deadline=None)
def test_among_many_names_those_are_near_that_few_edits_lead_to(wrong: str, names: list[str]) -> None:
    far = [f"zz{number}{'z' * 30}" for number in range(200)]
    most = min(len(wrong) - 1, max(1, min(3, len(wrong) // 3)))
    near = {name for name in names if name != wrong and edit_distance(wrong, name) <= most}
    found = nearest(wrong, [*names, *far], most=9)
    assert near <= set(found)
    plain = wrong.replace("-", "")
    assert all(name in near or name.replace("-", "") == plain for name in found)
    assert found == nearest(wrong, names, most=9)


WORDS = st.text("abcx_-A1", min_size=1, max_size=12)


@given(WORDS, st.lists(st.tuples(st.integers(0, 12), WORDS, st.booleans()), max_size=6))
def test_among_many_names_those_are_found_that_are_found_among_few(
    wrong: str, changes: list[tuple[int, str, bool]]
) -> None:
    names = [wrong[:place] + new[:2] + wrong[place + longer :] for place, new, longer in changes]
    names += [wrong[:place] + wrong[place : place + 2][::-1] + wrong[place + 2 :] for place, _, _ in changes]
    few = [name for name in names if name]
    assert nearest(wrong, few * 101, 50) == nearest(wrong, few, 50)
