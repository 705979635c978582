"""A condition's result has no branch, or one of its branches is never taken.

## What it finds

Results and branches that do not fit: more than two branches for a result that is true or false, a whole number that
can be greater than the last branch's number, or less than 0; and branches that no result leads to. Only results that are
known from the expression itself are judged: numbers that are written out, ``%`` with a number, numbers from an enum.

## Why it matters

A result without a branch fails the run at the condition. A branch that is never taken is work that never happens.

## Bad

```yaml workflow.yml
name: letters
input_schema:
  properties: {urgent: {type: boolean}}
tasks:
  - {id: at_once, type: mfo_api_tool_list}
  - {id: later, type: mfo_api_tool_list}
  - {id: never, type: mfo_api_tool_list}
conditions:
  - id: is_urgent
    type: expr
    config: {expression: "INPUT.urgent"}
    successors: [at_once, later, never]
    #                            ^^^^^ MFO307 true or false
```

## Good

```yaml workflow.yml
name: letters
input_schema:
  properties: {urgent: {type: integer, enum: [0, 1, 2]}}
tasks:
  - {id: at_once, type: mfo_api_tool_list}
  - {id: later, type: mfo_api_tool_list}
  - {id: never, type: mfo_api_tool_list}
conditions:
  - id: how_urgent
    type: expr
    config: {expression: "INPUT.urgent"}
    successors: [at_once, later, never]
```

## Fix

Write as many branches as there are results: ``true`` takes the first, ``false`` the second, a number the branch that it
counts to from 0.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect import expressions
from mfo_dialect.analysis.expression_texts import ExpressionText, expression_texts, names_of
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Place, Related, Severity
from mfo_dialect.model.workflow import Condition
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.shapes import Kind, Shape, step
from mfo_dialect.text import Span

_MOST_VALUES = 64
_MAX_DEPTH = 100
_TWO = 2
_Results = dict[int, Span]


def check(text: ExpressionText, _snapshot: Snapshot) -> Iterator[Report]:
    """Report the results of one condition that have no branch, and its branches that no result leads to."""
    condition = text.view.node
    if not isinstance(condition, Condition) or condition.mapping.damaged or text.checked.problems:
        return
    branches = condition.successors
    if not branches:
        return
    if text.checked.result.kind is Kind.BOOLEAN:
        if len(branches) > _TWO:
            message = f"the result is true or false, so there can be two branches, not {len(branches)}: this one is never taken"
            yield Report(text.view.document, branches[_TWO].content_span, message)
        return
    results = _Reader(text).results(text.parsed.tree)
    if results is not None:
        yield from _compare(text, condition, results)


def _compare(text: ExpressionText, condition: Condition, results: _Results) -> Iterator[Report]:
    document, count = text.view.document, len(condition.successors)
    without = {value: span for value, span in results.items() if not 0 <= value < count}
    by_place: dict[Span, list[int]] = {}
    for value, span in sorted(without.items()):
        by_place.setdefault(span, []).append(value)
    related = (Related(Place(document, condition.successors[-1].content_span), f"the last branch is {count - 1}"),)
    for span, values in by_place.items():
        listed = ", ".join(map(str, values[:3])) + (", ..." if len(values) > 3 else "")  # noqa: PLR2004 - enough to see
        branches = "is one branch, 0" if count == 1 else f"are {count} branches, 0 to {count - 1}"
        yield Report(document, text.span_of(span), f"the result can be {listed}, but there {branches}", related)
    if without or len(results) == 1:
        return
    for number, scalar in enumerate(condition.successors):
        if number not in results:
            message = f"branch {number} is never taken: the result is never {number}"
            yield Report(document, scalar.content_span, message, severity=Severity.WARNING)


class _Reader:
    """All whole numbers that an expression can give, each with the place that it comes from; None where not known."""

    def __init__(self, text: ExpressionText) -> None:
        self._text = text

    def results(self, node: expressions.Node, depth: int = 0) -> _Results | None:
        if depth > _MAX_DEPTH:
            return None
        match node:
            case expressions.nodes.Literal(value=bool()):
                return None
            case expressions.nodes.Literal(value=int() as value):
                return {value: node.span}
            case expressions.nodes.Unary(operator="-", operand=expressions.nodes.Literal(value=int() as value)):
                return {-value: node.span}
            case expressions.nodes.Conditional(then=then, otherwise=otherwise):
                return self._both(then, otherwise, depth)
            case expressions.nodes.Let(body=body) | expressions.nodes.Chain(body=body):
                return self.results(body, depth + 1) if isinstance(node, expressions.nodes.Let) else None
            case expressions.nodes.Sequence(nodes=nodes):
                return self.results(nodes[-1], depth + 1)
            case expressions.nodes.Binary(
                operator="%", left=left, right=expressions.nodes.Literal(value=int() as divisor)
            ) if 0 < divisor <= _MOST_VALUES:
                return dict.fromkeys(range(divisor), node.span) if _is_never_negative(left) else None
            case expressions.nodes.Name() | expressions.nodes.Member():
                return self._from_enum(node)
            case _:
                return None

    def _both(self, one: expressions.Node, other: expressions.Node, depth: int) -> _Results | None:
        left, right = self.results(one, depth + 1), self.results(other, depth + 1)
        return None if left is None or right is None else {**right, **left}

    def _from_enum(self, node: expressions.Node) -> _Results | None:
        shape = self._shape(node)
        if shape is None or not shape.choices or len(shape.choices) > _MOST_VALUES:
            return None
        if any(type(choice) is not int for choice in shape.choices):
            return None
        return dict.fromkeys(shape.choices, node.span)

    def _shape(self, node: expressions.Node) -> Shape | None:
        keys: list[str] = []
        while isinstance(node, expressions.nodes.Member):
            if node.optional or not (
                isinstance(node.key, expressions.nodes.Literal) and isinstance(node.key.value, str)
            ):
                return None
            keys.append(node.key.value)
            node = node.target
        shape = (
            names_of(self._text.view, self._text.bundle)[0].get(node.name)
            if isinstance(node, expressions.nodes.Name)
            else None
        )
        for key in reversed(keys):
            shape = step(shape, key) if shape is not None else None
        return shape


def _is_never_negative(node: expressions.Node) -> bool:
    return isinstance(node, expressions.nodes.Builtin) and node.name in {"len", "count", "abs"}


RULE = Rule("MFO307", "branch-count", Severity.ERROR, expression_texts, check)
