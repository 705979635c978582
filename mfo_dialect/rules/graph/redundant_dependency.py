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

from mfo_dialect.analysis.node_reads import producers_inside
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity, Tag
from mfo_dialect.rules import select
from mfo_dialect.rules.graph.edges import is_trusted, removing_edges, written_edges
from mfo_dialect.rules.rule import Report, Rule


def check(after: NodeView, snapshot: Snapshot) -> Iterator[Report]:
    """Report the edges to one node that other ways imply."""
    level = after.level
    sources = level.wiring.predecessors(after)
    if len(sources) < _SEVERAL:
        return
    for before, middle in _implied(after, sources):
        if before in producers_inside(after, snapshot):
            continue
        if not is_trusted(level, snapshot):
            return
        written = list(written_edges(level, before.id, after.id))
        if not written:
            continue
        message = f'"{after.id}" waits for "{before.id}" anyway: it waits for "{middle.id}", which does'
        fixes = removing_edges(written, f'Remove the edge from "{before.id}" to "{after.id}"', snapshot, safe=True)
        for _, _, item in written:
            yield Report(before.document, item.content_span, message, fixes=fixes, tags=(Tag.UNNECESSARY,))


_SEVERAL = 2


def _implied(target: NodeView, sources: tuple[NodeView, ...]) -> Iterator[tuple[NodeView, NodeView]]:
    """The nodes whose edges to a node are implied, each with the node between."""
    wiring = target.level.wiring
    guards = wiring.guards(target)
    inside = sources if wiring.is_plain else [source for source in sources if wiring.same_loop(source, target)]
    for source in inside:
        if source in guards:
            continue
        for between in inside:
            if between is not source and wiring.leads_to(source, between, without_branches=not guards):
                yield source, between
                break


RULE = Rule("MFO309", "redundant-dependency", Severity.HINT, select.nodes, check, topics=("unused",), fix="safe")
