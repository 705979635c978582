"""Offsets to lines and columns and back, in all three encodings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfo_dialect.text import Encoding, LineIndex, Position, Span, TextEdit, apply_edits

# a: one unit everywhere; é: two bytes; €: three bytes; 😀: four bytes, two UTF-16 units; e + accent: two code points
TEXT = "a\r\né€😀x\re\u0301\n\u2028\x85\x0c\ud800z\n"

PLACES = [
    # offset, code points, UTF-16, UTF-8
    (0, (0, 0), (0, 0), (0, 0)),
    (1, (0, 1), (0, 1), (0, 1)),
    (3, (1, 0), (1, 0), (1, 0)),
    (4, (1, 1), (1, 1), (1, 2)),
    (5, (1, 2), (1, 2), (1, 5)),
    (6, (1, 3), (1, 4), (1, 9)),
    (7, (1, 4), (1, 5), (1, 10)),
    (8, (2, 0), (2, 0), (2, 0)),
    (10, (2, 2), (2, 2), (2, 3)),
    (11, (3, 0), (3, 0), (3, 0)),
    (12, (3, 1), (3, 1), (3, 3)),
    (13, (3, 2), (3, 2), (3, 5)),
    (14, (3, 3), (3, 3), (3, 6)),
    (15, (3, 4), (3, 4), (3, 9)),
    (16, (3, 5), (3, 5), (3, 10)),
    (17, (4, 0), (4, 0), (4, 0)),
]
ENCODINGS = (Encoding.UTF32, Encoding.UTF16, Encoding.UTF8)


@pytest.mark.parametrize(("offset", "code_points", "utf16", "utf8"), PLACES)
def test_a_place_in_every_encoding_and_back(offset: int, code_points: tuple, utf16: tuple, utf8: tuple) -> None:
    lines = LineIndex(TEXT)
    for encoding, place in zip(ENCODINGS, (code_points, utf16, utf8), strict=True):
        assert lines.position(offset, encoding) == place
        assert lines.offset(Position(*place), encoding) == offset


def test_only_lf_crlf_and_cr_end_a_line() -> None:
    lines = LineIndex(TEXT)
    assert lines.line_count == 5
    assert [lines.line_text(line) for line in range(6)] == [
        "a",
        "é€😀x",
        "e\u0301",
        "\u2028\x85\x0c\ud800z",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("place", "encoding", "offset"),
    [
        ((0, 99), Encoding.UTF32, 1),  # past the line's end: before its line break
        ((1, 99), Encoding.UTF16, 7),
        ((1, 99), Encoding.UTF8, 7),
        ((99, 0), Encoding.UTF16, 17),  # past the last line: the text's end
        ((99, 7), Encoding.UTF8, 17),
        ((-1, 3), Encoding.UTF16, 0),
        ((1, -4), Encoding.UTF16, 3),
        ((1, 3), Encoding.UTF16, 5),  # inside a surrogate pair: where the code point starts
        ((1, 1), Encoding.UTF8, 3),  # inside the bytes of é
        ((1, 4), Encoding.UTF8, 4),  # inside the bytes of €
        ((1, 8), Encoding.UTF8, 5),
    ],
)
def test_positions_that_are_no_place_mean_the_nearest_one(place: tuple, encoding: Encoding, offset: int) -> None:
    assert LineIndex(TEXT).offset(Position(*place), encoding) == offset


@pytest.mark.parametrize(("offset", "place"), [(-3, (0, 0)), (99, (4, 0))])
def test_offsets_outside_the_text_count_as_its_ends(offset: int, place: tuple) -> None:
    assert LineIndex(TEXT).position(offset) == place


def test_an_empty_text_has_one_line() -> None:
    lines = LineIndex("")
    assert (lines.line_count, lines.position(0), lines.line_of(7)) == (1, (0, 0), 0)


@given(st.text(alphabet="ab\r\n\u2028é€😀\ud800", max_size=30), st.sampled_from(ENCODINGS))
def test_there_and_back_gives_the_same_offset(text: str, encoding: Encoding) -> None:
    lines = LineIndex(text)
    for offset in range(len(text) + 1):
        if not (0 < offset < len(text) and text[offset - 1 : offset + 1] == "\r\n"):
            assert lines.offset(lines.position(offset, encoding), encoding) == offset


@given(st.text(alphabet="ab\r\n€😀", max_size=30))
def test_widths_are_those_of_the_codecs(text: str) -> None:
    lines = LineIndex(text)
    for offset in range(len(text) + 1):
        line, column = lines.position(offset)
        before = text[offset - column : offset]
        assert lines.position(offset, Encoding.UTF8) == (line, len(before.encode()))
        assert lines.position(offset, Encoding.UTF16) == (line, len(before.encode("utf-16-le")) // 2)


@given(st.text(alphabet="ab\r\n€😀", max_size=30), st.sampled_from(ENCODINGS), st.integers(0, 30), st.integers(0, 30))
def test_the_ends_of_a_stretch_are_where_each_of_them_is(text: str, encoding: Encoding, one: int, other: int) -> None:
    lines = LineIndex(text)
    start, end = sorted(min(place, len(text)) for place in (one, other))
    assert lines.ends(start, end, encoding) == (lines.position(start, encoding), lines.position(end, encoding))


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ((0, 3), (2, 5), True),
        ((0, 3), (3, 5), False),
        ((0, 9), (4, 5), True),
        ((4, 4), (0, 9), True),
        ((4, 4), (4, 9), True),
        ((9, 9), (4, 9), False),
        ((4, 4), (4, 4), True),
        ((4, 4), (5, 5), False),
    ],
)
def test_which_spans_overlap(one: tuple, other: tuple, overlap: bool) -> None:
    assert Span(*one).overlaps(Span(*other)) is overlap
    assert Span(*other).overlaps(Span(*one)) is overlap


def test_edits_speak_of_the_text_before_any_of_them() -> None:
    edits = [
        TextEdit(Span(4, 7), "b"),
        TextEdit(Span(0, 0), "first "),
        TextEdit(Span(0, 0), "second "),
        TextEdit(Span(7, 7), "!"),
    ]
    assert apply_edits("two one", edits) == "first second two b!"


@pytest.mark.parametrize(
    "edits",
    [[(0, 3), (2, 4)], [(1, 3), (2, 2)], [(0, 8)], [(3, 2)]],
    ids=["two overlap", "inside", "outside", "backwards"],
)
def test_edits_that_cannot_be_made_are_refused(edits: list) -> None:
    with pytest.raises(ValueError, match="overlaps another one or lies outside"):
        apply_edits("seven!!", [TextEdit(Span(*edit), "") for edit in edits])
