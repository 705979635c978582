"""Where the edges of a level are written, and how one is taken out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise

from mfo_dialect.analysis.scopes import LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Edit, Fix
from mfo_dialect.rules.layout import remove_item, text_of
from mfo_dialect.rules.rule import Offered
from mfo_dialect.syntax import Scalar

Written = tuple[NodeView, str, Scalar]


def written_edges(level: LevelView, source: str, target: str) -> Iterator[Written]:
    """Every place that says that one node comes before another: the node, the key and the id written there."""
    ends = dict.fromkeys((*level.named(source), *level.named(target)))
    for view in sorted(ends, key=lambda view: view.rank):
        if view.id == target:
            yield from ((view, "dependencies", item) for item in view.node.dependencies if item.text == source)
        if view.id == source:
            yield from ((view, "successors", item) for item in view.node.successors if item.text == target)


def is_trusted(level: LevelView, snapshot: Snapshot) -> bool:
    """Whether all nodes and edges of a level are known, and it can run."""
    return snapshot.kept(level, _is_trusted)


def _is_trusted(level: LevelView, _snapshot: Snapshot) -> bool:
    flow = level.flow
    return not flow.damaged and not flow.has_cycle and not level.is_doubtful


def removing_edges(edges: list[Written], title: str, snapshot: Snapshot, *, safe: bool = False) -> Offered:
    """``without_edges`` for when somebody asks."""
    return partial(without_edges, edges, title, snapshot, safe=safe)


def without_edges(edges: list[Written], title: str, snapshot: Snapshot, *, safe: bool = False) -> tuple[Fix, ...]:
    """A fix that takes edges out wherever they are written; none where that is not clear."""
    edits: list[Edit] = []
    for view, key, item in edges:
        edit = remove_item(view.document, view.node.mapping, key, item, text_of(snapshot, view.document))
        if edit is None:
            return ()
        edits.append(edit)
    spans = sorted(edit.place.span for edit in edits)
    apart = all(one.end <= other.start for one, other in pairwise(spans))
    return (Fix(title, tuple(edits), safe),) if edits and apart else ()
