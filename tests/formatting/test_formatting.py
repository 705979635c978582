"""What the formatter changes, and what it leaves as it is."""

from __future__ import annotations

import pytest

from tests.formatting.laying_out import formatted, refusal

LAID_OUT = {
    "two columns for every level": ("a:\n    b:\n         c: 1\n", "a:\n  b:\n    c: 1\n"),
    "lists stand further in than their key": ("a:\n- b\n- c\n", "a:\n  - b\n  - c\n"),
    "one space behind a dash, and what is below it follows": (
        "-   id: a\n    type: b\n-  - c\n   -    d\n",
        "- id: a\n  type: b\n- - c\n  - d\n",
    ),
    "a map below its dash": ("-\n     a: 1\n     b: 2\n", "-\n  a: 1\n  b: 2\n"),
    "colons": ("a :   1\nb:\t2\n'c'  : 3\n", "a: 1\nb: 2\n'c': 3\n"),
    "brackets": (
        "a: { x : 1,y:  2 , z: [ 1 ,2, ] }\nb: [ ]\nc: {  }\n",
        "a: {x: 1, y: 2, z: [1, 2,]}\nb: []\nc: {}\n",
    ),
    "a key without a value in brackets": ("a: {x: , y: }\n", "a: {x: , y: }\n"),
    "white space at the end of lines": ("a: 1  \nb:   \n  c:\t\n", "a: 1\nb:\n  c:\n"),
    "blank lines": ("\n\na: 1\n \n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n"),
    "the end of the text": ("a: 1", "a: 1\n"),
    "an indented root": ("   a: 1\n   b: 2\n", "a: 1\nb: 2\n"),
    "a value below its key": ("a:\n        b\nc: !!str\n     d\n", "a:\n  b\nc: !!str\n  d\n"),
    "anchors, aliases and tags": (
        "a:  &x\n    b: !!str   1\nc:   *x\nd:\n    <<:  *x\n*x   : 2\n",
        "a: &x\n  b: !!str 1\nc: *x\nd:\n  <<: *x\n*x : 2\n",
    ),
    "documents of a stream": (
        "---\na:\n    b: 1\n...\n---  # next\n\n\nc:   1\n",
        "---\na:\n  b: 1\n...\n---  # next\n\nc: 1\n",
    ),
}
TEXTS = {
    "a literal text moves with its key": ("a:\n    b: |\n          x\n            y\n\n          z  \n", "a:\n  b: |\n    x\n      y\n\n    z  \n"),
    "a number in its header keeps counting": ("a:\n    b: >2-\n         x\n", "a:\n  b: >2-\n       x\n"),
    "blank lines that belong to it": ("a:\n    b: |+\n      x\n\n\n    c: 1\n", "a:\n  b: |+\n    x\n\n\n  c: 1\n"),
    "blank lines that do not": ("a: |\n  x\n\n\nb: 1\n", "a: |\n  x\n\nb: 1\n"),
    "a text that ends the document without a line break": ("a:  |\n  x", "a: |\n  x"),
    "the same where no break belongs to it": ("a:  |-\n  x", "a: |-\n  x\n"),
    "its header": ("a: |-   \n    x\nb: >    # why\n    y\n", "a: |-\n  x\nb: >    # why\n  y\n"),
    "further lines of other texts move along": (
        "a:\n    b: 'x\n       y'\n    c: x\n      y  \n",
        "a:\n  b: 'x\n     y'\n  c: x\n    y\n",
    ),
    "never out of their level": ("a:\n  b: 'x\n\n y'\n", "a:\n  b: 'x\n\n   y'\n"),
    "quotes stay, and no line is filled anew": ("a:  'x'\nb:  \"y\"\nc:  " + "z " * 99 + "\n", "a: 'x'\nb: \"y\"\nc: " + ("z " * 99).strip() + "\n"),
    "brackets over several lines move as they are": (
        "a:\n    b: [\n        x,\n           y   # why\n\n\n    ]\n",
        "a:\n  b: [\n      x,\n         y   # why\n\n  ]\n",
    ),
}  # fmt: skip
COMMENTS = {
    "above what follows": ("a:\n# x\n- b\n# y\n- c\n", "a:\n  # x\n  - b\n  # y\n  - c\n"),
    "at the end of a level": (
        "a:\n    b: 1\n    # of a\n# of all\nc: 1\n",
        "a:\n  b: 1\n  # of a\n# of all\nc: 1\n",
    ),
    "in place of a value": ("a:\n     # - x\nb: 1\n", "a:\n  # - x\nb: 1\n"),
    "below a text, which must not take it in": ("a: |\n      x\n   # no text\nb: 1\n", "a: |\n  x\n# no text\nb: 1\n"),
    "behind a value they stay where they are": ("a:   1   # x\n", "a: 1   # x\n"),
    "at the end": ("a:\n    - b\n# x", "a:\n  - b\n# x\n"),
}
ALL = LAID_OUT | TEXTS | COMMENTS


@pytest.mark.parametrize(("before", "after"), ALL.values(), ids=ALL)
def test_laying_out(before: str, after: str) -> None:
    assert formatted(before) == after
    assert formatted(after) == after


@pytest.mark.parametrize(("before", "after"), ALL.values(), ids=ALL)
@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_line_ends_are_kept(before: str, after: str, line_end: str) -> None:
    if "\n" in before:
        assert formatted(before.replace("\n", line_end)) == after.replace("\n", line_end)


def test_a_byte_order_mark_is_kept() -> None:
    assert formatted("\ufeffa:\n    b: 1\n") == "\ufeffa:\n  b: 1\n"


def test_characters_that_only_look_like_line_ends() -> None:
    assert formatted("a:\n    b: x\u2028  y\u0085  z\n") == "a:\n  b: x\u2028  y\u0085  z\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [\n", "never closed"),
        ("a: {{ x }}\n", "must be quoted"),
        ("a: *b\n", "no anchor"),
        ("a:\n\t- b\n", "tab"),
        ("? a\n: b\n", 'keys behind a "?"'),
    ],
)
def test_what_cannot_be_read_is_left_alone(text: str, words: str) -> None:
    assert words in refusal(text)


RANGES = {
    "one line": ("a:\n    b :  1\n    c :  2\n", range(1, 2), "a:\n    b: 1\n    c :  2\n"),
    "a whole list below a key that stays": (
        "x:\n    a:\n    - b:  1\n      c:  2\n    d:  1\n",
        range(2, 4),
        "x:\n    a:\n      - b: 1\n        c: 2\n    d:  1\n",
    ),
    "a part of a list": ("a:\n-   b:  1\n    c: 2\n-   d:  1\n", range(3, 4), "a:\n-   b:  1\n    c: 2\n- d: 1\n"),
    "a text that goes on": ("a: |\n     x\n     y\n", range(2), "a: |\n     x\n     y\n"),
    "a text and a comment below that would join it": ("a: |\n     x\n   # y\n", range(2), "a: |\n     x\n   # y\n"),
    "blank lines": ("a: 1\n\n\n\nb: 1\n\n\n\nc: 1\n", range(1, 4), "a: 1\n\nb: 1\n\n\n\nc: 1\n"),
    "nothing": ("a :  1\n", range(0), "a :  1\n"),
}


@pytest.mark.parametrize(("before", "lines", "after"), RANGES.values(), ids=RANGES)
def test_some_lines(before: str, lines: range, after: str) -> None:
    assert formatted(before, lines) == after
