"""Nothing of a taskflow can start, or a node of it never can.

## What it finds

A taskflow or subflow without a single node (``no-entry``); and nodes that wait for the end of a loop that can never
end, because a condition that runs in each of its iterations leads back on all of its branches (``unreachable-node``).

## Why it matters

An empty taskflow does nothing. What stands behind an endless loop never runs: the run ends with an error when the loop
has gone round too often.

## Bad

```yaml workflow.yml
name: letters
input_schema: {properties: {urgent: {type: boolean}}}
tasks:
  - id: ask
    type: mfo_api_memory_get
    config: {key: letter}
  - id: archive
    #   ^^^^^^^ MFO305 never ends
    type: mfo_api_memory_get
    config: {key: archive}
    dependencies: [ask]
conditions:
  - id: again
    type: expr
    config: {expression: "INPUT.urgent && ask.value == 'more'"}
    dependencies: [ask]
    successors: [ask, ask]
```

## Good

```yaml workflow.yml
name: letters
input_schema: {properties: {urgent: {type: boolean}}}
tasks:
  - id: ask
    type: mfo_api_memory_get
    config: {key: letter}
  - id: archive
    type: mfo_api_memory_get
    config: {key: archive}
conditions:
  - id: again
    type: expr
    config: {expression: "INPUT.urgent && ask.value == 'more'"}
    dependencies: [ask]
    successors: [ask, archive]
```

## Fix

Write the nodes, or let one branch of the condition lead out of the loop.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.graph import Level
from mfo_dialect.analysis.scopes import LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.catalogue.workflow_keys import ONLY_WORKFLOW_KEYS
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.syntax import Mapping, Scalar, Sequence

_KEYS = ("tasks", "conditions", "subflows")


def check(level: LevelView, _snapshot: Snapshot) -> Iterator[Report]:
    """Report a level without nodes, and the nodes of a level that wait for a loop without an end."""
    mapping = level.owner.node.mapping if level.owner is not None else level.flow.taskflow.mapping
    if mapping.damaged or level.level.damaged or any(key in mapping for key in ONLY_WORKFLOW_KEYS):
        return
    if not level.nodes:
        yield from _report_empty(level, mapping)
        return
    if not level.wiring.is_plain:
        yield from _behind_loops(level, level.wiring.whole)


def _behind_loops(level: LevelView, graph: Level) -> Iterator[Report]:
    endless = {number: condition for number in range(len(graph.loops)) for condition in _trap(graph, number)}
    for view in level.nodes if endless else ():
        trap = next((endless[gate] for gate in graph.gates[view.index] if gate in endless), None)
        if trap is not None:
            yield _report_unreachable(view, level.nodes[trap])


def _report_empty(level: LevelView, mapping: Mapping) -> Iterator[Report]:
    pair = mapping.pair("tasks")
    written = [mapping.get(key) for key in _KEYS if mapping.get(key) is not None]
    if pair is None or not isinstance(pair.key, Scalar):
        return
    if all(isinstance(node, Sequence) and not node.items for node in written):
        what = "subflow" if level.owner is not None else "taskflow"
        yield Report(level.flow.document, pair.key.content_span, f"this {what} has no tasks: nothing can start")


def _trap(graph: Level, number: int) -> Iterator[int]:
    """The condition that keeps a loop from ending: it runs each time, and each of its branches leads back."""
    loop = graph.loops[number]
    running = {loop.head}
    for node in graph.order:
        if node in loop.body and not graph.guards[node] and not running.isdisjoint(graph.predecessors[node]):
            running.add(node)
    for condition in loop.conditions:
        branches = graph.branches[condition]
        if condition in running and len(branches) > 1 and all(target == loop.head for target in branches):
            yield condition
            return


def _report_unreachable(view: NodeView, condition: NodeView) -> Report:
    related = (Related(Place(condition.document, condition.name_span), "every branch of this condition leads back"),)
    message = f'this is never reached: the loop before it never ends, as every branch of "{condition.id}" leads back'
    return Report(view.document, view.name_span, message, related, severity=Severity.WARNING, name="unreachable-node")


RULE = Rule("MFO305", "no-entry", Severity.ERROR, select.levels, check, more_names=("unreachable-node",))
