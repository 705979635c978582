"""Every place where a node reads another one: by a reference, or by a name in an expression."""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect import expressions
from mfo_dialect.analysis.expression_texts import ExpressionText, expression_texts_of
from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.resolve import Scope, resolve
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.workflow import Condition
from mfo_dialect.records import record
from mfo_dialect.syntax import Scalar
from mfo_dialect.text import Span


@record(eq=False, guarded=False)
class NodeRead:
    """One reading.

    Attributes:
        reader: the node that reads.
        producer: the node whose output it is.
        scalar: what it is written in.
        within: where in the scalar's text.
        path: what is read below the node, as names and numbers; empty where all of it is.
        guarded: the reader can do with null.
    """

    reader: NodeView
    producer: NodeView
    scalar: Scalar
    within: Span
    path: tuple[str, ...] = ()
    guarded: bool = False

    @property
    def span(self) -> Span:
        """Where it is written in the document, at the moment."""
        return self.scalar.span_of(self.within)

    @property
    def document(self) -> str:
        """The key of the text."""
        return self.reader.document


def node_reads(snapshot: Snapshot) -> Iterator[NodeRead]:
    """All readings of all nodes."""
    return (read for view in snapshot.nodes for read in node_reads_of(view, snapshot))


def node_reads_of(view: NodeView, snapshot: Snapshot) -> tuple[NodeRead, ...]:
    """All that one node reads of others: what its references read first, then what its expressions do."""
    return snapshot.kept(view, _node_reads)


def producers_inside(view: NodeView, snapshot: Snapshot) -> frozenset[NodeView]:
    """The nodes whose outputs a node reads, or of a subflow anything inside it, with the subflows around them."""
    return snapshot.kept(view, _producers_inside)


def _producers_inside(view: NodeView, snapshot: Snapshot) -> frozenset[NodeView]:
    found = {around for read in node_reads_of(view, snapshot) for around in read.producer.path}
    for inner in view.inner.nodes if view.inner is not None else ():
        found |= producers_inside(inner, snapshot)
    return frozenset(found)


def _node_reads(view: NodeView, snapshot: Snapshot) -> tuple[NodeRead, ...]:
    found: list[NodeRead] = []
    for use in snapshot.uses_of(view):
        resolution = snapshot.resolution(use) if not use.reference.problem else None
        if resolution is not None and resolution.node is not None:
            path = (use.reference.root, *use.reference.path)[resolution.depth :]
            found.append(NodeRead(view, resolution.node, use.scalar, use.reference.span, path))
    for text in expression_texts_of(view, snapshot):
        found += _reads_of(text)
    return tuple(found)


def _reads_of(text: ExpressionText) -> Iterator[NodeRead]:
    view = text.view
    hidden = set(input_shape(view.level, text.bundle).fields)
    if isinstance(view.node, Condition) and view.node.vars is not None:
        hidden.update(pair.name for pair in view.node.vars.effective_pairs() if pair.name is not None)
    for read in expressions.reads(text.parsed):
        if read.root not in hidden and read.root in view.flow.by_id:
            names = _names(read)
            resolution = resolve(names, Scope(text.bundle, view.level))
            if resolution.node is not None:
                path = names[resolution.depth :]
                yield NodeRead(view, resolution.node, text.scalar, read.span, path, read.guarded)


def producer_of(read: expressions.Read, scope: Scope) -> NodeView | None:
    """The node that a name in an expression reads, inner nodes of subflows included."""
    return resolve(_names(read), scope).node


def _names(read: expressions.Read) -> tuple[str, ...]:
    return (read.root, *(str(segment.key) for segment in read.path))
