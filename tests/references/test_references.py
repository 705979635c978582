"""The three spellings of a reference (dialect section 6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfo_dialect.references import (
    Reference,
    Spelling,
    as_text,
    bare_reference,
    parse_path,
    scan,
    substitute,
    unescape_bare,
)
from mfo_dialect.text import Span

DOLLAR, ANGLE, BARE = Spelling.DOLLAR, Spelling.ANGLE, Spelling.BARE

# text -> its pieces: a literal, or (what is written, path, spelling, the words of its problem and the stretch they underline)
SCANNED = [
    ("", []),
    ("plain", ["plain"]),
    ("${a.b}", [("${a.b}", ["a", "b"], DOLLAR)]),
    ("$<a.b>", [("$<a.b>", ["a", "b"], ANGLE)]),
    ("${a}", [("${a}", ["a"], DOLLAR)]),
    ("${ a.b }", [("${ a.b }", ["a", "b"], DOLLAR)]),
    ("x ${a.b} y $<c.d> z", ["x ", ("${a.b}", ["a", "b"], DOLLAR), " y ", ("$<c.d>", ["c", "d"], ANGLE), " z"]),
    ("${a.b}${c.d}", [("${a.b}", ["a", "b"], DOLLAR), ("${c.d}", ["c", "d"], DOLLAR)]),
    ("${a.0[1]}", [("${a.0[1]}", ["a", "0", "1"], DOLLAR)]),
    ('${a["any key"].b}', [('${a["any key"].b}', ["a", "any key", "b"], DOLLAR)]),
    ("${a['it\\'s']}", [("${a['it\\'s']}", ["a", "it's"], DOLLAR)]),
    ('${a["}"]}', [('${a["}"]}', ["a", "}"], DOLLAR)]),
    ('${a[ "}" ]}', [('${a[ "}" ]}', ["a", "}"], DOLLAR)]),
    ('${a["\\\\"]}', [('${a["\\\\"]}', ["a", "\\"], DOLLAR)]),
    ('$<a[">"].b>', [('$<a[">"].b>', ["a", ">", "b"], ANGLE)]),
    ("${my-node.x_y}", [("${my-node.x_y}", ["my-node", "x_y"], DOLLAR)]),
    ("${a.größe}", [("${a.größe}", ["a", "größe"], DOLLAR)]),
    # text, not references
    ("$<year>", ["$<year>"]),
    ("$<b> and $<", ["$<b> and $<"]),
    ("$<a.b", ["$<a.b"]),
    ("$<a.b c>", ["$<a.b c>"]),
    ("$<a.>", ["$<a.>"]),
    ("$< a.b>", ["$< a.b>"]),
    ("costs $5 {a}", ["costs $5 {a}"]),
    ("$a.b $(x) {{ .y }}", ["$a.b $(x) {{ .y }}"]),
    # escapes
    ("$${a.b}", ["${a.b}"]),
    ("$$<a.b>", ["$<a.b>"]),
    ("$${a} ${b.c}", ["${a} ", ("${b.c}", ["b", "c"], DOLLAR)]),
    ("$$ and $$x", ["$$ and $$x"]),
    # broken ones are references still
    ("${", [("${", [], DOLLAR, "not closed", "${")]),
    ("${}", [("${}", [], DOLLAR, "is empty", "${}")]),
    ("${  }", [("${  }", [], DOLLAR, "is empty", "${  }")]),
    ("${a", [("${a", ["a"], DOLLAR, "not closed", "${a")]),
    ("${a.", [("${a", ["a"], DOLLAR, "not closed", "${a"), "."]),
    ("${a.b and more", [("${a.b", ["a", "b"], DOLLAR, "not closed", "${a.b"), " and more"]),
    ("${a.b\n}", [("${a.b", ["a", "b"], DOLLAR, "not closed", "${a.b"), "\n}"]),
    ("${a ${b.c}", [("${a", ["a"], DOLLAR, "not closed", "${a"), " ", ("${b.c}", ["b", "c"], DOLLAR)]),
    ('${a["x}', [('${a["x}', ["a"], DOLLAR, "brackets hold", '["x')]),
    ("${a.}", [("${a.}", ["a"], DOLLAR, "name is missing after the dot", ".")]),
    ("${a..b}", [("${a..b}", ["a"], DOLLAR, "name is missing after the dot", "..b")]),
    ("${.a}", [("${.a}", [], DOLLAR, "starts with the name", ".a")]),
    ("${1a}", [("${1a}", [], DOLLAR, "starts with the name", "1a")]),
    ("${a b}", [("${a b}", ["a"], DOLLAR, "no spaces", " b")]),
    ("${a[b]}", [("${a[b]}", ["a"], DOLLAR, "brackets hold", "[b]")]),
    ("${a[-1]}", [("${a[-1]}", ["a"], DOLLAR, "brackets hold", "[-1]")]),
    ("${HOME:-x}", [("${HOME:-x}", ["HOME"], DOLLAR, "cannot stand in a reference", ":-x")]),
    ("${a.b | upper}", [("${a.b | upper}", ["a", "b"], DOLLAR, "no spaces", " | upper")]),
]


@pytest.mark.parametrize(("text", "expected"), SCANNED, ids=[text or "empty" for text, _ in SCANNED])
def test_what_a_text_holds(text: str, expected: list) -> None:
    pieces = scan(text)
    assert len(pieces) == len(expected), pieces
    for piece, want in zip(pieces, expected, strict=True):
        if isinstance(want, str):
            assert piece == want
            continue
        assert isinstance(piece, Reference)
        written, path, spelling, *problem = want
        assert text[slice(*piece.span)] == written
        assert [segment.name for segment in piece.segments] == path
        assert piece.spelling is spelling
        words, underlined = problem or ("", "")
        assert words in piece.problem
        assert bool(words) == bool(piece.problem)
        assert text[slice(*piece.problem_span)] == underlined


def test_each_name_knows_its_place_without_dots_and_brackets() -> None:
    text = 'see ${a-b.c[12]["any key"].0}!'
    (_, reference, _) = scan(text)
    assert isinstance(reference, Reference)
    assert [text[slice(*segment.span)] for segment in reference.segments] == ["a-b", "c", "12", "any key", "0"]
    assert [segment.bracketed for segment in reference.segments] == [False, False, True, True, False]


BARES = [
    ("a.b", ["a", "b"]),
    (" a.b\n", ["a", "b"]),
    ("a.b[0]", ["a", "b", "0"]),
    ("INPUT.x", ["INPUT", "x"]),
    ('INPUT["x y"]', ["INPUT", "x y"]),
    ("a", None),
    ("INPUT", None),
    ("notes[1]", None),
    ("a.b c", None),
    ("a. b", None),
    ("a.", None),
    ("a..b", None),
    ("Hello. World", None),
    ("1.5", None),
    (".a", None),
    ("é.b", None),
    ("https://openai.com", None),
    ("v1.0", ["v1", "0"]),
    ("openai.com", ["openai", "com"]),
    ("", None),
    ("  ", None),
    ("a.b,", None),
]


@pytest.mark.parametrize(("text", "path"), BARES)
def test_a_whole_text_as_a_bare_candidate(text: str, path: list | None) -> None:
    found = bare_reference(text)
    assert (None if found is None else [segment.name for segment in found.segments]) == path
    if found is not None:
        assert text[slice(*found.span)] == text.strip()
        assert found.spelling is BARE


@pytest.mark.parametrize(
    ("text", "literal"),
    [("$$a.b", "a.b"), (" $$INPUT.x ", "INPUT.x"), ("$$a", None), ("$$a b", None), ("$a.b", None), ("$$5.00", None)],
)
def test_two_dollars_keep_a_bare_text_from_being_read(text: str, literal: str | None) -> None:
    assert unescape_bare(text) == literal


VALUES = {
    ("a", "text"): "hello",
    ("a", "number"): 5.0,
    ("a", "list"): [1, {"x": "é"}],
    ("a", "map"): {"k": None},
    ("a", "none"): None,
    ("a", "yes"): True,
    ("INPUT", "n"): 7,
}
SUBSTITUTED = [
    ("${a.list}", [1, {"x": "é"}]),
    ("$<a.list>", [1, {"x": "é"}]),
    ("a.list", [1, {"x": "é"}]),
    ("  ${a.number}\n", 5.0),
    ("a.map\n", {"k": None}),
    ("INPUT.n", 7),
    ("other.text", "other.text"),
    ("n: ${a.number}", "n: 5"),
    ("${a.text}${a.yes}", "hellotrue"),
    ("[${a.none}]", "[]"),
    ("list ${a.list}", 'list [1,{"x":"é"}]'),
    ("map $<a.map>.", 'map {"k":null}.'),
    ("$${a.text}", "${a.text}"),
    ("$$a.text", "a.text"),
    ("$$<a.text> costs $5", "$<a.text> costs $5"),
    ("say a.text", "say a.text"),
]


@pytest.mark.parametrize(("text", "value"), SUBSTITUTED)
def test_values_take_the_place_of_references(text: str, value: object) -> None:
    def lookup(reference: Reference) -> object:
        return VALUES[tuple(segment.name for segment in reference.segments)]

    assert substitute(text, lookup, lambda root: root in {"a", "INPUT"}) == value


def test_where_bare_texts_are_never_references_they_stay() -> None:
    assert substitute("a.text", lambda _: "wrong") == "a.text"
    assert substitute("$$a.text", lambda _: "wrong") == "$$a.text"


@pytest.mark.parametrize(
    ("value", "text"),
    [(5.0, "5"), (0.1, "0.1"), (-0.0, "0"), (1e300, "1e+300"), (12, "12"), (False, "false"), (None, ""), ([], "[]")],
)
def test_how_a_value_enters_text(value: object, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize("text", ["a.b", "a.0", 'a["any key"]', 'a["q\\"b\\\\"]', "my-a.b_c"])
def test_a_reference_prints_as_it_is_read(text: str) -> None:
    parsed = parse_path(text, 0, len(text))
    assert not parsed.problem
    assert str(Reference(parsed.segments, Span(0, len(text)), BARE)) == text


@given(st.text(alphabet="$<>{}[].\"'\\ab0 \n", max_size=40))
def test_any_text_is_read_whole_and_in_order(text: str) -> None:
    done = 0
    for piece in scan(text):
        if isinstance(piece, Reference):
            assert done <= piece.span.start < piece.span.end <= len(text)
            assert (
                piece.span.start <= piece.problem_span.start <= piece.problem_span.end <= len(text) or not piece.problem
            )
            for segment in piece.segments:
                assert piece.span.start <= segment.span.start <= segment.span.end <= piece.span.end
            done = piece.span.end


@given(st.text(alphabet="$<>{}.ab", max_size=40))
def test_an_escaped_text_reads_as_itself(text: str) -> None:
    escaped = text.replace("${", "\0{").replace("$<", "\0<").replace("\0", "$$")
    if "$$$" not in escaped:
        assert substitute(escaped, lambda _: "wrong") == text
