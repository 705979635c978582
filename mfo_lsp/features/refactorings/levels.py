"""Which level and which nodes are selected, and how a level is found again after an edit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.model.access import text_at
from mfo_dialect.references import RESERVED_ROOTS
from mfo_dialect.rules.layout import last_line_end, line_start
from mfo_dialect.syntax import Alias, Mapping, path_at, walk
from mfo_dialect.syntax import Sequence as SequenceNode
from mfo_dialect.text import Span
from mfo_lsp.features.refactorings.draft import Draft
from mfo_lsp.features.refactorings.values import Obstacle, Selection

_TO_ITEM = re.compile(r"[ \t]*(?:-[ \t]+)*")
LISTS = ("tasks", "conditions", "subflows")
"""The keys of a level under which its nodes stand."""
OTHER_LAYOUT = Obstacle("The lists of nodes or of their ids are written in a way that cannot be moved safely.")


@dataclass(frozen=True, slots=True)
class LevelAddress:
    """A level by what edits of its nodes do not change: the taskflow's number in its document, and the subflows' ids."""

    document: str
    flow: int
    path: tuple[str, ...]


def address_of(level: LevelView, snapshot: Snapshot) -> LevelAddress:
    """How to find a level again."""
    flows = _flows(snapshot, level.flow.document)
    path = level.owner.id_path if level.owner is not None else ()
    return LevelAddress(level.flow.document, next(i for i, flow in enumerate(flows) if flow is level.flow), path)


def level_at(address: LevelAddress, snapshot: Snapshot) -> LevelView:
    """The level of an address.

    Raises:
        LookupError: there is none any more.
    """
    level = _flows(snapshot, address.document)[address.flow].top
    for name in address.path:
        inner = level.by_id[name].inner
        if inner is None:
            raise LookupError(name)
        level = inner
    return level


def _flows(snapshot: Snapshot, document: str) -> list[FlowView]:
    return [flow for flow in snapshot.flows if flow.document == document]


def mapping_of(level: LevelView) -> Mapping:
    """The map whose lists hold a level's nodes."""
    return level.owner.node.mapping if level.owner is not None else level.flow.taskflow.mapping


def selected_nodes(selection: Selection) -> tuple[NodeView, ...]:
    """The nodes of one level that a selection touches; a single one only on its first line or on that of its id.

    Empty where it touches nodes of several levels, of which none holds the others.
    """
    touched = dict.fromkeys(_touched(selection))
    whole = [view for view in touched if not _is_only_around(view, selection, touched)]
    top = [view for view in whole if not any(other in whole for other in view.path[:-1])]
    text = selection.source.text
    if len(top) == 1 and not any(selection.touches(line) for line in _heads(top[0], text)):
        return ()
    levels = {id(view.level) for view in top}
    return tuple(sorted(top, key=lambda view: view.index)) if len(levels) == 1 else ()


def nodes_at(selection: Selection, offset: int) -> tuple[NodeView, ...]:
    """The nodes that an offset lies in, outermost first."""
    borders = selection.snapshot.borders
    parts = (borders.get(id(step.node)) for step in path_at(selection.source.tree, offset))
    return tuple(part for part in parts if isinstance(part, NodeView))


def _touched(selection: Selection) -> Iterable[NodeView]:
    text, (start, end) = selection.source.text, selection.span
    if start < end:
        around = {*nodes_at(selection, start), *nodes_at(selection, end)}
        flows = {view.flow for view in around} or {*selection.snapshot.flows}
        views = (view for flow in flows if flow.document == selection.document for view in flow.nodes)
        return [view for view in views if _overlaps(view.node.mapping.span, selection.span)]
    line = Span(line_start(text, start), last_line_end(text, start))
    dash = _TO_ITEM.match(text, line.start, line.end)
    behind_dash = dash.end() if dash is not None else start
    views = nodes_at(selection, min(max(start, behind_dash), line.end))
    return [view for view in views if any(selection.touches(head) for head in _heads(view, text))]


def _overlaps(span: Span, selected: Span) -> bool:
    return span.start < selected.end and selected.start < span.end


def _heads(view: NodeView, text: str) -> list[Span]:
    starts = [view.node.mapping.span.start, *([view.node.id.span.start] if view.node.id is not None else [])]
    return [Span(line_start(text, start), last_line_end(text, start)) for start in starts]


def _is_only_around(view: NodeView, selection: Selection, touched: Iterable[NodeView]) -> bool:
    """Whether a subflow is touched only because the selection lies among the nodes inside it."""
    span, selected = view.node.mapping.span, selection.span
    first_inside = min((one.node.mapping.span.start for one in view.inner.nodes), default=0) if view.inner else 0
    is_around = span.start < selected.start and selected.end <= span.end and selected.start >= first_inside > 0
    return is_around and any(view in other.path[:-1] for other in touched)


def goes_on_after_failure(flow: FlowView) -> bool:
    """Whether other branches go on when a node has failed, so that it counts who waits for whom."""
    config = flow.taskflow.config
    on_failure = text_at(config, "on_failure") if config is not None else None
    return on_failure is not None and on_failure.text == "continue"


def fresh_id(flow: FlowView, wanted: str) -> str:
    """An id that no node of a taskflow has: the one that is wanted, or that with a number."""
    taken = {*flow.by_id, *RESERVED_ROOTS}
    number = 2
    name = wanted
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


def has_anchors(mapping: Mapping) -> bool:
    """Whether something in a map has an anchor or is an alias, whose order in the text counts."""
    return any(isinstance(node, Alias) or node.anchor is not None for node in walk(mapping))


def list_holding(view: NodeView) -> tuple[str, SequenceNode] | None:
    """The key and the list under which a node is written; None where that comes from another place."""
    mapping = mapping_of(view.level)
    for key in LISTS:
        pair = mapping.pair(key)
        value = pair.value if pair is not None else None
        if isinstance(value, SequenceNode) and any(item is view.node.mapping for item in value.items):
            return key, value
    return None


def is_unmovable(view: NodeView) -> bool:
    """Whether a node cannot be taken out of its list: that is written in brackets, twice, or in another place."""
    mapping, holding = mapping_of(view.level), list_holding(view)
    return holding is None or holding[1].flow or mapping.flow or not mapping.is_plain


def lost_comments(draft: Draft, document: str, before: Snapshot) -> list[str]:
    """The comments that a document had and has no more, in order."""
    now = [comment.text for comment in draft.bundle.sources[document].tree.comments]
    lost: list[str] = []
    for comment in before.bundle.sources[document].tree.comments:
        if comment.text in now:
            now.remove(comment.text)
        else:
            lost.append(comment.text)
    return lost
