"""A node waits for another one that it waits for anyway, by way of others.

## What it finds

An edge that can be taken out without any change: another way leads from the same node, and whenever that node has run,
the nodes on the way run too. Edges to a node whose output is read are left alone, since they say where the data comes
from, and so are edges that keep a node running when a branch on the other way is not taken.

## Why it matters

It is one more line to keep right, and the graph looks more entangled than it is.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
  - id: answer
    type: mfo_api_chat_send
    config: {prompt: "Answer ${fetch.value}"}
    dependencies: [fetch]
  - id: store
    type: mfo_api_memory_store
    config: {key: answer, value: "${answer.message}"}
    dependencies: [fetch, answer]
    #              ^^^^^ MFO309 "answer"
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: mfo_api_memory_get
    config: {key: letter}
  - id: answer
    type: mfo_api_chat_send
    config: {prompt: "Answer ${fetch.value}"}
    dependencies: [fetch]
  - id: store
    type: mfo_api_memory_store
    config: {key: answer, value: "${answer.message}"}
    dependencies: [answer]
```

## Fix

Take the edge out.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.graph import Level
from mfo_dialect.analysis.node_reads import producers_inside
from mfo_dialect.analysis.scopes import LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity, Tag
from mfo_dialect.rules import select
from mfo_dialect.rules.graph.edges import is_trusted, without_edges, written_edges
from mfo_dialect.rules.rule import Report, Rule


def check(after: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    """Report the edges to one node that other ways imply."""
    level = after.level
    if len(level.graph.predecessors[after.index]) < _SEVERAL or not is_trusted(level):
        return
    for source, between in _implied(after, snapshot):
        before, middle = level.nodes[source], level.nodes[between]
        written = list(written_edges(level, before.id, after.id))
        if before in producers_inside(after, snapshot) or not written:
            continue
        message = f'"{after.id}" waits for "{before.id}" anyway: it waits for "{middle.id}", which does'
        fixes = without_edges(written, f'Remove the edge from "{before.id}" to "{after.id}"', snapshot, safe=True)
        for _, _, item in written:
            yield Report(before.document, item.content_span, message, fixes=fixes, tags=(Tag.UNNECESSARY,))


_SEVERAL = 2


def _implied(view: NodeView, snapshot: Snapshot) -> Iterator[tuple[int, int]]:
    """The nodes whose edges to a node are implied, each with the node between."""
    graph, target = view.level.graph, view.index
    guards, sources = graph.guards[target], graph.predecessors[target]
    running = snapshot.kept(view.level, _surely_running_on)
    for source in sources:
        if source in guards or graph.loop_of[source] != graph.loop_of[target]:
            continue
        for between in sources:
            if between == source or graph.loop_of[between] != graph.loop_of[target]:
                continue
            reached = graph.ancestors[between] if guards else running[between]
            if reached >> source & 1:
                yield source, between
                break


def _surely_running_on(level: LevelView, _snapshot: Snapshot) -> list[int]:
    return _surely_running(level.graph)


def _surely_running(graph: Level) -> list[int]:
    """For each node the nodes that make it run when they have run, by ways without branches, as a bit set."""
    running = [0] * len(graph.nodes)
    for node in graph.order:
        if graph.guards[node]:
            continue
        for source in graph.predecessors[node]:
            if graph.loop_of[source] == graph.loop_of[node]:
                running[node] |= running[source] | (1 << source)
    return running


RULE = Rule("MFO309", "redundant-dependency", Severity.HINT, select.nodes, check, topics=("unused",), fix="safe")
