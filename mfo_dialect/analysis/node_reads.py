"""Every place where a node reads another one: by a reference, or by a name in an expression."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mfo_dialect import expressions
from mfo_dialect.analysis.expression_texts import ExpressionText, expression_texts
from mfo_dialect.analysis.inputs import input_shape
from mfo_dialect.analysis.resolve import Scope, resolve
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.workflow import Condition
from mfo_dialect.text import Span


@dataclass(frozen=True, slots=True, eq=False)
class NodeRead:
    """One reading.

    Attributes:
        reader: the node that reads.
        producer: the node whose output it is.
        span: where it is written.
        guarded: the reader can do with null.
    """

    reader: NodeView
    producer: NodeView
    span: Span
    guarded: bool = False

    @property
    def document(self) -> str:
        """The key of the text."""
        return self.reader.document


def node_reads(snapshot: Snapshot) -> tuple[NodeRead, ...]:
    """All readings of a snapshot."""
    return snapshot.every(_node_reads)


def _node_reads(snapshot: Snapshot) -> Iterator[NodeRead]:
    for use in snapshot.uses:
        if use.node is not None and not use.reference.problem:
            producer = snapshot.resolution(use).node
            if producer is not None:
                yield NodeRead(use.node, producer, use.span)
    for text in expression_texts(snapshot):
        yield from _reads_of(text)


def _reads_of(text: ExpressionText) -> Iterator[NodeRead]:
    view = text.view
    hidden = set(input_shape(view.level, text.bundle).fields)
    if isinstance(view.node, Condition) and view.node.vars is not None:
        hidden.update(pair.name for pair in view.node.vars.effective_pairs() if pair.name is not None)
    for read in expressions.reads(text.parsed):
        if read.root not in hidden and read.root in view.flow.by_id:
            producer = producer_of(read, Scope(text.bundle, view.level))
            if producer is not None:
                yield NodeRead(view, producer, text.span_of(read.span), read.guarded)


def producer_of(read: expressions.Read, scope: Scope) -> NodeView | None:
    """The node that a name in an expression reads, inner nodes of subflows included."""
    return resolve((read.root, *(str(segment.key) for segment in read.path)), scope).node
