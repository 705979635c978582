"""What characters mean: each token with its text and place, literals with their values, faults with theirs."""

from __future__ import annotations

import pytest

from mfo_dialect.expressions import evaluate, parse
from mfo_dialect.expressions.tokens import TokenKind, tokenize

LITERALS = [
    ("42", 42),
    ("0042", 42),
    ("1_000", 1000),
    ("1__0", 10),
    ("0x2A", 42),
    ("0XfF", 255),
    ("0o52", 42),
    ("0b101010", 42),
    ("9223372036854775807", 2**63 - 1),
    ("0.5", 0.5),
    (".5", 0.5),
    ("1.", 1.0),
    ("1e3", 1000.0),
    ("2.5E-1", 0.25),
    ("1_0.5", 10.5),
    ('"a"', "a"),
    ("'a'", "a"),
    ('"it\'s"', "it's"),
    (r"'it\'s'", "it's"),
    (r'"\a\b\f\n\r\t\v\\\""', '\a\b\f\n\r\t\v\\"'),
    (r'"\x41\101\u0042\U00000043\u{44}\u{1F600}"', "AABCD\U0001f600"),
    (r'"\ud800"', "\ufffd"),
    ('"a\rb"', "a\nb"),
    ("`raw \\n text`", "raw \\n text"),
    ("`two\nlines`", "two\nlines"),
    ("`a ``quoted`` word`", "a `quoted` word"),
    ("``", ""),
    ('b"abc"', b"abc"),
    (r"B'\xff\000\101'", b"\xff\x00A"),
    ('b"\u00ff"', b"\xc3\xbf"),
    ("true", True),
    ("false", False),
    ("nil", None),
]


@pytest.mark.parametrize(("source", "value"), LITERALS, ids=[source for source, _ in LITERALS])
@pytest.mark.parametrize("typed", [True, False])
def test_a_literal_has_its_value(source: str, value: object, typed: bool) -> None:
    got = evaluate(source, {}, typed=typed)
    assert got == value
    assert type(got) is type(value)


FAULTS = [
    ('"abc', 4, "not closed"),
    ('"abc\ndef"', 4, "not closed"),
    ("'", 1, "not closed"),
    ("`abc", 4, "not closed"),
    ("1 + /* abc", 10, "not closed"),
    (r'"a\qb"', 3, "escape"),
    (r'''"a\'b"''', 3, "escape"),
    (r'"\xg0"', 3, "escape"),
    (r'"\u00g0"', 5, "escape"),
    (r'"\u{}"', 3, "escape"),
    (r'"\u{1234567}"', 9, "escape"),
    (r'"\400"', 5, "octal"),
    (r'"\U00110000"', 11, "U0010FFFF"),
    (r'b"\u0041"', 8, "bytes"),
    ("12a", 2, "not a number"),
    ("0b12", 3, "not a number"),
    ("1.5x", 3, "not a number"),
    ("a @ b", 2, "unexpected character"),
    ("a \u00b2", 2, "unexpected character"),
]


@pytest.mark.parametrize(("source", "offset", "words"), FAULTS, ids=[source for source, *_ in FAULTS])
def test_a_fault_is_blamed_at_its_character(source: str, offset: int, words: str) -> None:
    problem = parse(source).problems[0]
    assert problem.span.start == offset
    assert words in problem.message


NUMBERS_WITHOUT_VALUE = ["9223372036854775808", "0x8000000000000000", "1e999", "1e", "0x", "0b1.5", "0x1.8", "1.2.3"]


@pytest.mark.parametrize("source", NUMBERS_WITHOUT_VALUE)
def test_digits_that_are_no_number_are_a_problem(source: str) -> None:
    assert parse(source).problems


def test_tokens_know_their_places() -> None:
    source = "a?.b ?? 1..2 // rest"
    assert [(token.kind, source[slice(*token.span)]) for token in tokenize(source)] == [
        (TokenKind.IDENTIFIER, "a"),
        (TokenKind.OPERATOR, "?."),
        (TokenKind.IDENTIFIER, "b"),
        (TokenKind.OPERATOR, "??"),
        (TokenKind.NUMBER, "1"),
        (TokenKind.OPERATOR, ".."),
        (TokenKind.NUMBER, "2"),
        (TokenKind.COMMENT, "// rest"),
        (TokenKind.END, "t"),
    ]


@pytest.mark.parametrize("name", ["x", "_", "$x", "caf\u00e9", "\u540d\u524d", "x\u0663", "inside", "notable", "iffy"])
def test_a_name_may_hold_letters_digits_dollar_and_underscore(name: str) -> None:
    assert evaluate(name, {name: 1}) == 1


@pytest.mark.parametrize("space", [" ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000", "/* c */", "// c\n"])
def test_white_space_and_comments_separate(space: str) -> None:
    assert evaluate(f"1{space}+{space}2", {}) == 3
