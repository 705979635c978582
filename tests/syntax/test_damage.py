"""Broken text: what is said about it, where, and what is still read."""

import pytest

from mfo_dialect.syntax import ProblemKind, parse
from mfo_dialect.syntax.events import Engine

from .trees import everything, parts, shown

SYNTAX, TAB, CONFLICT = ProblemKind.SYNTAX, ProblemKind.TAB, ProblemKind.CONFLICT_MARKER
TEMPLATE = ProblemKind.UNQUOTED_TEMPLATE

# text with the place of each problem between ‹ and ›, the kinds, and what is read
ROWS = [
    ('a: ‹"›foo\nb: c\n', [SYNTAX], "{'a': 'foo'~, 'b': 'c'}~"),
    ("a: ‹'›foo\nb: c\n", [SYNTAX], "{'a': 'foo'~, 'b': 'c'}~"),
    ('a: 1\nc: "say {‹"›a": "b"}"\nb: 2\n', [SYNTAX], "{'a': 1, 'c': 'say {\"a\": \"b\"}'~, 'b': 2}~"),
    ("a: 'it‹'›s'\nb: 1\n", [SYNTAX], "{'a': \"it's\"~, 'b': 1}~"),
    ('a: "x ‹\\q› y"\nb: 1\n', [SYNTAX], "{'a': 'x \\\\q y'~, 'b': 1}~"),
    ("a: ‹[›b, c\nd: e\n", [SYNTAX], "{'a': ['b', 'c']~, 'd': 'e'}~"),
    ("a: ‹{›b: c\nd: e\n", [SYNTAX], "{'a': {'b': 'c'}~, 'd': 'e'}~"),
    ("a: ‹{›\n  b: c,\n  d: e\nf: g\n", [SYNTAX], "{'a': {'b': 'c', 'd': 'e'}~, 'f': 'g'}~"),
    ('a: [b, ‹"›c\nd: e\n', [SYNTAX], "{'a': ['b', 'c'~]~, 'd': 'e'}~"),
    ("a: [1, ‹{›b: c]\nd: e\n", [SYNTAX], "{'a': [1, {'b': 'c'}~]~, 'd': 'e'}~"),
    ("a: [b] ‹c›\nd: e\n", [SYNTAX], "{'a': ['b']~, 'd': 'e'}~"),
    ("a: ‹}›\nb: 1\n", [SYNTAX], "{'a': '}'~, 'b': 1}~"),
    ("a:\n  b: 1\n  ‹con›\n", [SYNTAX], "{'a': {'b': 1}~}~"),
    ("a:\n  ‹con›\n  b: 1\n", [SYNTAX], "{'a': {'b': 1}~}~"),
    ("a: 1\n‹b›\n  c: 2\n  d: 3\ne: 4\n", [SYNTAX], "{'a': 1, 'b'~: {'c': 2, 'd': 3}~, 'e': 4}~"),
    ("a: 1\nkey‹:›value\nb: 2\n", [SYNTAX], "{'a': 1, 'key': 'value'~, 'b': 2}~"),
    ("- id‹:›x\n  type: y\n- id: z\n", [SYNTAX], "[{'id': 'x'~, 'type': 'y'}~, {'id': 'z'}]~"),
    ("a: b‹:› c\nd: 1\n", [SYNTAX], "{'a': 'b: c'~, 'd': 1}~"),
    ("a: ‹@›x\nb: 1\n", [SYNTAX], "{'a': '@x'~, 'b': 1}~"),
    ("a: ‹*.txt›\nb: 1\n", [SYNTAX], "{'a': '*.txt'~, 'b': 1}~"),
    ("a: ‹|x›\n  foo\nb: 1\n", [SYNTAX], "{'a': '|x'~, 'b': 1}~"),
    ("a: ‹-› b\nc: 1\n", [SYNTAX], "{'a': '- b'~, 'c': 1}~"),
    ("a: ‹{{ x }} y›\nb: ‹{{ z }}›\nc: 1\n", [TEMPLATE, TEMPLATE], "{'a': '{{ x }} y'~, 'b': '{{ z }}'~, 'c': 1}~"),
    ("a:\n‹\t›b: 1\nc: d\n", [TAB], "{'a': {'b': 1}~, 'c': 'd'}~"),
    ("a:\n‹\t›b: 1\n\tc: 2\nd: e\n", [TAB], "{'a': {'b': 1, 'c': 2}~, 'd': 'e'}~"),
    ("name: foo\n  ‹description: bar›\nv: 1\n", [SYNTAX], "{'name': 'foo'~, 'description': 'bar', 'v': 1}~"),
    ("a:\n    ‹b: 1›\n  c: 2\n  d: 3\n", [SYNTAX], "{'a': {'b': 1~, 'c': 2, 'd': 3}~}~"),
    ("- id: a\n ‹type: x›\n  c: 1\n  d: 2\n- e\n", [SYNTAX], "[{'id': 'a', 'type': 'x'~, 'c': 1, 'd': 2}~, 'e']~"),
    ("- ‹id: a›\n b: 1\n c: 2\n- e\n", [SYNTAX], "[{'id': 'a'~, 'b': 1, 'c': 2}~, 'e']~"),
    ("a:\n ‹- id: b›\n    c: 1\n    d: 2\n  - id: e\n    f: 3\n", [SYNTAX], "{'a': [{'id': 'b', 'c': 1, 'd': 2}, {'id': 'e', 'f': 3}]~}~"),
    ("l: ‹x›\n  - a: 1\n    b: 2\n  - c\n", [SYNTAX], "{'l': [{'a': 1, 'b': 2}, 'c']~}~"),
    ("l:\n  - a: 1\n‹foo›\n  - b: 2\n", [SYNTAX], "{'l': [{'a': 1}, {'b': 2}]~}~"),
    ("l:\n  - a: 1\n‹t: x›\n    c: 2\n  - b: 2\n", [SYNTAX], "{'l': [{'a': 1, 'c': 2}~, {'b': 2}]~}~"),
    ("l:\n  - a: 1\n‹- p: 2›\n  - b: 3\nm: n\n", [SYNTAX], "{'l': [{'a': 1}, {'p': 2}, {'b': 3}]~, 'm': 'n'}~"),
    ("t: |\n  one\n‹two›\n  three\nu: 1\n", [SYNTAX], "{'t': 'one\\n \\nthree\\n'~, 'u': 1}~"),
    ('a:\n  b: 1\n‹<<<<<<< HEAD\n  c: 2\n=======\n  c: "3\n  - [\n>>>>>>> x›\n  d: 4\n', [CONFLICT], "{'a': {'b': 1, 'c': 2, 'd': 4}~}~"),
    ('a: 1\n‹<<<<<<< HEAD\nb: "2\n=======\nb: 3\n>>>>>>> x›\nc: ‹"›4\n', [CONFLICT, SYNTAX], "{'a': 1, 'b': '2'~, 'c': '4'~}~"),
    ("a: 1\n‹=======›\nb: 2\n", [CONFLICT], "{'a': 1, 'b': 2}~"),
    ('a: 1\n---\nb: ‹"›x\n---\nc: 3\n', [SYNTAX], "{'a': 1} {'b': 'x'~}~ {'c': 3}"),
    ('a: ‹"›b\nc:\n  d: ‹[›e\n  f: g\nh: i: j\n'.replace("i: j", "i‹:› j"), [SYNTAX] * 3, "{'a': 'b'~, 'c': {'d': ['e']~, 'f': 'g'}~, 'h': 'i: j'~}~"),
]  # fmt: skip


def unmarked(marked):
    """The text, and the spans between its marks."""
    text, spans = "", []
    for piece in marked.split("‹"):
        inside, mark, behind = piece.partition("›")
        if mark:
            spans.append((len(text), len(text) + len(inside)))
        text += inside + behind
    return text, spans


@pytest.mark.parametrize(("marked", "kinds", "read"), ROWS)
def test_every_mistake_is_told_once_and_costs_only_itself(marked, kinds, read, engine):
    text, spans = unmarked(marked)
    tree = parse(text, engine)
    assert [(problem.kind, tuple(problem.span)) for problem in tree.problems] == list(zip(kinds, spans, strict=True))
    assert " ".join(shown(document.root) for document in tree.documents) == read


@pytest.mark.parametrize(("marked", "kinds", "read"), ROWS)
def test_the_engines_say_the_same(marked, kinds, read):
    text, _ = unmarked(marked)
    assert everything(parse(text, Engine.C)) == everything(parse(text, Engine.PURE))


HEAD = "name: flow\nconfig:\n  timeout: 30s  # half a minute\ntasks:\n"
TAIL = "conditions:\n  - id: c\n    config:\n      expression: 'a > 1'\n"
TASK = """\
  - id: task_{n}
    name: "Task {n}"
    description: |
      Says {n}: and
        more - here
    type: mfo_api_chat_send
    config:
      prompt_template_id: draft
      prompt_context: {{subject: "${{INPUT.x}}", n: {n}}}
    dependencies: [task_{before}]
"""
BROKEN = [
    '  - id: broken\n    name: "unclosed\n    type: x\n',
    "  - id: broken\n    name: 'unclosed\n    type: x\n",
    '  - id: broken\n    name: "unclosed\n',
    "  - id: broken\n    dependencies: [a, b\n    type: x\n",
    "  - id: broken\n    config: {a: b\n",
    "  - id: broken\n    config: {a: [b, {c: d\n    type: x\n",
    "  - id: broken\n    ty\n",
    "  - id: broken\n    ty\n    config:\n      a: b\n",
    "  - id: broken\n    type:x\n    config:\n      a: b\n",
    "  - id: broken\n  type: dedented\n    config:\n      a: b\n",
    "  - id: broken\n type: dedented\n",
    "  - id: broken\ntype: dedented\n    config:\n      a: b\n",
    "  - id: broken\n      type: too deep\n    name: x\n",
    "  - id: broken\n\ttype: x\n",
    "  - id: broken\n    prompt: {{ .name }} and\n",
    '  - id: broken\n    prompt: "say {"a": "b"}"\n',
    "  - id: broken\n    prompt: it: is: this\n",
    "  - id: broken\n    text: |\n      line\n  dedented\n      line\n",
    "  - id: broken\n    text: |\n      line\ndedented\n      line\n",
    "  - id: broken\n    a: @x\n    b: `y`\n    c: %z\n",
    "  - id: broken\n    a: ]\n    b: }\n",
    "  - [broken\n",
    "  - {broken: 1\n",
    '  - "broken\n',
    "  - id: broken\nfoo\n",
    "  - id: broken\n  foo\n",
    "  - id: broken\n    - nested\n    type: x\n",
    "- id: broken\n  type: dedented item\n",
    "    - id: broken\n      type: deep item\n",
    "  id: broken\n  type: no dash\n",
    "<<<<<<< HEAD\n  - id: broken\n=======\n  - id: other\n>>>>>>> branch\n",
    '<<<<<<< HEAD\n  - id: "broken\n=======\n  - id: [other\n>>>>>>> branch\n',
    "  - id: broken\n    key with spaces\n    and more, text\n",
    "  - id: broken\n    a: *\n    b: &\n",
    '  - id: broken\n    a: "\\z"\n',
    '  - id: broken\n    "a: b\n',
    "  - id: broken\n    a: [}\n    b: {]\n",
    "  - id: broken\n    ? [\n",
    "  - id: broken\n    a: 'x' y\n",
    "  -id: broken\n",
    "- id: broken\n    type: deep keys\n    name: x\n",
    " - id: broken\n    type: x\n    list:\n      - a: 1\n      - 'c'\n",
    "     - id: broken\n    type: x\n",
    "  - id: broken\narguments:\n      a: b\n    name: x\n",
]  # fmt: skip


def document(tasks):
    return HEAD + "".join(tasks) + TAIL


def task_nodes(tree):
    """The tasks by id, each as told from the start of its own text."""
    found = {}
    for item in tree.documents[0].root.get("tasks").items:
        identity = item.get("id") if hasattr(item, "get") else None
        if identity is not None and str(identity.value).startswith("task_"):
            found[identity.value] = parts(item, item.span.start)
    return found


@pytest.mark.parametrize("place", [0, 4, 9])
@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_task_costs_that_task_only(broken, place, engine):
    tasks = [TASK.format(n=n, before=n - 1) for n in range(10)]
    whole = parse(document(tasks), engine)
    assert whole.problems == ()
    tasks[place] = broken
    text = document(tasks)
    tree = parse(text, engine)
    expected = task_nodes(whole)
    del expected[f"task_{place}"]
    assert task_nodes(tree) == expected
    first = text.index(broken)
    assert tree.problems
    for problem in tree.problems:
        assert first <= problem.span.start <= first + len(broken)
    root = tree.documents[0].root
    assert root.damaged
    assert [pair.name for pair in root.pairs if pair.name in {"name", "config", "tasks", "conditions"}] == [
        "name",
        "config",
        "tasks",
        "conditions",
    ]
    assert not root.get("config").damaged


@pytest.mark.parametrize("broken", BROKEN)
def test_one_mistake_is_not_told_many_times(broken, engine):
    tasks = [TASK.format(n=n, before=n - 1) for n in range(3)]
    assert len(parse(document([*tasks[:1], broken, *tasks[1:]]), engine).problems) <= 3


def test_mistakes_by_the_thousand_are_told_up_to_a_bound(engine):
    tree = parse("".join(f'k{n}: "x\n' for n in range(2_000)), engine)
    assert len(tree.problems) == 500
    assert len(tree.documents[0].root.pairs) == 2_000
