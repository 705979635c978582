"""Texts of many blocks and edits of all sorts, for comparing a live tree with a fresh one."""

import random

from mfo_dialect.text import Span, TextEdit

HEAD = """\
# a flow
name: flow
config:
  timeout: 30s  # half a minute
  nested: {a: [1, 2], 'b': "c"}
description: |
  Many lines:
    - with dashes
  key: value

"""
TASK = """\
  - id: task_{n}
    name: "Task {n}"  # named
    description: |
      Says {n}: and
      - a dash
        more - here

    type: chat
    config:
      context: {{subject: "${{INPUT.x}}", n: {n}, url: http://x/y?z}}
      text: >-
        folded
        text
      plain: goes on
        and on
    dependencies: [task_{before}, 'half',
      "more"]
"""
SHORT = "  - id: short_{n}\n    type: x\n"
FLOW = """\
  - id: flow_{n}
    name: it's {n}
    tasks:
      - id: a_{n}
        type: x
        # a comment
      - id: b_{n}
        dependencies:
        - a_{n}
        - 'c'
    note: last
"""
PROMPT = """\
  prompt_{n}:
    system: |
      You are {n}.
    variables:
      one: ""
      two: 'x'
"""
PASTED = [
    SHORT, TASK, PROMPT, FLOW, "- id: at the margin\n", "    - deeper\n", "key: value\n", "  more: x\n", "\n", "\n\n", "# comment\n", "  # comment\n",
    "word\n", "  word\n", "key:value\n", "  - [a, b]\n", "  -\n", "- - x\n", "---\n", "...\n", "%YAML 1.2\n", "\ttab: x\n", "  \ttab\n", "<<<<<<< HEAD\n",
    "=======\n", ">>>>>>> branch\n", "a: &anchor 1\n", "b: *anchor\n", "    c: &other [x]\n", "    d: *other\n", "<<: *anchor\n", "text: |\n  - a\n  b\n", 'x: "\n', "y: '\n",
    "z: [\n", "}\n", "? a\n: b\n", "\r", "\x85", "\u2028", "\ufeff", "\0", "\U0001f600", "\r\n", "  lines: x\r\n  more: y\r\n", "tasks:\n", "flows:\n", "{{ x }}", ' "a', "'b ",
    "  - id: over\n    text: \"goes\n  - on: 'here'\n  - and\" \n", "  - [a,\n  b, {c: d,\n  e: f}]\n", "  - 'a\n\n  - b: c'\n    d: e\n",
]  # fmt: skip
CHARACTERS = [
    *"abz019 :-#'\"[]{},|>&*!?%@`\\\n\n\n\t\r", "  ", "- ", ": ", "\n  ", "\n    ", "é", "\n- ", "\n  - ",
]  # fmt: skip


def document(source: random.Random) -> str:
    """A text of some blocks."""
    parts = [HEAD] if source.random() < 0.8 else []
    if source.random() < 0.1:
        parts.insert(0, "---\n")
    sections = [section(source, number) for number in range(source.randint(1, 4))]
    text = "".join([*parts, *sections])
    if source.random() < 0.15:
        text = text.replace("\n", "\r\n")
    return text[:-1] if source.random() < 0.1 else text


def section(source: random.Random, number: int) -> str:
    kind = source.choice(["tasks", "tasks", "flows", "prompts", "flat", "nested", "key"])
    count = source.randint(1, 6)
    if kind == "tasks":
        return f"tasks{number}:\n" + "".join(block(source, n) for n in range(count))
    if kind == "flows":
        return f"flows{number}:  # all\n  # first\n" + "".join(FLOW.format(n=n) for n in range(count))
    if kind == "prompts":
        return f"prompts{number}:\n" + "".join(PROMPT.format(n=n) for n in range(count))
    if kind == "flat":
        return f"flat{number}:\n" + "".join(f"- id: f{n}\n  x: {n}\n" for n in range(count))
    if kind == "nested":
        return f"nested{number}:\n" + "".join(f"  - - id: f{n}\n      x: {n}\n    - y\n" for n in range(count))
    return f"key{number}: value\n\n# between\n"


def block(source: random.Random, number: int) -> str:
    return source.choice([TASK, SHORT, SHORT]).format(n=number, before=number - 1)


def an_edit(source: random.Random, text: str) -> TextEdit:
    """Something that somebody might do to a text."""
    lines = text.splitlines(keepends=True) or [""]
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    place = source.randint(0, len(text))
    line = source.randrange(len(lines))
    start = starts[line]
    kind = source.random()
    if kind < 0.4:
        return TextEdit(Span(place, place), source.choice(CHARACTERS))
    if kind < 0.5:
        return TextEdit(Span(place, min(place + source.choice([1, 1, 1, 2, 9]), len(text))), "")
    if kind < 0.6:
        end = starts[min(line + source.choice([1, 1, 1, 2, 5, 12]), len(lines))]
        return TextEdit(Span(start, end), "")
    if kind < 0.75:
        return TextEdit(Span(start, start), source.choice(PASTED).replace("{n}", str(source.randint(0, 9))))
    if kind < 0.85:
        end = starts[min(line + source.choice([1, 3, 12]), len(lines))]
        return TextEdit(Span(place, place) if source.random() < 0.3 else Span(start, start), text[start:end])
    if kind < 0.9:
        return TextEdit(Span(place, place), source.choice(PASTED).replace("{n}", "1"))
    if kind < 0.95:
        return TextEdit(Span(start, min(start + 2, len(text))), source.choice(["", "  ", "    ", "- "]))
    end = min(place + source.randint(0, 40), len(text))
    return TextEdit(Span(place, end), source.choice([*PASTED, *CHARACTERS]))


def edited(text: str, edit: TextEdit) -> str:
    return text[: edit.span.start] + edit.new_text + text[edit.span.end :]
