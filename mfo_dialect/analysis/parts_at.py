"""Which parts stand at a place: found by going down the tree, so that it does not matter how much stands elsewhere.

What is written inside a part may belong to another one where an alias brings it there: of a text that may have anchors,
all parts may have to do with a place.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from operator import attrgetter

from mfo_dialect.analysis.bundle import Document
from mfo_dialect.analysis.parts import Part, parts_of_document
from mfo_dialect.analysis.scopes import FlowView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.syntax import Mapping, Node, Pair, Sequence, SyntaxTree, path_at
from mfo_dialect.syntax import Part as StepInto
from mfo_dialect.text import Span

_PLACE = attrgetter("place")


def part_around(snapshot: Snapshot, nodes: Iterable[Node]) -> Part | None:
    """The innermost part that one of some nodes is written as; None where none is.

    Args:
        snapshot: the bundle.
        nodes: the nodes around a place, outermost first.
    """
    found = [part for part in map(snapshot.borders.get, map(id, nodes)) if part is not None]
    return found[-1] if found else None


def parts_near(snapshot: Snapshot, key: str, offset: int) -> tuple[Part, ...]:
    """The parts that what is written at an offset can belong to.

    Args:
        snapshot: the bundle.
        key: the text; one that findings are not wanted for gives nothing.
        offset: the place, in code points.
    """
    source = snapshot.bundle.sources.get(key)
    if source is None or key not in snapshot.bundle.home:
        return ()
    if source.may_have_anchors:
        return parts_of_text(snapshot, key)
    around, named = _nodes_at(source.tree, offset)
    found = {part_around(snapshot, around): None, part_around(snapshot, named): None}
    return tuple(one for part in found if part is not None for one in (part, *flows_written_as(part, snapshot)))


def parts_between(snapshot: Snapshot, key: str, span: Span) -> tuple[Part, ...]:
    """The parts that what is written in a stretch of a text can belong to, in the order of the text.

    Args:
        snapshot: the bundle.
        key: the text; one that findings are not wanted for gives nothing.
        span: the stretch; its ends count.
    """
    source = snapshot.bundle.sources.get(key)
    if source is None or key not in snapshot.bundle.home:
        return ()
    if source.may_have_anchors:
        return parts_of_text(snapshot, key)
    found: dict[Part, None] = {}
    for node in _nodes_between(source.tree, span):
        part = snapshot.borders.get(id(node))
        if part is not None:
            found |= dict.fromkeys((part, *flows_written_as(part, snapshot)))
    return tuple(found)


def parts_of_text(snapshot: Snapshot, key: str) -> tuple[Part, ...]:
    """All parts of the documents of a text, outer ones first."""
    source = snapshot.bundle.sources.get(key)
    if source is None or key not in snapshot.bundle.home:
        return ()
    return tuple(
        part
        for document in source.documents
        if document.kind is not None
        for part in parts_of_document(document, snapshot.flows_of(document), snapshot.triggers_of(document))
    )


def flows_written_as(part: Part, snapshot: Snapshot) -> list[FlowView]:
    """The taskflow that has all of a document for its map, which counts as the document's; none of other parts."""
    if not isinstance(part, Document):
        return []
    return [flow for flow in snapshot.flows_of(part) if flow.taskflow.mapping is part.root]


def _nodes_at(tree: SyntaxTree, offset: int) -> tuple[list[Node], list[Node]]:
    """The nodes around an offset, and the value whose key stands there.

    The key is a part's name where parts are written as a map.
    """
    steps = path_at(tree, offset)
    if not steps:
        roots = (document.root for document in tree.documents)
        return [root for root in roots if root is not None and root.is_touched_at(offset)][:1], []
    last = steps[-1]
    named = [last.pair.value] if last.part is StepInto.KEY and last.pair is not None else []
    return [steps[0].parent, *(step.node for step in steps)], named


def _nodes_between(tree: SyntaxTree, span: Span) -> Iterator[Node]:
    """The nodes that a stretch touches, in the order in which they are written."""
    waiting = [document.root for document in reversed(tree.documents) if document.root is not None]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(_children_between(node, span))


def _children_between(node: Node, span: Span) -> list[Node]:
    if isinstance(node, Sequence):
        first = max(bisect_right(node.items, span.start, key=_PLACE) - 1, 0)
        return [*node.items[first : bisect_right(node.items, span.end, key=_PLACE)]]
    if isinstance(node, Mapping):
        first = max(bisect_left(node.pairs, span.start, key=_key_start) - 1, 0)
        return [pair.value for pair in node.pairs[first : bisect_right(node.pairs, span.end, key=_key_start)]]
    return []


def _key_start(pair: Pair) -> int:
    return pair.key.place
