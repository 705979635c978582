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

Read it in a ``transform`` with ``?.`` or ``??``, or let the reader run only where the node has run.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.node_reads import NodeRead, node_reads
from mfo_dialect.analysis.reads import run_order
from mfo_dialect.analysis.run_order import RanBefore, Why
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.rules.rule import Report, Rule


def check(read: NodeRead, _snapshot: Snapshot) -> Iterator[Report]:
    """Report a reading of a node that may have been skipped, unless the reader can do with null."""
    if read.guarded:
        return
    reader, producer, document, span = read.reader, read.producer, read.document, read.span
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


RULE = Rule("MFO404", "maybe-not-run", Severity.WARNING, node_reads, check)
