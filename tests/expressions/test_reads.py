"""Which names and paths an expression reads, where, and whether it can do with nil."""

from __future__ import annotations

import pytest

from mfo_dialect.expressions import parse, reads

# source -> readings as "path guarded?", in order
READS = [
    ("a", ["a"]),
    ("a.b.c", ["a.b.c"]),
    ('a.b["c d"][0].e', ["a.b.c d.0.e"]),
    ("a?.b", ["a.b guarded"]),
    ("a.b?.c.d", ["a.b.c.d guarded"]),
    ("a.b ?? c.d", ["a.b guarded", "c.d"]),
    ("(a.b ?? c.d) ?? e", ["a.b guarded", "c.d guarded", "e"]),
    ("(a?.b)[0]", ["a.b.0 guarded"]),
    ("get(a.b, 'c')", ["a.b guarded"]),
    ("a[b.c].d", ["a open", "b.c"]),
    ("a.b[i].c", ["a.b open", "i"]),
    ('$env["my-id"].x', ["my-id.x"]),
    ("$env.a.b", ["a.b"]),
    ("$env", []),
    ("$env[a]", ["a"]),
    ("let x = a.b; x.c + d", ["a.b", "d"]),
    ("map(items, .name + #.x + other)", ["items", "other"]),
    ("len(a) + max(b, 1)", ["a", "b"]),
    ("a.b(c)", ["a.b", "c"]),
    ("f(a)", ["a"]),
    ("a | len()", ["a"]),
    ("len", []),
    ("1 + 'a'", []),
    ("a. ", ["a"]),
    ("a.b.", ["a.b"]),
    ("a b.c", ["a", "b.c"]),
    ("if a { b } else { c?.d }", ["a", "b", "c.d guarded"]),
    ("{a: b}", ["b"]),
    ("a[1:b]", ["a", "b"]),
    ("1 < a.b < c", ["a.b", "c"]),
]


@pytest.mark.parametrize(("source", "expected"), READS, ids=[source for source, _ in READS])
def test_an_expression_reads(source: str, expected: list[str]) -> None:
    got = [
        ".".join([read.root, *(str(segment.key) for segment in read.path)])
        + (" guarded" if read.guarded else "")
        + (" open" if read.tail else "")
        for read in reads(parse(source))
    ]
    assert got == expected


def test_a_reading_knows_its_places() -> None:
    source = '1 + a.b["c"]?.d ?? 0'
    [read] = reads(parse(source))
    assert source[slice(*read.span)] == 'a.b["c"]?.d'
    assert source[slice(*read.root_span)] == "a"
    assert [source[slice(*segment.span)] for segment in read.path] == ["b", '"c"', "d"]
    assert [segment.optional for segment in read.path] == [False, False, True]


def test_a_name_with_a_dash_is_read_at_its_string() -> None:
    source = '$env["fetch-data"].status'
    [read] = reads(parse(source))
    assert source[slice(*read.root_span)] == '"fetch-data"'
