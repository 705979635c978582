"""Node ids for ``dependencies`` and ``successors``: never one that would be an error there."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice

from mfo_dialect.analysis.graph import NodeKind
from mfo_dialect.analysis.node_reads import producers_inside
from mfo_dialect.analysis.scopes import LevelView, NodeView
from mfo_dialect.syntax import Node, Scalar, Sequence
from mfo_lsp.features.completion.items import ItemKind
from mfo_lsp.features.completion.nearby import MOST, meaning, outwards
from mfo_lsp.features.completion.place import Place
from mfo_lsp.features.completion.slot import Candidate
from mfo_lsp.features.documentation import node_kind, of_node

_BACKWARDS = "dependencies"
_BEFORE = re.compile(r"\[(?P<words>[^\[\]]*,)?[^\[\],]*\Z")
_BEHIND = re.compile(r"[^\[\],]*(?P<words>,[^\[\]]*)?\]")
_WORD = re.compile(r"[\w-]+")
_LOOKED_AT = 3 * MOST


def edge_candidates(place: Place) -> Iterator[Candidate]:
    """The nodes that a node may wait for, or that may wait for it, the nearest in the text first; not all of many."""
    view = place.owner.view
    if view is None or view.node.id is None:
        return
    backwards = place.key_name == _BACKWARDS
    written = view.node.dependencies if backwards else view.node.successors
    taken = {scalar.text for scalar in written if not _is_under_cursor(scalar, place)} | _beside(place)
    names, is_narrowed = view.level.by_id, len(view.level.nodes) > MOST
    typed = place.context.word_text if is_narrowed else ""
    closing = (
        _closing(view, backwards=backwards) if view.kind is not NodeKind.CONDITION or backwards else set[NodeView]()
    )
    found: list[Candidate] = []
    for other in _nearest(view, typed, _LOOKED_AT if is_narrowed else None, backwards=backwards):
        if len(found) == MOST:
            break
        if other is not view and other not in closing and other.id not in taken and names.get(other.id) is other:
            found += _candidates(view, other, taken, place, backwards=backwards)
    yield from (replace(one, is_narrowed=True) for one in found) if is_narrowed else found


def takes_edges(key: str, value: Node, place: Place) -> bool:
    """Whether the ids of a list would be no error under ``dependencies`` or ``successors`` of the node at a place."""
    view = place.owner.view
    if view is None or not isinstance(value, Sequence):
        return True
    others = [view.level.by_id.get(item.text) for item in value.items if isinstance(item, Scalar)]
    return all(
        other is not None and other is not view and _candidates(view, other, (), place, backwards=key == _BACKWARDS)
        for other in others
    )


def _candidates(
    view: NodeView, other: NodeView, taken: Collection[str], place: Place, *, backwards: bool
) -> list[Candidate]:
    """One node, unless an edge to it would be an error."""
    closes = _closes_cycle(view, other, backwards=backwards)
    # A branch back to an ancestor always closes a legal loop: nothing but conditions leads back to that ancestor.
    if closes and (backwards or view.kind is not NodeKind.CONDITION):
        return []
    is_branch = not backwards and view.kind is NodeKind.CONDITION and not closes
    if is_branch and (_follows_branch(other, view, taken) or _reads_branch(other, view, taken, place)):
        return []
    return [] if backwards and _chooses_others(other, view) else [_candidate(other, place, loops=closes)]


def _beside(place: Place) -> set[str]:
    """The words in the brackets around the cursor: a list in which one is still missing is no YAML."""
    if not place.context.flow:
        return set()
    before, behind = _BEFORE.search(place.slice(place.line_start, place.offset)), _BEHIND.match(place.rest_of_line)
    return {word for found in (before, behind) if found is not None for word in _WORD.findall(found["words"] or "")}


def _is_under_cursor(scalar: Scalar, place: Place) -> bool:
    return scalar.span.contains(place.offset)


def _nearest(view: NodeView, typed: str, most: int | None, *, backwards: bool) -> Iterator[NodeView]:
    """The nodes around one: what comes before is nearer for a dependency, what comes after for a successor.

    Args:
        view: the node.
        typed: letters that stand in the ids.
        most: how many of each side, and of the less likely side no others than those right beside the node.
        backwards: whether it is for a dependency.
    """
    is_meant = meaning(typed)
    before, behind = outwards(view.level.nodes, view.node.mapping.span.start)
    likely, other = (before, behind) if backwards else (behind, before)
    yield from islice((one for one in likely if is_meant(one.id)), most)
    yield from (one for one in islice(other, most) if is_meant(one.id))


def _closing(view: NodeView, *, backwards: bool) -> set[NodeView]:
    """Nodes that an edge to would close a cycle: those that are soon reached from a node, or lead to it shortly."""
    wiring, found, waiting = view.level.wiring, {view}, deque([view])
    if view.level.by_id.get(view.id) is not view:
        return set()
    while waiting and len(found) < _LOOKED_AT:
        current = waiting.popleft()
        for one in wiring.successors(current) if backwards else wiring.predecessors(current):
            if one not in found:
                found.add(one)
                waiting.append(one)
    return found


def _closes_cycle(view: NodeView, other: NodeView, *, backwards: bool) -> bool:
    return _leads_to(view.id, other.id, view.level) if backwards else _leads_to(other.id, view.id, view.level)


def _leads_to(name: str, target: str, level: LevelView) -> bool:
    """Whether a node is, or stands before, another one, so that it cannot wait for it."""
    node, other = level.by_id.get(name), level.by_id.get(target)
    return name == target or (node is not None and other is not None and level.wiring.leads_to(node, other))


def _follows_branch(other: NodeView, condition: NodeView, branches: Collection[str]) -> bool:
    """Whether a node and a branch follow each other: of two branches only one runs, so neither may wait for the other."""
    level = condition.level
    forward = [branch for branch in branches if not _leads_to(branch, condition.id, level)]
    return any(_leads_to(branch, other.id, level) or _leads_to(other.id, branch, level) for branch in forward)


def _reads_branch(other: NodeView, condition: NodeView, branches: Collection[str], place: Place) -> bool:
    """Whether a node and a branch read each other: of two branches only one runs."""
    level, snapshot = condition.level, place.snapshot
    found = [node for branch in branches if (node := level.by_id.get(branch)) is not None and node is not other]
    read = producers_inside(other, snapshot) if found else frozenset[NodeView]()
    return any(node in read or other in producers_inside(node, snapshot) for node in found)


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
