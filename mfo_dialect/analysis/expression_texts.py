"""The expressions of a bundle, with the names that each may read (dialect section 7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from mfo_dialect import expressions
from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.outputs import output_shape
from mfo_dialect.analysis.resolve import Outcome, Scope, resolve
from mfo_dialect.analysis.scopes import LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.access import entries_at
from mfo_dialect.model.workflow import Condition, Task
from mfo_dialect.references import Reference, bare_reference, scan
from mfo_dialect.shapes import TEXT, UNKNOWN, Shape, closed_map, of_value
from mfo_dialect.syntax import Node, Scalar, TooManyNodesError, to_value
from mfo_dialect.text import Span

_ROOTS = ("INPUT", "TRIGGER", "TASKFLOW", "SYSTEM", "ENV")


@dataclass(frozen=True, eq=False)
class ExpressionText:
    """One expression.

    Attributes:
        view: the condition or ``transform`` task that it belongs to.
        scalar: the expression as written.
        output: of a transform's value, the name that it gets; empty for a condition.
        bundle: the documents.
    """

    view: NodeView
    scalar: Scalar
    output: str
    bundle: Bundle

    @property
    def is_condition(self) -> bool:
        """Whether it chooses a branch."""
        return not self.output

    @cached_property
    def parsed(self) -> expressions.Parsed:
        """The expression as read."""
        return expressions.parse(self.scalar.text)

    @cached_property
    def checked(self) -> expressions.Checked:
        """The expression as checked over the shapes of its names."""
        return expressions.check(self.parsed, self.names, unknown_names_allowed=self.are_names_open)

    @cached_property
    def _names(self) -> tuple[dict[str, Shape], bool]:
        return names_of(self.view, self.bundle)

    @property
    def names(self) -> dict[str, Shape]:
        """What it may read, functions left out."""
        return self._names[0]

    @property
    def are_names_open(self) -> bool:
        """Whether other names may be inputs that nobody declares."""
        return self._names[1]

    def span_of(self, within: Span) -> Span:
        """Where a stretch of the expression stands in the document."""
        return self.scalar.span_of(within)


def expression_texts(snapshot: Snapshot) -> tuple[ExpressionText, ...]:
    """The expressions of all conditions and transforms."""
    return snapshot.every(_expressions)


def _expressions(snapshot: Snapshot) -> Iterator[ExpressionText]:
    for view in snapshot.nodes:
        yield from expressions_of(view, snapshot.bundle)


def expressions_of(view: NodeView, bundle: Bundle) -> Iterator[ExpressionText]:
    """The expressions of one node."""
    node = view.node
    if isinstance(node, Condition):
        if node.expression is not None and node.expression.text.strip():
            yield ExpressionText(view, node.expression, "", bundle)
    elif isinstance(node, Task) and view.type_name == "transform" and node.config is not None:
        for key, value in entries_at(node.config, "values"):
            if isinstance(value, Scalar) and not value.is_missing and value.text.strip():
                yield ExpressionText(view, value, key.text, bundle)


def names_of(view: NodeView, bundle: Bundle) -> tuple[dict[str, Shape], bool]:
    """The names that an expression of a node may read, and whether there may be others: undeclared inputs.

    Of two meanings of one name the first counts: ``vars``, declared inputs, nodes, roots.
    """
    inputs = input_shape(view.level, bundle)
    names = dict(bundle.shape_of(view.level, _level_names).fields)
    scope = Scope(bundle, view.level)
    if isinstance(view.node, Condition) and view.node.vars is not None:
        for pair in view.node.vars.effective_pairs():
            if pair.name is not None:
                names[pair.name] = _variable_shape(pair.value, scope)
    return names, inputs.rest is not None or view.flow.damaged


def _level_names(level: LevelView, bundle: Bundle) -> Shape:
    """What all expressions of a level may read, as a map."""
    scope = Scope(bundle, level)
    found = {root: resolve((root,), scope) for root in _ROOTS}
    names = {root: to.shape for root, to in found.items() if to.outcome in {Outcome.KNOWN, Outcome.UNKNOWN}}
    names |= {view.id: output_shape(view, bundle) for view in level.flow.by_id.values()}
    return closed_map(names | dict(input_shape(level, bundle).fields))


def _variable_shape(node: Node, scope: Scope) -> Shape:
    if not isinstance(node, Scalar):
        return _plain_shape(node)
    bare = bare_reference(node.text)
    flow = scope.flow
    if bare is not None and (bare.root in _ROOTS or (flow is not None and bare.root in flow.by_id)):
        return resolve((bare.root, *bare.path), scope).shape
    pieces = scan(node.text)
    references = [piece for piece in pieces if isinstance(piece, Reference)]
    if not references:
        return of_value(node.value)
    if len(references) == 1 and not any(isinstance(piece, str) and piece.strip() for piece in pieces):
        reference = references[0]
        return UNKNOWN if reference.problem else resolve((reference.root, *reference.path), scope).shape
    return TEXT


def _plain_shape(node: Node) -> Shape:
    """A map or list of ``vars``: its values may be references, so only what is literal all through is known."""
    try:
        value = to_value(node)
    except TooManyNodesError:
        return UNKNOWN
    return of_value(value) if "$" not in str(value) and "." not in str(value) else UNKNOWN
