"""Times edits of a bundle until its findings are there, in one process: milliseconds of CPU, and how much was looked at again.

    python -m benchmarks.editing [--tasks N ...] [--generator PATH] [--repeats N]

The flows come from a generator that writes DIR/workflow_definition.yml and DIR/prompts_definition.yml for ``--tasks N``. Each
edit is made and undone in turn; the median of making it is shown, the part of it until the tree and the tables of names are
right, and how many parts were looked at and facts computed for one. Answers are compared with a fresh check's.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from mfo_dialect.analysis.bundle import make_bundle, read_source
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.checker import check_snapshot
from mfo_dialect.editing import LiveBundle, unread_source
from mfo_dialect.text import Span, TextEdit

SIZES = (100, 1_000, 10_000)
FLOW, PROMPTS = "workflow_definition.yml", "prompts_definition.yml"
PASTED = (
    "  - id: pasted_task\n    type: mfo_api_memory_get\n    config:\n      key: pasted\n"
    "    dependencies: [{after}]\n    timeout: 30s\n"
)
Kind = tuple[str, str, TextEdit, TextEdit]


def generated(generator: Path, tasks: int) -> dict[str, str]:
    """The texts of a bundle, by name."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, str(generator), folder, "--tasks", str(tasks)], check=True)
        return {path.name: path.read_text("utf-8") for path in sorted(Path(folder).glob("*.yml"))}


def kinds(texts: dict[str, str]) -> Iterator[Kind]:
    """Kinds of edits, each with its text and the edit that undoes it."""
    text, prompts = texts[FLOW], texts[PROMPTS]
    starts = [match.start() + 1 for match in re.finditer(r"\n  - id: task_", text)]
    start, end = starts[len(starts) // 2], starts[len(starts) // 2 + 1]
    value = text.index('name: "', start) + len('name: "')
    quote = text.index('"', value)
    named = re.compile(r"id: (task_\d+)").search(text, start)
    assert named is not None
    ranked = Counter(re.findall(r"task_\d+", text)).most_common()
    popular, count = next((one, count) for one, count in ranked if f"- id: {one}\n" in text)
    yield "keystroke in a value", FLOW, *_inserted(value, "x")
    yield "quote opened", FLOW, TextEdit(Span(quote, quote + 1), ""), TextEdit(Span(quote, quote), '"')
    yield f"id that stands {count} times", FLOW, *_inserted(text.index(f"- id: {popular}\n") + 6 + len(popular), "x")
    yield "new line", FLOW, *_inserted(text.index("\n", value), "\n    timeout: 40s")
    yield "task pasted", FLOW, *_inserted(end, PASTED.format(after=named[1]))
    yield "key at the top", FLOW, *_inserted(text.index("\n", text.index("name:")), "x")
    yield "dependency", FLOW, *_inserted(text.index("dependencies: [", start) + len("dependencies: [") + 3, "x")
    yield "variable of a prompt", PROMPTS, *_inserted(prompts.index("{{ .subject") + len("{{ .subject"), "s")


def _inserted(offset: int, text: str) -> tuple[TextEdit, TextEdit]:
    return TextEdit(Span(offset, offset), text), TextEdit(Span(offset, offset + len(text)), "")


def measure(texts: dict[str, str], repeats: int) -> None:
    """Print a table for one bundle."""
    begun = time.process_time()
    live = LiveBundle(make_bundle(unread_source(key, text) for key, text in texts.items()))
    read = time.process_time()
    live.settle()
    print(f"  opened in {_ms(begun, time.process_time()):.0f} ms, of them {_ms(begun, read):.0f} for reading")
    gc.collect()
    gc.freeze()
    for name, key, edit, undo in kinds(texts):
        times: list[float] = []
        applied: list[float] = []
        before = replace(live.work)
        for _ in range(repeats):
            begun = time.process_time()
            live.edit(key, [edit])
            applied.append(_ms(begun, time.process_time()))
            live.settle()
            for one in live.news():
                live.groups(one)
            times.append(_ms(begun, time.process_time()))
            live.edit(key, [undo])
            live.settle()
        work, rounds = live.work, 2 * repeats
        parts, facts = (work.parts - before.parts) // rounds, (work.facts - before.facts) // rounds
        live.edit(key, [edit])
        words = "" if _is_right(live) else "  WRONG"
        live.edit(key, [undo])
        live.settle()
        print(f"  {name:24} {median(times):9.2f} ms ({median(applied):6.2f})  {parts:6} parts {facts:6} facts{words}")
    gc.unfreeze()


def _ms(start: float, end: float) -> float:
    return (end - start) * 1e3


def _is_right(live: LiveBundle) -> bool:
    live.settle()
    sources = live.bundle.sources
    fresh = check_snapshot(Snapshot(make_bundle(read_source(key, one.text, one.kind) for key, one in sources.items())))
    found = [one.finding() for key in sources for one in live.findings(key)]
    return sorted(map(repr, found)) == sorted(repr(replace(one, fixes=())) for one in fresh)


def memory(texts: dict[str, str], tasks: int) -> None:
    """Print what an open bundle takes."""
    gc.collect()
    tracemalloc.start()
    live = LiveBundle(make_bundle(unread_source(key, text) for key, text in texts.items()))
    live.settle()
    gc.collect()
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    print(f"  {used / 1e6:.1f} MB, {used / tasks:.0f} bytes a task; {len(live.findings(FLOW))} findings")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeats", type=int, default=11)
    parser.add_argument("--generator", type=Path, default=os.environ.get("MFO_GENERATOR"), required=False)
    parser.add_argument("--memory", action="store_true", help="measure memory instead")
    asked = parser.parse_args()
    if asked.generator is None:
        parser.error("--generator or MFO_GENERATOR must name the generator of bundles")
    for tasks in asked.tasks:
        print(f"{tasks} tasks")
        texts = generated(asked.generator, tasks)
        if asked.memory:
            memory(texts, tasks)
        else:
            measure(texts, asked.repeats)


if __name__ == "__main__":
    main()
