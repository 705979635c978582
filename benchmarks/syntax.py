"""Times the edits of a live tree: microseconds for each kind of edit in workflows of 100, 1,000 and 10,000 tasks.

    python -m benchmarks.syntax [--engine c|pure] [--tasks N ...]

Each edit is made and undone in turn; the median of both is shown. All of a text's change counts: text, lines, tree.
"""

from __future__ import annotations

import argparse
import gc
import re
import time
import tracemalloc
from collections.abc import Iterator
from statistics import median

from mfo_dialect.syntax import Engine, LiveTree, context_at, path_at
from mfo_dialect.syntax.events import BEST_ENGINE
from mfo_dialect.text import Position, Span, TextEdit

SIZES = (100, 1_000, 10_000)
REPEATS = 25
TASK = """\
  - id: task_{n:05}
    name: "Task {n}"
    description: |
      Works on part {n},
      then hands it on.
    type: mfo_api_tool_execute
    config:
      tool_id: tool_{kind}  # a server tool
      arguments:
        subject: "${{INPUT.document}}"
        options: {{deep: true, tags: [a, b]}}
    dependencies: [task_{before:05}]
    timeout: 30s
"""


def workflow(tasks: int) -> str:
    head = 'name: measured\ndescription: "A long flow"\nconfig:\n  timeout: 30m\ntasks:\n'
    body = "".join(TASK.format(n=n, before=max(n - 1, 0), kind=n % 7) for n in range(tasks))
    return head + body + "conditions:\n  - id: last\n    config:\n      expression: 'a > 1'\n"


def edits(text: str) -> Iterator[tuple[str, TextEdit, TextEdit]]:
    """Kinds of edits in the middle of ``text``, each with the one that undoes it."""
    starts = [match.start() + 1 for match in re.finditer(r"\n  - id: task_", text)]
    middle = len(starts) // 2
    start, end = starts[middle], starts[middle + 1]
    task = text[start:end]
    scalar = text.index("then hands", start) + 5
    line_end = text.index("\n", scalar)
    value = text.index("type: ", start) + len("type: ")
    quote = text.index('"', text.index('name: "', start) + len('name: "'))
    yield "character in a block scalar", *inserted(scalar, "x")
    yield "character in a value", *inserted(value, "x")
    yield "line break", *inserted(line_end, "\n      more")
    yield "blank line", *inserted(line_end + 1, "\n")
    yield "pasted task", *inserted(start, task)
    yield "deleted task", TextEdit(Span(start, end), ""), TextEdit(Span(start, start), task)
    yield "opened double quote", *inserted(value, '"')
    yield "opened single quote", *inserted(value, "'")
    yield "closing quote deleted", TextEdit(Span(quote, quote + 1), ""), TextEdit(Span(quote, quote), '"')
    yield "opened bracket", *inserted(value, "[")
    yield "key without colon", *inserted(start + task.index("    type"), "    ty\n")
    yield "word above the list", *inserted(text.index("tasks:"), "ty\n")
    yield "word below the list", *inserted(text.index("conditions:") - 1, "\nty")
    yield "quote above the list", *inserted(text.index("name: measured") + len("name: "), '"')


def inserted(offset: int, text: str) -> tuple[TextEdit, TextEdit]:
    return TextEdit(Span(offset, offset), text), TextEdit(Span(offset, offset + len(text)), "")


def timed(call: object) -> float:
    start = time.perf_counter()
    call()  # pyright: ignore[reportCallIssue, reportUnknownVariableType]
    return (time.perf_counter() - start) * 1e6


def measure(engine: Engine, tasks: int) -> None:
    text = workflow(tasks)
    opened = time.perf_counter()
    tree = LiveTree(text, engine)
    opened = time.perf_counter() - opened
    gc.collect()
    gc.freeze()
    print(f"\n{engine.value} engine, {tasks} tasks, {len(text) / 1e6:.2f} MB: read in {opened * 1e3:.0f} ms")
    for name, edit, undo in edits(text):
        times: list[float] = []
        undone: list[float] = []
        for _ in range(REPEATS):
            times.append(timed(lambda edit=edit: tree.apply([edit])))
            undone.append(timed(lambda undo=undo: tree.apply([undo])))
        whole = "" if tree.is_divided else "  (read whole)"
        print(f"  {name:30} {median(times):9.0f} us, undone {median(undone):9.0f} us{whole}")
    offset = text.index("then hands", len(text) // 2)
    edit, undo = inserted(offset, "x")
    for name, ask in (
        ("position of an offset", lambda: tree.lines.position(offset)),
        ("offset of a position", lambda: tree.lines.offset(Position(tree.lines.line_count // 2, 9))),
        ("path at an offset", lambda: path_at(tree, offset)),
        ("context at an offset", lambda: context_at(tree, offset)),
    ):
        times = []
        for _ in range(REPEATS):
            tree.apply([edit])
            times.append(timed(ask))
            tree.apply([undo])
        print(f"  {name:30} {median(times):9.0f} us right after an edit")
    gc.unfreeze()


def memory(engine: Engine, tasks: int) -> None:
    text = workflow(tasks)
    gc.collect()
    tracemalloc.start()
    tree = LiveTree(text, engine)
    gc.collect()
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    print(f"\nmemory: {used / tasks:.0f} bytes a task of {len(text) / tasks:.0f} characters, {tasks} tasks")
    assert tree.is_divided


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=[engine.value for engine in Engine], action="append")
    parser.add_argument("--tasks", type=int, nargs="+", default=SIZES)
    asked = parser.parse_args()
    engines = [Engine(name) for name in asked.engine or [BEST_ENGINE.value, Engine.PURE.value]]
    for engine in dict.fromkeys(engines):
        for tasks in asked.tasks:
            measure(engine, tasks)
    memory(engines[0], min(max(asked.tasks), 1_000))


if __name__ == "__main__":
    main()
