"""A loop's condition reads nothing that changes from one iteration to the next.

## What it finds

Loops whose conditions read only inputs, nodes outside the loop and fixed values: neither a node of the loop's body nor
``TASKFLOW.iterations`` nor the time.

## Why it matters

The condition decides the same each time. If it sends the loop round once, it does so until the run fails with
``LoopLimitExceeded``; the tasks in the loop were paid for each time.

## Bad

```yaml workflow.yml
name: letters
input_schema: {properties: {strict: {type: boolean}}}
tasks:
  - id: write
    type: mfo_api_chat_send
    config: {prompt: Write a letter}
  - id: done
    type: mfo_api_tool_list
conditions:
  - id: again
    type: expr
    config: {expression: "INPUT.strict"}
    #                     ^^^^^^^^^^^^ MFO308 changes from one iteration
    dependencies: [write]
    successors: [write, done]
```

## Good

```yaml workflow.yml
name: letters
input_schema: {properties: {strict: {type: boolean}}}
tasks:
  - id: write
    type: mfo_api_chat_send
    config: {prompt: Write a letter}
  - id: done
    type: mfo_api_tool_list
conditions:
  - id: again
    type: expr
    config: {expression: "INPUT.strict && TASKFLOW.iterations.again < 3"}
    dependencies: [write]
    successors: [write, done]
```

## Fix

Let the condition read a result of the loop's tasks, or count with ``TASKFLOW.iterations``.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect import expressions
from mfo_dialect.analysis.expression_texts import ExpressionText, expression_texts_of
from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.loops import Loop
from mfo_dialect.analysis.scopes import LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Reader, Use
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.model.workflow import Condition
from mfo_dialect.rules import select
from mfo_dialect.rules.rule import Report, Rule

_Found = tuple[LevelView, Loop]


def _loops(level: LevelView, _snapshot: Snapshot) -> Iterator[_Found]:
    loops = () if level.wiring.is_plain else level.wiring.whole.loops
    if loops and not level.flow.damaged:
        yield from ((level, loop) for loop in loops)


def check(found: _Found, snapshot: Snapshot) -> Iterator[Report]:
    """Report the conditions of a loop if none of the conditions in its body reads what changes."""
    level, loop = found
    body = [level.nodes[number] for number in loop.body]
    conditions = [view for view in body if isinstance(view.node, Condition)]
    texts = [text for view in conditions for text in expression_texts_of(view, snapshot)]
    if len(texts) != len(conditions) or not all(_is_fixed(text, body, snapshot) for text in texts):
        return
    head = level.nodes[loop.head]
    related = (Related(Place(head.document, head.name_span), "the loop starts here"),)
    for text in texts:
        if text.view.index in loop.conditions:
            message = f'nothing that "{text.view.id}" reads changes from one iteration to the next: a loop that goes round once never ends'
            yield Report(text.view.document, text.span_of(text.parsed.tree.span), message, related)


def _is_fixed(text: ExpressionText, body: list[NodeView], snapshot: Snapshot) -> bool:
    """Whether an expression surely gives the same in each iteration; one without any name is a constant, said elsewhere."""
    if text.checked.problems:
        return False
    names = expressions.reads(text.parsed)
    for node in expressions.walk(text.parsed.tree):
        if isinstance(node, expressions.nodes.Call) or (
            isinstance(node, expressions.nodes.Builtin) and node.name == "now"
        ):
            return False
        if isinstance(node, expressions.nodes.Name) and node.name == "$env":
            return False
    inside = {inner.id for view in body for inner in _with_inner(view)}
    return bool(names) and not any(_changes(read, text.view, inside, snapshot) for read in names)


def _with_inner(view: NodeView) -> Iterator[NodeView]:
    waiting = [view]
    while waiting:
        current = waiting.pop()
        yield current
        waiting += current.inner.nodes if current.inner is not None else []


def _changes(read: expressions.Read, view: NodeView, inside: set[str], snapshot: Snapshot) -> bool:
    condition = view.node
    variables = condition.vars if isinstance(condition, Condition) else None
    if variables is not None and read.root in variables:
        uses = [use for use in snapshot.uses_of(view) if use.reader is Reader.VARS]
        return any(_use_changes(use, inside) for use in uses)
    if read.root in input_shape(view.level, snapshot.bundle).fields:
        return False
    if read.root == "TASKFLOW":
        return not read.path or read.path[0].key == "iterations"
    return _around(read.root, view, inside)


def _use_changes(use: Use, inside: set[str]) -> bool:
    reference = use.reference
    if reference.problem or use.node is None:
        return True
    if reference.root == "TASKFLOW":
        return not reference.path or reference.path[0] == "iterations"
    return any(name in inside for name in (reference.root, *reference.path[:1])) or _around(
        reference.root, use.node, inside
    )


def _around(root: str, view: NodeView, inside: set[str]) -> bool:
    """Whether a name is a node of the body, or a subflow around the loop, whose outputs change while the loop runs."""
    return root in inside or root in view.id_path


RULE = Rule(
    "MFO308", "endless-loop", Severity.WARNING, select.Selector((LevelView,), _loops), check, topics=("reliability",)
)
