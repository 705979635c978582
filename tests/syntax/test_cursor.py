"""What a cursor is typing, told from the text around it; ``<|>`` is the cursor."""

import pytest

from mfo_dialect.syntax import Expects, Within, context_at, parse

KEY, VALUE, ITEM, NODE = Expects.KEY, Expects.VALUE, Expects.ITEM, Expects.NODE

# text, what is expected, where it belongs, the word under the cursor, the keys already there, the column to use
ROWS = [
    ("<|>", KEY, (), "", [], 0),
    ("na<|>", KEY, (), "na", [], 0),
    ("name: x\n<|>", KEY, (), "", ["name"], 0),
    ("name: x\nde<|>\nversion: 1\n", KEY, (), "de", ["name", "version"], 0),
    ("tasks:\n<|>", KEY, (), "", ["tasks"], 0),
    ("tasks:\n  <|>", NODE, ("tasks",), "", [], 2),
    ("tasks:\n  - <|>", NODE, ("tasks", 0), "", [], 4),
    ("tasks:\n  -<|>\n", NODE, ("tasks", 0), "", [], 4),
    ("tasks:\n  - i<|>", NODE, ("tasks", 0), "i", [], 4),
    ("tasks:\n  - id: a\n    <|>", KEY, ("tasks", 0), "", ["id"], 4),
    ("tasks:\n  - id: a\n    ty<|>\n    config: {}\n", KEY, ("tasks", 0), "ty", ["id", "config"], 4),
    ("tasks:\n  - id: a\n  <|>", ITEM, ("tasks", 1), "", [], 2),
    ("tasks:\n  - id: a\n    config:\n      <|>\n    type: x\n", NODE, ("tasks", 0, "config"), "", [], 6),
    ("tasks:\n  - id: a\n    config:\n      k: v\n    <|>\n  - id: b\n", KEY, ("tasks", 0), "", ["id", "config"], 4),
    ("tasks:\n  - id: a\n  - id: b\n    config:\n      pr<|>\n      q: 1\n", KEY, ("tasks", 1, "config"), "pr", ["q"], 6),
    ("a: <|>", VALUE, ("a",), "", [], 0),
    ("a: b<|>c\n", VALUE, ("a",), "bc", [], 0),
    ("a: 'b<|>c'\nd: 1", VALUE, ("a",), "bc", ["d"], 0),
    ('a: "b<|>', VALUE, ("a",), "b", [], 0),
    ("deps: [a, <|>]\nq: 1", ITEM, ("deps", 1), "", [], 10),
    ("deps: [a, b<|>\nq: 1", ITEM, ("deps", 1), "b", [], 11),
    ("c: {a: 1, b<|>: 2, d: 3}", KEY, ("c",), "b", ["a", "d"], 11),
    ("c: {a: 1, b: <|>}", VALUE, ("c", "b"), "", ["a"], 13),
    ("c: {a: [1, {x: 'y<|>", VALUE, ("c", "a", 1, "x"), "y", [], 17),
    ("c: {\n  a: 1,\n  <|>\n}", KEY, ("c",), "", ["a"], 2),
    ("d: >\n  foo\n  ba<|>r\nc: 1", VALUE, ("d",), "bar", ["c"], 0),
    ("x: 1 # com<|>ment", NODE, (), "", [], 0),
    ("# he<|>y", NODE, (), "", [], 0),
    ("tasks:\n- id: a\n  ty<|>\n- id: b", KEY, ("tasks", 0), "ty", ["id"], 2),
    ("tasks:\n- id: a\n<|>", KEY, (), "", ["tasks"], 0),
    ("tasks:\n  - id: a\n    dependencies:\n      - b\n      - <|>", NODE, ("tasks", 0, "dependencies", 1), "", [], 8),
    ('tasks:\n  - id: a\n    deps: ["x\n    ty<|>pe: q\n', KEY, ("tasks", 0), "type", ["id", "deps"], 4),
    ("a:\n  b: 1\n  <|>\n  c: 2", KEY, ("a",), "", ["b", "c"], 2),
    ("a:\n  b: 1\n<|>\n  c: 2", KEY, (), "", ["a"], 0),
    ("tasks:\n  - id: a\n    config:\n        <|>", NODE, ("tasks", 0, "config"), "", [], 8),
    ("k<|>ey: v\nb: 1", KEY, (), "key", ["b"], 0),
    ("a: 1\n---\nb: 2\nc<|>", KEY, (), "c", ["b"], 0),
    ("- - a\n  - <|>", NODE, (0, 1), "", [], 4),
    ("tasks:\n  - id: a\n    type: <|>\n    config:\n      x: 1\n", VALUE, ("tasks", 0, "type"), "", ["id", "config"], 4),
    ("a: <|>\n", VALUE, ("a",), "", [], 0),
    ("tasks:\n  - <|>\n    type: x", KEY, ("tasks", 0), "", ["type"], 4),
    ("a:\n  <|>b: 1", KEY, ("a",), "b", [], 2),
    ("tasks:\n  - id: a\n\ttype: x\n  - id: b\n    ty<|>", KEY, ("tasks", 1), "ty", ["id"], 4),
    ("tasks:\n  - id: a\n\ttype: x\n    <|>", KEY, ("tasks", 0), "", ["id"], 4),
]  # fmt: skip


def at_mark(marked):
    offset = marked.index("<|>")
    text = marked.replace("<|>", "")
    return text, context_at(parse(text), offset)


@pytest.mark.parametrize(("marked", "expects", "path", "word", "siblings", "indent"), ROWS)
def test_a_cursor_knows_what_it_types(marked, expects, path, word, siblings, indent):
    text, context = at_mark(marked)
    assert (context.expects, context.path) == (expects, path)
    assert text[context.word.start : context.word.end] == word
    assert [name for name, _ in context.siblings] == siblings
    assert context.indent == indent
    assert context.key == (path[-1] if expects is VALUE else None)
    for name, span in context.siblings:
        assert text[span.start : span.end] == name


WITHIN = [
    ("a: b<|>", Within.PLAIN, None, False),
    ("a: 'b<|>", Within.QUOTES, "'", False),
    ('a: "b<|>c"\n', Within.QUOTES, '"', False),
    ('a: ["b<|>', Within.QUOTES, '"', True),
    ("a: {b: c<|>", Within.PLAIN, None, True),
    ("a: {b: c}<|>", Within.PLAIN, None, False),
    ("a: |\n  text<|>\n", Within.BLOCK_SCALAR, None, False),
    ("a: |\n  text\n\n  <|>\n", Within.BLOCK_SCALAR, None, False),
    ("a: |\n  text\n<|>", Within.PLAIN, None, False),
    ("- >\n  text: <|>\n", Within.BLOCK_SCALAR, None, False),
    ("a: b # c<|>\n", Within.COMMENT, None, False),
    ("# c<|>\n", Within.COMMENT, None, False),
    ("a: [b, # c<|>\n", Within.COMMENT, None, False),
    ("a: 'b # c<|>", Within.QUOTES, "'", False),
    ('a: "one\n  two<|>"\n', Within.QUOTES, '"', False),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "within", "quote", "flow"), WITHIN)
def test_a_cursor_knows_what_surrounds_it(marked, within, quote, flow):
    _, context = at_mark(marked)
    assert (context.within, context.quote, context.flow) == (within, quote, flow)


def test_the_typed_part_of_a_word_ends_at_the_cursor():
    _, context = at_mark("tasks:\n  - id: a\n    ty<|>pe: x\n")
    assert context.word_text == "ty"


BROKEN = """\
name: "unclosed
tasks:
  - id: a
    config: {x: [1
    type: y
  - id: b
    config:
      p: 1
      <|>
    z:q
  - id: c
"""


def test_a_broken_document_does_not_mislead():
    _, context = at_mark(BROKEN)
    assert (context.expects, context.path) == (KEY, ("tasks", 1, "config"))
    assert [name for name, _ in context.siblings] == ["p"]


@pytest.mark.parametrize(
    ("column", "expects", "path"),
    [(0, KEY, ()), (2, ITEM, ("tasks", 1)), (4, KEY, ("tasks", 0)), (6, NODE, ("tasks", 0, "config"))],
)
def test_on_a_blank_line_the_column_decides(column, expects, path):
    _, context = at_mark("tasks:\n  - id: a\n    config:\n" + " " * column + "<|>\n  - id: b\n")
    assert (context.expects, context.path) == (expects, path)


def test_between_the_two_signs_of_a_line_break_is_the_end_of_the_line() -> None:
    text = "a: b\n- >0\n\r\n"
    for offset in range(len(text) + 1):
        assert context_at(parse(text), offset).word.end <= len(text)
