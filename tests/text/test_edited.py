"""A text that is edited in pieces is what it would be as a string, and an edit leaves the pieces far from it alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.text import EditedText, LineIndex, Span, TextEdit
from tests.effort import examples

LINES = "".join(f"line {number}\n" for number in range(1000))
parts = st.lists(st.sampled_from(["a", "é𝄞", "\n", "\r\n", "\r", "\u2028", "b\n" * 90, "\r\n" * 70]), max_size=6)
texts = parts.map("".join)


def lines_of(index):
    return [(index.line_start(line), index.line_text(line)) for line in range(index.line_count)]


@given(texts, st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), texts), max_size=8))
@settings(max_examples=examples(60))
def test_edits_give_what_they_give_of_a_string(text, edits):
    edited = EditedText(text)
    for first, second, new in edits:
        start, end = sorted((round(first * len(text)), round(second * len(text))))
        edited.apply(TextEdit(Span(start, end), new))
        text = text[:start] + new + text[end:]
        assert (edited.text, edited.length) == (text, len(text))
        assert lines_of(edited.lines) == lines_of(LineIndex(text))
        assert all(edited.lines.line_of(offset) == LineIndex(text).line_of(offset) for offset in (start, len(text)))


@given(texts, texts)
@settings(max_examples=examples(60))
def test_a_whole_new_text_is_one_edit_of_what_differs(text, new):
    edited = EditedText(text)
    edit = edited.edit_to(new)
    edited.apply(edit)
    assert edited.text == new
    assert len(edit.new_text) <= len(new)


def test_the_edit_to_another_text_is_as_short_as_can_be():
    assert EditedText(LINES).edit_to(LINES.replace("line 500", "line five")) == TextEdit(Span(4395, 4398), "five")


def test_only_the_pieces_around_an_edit_are_made_anew():
    edited = EditedText(LINES)
    before = list(edited._pieces)
    edited.apply(TextEdit(Span(4000, 4000), "more\n" * 3))
    after = list(edited._pieces)
    assert len(before) > 10
    assert sum(piece not in after for piece in before) == 1


@pytest.mark.parametrize("span", [Span(-1, 0), Span(0, 4), Span(2, 1)])
def test_an_edit_outside_the_text_is_refused(span):
    edited = EditedText("abc")
    with pytest.raises(ValueError, match="outside"):
        edited.apply(TextEdit(span, ""))
    assert edited.text == "abc"
