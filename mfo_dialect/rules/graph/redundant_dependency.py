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
from mfo_dialect.analysis.node_reads import node_reads
from mfo_dialect.analysis.scopes import LevelView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity, Tag
from mfo_dialect.rules.graph.edges import without_edges, written_edges
from mfo_dialect.rules.rule import Report, Rule

_Found = tuple[LevelView, tuple[tuple[int, int, int], ...]]


def _levels(snapshot: Snapshot) -> Iterator[_Found]:
    """The levels that can be trusted, each with its edges that are implied: source, target, and the node between."""
    candidates = [
        (level, edges)
        for flow in snapshot.flows
        if not flow.damaged and not any(level.graph.cycles for level in flow.levels)
        for level in flow.levels
        if len(level.by_id) == len(level.nodes)
        and level.doubtful == (0, False)
        and (edges := tuple(_implied(level.graph)))
    ]
    if not candidates:
        return
    read = {
        (id(other), id(source))
        for one in node_reads(snapshot)
        for other in one.reader.path
        for source in one.producer.path
    }
    for level, edges in candidates:
        unread = tuple(edge for edge in edges if (id(level.nodes[edge[1]]), id(level.nodes[edge[0]])) not in read)
        if unread:
            yield level, unread


def _implied(graph: Level) -> Iterator[tuple[int, int, int]]:
    running = _surely_running(graph)
    for target, sources in enumerate(graph.predecessors):
        guards = graph.guards[target]
        for source in sources if len(sources) > 1 else ():
            if source in guards or graph.loop_of[source] != graph.loop_of[target]:
                continue
            for between in sources:
                if between == source or graph.loop_of[between] != graph.loop_of[target]:
                    continue
                reached = graph.ancestors[between] if guards else running[between]
                if reached >> source & 1:
                    yield source, target, between
                    break


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


def check(found: _Found, snapshot: Snapshot) -> Iterator[Report]:
    """Report the edges of one level that other ways imply."""
    level, edges = found
    for source, target, between in edges:
        before, after, middle = level.nodes[source], level.nodes[target], level.nodes[between]
        written = list(written_edges(level, before.id, after.id))
        if not written:
            continue
        message = f'"{after.id}" waits for "{before.id}" anyway: it waits for "{middle.id}", which does'
        fixes = without_edges(written, f'Remove the edge from "{before.id}" to "{after.id}"', snapshot, safe=True)
        for _, _, item in written:
            yield Report(before.document, item.content_span, message, fixes=fixes, tags=(Tag.UNNECESSARY,))


RULE = Rule("MFO309", "redundant-dependency", Severity.HINT, _levels, check, topics=("unused",), fix="safe")
