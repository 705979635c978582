"""Differences of texts as edits of whole lines."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.text import apply_edits
from mfo_dialect.text.differences import line_edits
from tests.effort import examples

texts = st.lists(st.sampled_from(["a", "b", "\n", "\r\n", "\r", "é𝄞", "\u2028"]), max_size=30).map("".join)


@settings(max_examples=examples(200))
@given(texts, texts)
def test_the_edits_turn_one_text_into_the_other(before: str, after: str) -> None:
    edits = line_edits(before, after)
    assert apply_edits(before, edits) == after
    assert all(one.span.end < other.span.start for one, other in pairwise(edits))


@pytest.mark.parametrize(
    ("before", "after", "edits"),
    [
        ("a\r\nb\r\nc\r\n", "a\r\nB\r\nc\r\n", [((3, 6), "B\r\n")]),
        ("a\nb\n", "a\nb\nc\n", [((4, 4), "c\n")]),
        ("a\nb", "b", [((0, 2), "")]),
        ("", "a\n", [((0, 0), "a\n")]),
        ("a", "a", []),
    ],
)
def test_only_the_lines_that_differ_are_touched(before: str, after: str, edits: list) -> None:
    assert [(tuple(edit.span), edit.new_text) for edit in line_edits(before, after)] == edits
