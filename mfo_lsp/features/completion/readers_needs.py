"""What those who read a value need of it, asked of one that is described by a schema."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator

from mfo_dialect.analysis.expression_texts import ExpressionText
from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.catalogue.values import takes_kind
from mfo_dialect.expressions import check
from mfo_dialect.model.workflow import Condition
from mfo_dialect.references import Reference, bare_reference, scan
from mfo_dialect.shapes import Kind, Shape
from mfo_dialect.syntax import Node, Scalar

MOST_PARTS = 100
"""So many parts are looked at for who reads a value; a choice is made by what these read."""


def goes_with(use: Use, rest: tuple[str, ...], kind: Kind) -> bool:
    """Whether a reader that goes on with a path gets what it needs of a value of some kind."""
    if rest:
        return kind is Kind.MAP or (kind is Kind.LIST and rest[0].isdecimal())
    return not use.alone or use.value_type is None or takes_kind(use.value_type, kind)


def uses_below(
    parts: Iterable[Part], names: tuple[str, ...], snapshot: Snapshot
) -> Iterator[tuple[Use, tuple[str, ...]]]:
    """The references in some parts that begin with names, each with the path that it goes on with."""
    for part in parts:
        for use in snapshot.uses_of(part):
            said = tuple(segment.name for segment in use.reference.segments)
            if said[: len(names)] == names:
                yield use, said[len(names) :]


def is_as_right(text: ExpressionText, names: dict[str, Shape]) -> bool:
    """Whether nothing is wrong with an expression, where some names have other shapes, that is not wrong with it now."""
    tried = check(text.parsed, ChainMap(names, dict(text.names)), unknown_names_allowed=text.are_names_open)
    messages = {problem.message for problem in text.checked.problems}
    return all(problem.message in messages for problem in tried.problems)


def properties_of(steps: tuple[str | int, ...]) -> tuple[str, ...] | None:
    """The path of the value that a schema below another one describes; None where it is not that of a property."""
    is_plain = len(steps) % 2 == 0 and all(step == "properties" for step in steps[::2])
    return tuple(str(step) for step in steps[1::2]) if is_plain else None


def variables_that_are(view: NodeView, path: tuple[str, ...]) -> Iterator[str]:
    """The ``vars`` of a condition whose value is what a path leads to."""
    for variable, value in variables_of(view).items():
        found = (bare_reference(value.text), *scan(value.text)[:1]) if isinstance(value, Scalar) else ()
        if any(isinstance(one, Reference) and (one.root, *one.path) == path for one in found):
            yield variable


def variables_of(view: NodeView) -> dict[str, Node]:
    """The ``vars`` of a condition; none of any other node."""
    written = view.node.vars if isinstance(view.node, Condition) else None
    return {pair.name: pair.value for pair in written.effective_pairs() if pair.name} if written is not None else {}
