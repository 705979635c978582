"""What is found around a cursor in a text kept in blocks is what is found in the text read as one."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from mfo_dialect.syntax import LiveTree, SyntaxTree, context_at, path_at
from mfo_dialect.text import LineIndex
from tests.effort import examples

from .edits import an_edit, document, edited


def steps(tree, offset):
    return [(step.part, step.key, step.node.span) for step in path_at(tree, offset)]


@settings(max_examples=examples(20), deadline=None)
@given(st.integers(0, 2**40))
def test_blocks_change_nothing_of_what_is_around_a_cursor(seed):
    source = random.Random(seed)
    text = document(source)
    tree = LiveTree(text, block_lines=source.choice([1, 2, 8]))
    for _ in range(4):
        plain = SyntaxTree(text, tree.documents, ())
        assert type(plain.lines) is LineIndex
        for _ in range(6):
            offset = source.randint(0, len(text))
            assert context_at(tree, offset) == context_at(plain, offset)
            assert steps(tree, offset) == steps(plain, offset)
        edit = an_edit(source, text)
        tree.apply([edit])
        text = edited(text, edit)


def test_few_lines_are_looked_at_however_many_there_are(monkeypatch):
    task = "  - id: t{n}\n    config:\n      a: 1\n      b: 2\n    dependencies:\n      - x\n"
    text = "name: x\ntasks:\n" + "".join(task.format(n=n) for n in range(2_000)) + "conditions:\n  - id: c\n"
    tree = LiveTree(text)
    read, seen = type(tree.lines).line_text, []
    monkeypatch.setattr(type(tree.lines), "line_text", lambda lines, line: seen.append(line) or read(lines, line))
    place = text.index("b: 2", text.index("id: t1500"))
    for offset, path in (
        (place, ("tasks", 1500, "config")),
        (text.index("id: t1999"), ("tasks", 1999)),
        (0, ()),
        (len(text), ()),
    ):
        seen.clear()
        assert context_at(tree, offset).path == path
        assert len(seen) < 200
