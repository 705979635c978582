"""URIs and positions, as Windows, macOS and Linux have them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from mfo_dialect.text import Encoding, LineIndex, Span
from mfo_lsp.server.convert import (
    directory_of,
    is_file,
    path_key,
    to_encoding,
    to_key,
    to_offset,
    to_position,
    to_range,
    to_span,
    to_uri,
)

CAFE_COMPOSED = unicodedata.normalize("NFC", "café")
CAFE_DECOMPOSED = unicodedata.normalize("NFD", "café")

KEYS = [
    ("file:///home/a/flow.yml", "/home/a/flow.yml"),
    ("FILE:///home/a/flow.yml", "/home/a/flow.yml"),
    ("file:/home/a/flow.yml", "/home/a/flow.yml"),
    ("file://localhost/home/a/flow.yml", "/home/a/flow.yml"),
    ("file:///home/a%20b/my%20flow.yml", "/home/a b/my flow.yml"),
    ("file:///home/a b/my flow.yml", "/home/a b/my flow.yml"),
    ("file:///home/%C3%A4/%E6%97%A5.yml", "/home/ä/日.yml"),
    ("file:///home/ä/日.yml", "/home/ä/日.yml"),
    ("file:///home/100%25/a%23b%3Fc.yml", "/home/100%/a#b?c.yml"),
    ("file:///home/a/./x/../flow.yml", "/home/a/flow.yml"),
    ("file:///home//a/flow.yml", "/home/a/flow.yml"),
    ("file:///home/a/", "/home/a"),
    ("file:///home/%FF.yml", "/home/\udcff.yml"),
    ("file:///home/a%2Fb.yml", "/home/a/b.yml"),
    ("file:///home/a:b.yml", "/home/a:b.yml"),
    ("file:///C:/Users/Ann/flow.yml", "C:/Users/Ann/flow.yml"),
    ("file:///c:/Users/Ann/flow.yml", "C:/Users/Ann/flow.yml"),
    ("file:///c%3A/Users/Ann/flow.yml", "C:/Users/Ann/flow.yml"),
    ("file:///C%3a/Users/Ann/my%20flow.yml", "C:/Users/Ann/my flow.yml"),
    ("file:///c%3A%5CUsers%5CAnn%5Cflow.yml", "C:/Users/Ann/flow.yml"),
    ("file://c:/Users/flow.yml", "C:/Users/flow.yml"),
    ("file:///c:/", "C:/"),
    ("file://Server/share/flow.yml", "//server/share/flow.yml"),
    ("file://wsl%24/Ubuntu/home/flow.yml", "//wsl$/Ubuntu/home/flow.yml"),
    ("file:////server/share/flow.yml", "//server/share/flow.yml"),
    ("untitled:Untitled-1", "untitled:Untitled-1"),
    ("untitled:/home/a/flow.yml", "untitled:/home/a/flow.yml"),
    ("git:/home/a/flow.yml?%7B%22ref%22%3A%22%22%7D", "git:/home/a/flow.yml?%7B%22ref%22%3A%22%22%7D"),
    ("", ""),
    ("file:", "/"),
    ("file://", "/"),
]


@pytest.mark.parametrize(("uri", "key"), KEYS)
def test_key_of_uri(uri, key):
    assert to_key(uri, "linux") == key


@pytest.mark.parametrize(
    ("key", "uri"),
    [
        ("/home/a/flow.yml", "file:///home/a/flow.yml"),
        ("/home/a b/100%/a#b?c.yml", "file:///home/a%20b/100%25/a%23b%3Fc.yml"),
        ("/home/ä/日.yml", "file:///home/%C3%A4/%E6%97%A5.yml"),
        ("/home/\udcff.yml", "file:///home/%FF.yml"),
        ("C:/Users/Ann Lee/flow.yml", "file:///C:/Users/Ann%20Lee/flow.yml"),
        ("//server/share/flow.yml", "file://server/share/flow.yml"),
        ("untitled:Untitled-1", "untitled:Untitled-1"),
    ],
)
def test_uri_of_key_and_back(key, uri):
    assert to_uri(key) == uri
    assert to_key(uri, "linux") == key


@pytest.mark.parametrize("name", [CAFE_COMPOSED, CAFE_DECOMPOSED])
def test_macos_knows_one_file_under_both_spellings_of_its_name(name):
    assert path_key(f"/Users/{name}.yml", "darwin") == f"/Users/{CAFE_COMPOSED}.yml"
    assert path_key(f"/Users/{name}.yml", "linux") == f"/Users/{name}.yml"


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("C:\\Users\\Ann\\flow.yml", "C:/Users/Ann/flow.yml"),
        ("c:/Users/Ann/flow.yml", "C:/Users/Ann/flow.yml"),
        ("\\\\server\\share\\flow.yml", "//server/share/flow.yml"),
        ("/home/back\\slash.yml", "/home/back\\slash.yml"),
    ],
)
def test_key_of_path(path, key):
    assert path_key(path, "win32" if "\\" in key or path[0] != "/" else "linux") == key


@pytest.mark.parametrize(
    ("key", "file", "directory"),
    [
        ("/home/a/flow.yml", True, "/home/a"),
        ("/flow.yml", True, "/"),
        ("C:/flow.yml", True, "C:/"),
        ("C:/a/flow.yml", True, "C:/a"),
        ("//server/share/flow.yml", True, "//server/share"),
        ("untitled:Untitled-1", False, "untitled:Untitled-1"),
        ("untitled:/home/a/flow.yml", False, "untitled:/home/a/flow.yml"),
    ],
)
def test_files_belong_to_their_directory_and_others_to_themselves(key, file, directory):
    assert is_file(key) is file
    assert directory_of(key) == directory


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=30))
def test_any_path_survives_the_way_to_a_uri_and_back(name):
    key = path_key(f"/root/{name}", "linux")
    assert to_key(to_uri(key), "linux") == key


@given(st.text(max_size=60))
def test_any_uri_has_a_key(uri):
    assert to_key(to_uri(to_key(uri))) == to_key(uri)


POSITIONS = [
    # text, offset, columns in utf-8, utf-16, utf-32, line
    ("abc", 2, 0, (2, 2, 2)),
    ("é\nñ𝄞x", 4, 1, (6, 3, 2)),
    ("a\r\nb", 3, 1, (0, 0, 0)),
    ("a\rb", 2, 1, (0, 0, 0)),
    ("a\u2028b\x0cc\x85d", 6, 0, (9, 6, 6)),
    ("", 0, 0, (0, 0, 0)),
]


@pytest.mark.parametrize(("text", "offset", "line", "columns"), POSITIONS)
@pytest.mark.parametrize("number", range(3))
def test_position_of_offset_and_back(text, offset, line, columns, number):
    encoding = (Encoding.UTF8, Encoding.UTF16, Encoding.UTF32)[number]
    lines = LineIndex(text)
    position = to_position(lines, offset, encoding)
    assert position == types.Position(line, columns[number])
    assert to_offset(lines, position, encoding) == offset


@pytest.mark.parametrize(
    ("line", "character", "offset"), [(0, 99, 2), (9, 0, 5), (9, 9, 5), (1, 99, 5), (1, 1, 3), (1, 2, 4)]
)
def test_positions_outside_the_text_count_as_the_nearest_end(line, character, offset):
    assert to_offset(LineIndex("ab\n𝄞c"), types.Position(line, character), Encoding.UTF16) == offset


def test_a_range_with_its_ends_exchanged_is_turned_round():
    lines = LineIndex("ab\ncd")
    turned = types.Range(types.Position(1, 1), types.Position(0, 1))
    assert to_span(lines, turned, Encoding.UTF16) == Span(1, 4)
    assert to_range(lines, Span(1, 4), Encoding.UTF16) == types.Range(types.Position(0, 1), types.Position(1, 1))


@pytest.mark.parametrize(
    ("kind", "encoding"),
    [
        ("utf-8", Encoding.UTF8),
        ("utf-16", Encoding.UTF16),
        ("utf-32", Encoding.UTF32),
        ("latin-1", Encoding.UTF16),
        (None, Encoding.UTF16),
    ],
)
def test_encoding_by_its_name(kind, encoding):
    assert to_encoding(kind) is encoding
