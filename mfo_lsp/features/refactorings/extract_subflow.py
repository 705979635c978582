"""Selected nodes of one level become a subflow that counts as one node (dialect sections 3 and 4).

Their lines move as they are. Edges between them stay; edges that would cross the border become edges of the subflow.
References stay too, since the nodes inside are read by the ids that they have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mfo_dialect.analysis.graph import NodeKind
from mfo_dialect.analysis.scopes import LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Edit
from mfo_dialect.rules.fixes import quoted
from mfo_dialect.rules.layout import shifted_lines
from mfo_dialect.syntax import Pair
from mfo_lsp.features.code_actions import ActionKind
from mfo_lsp.features.refactorings.blocks import with_items, without_blocks
from mfo_lsp.features.refactorings.draft import Draft
from mfo_lsp.features.refactorings.grouped_reads import longer_paths
from mfo_lsp.features.refactorings.grouping import obstacle_to_grouping, surely_runs
from mfo_lsp.features.refactorings.levels import (
    OTHER_LAYOUT,
    LevelAddress,
    address_of,
    fresh_id,
    goes_on_after_failure,
    has_anchors,
    is_unmovable,
    level_at,
    lost_comments,
    mapping_of,
    selected_nodes,
)
from mfo_lsp.features.refactorings.moving import blocks_by_list, lines_by_list, words_above
from mfo_lsp.features.refactorings.name_lists import names_in, with_names
from mfo_lsp.features.refactorings.values import Obstacle, Offer, Selection, Texts

_NAME = "subflow"


def extract_subflow(selection: Selection) -> Iterator[Offer]:
    """Offer to make a subflow of the selected nodes."""
    chosen = selected_nodes(selection)
    if not chosen or (len(chosen) == 1 and chosen[0].kind is not NodeKind.TASK):
        return
    level = chosen[0].level
    words = f'"{chosen[0].id}"' if len(chosen) == 1 else f"{len(chosen)} nodes"
    yield Offer(
        f"Extract {words} to a subflow",
        ActionKind.EXTRACT,
        lambda: extracted(selection.snapshot, level, chosen),
        obstacle_to_extracting(level, chosen),
    )


def obstacle_to_extracting(level: LevelView, chosen: Sequence[NodeView]) -> str:
    """Why nodes of a level cannot become a subflow, in one sentence; empty where they can."""
    flow = level.flow
    if flow.damaged or level.level.damaged or flow.has_cycle or level.is_doubtful:
        return "Not all nodes and edges of the taskflow can be told: mend its errors first."
    tasks = [view for view in level.nodes if view.kind is NodeKind.TASK]
    if not any(view.kind is NodeKind.TASK for view in chosen):
        return "A subflow has at least one task: select one too."
    if all(view in chosen for view in tasks):
        return "No task would be left beside the subflow."
    if any(has_anchors(view.node.mapping) for view in chosen):
        return "A selected node holds an anchor or an alias, whose order in the text counts."
    if any(is_unmovable(view) for view in chosen):
        return OTHER_LAYOUT.words
    numbers = [view.index for view in chosen]
    return obstacle_to_grouping(level.graph, numbers, goes_on=goes_on_after_failure(flow))


def extracted(snapshot: Snapshot, level: LevelView, chosen: Sequence[NodeView]) -> Texts | Obstacle:
    """The texts in which some nodes of a level, for which there is no obstacle, are a subflow."""
    draft, address = Draft(snapshot), address_of(level, snapshot)
    ids, group = tuple(view.id for view in chosen), fresh_id(level.flow, _NAME)
    edges = _border_edges(level, chosen, ids)
    edits, longer = _without_border(draft, level, ids, group), longer_paths(chosen, group, snapshot)
    if edits is None:
        return OTHER_LAYOUT
    if isinstance(longer, Obstacle):
        return longer
    draft.apply((*edits, *longer))
    lines = _take_out(draft, address, ids)
    if lines is None:
        return OTHER_LAYOUT
    level = level_at(address, draft.snapshot)
    added = with_items(
        address.document, mapping_of(level), "subflows", _subflow(group, *edges, lines), draft.text(address.document)
    )
    if added is None:
        return OTHER_LAYOUT
    draft.apply([added])
    draft.apply(_kept_comments(draft, address, group, snapshot))
    return draft.texts


def _border_edges(level: LevelView, chosen: Sequence[NodeView], ids: Sequence[str]) -> tuple[list[str], list[str]]:
    """The ids that the subflow waits for, and those that it leads to, as its nodes write them."""
    waits = dict.fromkeys(item.text for view in chosen for item in view.node.dependencies if item.text not in ids)
    leads = dict.fromkeys(
        item.text
        for view in chosen
        if view.kind is not NodeKind.CONDITION
        for item in view.node.successors
        if item.text not in ids
    )
    idle = _needless(level, chosen)
    return (
        [name for name in waits if name not in idle],
        [name for name in leads if name in level.by_id and name not in idle],
    )


def _needless(level: LevelView, chosen: Sequence[NodeView]) -> frozenset[str]:
    """The nodes that need no edge from or to the subflow, as others between them and it have one.

    Edges that were needless before stay: they are the author's.
    """
    graph = level.graph
    inside = {view.index for view in chosen}
    needless: set[int] = set()
    waited = [set(graph.predecessors[number]) - inside for number in inside]
    outside = set[int]().union(*waited)
    for node in outside:
        between = {other for other in outside if graph.is_ancestor(node, of=other)}
        if between and not any(node in names and between & names for names in waited):
            needless.add(node)
    for node in {target for number in inside for target in graph.successors[number]} - inside:
        before = set(graph.predecessors[node])
        between = {one for one in before - inside if any(graph.is_ancestor(number, of=one) for number in inside)}
        is_old = any(graph.is_ancestor(number, of=one) for one in between for number in before & inside)
        if not is_old and any(surely_runs(graph, one) for one in between):
            needless.add(node)
    return frozenset(graph.nodes[node].id for node in needless)


def _without_border(draft: Draft, level: LevelView, ids: Sequence[str], group: str) -> list[Edit] | None:
    """The edits after which no list of ids crosses the border of the subflow."""
    edits: list[Edit] = []
    idle = _needless(level, [level.by_id[name] for name in ids])
    for view in level.nodes:
        mapping, text = view.node.mapping, draft.text(view.document)
        for key in ("dependencies", "successors"):
            names = names_in(mapping, key)
            if names is None:
                if {item.text for item in (*view.node.dependencies, *view.node.successors)} & set(
                    ids
                ) or view.id in ids:
                    return None
                continue
            is_branches = view.kind is NodeKind.CONDITION and key == "successors"
            if view.id in ids or (view.id in idle and not is_branches):
                new = [name if (name in ids) is (view.id in ids) else None for name in names]
            else:
                new = _outside(names, ids, group, doubles=is_branches)
            found = with_names(view.document, mapping, key, new, text)
            if found is None:
                return None
            edits += found
    return edits


def _outside(names: Sequence[str], ids: Sequence[str], group: str, *, doubles: bool) -> list[str | None]:
    """The subflow in place of its nodes, once but among branches, whose numbers count."""
    new: list[str | None] = []
    for name in names:
        other = group if name in ids else name
        new.append(None if other == group and group in new and not doubles else other)
    return new


def _take_out(draft: Draft, address: LevelAddress, ids: Sequence[str]) -> dict[str, str] | None:
    """Take nodes out of their lists; gives their lines by list."""
    level, document = level_at(address, draft.snapshot), address.document
    text, mapping = draft.text(document), mapping_of(level)
    blocks = blocks_by_list((level.by_id[name] for name in ids), text)
    if blocks is None:
        return None
    edits: list[Edit] = []
    for key, some in blocks.items():
        pair: Pair | None = mapping.pair(key)
        if pair is None or mapping.flow:
            return None
        edits += without_blocks(document, pair, some, text)
    draft.apply(edits)
    return lines_by_list(blocks)


def _subflow(group: str, waits: Sequence[str], leads: Sequence[str], lists: dict[str, str]) -> str:
    """The subflow as an item of a list, its dash in column 0."""
    lines = [f"- id: {group}"]
    lines += [f"  dependencies: [{', '.join(map(quoted, waits))}]"] if waits else []
    for key, items in lists.items():
        lines += [f"  {key}:", shifted_lines(items, 4)]
    lines += [f"  successors: [{', '.join(map(quoted, leads))}]"] if leads else []
    return "\n".join(lines)


def _kept_comments(draft: Draft, address: LevelAddress, group: str, before: Snapshot) -> list[Edit]:
    """Comments of edges that are written elsewhere now, above the subflow."""
    view = level_at(address, draft.snapshot).by_id[group]
    return words_above(view, lost_comments(draft, address.document, before), draft.text(address.document))
