"""Who runs before and after a node: by edges and by what is read. It knows no protocol: places are offsets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mfo_dialect.analysis.node_reads import node_reads
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.workflow import Condition
from mfo_dialect.syntax import path_at
from mfo_dialect.text import Span
from mfo_lsp.features.symbols import SymbolKind, index_symbols, node_named
from mfo_lsp.features.targets import owner_of


@dataclass(frozen=True, slots=True)
class NodeCall:
    """A node that runs before or after another one.

    Attributes:
        view: the node.
        ways: how the two hang together, in a few words each: ``waits``, ``branch 0``, ``loop``, ``reads``.
        spans: where that is written, in the document of both.
    """

    view: NodeView
    ways: tuple[str, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Link:
    before: NodeView
    after: NodeView
    way: str
    span: Span


def node_at(snapshot: Snapshot, document: str, offset: int) -> NodeView | None:
    """The node whose name a cursor touches, else the innermost one that it stands in."""
    touched = index_symbols(snapshot).at(document, offset)
    if touched is not None and touched.symbol.kind is SymbolKind.NODE:
        return node_named(touched.symbol, snapshot)
    source = snapshot.bundle.sources.get(document)
    steps = path_at(source.tree, offset) if source is not None else ()
    return owner_of(snapshot, (node for step in steps for node in (step.parent, step.node))).view


def node_of(snapshot: Snapshot, document: str, taskflow: str, path: tuple[str, ...]) -> NodeView | None:
    """The node of a taskflow along a path of ids; None where there is none any more."""
    found = (
        view
        for flow in snapshot.flows
        if flow.document == document and flow.taskflow.name == taskflow
        for view in flow.named(path[-1])
        if view.id_path == path
    )
    return next(found, None) if path else None


def calls_before(snapshot: Snapshot, view: NodeView) -> tuple[NodeCall, ...]:
    """The nodes that a node waits for, is a branch of, or reads, in document order."""
    links = (link for link in _links(snapshot, view) if link.after is view)
    return _gathered((link.before, link) for link in links)


def calls_after(snapshot: Snapshot, view: NodeView) -> tuple[NodeCall, ...]:
    """The nodes that wait for a node, are its branches, or read it, in document order."""
    links = (link for link in _links(snapshot, view) if link.before is view)
    return _gathered((link.after, link) for link in links)


def _gathered(links: Iterator[tuple[NodeView, _Link]]) -> tuple[NodeCall, ...]:
    by_node: dict[NodeView, dict[_Link, None]] = {}
    for other, link in links:
        by_node.setdefault(other, {})[link] = None
    ordered = sorted(by_node.items(), key=lambda item: item[0].node.mapping.span.start)
    return tuple(
        NodeCall(
            other,
            tuple(dict.fromkeys(link.way for link in found)),
            tuple(sorted({link.span for link in found})),
        )
        for other, found in ordered
    )


def _links(snapshot: Snapshot, view: NodeView) -> Iterator[_Link]:
    """All that ties a node to others: the edges of its level, and every reading from or of it."""
    for other in view.level.nodes:
        yield from _edges(other, view)
        yield from _edges(view, other)
    for read in node_reads(snapshot):
        if view in (read.reader, read.producer) and read.reader is not read.producer:
            yield _Link(read.producer, read.reader, "reads", read.span)


def _edges(before: NodeView, after: NodeView) -> Iterator[_Link]:
    """The edges from one node to another, once for each place where they are written."""
    if (
        before is after
        or before.level.by_id.get(before.id) is not before
        or after.level.by_id.get(after.id) is not after
    ):
        return  # of two nodes with one id, the first is meant
    is_loop = before.level.graph.is_loop_edge(before.index, after.index)
    for number, name in enumerate(before.node.successors):
        if name.text == after.id:
            way = f"branch {number}" if isinstance(before.node, Condition) else "waits"
            yield _Link(before, after, f"{way}, again" if is_loop else way, name.content_span)
    for name in after.node.dependencies:
        if name.text == before.id:
            yield _Link(before, after, "waits", name.content_span)
