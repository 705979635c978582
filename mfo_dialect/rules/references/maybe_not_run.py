"""A reference reads a node that runs only on some of the branches that lead here.

## What it finds

A reader that also runs when a condition has skipped the node that it reads, as after a join of two branches. Inside a
loop a node may read the iteration before; that is not reported.

## Why it matters

A node that was skipped reads as null: the text that holds the reference gets a gap.

## Bad

```yaml workflow.yml
name: letters
input_schema:
  properties: {long: {type: boolean}}
tasks:
  - id: summarise
    type: mfo_api_chat_send
    config: {prompt: "Summarise"}
  - id: copy
    type: mfo_api_memory_get
    config: {key: letter}
  - id: send
    type: mfo_api_memory_store
    config:
      key: result
      value: ${summarise.message}
      #      ^^^^^^^^^^^^^^^^^^^^ MFO404 "is_long"
    dependencies: [summarise, copy]
conditions:
  - id: is_long
    type: expr
    config: {expression: "INPUT.long"}
    successors: [summarise, copy]
```

## Good

```yaml workflow.yml
name: letters
input_schema:
  properties: {long: {type: boolean}}
tasks:
  - id: summarise
    type: mfo_api_chat_send
    config: {prompt: "Summarise"}
  - id: copy
    type: mfo_api_memory_get
    config: {key: letter}
  - id: send
    type: mfo_api_memory_store
    config:
      key: result
      value: ${summarise.message}
    dependencies: [summarise]
conditions:
  - id: is_long
    type: expr
    config: {expression: "INPUT.long"}
    successors: [summarise, copy]
```

## Fix

Read it in a ``transform`` with ``?.`` or ``??``, or let the reader run only where the node has run: by not waiting for
the nodes that run without it.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.node_reads import NodeRead, producers_inside
from mfo_dialect.analysis.reads import has_run, run_order
from mfo_dialect.analysis.run_order import RanBefore, Why
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Fix, Place, Related, Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.graph.edges import without_edges, written_edges
from mfo_dialect.rules.rule import Report, Rule


def check(read: NodeRead, snapshot: Snapshot) -> Iterator[Report]:
    """Report a reading of a node that may have been skipped, unless the reader can do with null."""
    if read.guarded:
        return
    reader, producer = read.reader, read.producer
    order = run_order(reader, producer) if has_run(reader, producer, RanBefore.PERHAPS) else None
    if order is None or order.why is not Why.BRANCH:
        return
    document, span = read.document, read.span
    condition = reader.flow.by_id.get(order.condition[-1]) if order.condition else None
    if condition is None:
        yield Report(
            document, span, f'"{producer.id}" does not always run before "{reader.id}", and reads as null then'
        )
        return
    branches = " or ".join(str(branch) for branch in order.branches)
    related = (Related(Place(document, condition.name_span), f'"{condition.id}" decides here'),)
    yield Report(
        document,
        span,
        f'"{producer.id}" runs only when "{condition.id}" takes branch {branches}, but "{reader.id}" also runs otherwise: it reads null then',
        related,
        lambda: _fixes(reader, producer, snapshot),
    )


def _fixes(reader: NodeView, producer: NodeView, snapshot: Snapshot) -> tuple[Fix, ...]:
    """Let the reader wait only for nodes that run when the producer does, unless it reads one of the others."""
    level = reader.level
    if level is not producer.level or level.wiring.guards(reader):
        return ()
    before = level.wiring.predecessors(reader)
    kept = [view for view in before if view is producer or _runs_after(view, producer)]
    dropped = [view for view in before if view not in kept]
    if not kept or any(view in producers_inside(reader, snapshot) for view in dropped):
        return ()
    edges = [edge for view in dropped for edge in written_edges(level, view.id, reader.id)]
    names = " and ".join(f'"{view.id}"' for view in dropped)
    return without_edges(edges, f'Let "{reader.id}" no longer wait for {names}', snapshot)


def _runs_after(view: NodeView, producer: NodeView) -> bool:
    return has_run(view, producer, RanBefore.SURELY)


RULE = Rule("MFO404", "maybe-not-run", Severity.WARNING, select.unsure_reads, check, fix="unsafe")
