"""A node waits for a branch of a condition and for something else, so it runs although the branch was not taken.

## What it finds

A node that waits for a node which runs only on some branches of a condition, and also for one that always runs. It then
starts whether the branch was taken or not. Joins of all branches are left alone.

## Why it matters

It is right for a step that may be left out; it is wrong where the node was meant to run only after the branch.

## Bad

```yaml workflow.yml
name: letters
input_schema: {properties: {long: {type: boolean}}}
tasks:
  - id: log
    type: mfo_api_tool_list
  - id: summarise
    type: mfo_api_chat_send
    config: {prompt: Summarise}
  - id: send
    #   ^^^^ MFO311 also when "is_long" does not lead to "summarise"
    type: mfo_api_tool_list
    dependencies: [summarise, log]
conditions:
  - id: is_long
    type: expr
    config: {expression: "INPUT.long"}
    successors: [summarise]
```

## Good

```yaml workflow.yml
name: letters
input_schema: {properties: {long: {type: boolean}}}
tasks:
  - id: log
    type: mfo_api_tool_list
    successors: [is_long]
  - id: summarise
    type: mfo_api_chat_send
    config: {prompt: Summarise}
  - id: send
    type: mfo_api_tool_list
    dependencies: [summarise]
conditions:
  - id: is_long
    type: expr
    config: {expression: "INPUT.long"}
    successors: [summarise]
```

## Fix

Wait for the branch only, and let the condition wait for the rest; or leave it, where the branch may be left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.scopes import LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.ways import one_surely_runs, surely_runs
from mfo_dialect.analysis.wiring import Wiring
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.graph.edges import is_trusted
from mfo_dialect.rules.rule import Report, Rule


def check(view: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    """Report a node that waits for a branch and for something that runs without it."""
    level, wiring = view.level, view.level.wiring
    if wiring.is_unconditional(view):  # asked first, as it seldom changes: then all before it run always
        return
    sources = wiring.predecessors(view)
    if len(sources) < _SEVERAL or all(wiring.runs_always(source) for source in sources):
        return
    if wiring.guards(view) or wiring.in_loop(view):
        return
    doubtful = [source for source in sources if not surely_runs(source, wiring)]
    outside = [source for source in doubtful if not wiring.in_loop(source)]
    if len(doubtful) < len(sources) and outside and not one_surely_runs(outside, wiring):
        report = _report(view, level, outside)
        if report is not None and is_trusted(level, snapshot):
            yield report


_SEVERAL = 2


def _report(view: NodeView, level: LevelView, doubtful: list[NodeView]) -> Report | None:
    for source in doubtful:
        decided = _guarded_origin(level.wiring, source)
        if decided is None:
            continue
        condition, branch = decided
        related = (
            Related(Place(view.document, condition.name_span), f'"{condition.id}" decides here'),
            Related(Place(view.document, branch.name_span), f'"{branch.id}" runs only then'),
        )
        message = f'"{view.id}" runs also when "{condition.id}" does not lead to "{branch.id}", because it waits for other nodes too'
        return Report(view.document, view.name_span, message, related)
    return None


def _guarded_origin(wiring: Wiring[NodeView], node: NodeView) -> tuple[NodeView, NodeView] | None:
    """The condition, and its branch, that a node owes its doubts to."""
    seen: set[NodeView] = set()
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        guards = wiring.guards(current)
        if guards:
            return guards[0], current
        waiting += wiring.predecessors(current)
    return None


RULE = Rule("MFO311", "partial-join", Severity.INFORMATION, select.nodes, check)
