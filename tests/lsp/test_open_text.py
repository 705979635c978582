"""Incremental changes give the text that the client has, in every encoding and with every line break."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfo_dialect.text import EditedText, Encoding, Position
from mfo_lsp.server.open_text import OpenText, TextChange, read_changed_document, read_opened_document

UNITS = {
    Encoding.UTF8: lambda text: len(text.encode()),
    Encoding.UTF16: lambda text: len(text.encode("utf-16-le")) // 2,
    Encoding.UTF32: len,
}
CHANGES = [
    # before, (start line, start character, end line, end character) in UTF-16, new text, after
    ("ab\ncd\n", (0, 1, 1, 1), "X", "aXd\n"),
    ("ab\r\ncd\r\n", (0, 2, 1, 0), "\r\n\r\n", "ab\r\n\r\ncd\r\n"),
    ("ab\rcd", (1, 0, 1, 1), "", "ab\rd"),
    ("a𝄞b", (0, 3, 0, 4), "", "a𝄞"),
    ("a𝄞b", (0, 1, 0, 3), "x", "axb"),
    ("a𝄞b", (0, 2, 0, 2), "x", "ax𝄞b"),
    ("a\u2028b\nc", (0, 3, 1, 0), "", "a\u2028bc"),
    ("a\x0cb\x85c\nd", (1, 0, 1, 1), "e", "a\x0cb\x85c\ne"),
    ("ab", (0, 2, 0, 2), "\n", "ab\n"),
    ("ab\n", (1, 0, 1, 0), "cd", "ab\ncd"),
    ("ab", (7, 0, 9, 9), "c", "abc"),
    ("", (0, 0, 0, 0), "é", "é"),
]


def partial(start_line, start, end_line, end, text):
    return TextChange((Position(start_line, start), Position(end_line, end)), text)


def applied(before, changes, encoding):
    """The text after the changes; the edits that they were taken for give the same."""
    opened, edited = OpenText("file:///a", 1, before), EditedText(before)
    for edit in opened.change(2, changes, encoding):
        edited.apply(edit)
    assert opened.text == edited.text
    assert opened.version == 2
    return opened.text


@pytest.mark.parametrize(("before", "places", "new", "after"), CHANGES)
def test_one_change(before, places, new, after):
    assert applied(before, [partial(*places, new)], Encoding.UTF16) == after


def test_each_change_speaks_of_the_text_after_the_one_before():
    changes = [partial(0, 0, 0, 0, "x\n"), partial(1, 0, 1, 1, "y")]
    assert applied("ab", changes, Encoding.UTF16) == "x\nyb"


def test_a_change_without_a_range_is_the_whole_text():
    changes = [partial(0, 0, 0, 0, "x"), TextChange(None, "new")]
    assert applied("ab", changes, Encoding.UTF16) == "new"


def position(text, offset, encoding):
    """The position of an offset, counted the slow way."""
    before = text[:offset]
    breaks = before.replace("\r\n", "\n").replace("\r", "\n")
    line = breaks.count("\n")
    start = max(before.rfind("\n"), before.rfind("\r")) + 1
    return line, UNITS[encoding](text[start:offset])


characters = st.sampled_from([*"ab :-", "\n", "\r\n", "\r", "é", "日", "𝄞", "\u2028", "\x85", "\x0c", "\ufeff"])
texts = st.lists(characters, max_size=12).map("".join)


@given(texts, st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), texts), max_size=6), st.sampled_from(Encoding))
def test_incremental_equals_full(text, edits, encoding):
    expected, incremental = text, text
    for first, second, new in edits:
        cuts = [i for i in range(len(expected) + 1) if expected[i - 1 : i + 1] != "\r\n"]  # none inside a line break
        start, end = sorted((cuts[int(first * (len(cuts) - 1))], cuts[int(second * (len(cuts) - 1))]))
        places = (*position(expected, start, encoding), *position(expected, end, encoding))
        incremental = applied(incremental, [partial(*places, new)], encoding)
        expected = expected[:start] + new + expected[end:]
        assert incremental == expected


def test_changes_are_read_from_plain_values():
    position = {"line": 1, "character": 2}
    params = {
        "textDocument": {"uri": "file:///a", "version": 3},
        "contentChanges": [{"range": {"start": position, "end": position}, "text": "x"}, {"text": "y"}],
    }
    read = read_changed_document(params)
    assert (read.uri, read.version) == ("file:///a", 3)
    assert read.changes == (partial(1, 2, 1, 2, "x"), TextChange(None, "y"))


@pytest.mark.parametrize(
    "change", [None, [], {}, {"text": 1}, {"range": {}, "text": ""}, {"range": {"start": 1, "end": 2}, "text": ""}]
)
def test_changes_that_are_none_are_refused(change):
    with pytest.raises((TypeError, KeyError, AttributeError)):
        read_changed_document({"textDocument": {"uri": "a", "version": 1}, "contentChanges": [change]})


def test_an_opened_document_is_read_from_plain_values():
    item = {"uri": "file:///a", "languageId": "yaml", "version": 3, "text": "a: 1\n"}
    read = read_opened_document({"textDocument": item})
    assert (read.uri, read.version, read.text) == ("file:///a", 3, "a: 1\n")


@pytest.mark.parametrize("wrong", [{"uri": 1}, {"version": "3"}, {"version": None}, {"text": None}, {"text": ["a"]}])
def test_an_opened_document_that_is_none_is_refused(wrong):
    item = {"uri": "file:///a", "version": 3, "text": ""} | wrong
    with pytest.raises(TypeError):
        read_opened_document({"textDocument": item})
