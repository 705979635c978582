"""Edges written on the other side: as ``dependencies`` of the later node, or as ``successors`` of the earlier one.

Both say the same (dialect section 3). A condition's successors are its branches and stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mfo_dialect.analysis.graph import NodeKind
from mfo_dialect.analysis.scopes import LevelView, NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Edit
from mfo_lsp.features.code_actions import ActionKind
from mfo_lsp.features.refactorings.draft import Draft
from mfo_lsp.features.refactorings.levels import address_of, level_at, nodes_at
from mfo_lsp.features.refactorings.name_lists import append_names, names_in, with_names
from mfo_lsp.features.refactorings.values import Obstacle, Offer, Selection, Texts

_OTHER = {"dependencies": "successors", "successors": "dependencies"}
_TITLES = {
    "dependencies": 'Write the dependencies of "{}" as successors of the nodes before it',
    "successors": 'Write the successors of "{}" as dependencies of the nodes behind it',
}
_OTHER_LAYOUT = Obstacle("A list of ids is written in a way that cannot be changed safely.")


def edge_side(selection: Selection) -> Iterator[Offer]:
    """Offer to write the list of ids at the cursor on the other side, and all lists of the taskflow with it."""
    found = _list_at(selection)
    if found is None:
        return
    view, key = found
    yield Offer(
        _TITLES[key].format(view.id),
        ActionKind.REWRITE,
        lambda: _moved(selection.snapshot, [(view.level, [view])], key),
        _obstacle([view], key),
    )
    everywhere = [(level, [one for one in level.nodes if _may_move(one, key)]) for level in view.flow.levels]
    title = f'Write all edges of "{view.flow.taskflow.name}" as {_OTHER[key]}'
    nodes = [one for _, some in everywhere for one in some]
    yield Offer(title, ActionKind.REWRITE, lambda: _moved(selection.snapshot, everywhere, key), _obstacle(nodes, key))


def _list_at(selection: Selection) -> tuple[NodeView, str] | None:
    for view in nodes_at(selection, selection.span.start):
        for key in _OTHER:
            pair = view.node.mapping.pair(key)
            if pair is not None and selection.touches(pair.span) and _may_move(view, key):
                return view, key
    return None


def _may_move(view: NodeView, key: str) -> bool:
    return bool(names_in(view.node.mapping, key)) and not (key == "successors" and view.kind is NodeKind.CONDITION)


def _obstacle(views: Iterable[NodeView], key: str) -> str:
    for view in views:
        if view.flow.damaged or view.level.level.damaged or view.node.mapping.damaged:
            return "Not all nodes and edges of the taskflow can be told: mend its errors first."
        for name in names_in(view.node.mapping, key) or ():
            other = view.level.by_id.get(name)
            if other is None or other is view:
                return f'"{name}" is no other node of the same level.'
            is_branch = other.kind is NodeKind.CONDITION and key == "dependencies"
            if is_branch and view.id not in (scalar.text for scalar in other.node.successors):
                return f'"{name}" is a condition that does not lead to "{view.id}".'
    return ""


def _moved(snapshot: Snapshot, moved: Iterable[tuple[LevelView, list[NodeView]]], key: str) -> Texts | Obstacle:
    draft, levels = Draft(snapshot), [(level, address_of(level, snapshot), views) for level, views in moved]
    removed: list[Edit] = []
    for _, address, views in levels:
        for view in views:
            mapping = view.node.mapping
            names = names_in(mapping, key) or []
            edits = with_names(address.document, mapping, key, [None] * len(names), draft.text(address.document))
            if edits is None:
                return _OTHER_LAYOUT
            removed += edits
    draft.apply(removed)
    added: list[Edit] = []
    for _, address, views in levels:
        level = level_at(address, draft.snapshot)
        for name, names in _other_sides(views, key).items():
            mapping = level.by_id[name].node.mapping
            written = names_in(mapping, _OTHER[key])
            new = [one for one in names if one not in (written or [])]
            edits = append_names(draft, address.document, mapping, _OTHER[key], new) if new else []
            if edits is None or written is None:
                return _OTHER_LAYOUT
            added += edits
    draft.apply(added)
    return draft.texts


def _other_sides(views: Iterable[NodeView], key: str) -> dict[str, list[str]]:
    """What is to be written at the other nodes; at conditions it is there, as a branch."""
    sides: dict[str, list[str]] = {}
    for view in views:
        for name in dict.fromkeys(names_in(view.node.mapping, key) or ()):
            if key == "successors" or view.level.by_id[name].kind is not NodeKind.CONDITION:
                sides.setdefault(name, []).append(view.id)
    return sides
