"""The expressions of a bundle, with the names that each may read (dialect section 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from mfo_dialect import expressions
from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.outputs import output_shape
from mfo_dialect.analysis.resolve import Outcome, Scope, resolve
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.access import entries_at
from mfo_dialect.model.workflow import Condition, Task
from mfo_dialect.records import record
from mfo_dialect.references import Reference, bare_reference, scan
from mfo_dialect.shapes import TEXT, UNKNOWN, Shape, of_value
from mfo_dialect.syntax import Node, Scalar, TooManyNodesError, to_value
from mfo_dialect.text import Span

_ROOTS = ("INPUT", "TRIGGER", "TASKFLOW", "SYSTEM", "ENV")


@record(eq=False, slots=False)
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

    @property
    def checked(self) -> expressions.Checked:
        """The expression as checked over the shapes of its names."""
        return self.bundle.kept(self, _checked)

    @property
    def _names(self) -> tuple[Mapping[str, Shape], bool]:
        return self.bundle.kept(self, _names_of)

    @property
    def names(self) -> Mapping[str, Shape]:
        """What it may read, functions left out."""
        return self._names[0]

    @property
    def are_names_open(self) -> bool:
        """Whether other names may be inputs that nobody declares."""
        return self._names[1]

    def span_of(self, within: Span) -> Span:
        """Where a stretch of the expression stands in the document."""
        return self.scalar.span_of(within)


def _checked(text: ExpressionText, _bundle: Bundle) -> expressions.Checked:
    return expressions.check(text.parsed, text.names, unknown_names_allowed=text.are_names_open)


def _names_of(text: ExpressionText, bundle: Bundle) -> tuple[Mapping[str, Shape], bool]:
    return names_of(text.view, bundle)


def expression_texts(snapshot: Snapshot) -> Iterator[ExpressionText]:
    """The expressions of all conditions and transforms."""
    return (text for view in snapshot.nodes for text in expression_texts_of(view, snapshot))


def expression_texts_of(view: NodeView, snapshot: Snapshot) -> tuple[ExpressionText, ...]:
    """The expressions of one node; none where it is no condition and no transform."""
    return snapshot.kept(view, _expressions)


def _expressions(view: NodeView, snapshot: Snapshot) -> tuple[ExpressionText, ...]:
    return tuple(expressions_of(view, snapshot.bundle))


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


def names_of(view: NodeView, bundle: Bundle) -> tuple[Mapping[str, Shape], bool]:
    """The names that an expression of a node may read, and whether there may be others: undeclared inputs.

    Of two meanings of one name the first counts: ``vars``, declared inputs, nodes, roots. Who asks for one name learns of
    that one alone.
    """
    inputs = input_shape(view.level, bundle)
    return _Names(view, bundle, inputs.fields), inputs.rest is not None or view.flow.damaged


def other_names_of(view: NodeView, bundle: Bundle) -> tuple[str, ...]:
    """The names that an expression of a node may read besides those of nodes: roots, declared inputs, ``vars``."""
    return tuple(dict.fromkeys(_Names(view, bundle, input_shape(view.level, bundle).fields).others()))


class _Names(Mapping[str, Shape]):
    """The names of a node's expressions; the shape of each is found when it is asked for."""

    __slots__ = ("_inputs", "_nodes", "_scope", "_variables")

    def __init__(self, view: NodeView, bundle: Bundle, inputs: Mapping[str, Shape]) -> None:
        self._scope = Scope(bundle, view.level)
        self._nodes = view.flow.by_id
        self._inputs = inputs
        self._variables: dict[str, Node] = {}
        if isinstance(view.node, Condition) and view.node.vars is not None:
            pairs = view.node.vars.effective_pairs()
            self._variables = {pair.name: pair.value for pair in pairs if pair.name is not None}

    def __getitem__(self, name: str) -> Shape:
        if name in self._variables:
            return _variable_shape(self._variables[name], self._scope)
        declared = self._inputs.get(name)
        if declared is not None:
            return declared
        view = self._nodes.get(name)
        if view is not None:
            return output_shape(view, self._scope.bundle)
        root = self._root(name)
        if root is None:
            raise KeyError(name)
        return root

    def _root(self, name: str) -> Shape | None:
        found = resolve((name,), self._scope) if name in _ROOTS else None
        return found.shape if found is not None and found.outcome in {Outcome.KNOWN, Outcome.UNKNOWN} else None

    def others(self) -> tuple[str, ...]:
        """The names that are not there because a node has them."""
        return (*(root for root in _ROOTS if self._root(root) is not None), *self._inputs, *self._variables)

    def __iter__(self) -> Iterator[str]:
        roots = [root for root in _ROOTS if self._root(root) is not None]
        return iter(dict.fromkeys((*roots, *self._nodes, *self._inputs, *self._variables)))

    def __len__(self) -> int:
        return len(list(iter(self)))


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
