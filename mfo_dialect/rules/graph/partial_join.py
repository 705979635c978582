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

from mfo_dialect.analysis.graph import Level
from mfo_dialect.analysis.scopes import LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule


def check(view: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    """Report a node that waits for a branch and for something that runs without it."""
    level = view.level
    graph = level.graph
    sources = graph.predecessors[view.index]
    if len(sources) < _SEVERAL or graph.guards[view.index] or graph.loop_of[view.index] is not None:
        return
    always = snapshot.kept(level, _surely_running)
    if always is None:
        return
    steady = [source for source in sources if always[source]]
    doubtful = [source for source in sources if not always[source] and graph.loop_of[source] is None]
    if steady and doubtful and not _one_surely_runs(graph, set(doubtful)):
        report = _report(view, level, doubtful)
        if report is not None:
            yield report


_SEVERAL = 2


def _surely_running(level: LevelView, _snapshot: Snapshot) -> list[bool] | None:
    """Whether each node runs whatever the conditions say; None where nothing depends on that, or it cannot be told."""
    flow = level.flow
    if flow.damaged or flow.has_cycle or not any(level.graph.branches) or level.doubtful != (0, False):
        return None
    return _always(level.graph)


def _report(view: NodeView, level: LevelView, doubtful: list[int]) -> Report | None:
    for source in doubtful:
        decided = _guarded_origin(level.graph, source)
        if decided is None:
            continue
        condition, branch = (level.nodes[number] for number in decided)
        related = (
            Related(Place(view.document, condition.name_span), f'"{condition.id}" decides here'),
            Related(Place(view.document, branch.name_span), f'"{branch.id}" runs only then'),
        )
        message = f'"{view.id}" runs also when "{condition.id}" does not lead to "{branch.id}", because it waits for other nodes too'
        return Report(view.document, view.name_span, message, related)
    return None


def _guarded_origin(graph: Level, node: int) -> tuple[int, int] | None:
    """The condition, and its branch, that a node owes its doubts to."""
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        if graph.guards[current]:
            return graph.guards[current][0], current
        waiting += graph.predecessors[current]
    return None


def _always(graph: Level) -> list[bool]:
    """Nodes that run whatever the conditions say."""
    always = [False] * len(graph.nodes)
    for node in graph.order:
        sources = graph.predecessors[node]
        always[node] = not graph.guards[node] and (
            not sources or any(always[source] for source in sources) or _one_surely_runs(graph, set(sources))
        )
    return always


def _one_surely_runs(graph: Level, wanted: set[int]) -> bool:
    """Whether one of these nodes runs at least, whatever the conditions say."""
    forced: set[int] = set()
    for node in reversed(graph.order):
        branches = graph.branches[node]
        if (
            node in wanted
            or any(target in forced and not graph.guards[target] for target in graph.successors[node])
            or (len(branches) > 1 and all(target in forced for target in branches))
        ):
            forced.add(node)
    return any(entry in forced for entry in graph.entries)


RULE = Rule("MFO311", "partial-join", Severity.INFORMATION, select.nodes, check)
