"""A subflow's nodes become nodes of the level around it (dialect sections 3 and 4); the way back from extracting them.

Its edges become edges of its first and last nodes. What was read through it is read directly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mfo_dialect.analysis.graph import Level, NodeKind
from mfo_dialect.analysis.run_order import RanBefore, RunOrders
from mfo_dialect.analysis.scopes import LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Edit
from mfo_dialect.model.access import text_at
from mfo_dialect.model.workflow import Subflow
from mfo_lsp.features.code_actions import ActionKind
from mfo_lsp.features.refactorings.blocks import item_block, with_items, without_blocks
from mfo_lsp.features.refactorings.draft import Draft
from mfo_lsp.features.refactorings.inlined_reads import reads_of, without_subflow
from mfo_lsp.features.refactorings.levels import (
    OTHER_LAYOUT,
    LevelAddress,
    address_of,
    goes_on_after_failure,
    has_anchors,
    is_unmovable,
    level_at,
    lost_comments,
    mapping_of,
    selected_nodes,
)
from mfo_lsp.features.refactorings.moving import blocks_by_list, lines_by_list, words_above
from mfo_lsp.features.refactorings.name_lists import append_names, names_in, with_names
from mfo_lsp.features.refactorings.values import Obstacle, Offer, Selection, Texts


def inline_subflow(selection: Selection) -> Iterator[Offer]:
    """Offer to put the nodes of the selected subflow in its place."""
    chosen = selected_nodes(selection)
    if len(chosen) != 1 or not isinstance(chosen[0].node, Subflow) or chosen[0].inner is None:
        return
    view, inner = chosen[0], chosen[0].inner
    yield Offer(
        f'Inline the subflow "{view.id}"',
        ActionKind.INLINE,
        lambda: inlined(selection.snapshot, view, inner),
        obstacle_to_inlining(view, inner),
    )


def obstacle_to_inlining(view: NodeView, inner: LevelView) -> str:
    """Why a subflow must stay, in one sentence; empty where it may go, as far as that is plain."""
    level, flow = view.level, view.flow
    if flow.damaged or level.level.damaged or flow.has_cycle or level.is_doubtful:
        return "Not all nodes and edges of the taskflow can be told: mend its errors first."
    if inner.level.damaged or inner.is_doubtful or not inner.nodes:
        return "Not all nodes and edges of the subflow can be told: mend its errors first."
    if "input_schema" in view.node.mapping:
        return "The subflow checks its input by a schema, which would be lost."
    if has_anchors(view.node.mapping):
        return "The subflow holds an anchor or an alias, whose order in the text counts."
    if any(is_unmovable(one) for one in (view, *inner.nodes)):
        return OTHER_LAYOUT.words
    is_branch = any(view.index in branches for branches in level.graph.branches)
    if is_branch and len(inner.graph.entries) > 1:
        return "The subflow is a branch of a condition, and several of its nodes start first: a branch leads to one."
    ends = [node.kind for node, behind in zip(inner.graph.nodes, inner.graph.successors, strict=True) if not behind]
    if goes_on_after_failure(flow) and NodeKind.CONDITION in ends and level.graph.successors[view.index]:
        return "With on_failure: continue, what waits for the subflow would run even if the condition at its end has failed."
    return ""


@dataclass(frozen=True, slots=True)
class _Ends:
    """The nodes inside that take over the edges of a subflow: those that start first, and those to wait for."""

    first: tuple[str, ...]
    last: tuple[str, ...]


def _ends(graph: Level) -> _Ends | None:
    """None where nothing inside can be waited for: edges from a condition are its branches."""
    names = [node.id for node in graph.nodes]
    last: dict[int, None] = {}
    for node, targets in enumerate(graph.successors):
        if targets:
            continue
        body = [node]
        if graph.nodes[node].kind is NodeKind.CONDITION:
            loop = graph.loop_of[node]
            body = [one for one in graph.loops[loop].body if _can_be_named(graph, one)] if loop is not None else []
        last |= dict.fromkeys(body[:1])
    last = {node: None for node in last if not any(graph.is_ancestor(node, of=other) for other in last)}
    orders = RunOrders(graph)
    surely = [
        one for one, name in enumerate(names) if orders.ran_by_the_end((name,)).verdict is RanBefore.SURELY
    ]  # fmt: skip
    if not set(surely) & last.keys():
        last |= dict.fromkeys([one for one in surely if _can_be_named(graph, one)][:1])
    if not last or not set(surely) & last.keys():
        return None
    return _Ends(tuple(names[node] for node in graph.entries), tuple(names[node] for node in sorted(last)))


def _can_be_named(graph: Level, node: int) -> bool:
    return graph.nodes[node].kind is not NodeKind.CONDITION


def inlined(snapshot: Snapshot, view: NodeView, inner: LevelView) -> Texts | Obstacle:
    """The texts in which the nodes inside a subflow stand on its own level."""
    draft, address = Draft(snapshot), address_of(view.level, snapshot)
    reads = without_subflow(view, snapshot)
    if isinstance(reads, Obstacle):
        return reads
    ends, document = _ends(inner.graph), address.document
    is_waited_for = bool(view.level.graph.successors[view.index])
    if ends is None and is_waited_for:
        return Obstacle(
            "Nothing inside the subflow surely runs and can be waited for: edges from a condition are its branches."
        )
    ends = ends or _Ends(tuple(inner.graph.nodes[node].id for node in inner.graph.entries), ())
    edits = _edges(draft, view, inner, ends)
    if edits is None:
        return OTHER_LAYOUT
    counts = {one.id: reads_of(one, snapshot) for one in inner.nodes}
    draft.apply((*reads, *edits))
    lines = _take_out(draft, address, view.id)
    if lines is None:
        return OTHER_LAYOUT
    for key, items in lines.items():
        mapping = mapping_of(level_at(address, draft.snapshot))
        added = with_items(document, mapping, key, items, draft.text(document))
        if added is None:
            return OTHER_LAYOUT
        draft.apply([added])
    draft.apply(_kept_words(draft, address, view, inner, snapshot))
    level = level_at(address, draft.snapshot)
    if any(
        reads_of(level.by_id[name], draft.snapshot) != count for name, count in counts.items() if name in level.by_id
    ):
        return Obstacle("A name inside the subflow would mean something else outside of it.")
    return draft.texts


def _edges(draft: Draft, view: NodeView, inner: LevelView, ends: _Ends) -> list[Edit] | None:
    """The edits after which edges name nodes inside a subflow, and no longer itself."""
    document = view.document
    waits = [item.text for item in view.node.dependencies]
    leads = {item.text for item in view.node.successors}
    edits: list[Edit] = []
    for one in view.level.nodes:
        if one is view:
            continue
        for key, names in (("dependencies", ends.last), ("successors", ends.first)):
            written = names_in(one.node.mapping, key)
            if written is None:
                return None
            added = names if key == "dependencies" and one.id in leads else ()
            found = _replaced(draft, one, key, view.id, names, added, written)
            if found is None:
                return None
            edits += found
    for name in ends.first if waits else ():
        mapping = inner.by_id[name].node.mapping
        written = names_in(mapping, "dependencies")
        new = [wait for wait in waits if wait not in (written or [])]
        found = append_names(draft, document, mapping, "dependencies", new) if new and written is not None else []
        if found is None or written is None:
            return None
        edits += found
    return edits


def _replaced(  # noqa: PLR0913 - one list of ids, and what changes in it
    draft: Draft, view: NodeView, key: str, old: str, names: Sequence[str], added: Sequence[str], written: Sequence[str]
) -> list[Edit] | None:
    """The edits that let a list name the subflow's nodes in place of it, and ``added`` besides."""
    mapping, text = view.node.mapping, draft.text(view.document)
    others = [name for name in names if name not in written]
    if old in written and len(others) <= 1:
        replaced = [(others[0] if others else None) if name == old else name for name in written]
        return with_names(view.document, mapping, key, replaced, text)
    if old in written:
        replaced = [others[0] if name == old else name for name in written]
        first = with_names(view.document, mapping, key, replaced, text)
        rest = append_names(draft, view.document, mapping, key, others[1:])
        return [*first, *rest] if first is not None and rest is not None else None
    new = [name for name in added if name not in written]
    return append_names(draft, view.document, mapping, key, new) if new else []


def _take_out(draft: Draft, address: LevelAddress, group: str) -> dict[str, str] | None:
    """Take the subflow out of its list; gives the lines of its nodes by list."""
    level, document = level_at(address, draft.snapshot), address.document
    text, view = draft.text(document), level.by_id[group]
    blocks = blocks_by_list(view.inner.nodes if view.inner is not None else (), text)
    pair = mapping_of(level).pair("subflows")
    own = item_block(text, view.node.mapping.span.start, view.node.mapping.span.end)
    if blocks is None or pair is None or own is None or is_unmovable(view):
        return None
    draft.apply(without_blocks(document, pair, [own], text))
    return lines_by_list(blocks)


def _kept_words(draft: Draft, address: LevelAddress, view: NodeView, inner: LevelView, before: Snapshot) -> list[Edit]:
    """The subflow's name and description, and comments that stood beside it, above the first of its nodes."""
    said = (text_at(view.node.mapping, key) for key in ("name", "description"))
    words = [f"# {line}" for scalar in said if scalar is not None for line in scalar.text.splitlines() if line.strip()]
    words += lost_comments(draft, address.document, before)
    first = level_at(address, draft.snapshot).by_id.get(inner.nodes[0].id)
    return words_above(first, words, draft.text(address.document)) if first is not None else []
