import pytest

from mfo_dialect.syntax import Scalar, parse
from mfo_dialect.syntax.scalars import value_offsets
from mfo_dialect.text import Span

# (source, style, content, offsets of every code point and of the end)
ROWS = [
    ("abc", "", "abc", [0, 1, 2, 3]),
    ("", "", "", [0]),
    ("ab\n  cd", "", "ab cd", [0, 1, 2, 5, 6, 7]),
    ("ab \r\n  cd", "", "ab cd", [0, 1, 2, 7, 8, 9]),
    ("ab\n\n\n cd", "", "ab\n\ncd", [0, 1, 3, 4, 6, 7, 8]),
    ("''", "'", "", [1]),
    ("'it''s'", "'", "it's", [1, 2, 3, 5, 6]),
    ("'a\n  b'", "'", "a b", [1, 2, 5, 6]),
    ('"ab"', '"', "ab", [1, 2, 3]),
    (r'"a\nb"', '"', "a\nb", [1, 2, 4, 5]),
    (r'"\x41\u00e9\U0001F600!"', '"', "A\u00e9\U0001f600!", [1, 5, 11, 21, 22]),
    (r'"\"\\\/\t\0"', '"', '"\\/\t\0', [1, 3, 5, 7, 9, 11]),
    ('"a\\\n   b"', '"', "ab", [1, 7, 8]),
    ('"a \\\r\n  \\ b"', '"', "a  b", [1, 2, 8, 10, 11]),
    ('"a\n\n  b"', '"', "a\nb", [1, 3, 6, 7]),
    ('"a\\\n\n  b"', '"', "a\nb", [1, 4, 7, 8]),
    ("|\n  ab\n  cd", "|", "ab\ncd\n", [4, 5, 6, 9, 10, 11, 11]),
    ("|-\r\n  ab\r\n  cd", "|", "ab\ncd", [6, 7, 8, 12, 13, 14]),
    ("| # note\n  a\n\n   b", "|", "a\n\n b\n", [11, 12, 13, 16, 17, 18, 18]),
    ("|2\n    a\n  b", "|", "  a\nb\n", [5, 6, 7, 8, 11, 12, 12]),
    ("|+\n a", "|", "a\n\n", [4, 5, 5, 5]),
    ("|\n\n  a", "|", "\na\n", [2, 5, 6, 6]),
    (">\n  a\n  b", ">", "a b\n", [4, 5, 8, 9, 9]),
    (">-\n  a\n\n  b", ">", "a\nb", [5, 7, 10, 11]),
    (">\n  a\n    b\n  c", ">", "a\n  b\nc\n", [4, 5, 8, 9, 10, 11, 14, 15, 15]),
    (">\r\n  a\r\n  b", ">", "a b\n", [5, 6, 10, 11, 11]),
    ("|", "|", "", [1]),
]


@pytest.mark.parametrize(("source", "style", "content", "offsets"), ROWS)
def test_every_code_point_is_found_where_it_is_written(source, style, content, offsets):
    assert list(value_offsets(source, content, style)) == offsets


@pytest.mark.parametrize(
    ("source", "style", "content", "offsets"), [row for row in ROWS if row[0] not in {"", "|+\n a"}]
)
def test_the_rows_say_what_the_engines_read(source, style, content, offsets, engine):
    node = parse(f"- {source}\n", engine).documents[0].root.items[0]
    assert isinstance(node, Scalar)
    assert (node.text, node.style.value) == (content, style)
    assert [node.offset_at(index) - 2 for index in range(len(content) + 1)] == offsets


@pytest.mark.parametrize("style", ["", "'", '"', "|", ">"])
@pytest.mark.parametrize("source", ["", "x", '"', "|\n a", "'it''s", '"\\', "a\nb\nc"])
def test_content_that_is_not_in_the_source_gets_rising_places_inside_it(source, style):
    offsets = list(value_offsets(source, "quite different", style))
    assert len(offsets) == len("quite different") + 1
    assert offsets == sorted(offsets)
    assert offsets[0] >= 0
    assert offsets[-1] <= max(len(source), 1)


def test_a_span_within_an_escape_covers_all_of_the_escape():
    text = r'a: "x\u00e9y"'
    node = parse(text).documents[0].root.get("a")
    span = node.span_of(Span(1, 2))
    assert text[span.start : span.end] == r"\u00e9"
    assert node.index_at(text.index("00e9")) == 1
