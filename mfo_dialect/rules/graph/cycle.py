"""Nodes wait for each other in a circle.

## What it finds

A cycle of dependencies and successors that no condition can leave. A loop that goes through a condition is legal, and
is not reported.

## Why it matters

Each of the nodes waits for the others, so none of them ever starts.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
    dependencies: [answer]
    #              ^^^^^^ MFO303 fetch -> answer -> fetch
  - id: answer
    type: mfo_api_memory_delete
    config: {key: answer}
    dependencies: [fetch]
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
  - id: answer
    type: mfo_api_memory_delete
    config: {key: answer}
    dependencies: [fetch]
```

## Fix

Remove the edge that is not meant; the fix removes the one that is underlined. Where a loop is meant, let a condition
decide whether it goes round again.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.graph import Cycle
from mfo_dialect.analysis.scopes import LevelView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.graph.edges import Written, removing_edges, written_edges
from mfo_dialect.rules.rule import Report, Rule

_MOST_SHOWN = 12


def check(level: LevelView, snapshot: Snapshot) -> Iterator[Report]:
    """Report the cycles of one level that no condition can leave."""
    for cycle in level.wiring.whole.cycles if level.wiring.has_cycle else ():
        if not any(level.by_id[name].node.mapping.damaged for name in cycle.path if name in level.by_id):
            yield from _report(level, cycle, snapshot)


def _report(level: LevelView, cycle: Cycle, snapshot: Snapshot) -> Iterator[Report]:
    path = cycle.path
    steps = list(zip(path, (*path[1:], path[0]), strict=True))
    edges = [list(written_edges(level, source, target)) for source, target in steps]
    if not all(edges):
        return
    closing = edges[-1]
    related = tuple(_related(*step, written[0]) for step, written in zip(steps, edges, strict=True))
    title = f'Let "{path[0]}" start without "{path[-1]}"'
    fixes = removing_edges(closing, title, snapshot)
    message = f"these nodes wait for each other: {_shown((*path, path[0]))}"
    view, _, item = closing[0]
    yield Report(view.document, item.content_span, message, related, fixes)


def _related(source: str, target: str, written: Written) -> Related:
    view, _, item = written
    return Related(Place(view.document, item.content_span), f'"{source}" comes before "{target}"')


def _shown(path: tuple[str, ...]) -> str:
    if len(path) > _MOST_SHOWN:
        half = _MOST_SHOWN // 2
        path = (*path[:half], "...", *path[-half:])
    return " -> ".join(path)


RULE = Rule("MFO303", "cycle", Severity.ERROR, select.levels, check, fix="unsafe")
