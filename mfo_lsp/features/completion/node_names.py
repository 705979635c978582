"""Node ids for ``dependencies`` and ``successors``: never one that would be an error there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from mfo_dialect.analysis.graph import NodeKind, would_make_cycle
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.syntax import Scalar
from mfo_lsp.features.completion.items import ItemKind
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.completion.slot import Candidate
from mfo_lsp.features.documentation import node_kind, of_node

_NEAR, _AROUND = 0, 1


def edge_candidates(place: Place) -> Iterator[Candidate]:
    """The nodes that a node may wait for, or that may wait for it, the nearest in the text first."""
    view = place.owner.view
    if view is None or view.node.id is None:
        return
    backwards = place.key_name == "dependencies"
    written = view.node.dependencies if backwards else view.node.successors
    taken = {scalar.text for scalar in written if not _is_under_cursor(scalar, place)}
    others = [other for other in view.level.by_id.values() if other is not view and other.id not in taken]
    others.sort(key=lambda other: _distance(view, other, backwards=backwards))
    for other in others:
        closes = _closes_cycle(view, other, backwards=backwards)
        # A branch back to an ancestor always closes a legal loop: nothing but conditions leads back to that ancestor.
        if closes and (backwards or view.kind is not NodeKind.CONDITION):
            continue
        if not backwards and view.kind is NodeKind.CONDITION and not closes and _follows_branch(other, view, taken):
            continue
        if not backwards or not _chooses_others(other, view):
            yield _candidate(other, place, loops=closes)


def _is_under_cursor(scalar: Scalar, place: Place) -> bool:
    return scalar.span.contains(place.offset)


def _distance(view: NodeView, other: NodeView, *, backwards: bool) -> tuple[int, int]:
    """What comes before is nearer for a dependency, what comes after for a successor."""
    gap = other.node.mapping.span.start - view.node.mapping.span.start
    is_likely = gap < 0 if backwards else gap > 0
    return (_NEAR if is_likely else _AROUND, abs(gap))


def _closes_cycle(view: NodeView, other: NodeView, *, backwards: bool) -> bool:
    graph = view.level.graph
    return would_make_cycle(graph, view.id, other.id) if backwards else would_make_cycle(graph, other.id, view.id)


def _follows_branch(other: NodeView, condition: NodeView, branches: Collection[str]) -> bool:
    """Whether a node and a branch follow each other: of two branches only one runs, so neither may wait for the other."""
    graph = condition.level.graph
    forward = [branch for branch in branches if not would_make_cycle(graph, branch, condition.id)]
    return any(
        would_make_cycle(graph, branch, other.id) or would_make_cycle(graph, other.id, branch) for branch in forward
    )


def _chooses_others(condition: NodeView, view: NodeView) -> bool:
    """Whether a condition leads elsewhere only: waiting for it without being one of its branches is an error."""
    is_condition = condition.kind is NodeKind.CONDITION
    return is_condition and all(scalar.text != view.id for scalar in condition.node.successors)


def _candidate(view: NodeView, place: Place, *, loops: bool) -> Candidate:
    detail = node_kind(view).replace("`", "")
    words = f"{detail}, loops back" if loops else detail
    return Candidate(
        view.id, ItemKind.NODE, words, partial(of_node, view, place.snapshot.bundle), rank=6 if loops else 5
    )
