"""A reference reads a node that has not run by then.

## What it finds

A node that reads another node's output without waiting for it: the other one is neither among its dependencies nor
anywhere before them. A reference is no edge. Also found: a node that reads itself, and one that reads a node which
runs only on a branch on which the reader does not.

## Why it matters

The value is not there yet, or only when the other task happens to be quicker.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: fetch_letter
    type: mfo_api_memory_get
    config: {key: letter}
  - id: answer
    type: mfo_api_chat_send
    config:
      prompt: "Answer ${fetch_letter.value}"
      #               ^^^^^^^^^^^^^^^^^^^^^ MFO403 does not wait for "fetch_letter"
```

## Good

```yaml workflow.yml
name: letters
tasks:
  - id: fetch_letter
    type: mfo_api_memory_get
    config: {key: letter}
  - id: answer
    type: mfo_api_chat_send
    config:
      prompt: "Answer ${fetch_letter.value}"
    dependencies: [fetch_letter]
```

## Fix

Add the node to the reader's ``dependencies``, unless that would close a cycle.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mfo_dialect.analysis.node_reads import NodeRead, node_reads_of
from mfo_dialect.analysis.reads import has_run, run_order
from mfo_dialect.analysis.run_order import RanBefore, RunOrder, Why
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Fix, Place, Related, Severity
from mfo_dialect.model.workflow import Condition
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import add_dependency
from mfo_dialect.rules.rule import Report, Rule


def check(read: NodeRead, snapshot: Snapshot) -> Iterator[Report]:
    """Report a reading of a node that never runs before its reader."""
    reader, producer = read.reader, read.producer
    order = run_order(reader, producer) if has_run(reader, producer, RanBefore.NEVER) else None
    if order is None:
        return
    others = snapshot.kept(reader, _by_producer)[producer]
    if read is not others[0]:
        return
    related = (
        Related(Place(read.document, producer.name_span), f'"{producer.id}" stands here'),
        *(Related(Place(other.document, other.span), "read here too") for other in others[1:]),
    )
    chooser = _chooser(reader, order)
    message = _message(reader, producer, order, chooser)
    fixes = () if chooser else partial(_fixes, reader, order, snapshot)
    yield Report(read.document, read.span, message, related, fixes)


def _by_producer(reader: NodeView, snapshot: Snapshot) -> dict[NodeView, list[NodeRead]]:
    """The readings of each producer by one reader, in the order of the text: one missing edge is one finding."""
    found: dict[NodeView, list[NodeRead]] = {}
    for read in sorted(node_reads_of(reader, snapshot), key=lambda read: read.span):
        found.setdefault(read.producer, []).append(read)
    return found


def _chooser(reader: NodeView, order: RunOrder) -> str:
    """The condition that runs only one of the two, so that no dependency can help; empty where there is none."""
    if order.why is Why.OTHER_BRANCH:
        return order.condition[-1] if order.condition else "a condition"
    if order.makes_cycle or not order.dependent or not order.dependency:
        return ""
    waiting, awaited = order.dependent[-1], order.dependency[-1]
    for view in reader.flow.by_id[waiting].level.leading_to(waiting):
        branches = [branch.text for branch in view.node.successors]
        if isinstance(view.node, Condition) and waiting in branches and awaited in branches:
            return view.id
    return ""


def _message(reader: NodeView, producer: NodeView, order: RunOrder, chooser: str) -> str:
    if reader is producer:
        return f'"{reader.id}" reads its own output, which is not there before it has run'
    if chooser:
        return f'"{producer.id}" never runs before "{reader.id}": "{chooser}" chooses between them'
    if order.makes_cycle:
        return f'"{producer.id}" runs after "{reader.id}", so its output is not there yet'
    waiting = order.dependent[-1] if order.dependent else reader.id
    awaited = order.dependency[-1] if order.dependency else producer.id
    return f'"{waiting}" does not wait for "{awaited}": add it to the dependencies'


def _fixes(reader: NodeView, order: RunOrder, snapshot: Snapshot) -> tuple[Fix, ...]:
    if order.makes_cycle or not order.dependent or not order.dependency:
        return ()
    waiting = reader.flow.by_id[order.dependent[-1]]
    text = snapshot.bundle.sources[reader.document].text
    fix = add_dependency(reader.document, waiting.node.mapping, order.dependency[-1], text)
    return (fix,) if fix is not None else ()


RULE = Rule("MFO403", "reference-before-run", Severity.ERROR, select.unsure_reads, check, fix="safe")
