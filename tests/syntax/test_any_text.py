"""Whatever the text: no exception, places inside it, and the same from both engines where both can read it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.syntax import Origin, context_at, parse, path_at
from mfo_dialect.syntax.composing import compose
from mfo_dialect.syntax.events import Engine
from mfo_dialect.syntax.parser import Reading
from tests.effort import examples

from .trees import assert_spans_inside, everything

PIECES = [
    "a", "b: ", "- ", ": ", ":", "\n", "\n  ", "\n    ", "\n- ", "\n  - ", "key: ", "'", '"', "[", "]", "{", "}", ", ", "#", " # c",
    "|", "|-\n  x", ">\n ", ">+2\n", "&a ", "*a", "!t ", "!!str ", "? ", "\t", "\r\n", "\r", "\x85", "\ufeff", "---\n", "...\n", "%YAML 1.2\n",
    "<<: *a", "%", "@", "\\", "\\n", "1", "~", "  ", "\u2028", "\U0001f600", "=======\n", "<<<<<<< a\n", ">>>>>>> b\n", "{{ x }}", "\0", "x:y", "\ud800",
]  # fmt: skip
ANY_TEXT = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=25).map("".join))

SCALARS = st.sampled_from(
    [
        "x",
        "1",
        "true",
        "''",
        "'it''s'",
        '"a\\tb"',
        "a b",
        "x#y",
        "~",
        "plain: no".replace(": ", "-"),
        "[a, {b: c}]",
        "{d: [e]}",
    ]
)
NAMES = st.sampled_from(["id", "type", "config", "name", "k-1", '"q k"'])


def indented(lines, by="  "):
    return [by + line for line in lines]


def as_map(entries):
    lines = []
    for number, (name, value) in enumerate(entries):
        key = name if name.startswith('"') else f"{name}{number}"
        lines += [f"{key}: {value}"] if isinstance(value, str) else [f"{key}:", *indented(value)]
    return lines


def as_list(items):
    lines = []
    for item in items:
        rows = [item] if isinstance(item, str) else item
        lines += [f"- {rows[0]}", *indented(rows[1:])]
    return lines


BLOCK_TEXTS = st.sampled_from([["|", "  one", "", "    two"], [">-", "  one", "  two", ""], ["|+", "  x", ""]])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(st.tuples(NAMES, inner), min_size=1, max_size=4).map(as_map),
        st.lists(inner, min_size=1, max_size=4).map(as_list),
    ),
    max_leaves=12,
)
DOCUMENTS = st.lists(st.tuples(NAMES, VALUES), min_size=1, max_size=4).map(
    lambda entries: "\n".join(as_map(entries)) + "\n"
)


def check(text):
    """Read without the fence of ``parse``, so that it cannot hide an exception."""
    for engine in Engine:
        Reading(text, engine).result()
        assert_spans_inside(parse(text, engine))


@settings(max_examples=examples(400), deadline=None)
@given(ANY_TEXT)
def test_no_text_raises_and_every_place_is_inside(text):
    check(text)


@settings(max_examples=examples(150), deadline=None)
@given(ANY_TEXT, st.integers(min_value=-1, max_value=60))
def test_no_place_of_any_text_raises(text, offset):
    tree = parse(text)
    context = context_at(tree, offset)
    assert 0 <= context.word.start <= context.word.end <= len(text)
    for _, span in context.siblings:
        assert 0 <= span.start <= span.end <= len(text)
    path_at(tree, offset)


@settings(max_examples=examples(200), deadline=None)
@given(DOCUMENTS)
def test_the_engines_read_the_same_tree(text):
    assert compose(Origin(text), Engine.C).failure is None, text
    assert everything(parse(text, Engine.C)) == everything(parse(text, Engine.PURE))


@settings(max_examples=examples(40), deadline=None)
@given(DOCUMENTS, st.data())
def test_every_prefix_reads_the_same_from_both_engines(text, data):
    cut = data.draw(st.integers(min_value=0, max_value=len(text)))
    check(text[:cut])
    assert everything(parse(text[:cut], Engine.C)) == everything(parse(text[:cut], Engine.PURE))


DOCUMENT = """\
name: flow  # a flow
config: {max: 8, timeout: 30s}
tasks:
  - id: one
    type: mfo_api_chat_send
    description: |
      Say "hello": and
        go on

    config:
      prompt_context: {subject: "${INPUT.x}", tags: [a, 'b c']}
      text: >-
        folded
        text
    dependencies: [zero, "half"]
  - id: two
    config:
      key: "two\\n\\u00e9 \\"q\\""
      other: 'it''s'
conditions:
- id: c
  successors:
  - one
  - two
shared: &shared
  a: 1
use:
  <<: *shared
  b: !!str 2
"""


@pytest.mark.parametrize("line", range(DOCUMENT.count("\n") + 1))
def test_every_prefix_of_a_document_can_be_read(line):
    lines = DOCUMENT.splitlines(keepends=True)
    before = "".join(lines[:line])
    for end in range(len(lines[line]) if line < len(lines) else 1):
        text = before + (lines[line][:end] if line < len(lines) else "")
        tree = parse(text)
        assert_spans_inside(tree)
        context_at(tree, len(text))
        names = [pair.name for pair in tree.documents[0].root.pairs] if line > 2 else []
        assert names[:2] == ["name", "config"][: len(names)]


@pytest.mark.parametrize("line", range(3, DOCUMENT.count("\n")))
def test_one_unclosed_quote_never_hides_the_neighbours(line):
    lines = DOCUMENT.splitlines(keepends=True)
    text = "".join([*lines[:line], '    x: "\n', *lines[line:]])
    root = parse(text).documents[0].root
    assert {"name", "config", "tasks", "conditions", "shared", "use"} <= {pair.name for pair in root.pairs}
