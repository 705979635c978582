"""A reference reads a node that runs only on some of the branches that lead here.

## What it finds

A reader that also runs when a condition has skipped the node that it reads, as after a join of two branches. Inside a
loop a node may read the iteration before; that is not reported.

## Why it matters

A node that was skipped reads as null: text gets a gap, and a path below null fails the task.

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

Read it in a ``transform`` with ``?.`` or ``??``, or let the reader run only where the node has run.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.reads import run_order
from mfo_dialect.analysis.run_order import RanBefore, Why
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.text import Span


def check(use: Use, snapshot: Snapshot) -> Iterator[Report]:
    """Report a reference whose node may have been skipped."""
    if use.node is None or use.reference.problem:
        return
    producer = snapshot.resolution(use).node
    if producer is not None:
        yield from check_read(use.node, producer, use.document, use.span)


def check_read(reader: NodeView, producer: NodeView, document: str, span: Span) -> Iterator[Report]:
    """Report one read of a node by another, however it is written."""
    order = run_order(reader, producer)
    if order is None or order.verdict is not RanBefore.PERHAPS or order.why is not Why.BRANCH:
        return
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
    )


RULE = Rule("MFO404", "maybe-not-run", Severity.WARNING, select.uses, check)
