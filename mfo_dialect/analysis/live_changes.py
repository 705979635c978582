"""Sorting out what an edit of a tree has changed in a live document: whose content, which lists, which marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfo_dialect.analysis.live_views import LiveFlowView, LiveLevelView, LiveNodeView
from mfo_dialect.analysis.scopes import TriggerView
from mfo_dialect.syntax import Change, ChangedBlock, Mapping, Node, Sequence

if TYPE_CHECKING:
    from mfo_dialect.analysis.live_snapshot import LiveSnapshot
    from mfo_dialect.analysis.live_workflow import LiveDocument


class Affected:
    """What the blocks that came and went belong to."""

    def __init__(self, document: LiveDocument, snapshot: LiveSnapshot) -> None:
        self.document = document
        self._borders = snapshot.known_borders
        self._levels = document.levels
        self.is_root = False
        self.is_root_marked = False
        self.flows: dict[LiveFlowView, None] = {}
        self.levels: dict[LiveLevelView, None] = {}
        self.nodes: dict[LiveNodeView, None] = {}
        self.triggers: dict[TriggerView, None] = {}
        self.marked: dict[LiveLevelView, None] = {}
        self._seen: set[tuple[int, int]] = set()

    def take(self, block: ChangedBlock) -> None:
        """Take a block that came or went."""
        path = block.path
        known = len(path)
        for place in range(1, known):
            if not self._is_inside(path[place - 1], path[place]):
                known = place
                break
        self._note(path[:known], is_map=known < len(path) or all(type(part) is Mapping for part in block.parts))

    def _is_inside(self, outer: Node, inner: Node) -> bool:
        pair = (id(outer), id(inner))
        if pair not in self._seen and not _holds(outer, inner):
            return False
        self._seen.add(pair)
        return True

    def _note(self, path: tuple[Node, ...], *, is_map: bool) -> None:
        """Note the innermost thing around a block that is kept up to date."""
        for node in reversed(path):
            known = self._levels.lists.get(id(node))
            if known is not None:
                level = known[0]
                self.levels[level] = None
                if not is_map:  # what is no map in a list belongs to what is around the level
                    self._note_around(level)
                return
            part = self._borders.get(id(node))
            if part is not None:
                self._note_part(part)
                return
        self.is_root = True

    def _note_around(self, level: LiveLevelView) -> None:
        if isinstance(level.owner, LiveNodeView):
            self.nodes[level.owner] = None
        else:
            self.is_root = True

    def _note_part(self, part: object) -> None:
        match part:
            case LiveNodeView():
                self.nodes[part] = None
            case LiveFlowView():
                self.flows[part] = None
            case TriggerView():
                self.triggers[part] = None
                self.is_root = True
            case _:
                self.is_root = True

    def take_mark(self, node: Node) -> None:
        """Take a collection whose mark of damage came or went."""
        known = self._levels.lists.get(id(node)) or self._levels.maps.get(id(node))
        if known is not None:
            level = known[0]
            self.marked[level] = None
            if isinstance(level.owner, LiveNodeView):
                self.nodes[level.owner] = None
            elif not self.document.is_flow_file:
                self.is_root = True
            else:
                self.is_root_marked = True
            return
        part = self._borders.get(id(node))
        if part is self.document:
            self.is_root_marked = True
        elif part is not None:
            self._note_part(part)
        else:
            self.is_root = True

    def swapped(self, change: Change) -> bool:
        """Whether all that the edit did was to write one node otherwise, in its place; it is done then."""
        if self.is_root or self.flows or self.nodes or len(self.levels) != 1:
            return False
        if len(change.removed) != 1 or len(change.added) != 1:
            return False
        gone, come = change.removed[0], change.added[0]
        level = next(iter(self.levels))
        is_in_list = gone.path[-1] is come.path[-1] and id(come.path[-1]) in self._levels.lists
        if not is_in_list or len(gone.parts) != 1 or len(come.parts) != 1:
            return False
        before, now = gone.parts[0], come.parts[0]
        if type(before) is not Mapping or type(now) is not Mapping or id(before) not in level.by_mapping:
            return False
        self.document.swap(level, before, now)
        return True


def _holds(outer: Node, inner: Node) -> bool:
    if isinstance(outer, Sequence):
        return inner in outer.items
    return isinstance(outer, Mapping) and any(pair.value is inner for pair in outer.pairs)
