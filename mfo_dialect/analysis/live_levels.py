"""Bringing the nodes of a live level up to date with the lists that they are written in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from mfo_dialect.analysis.graph import NodeDeclaration, NodeKind
from mfo_dialect.analysis.level_of import LevelOf
from mfo_dialect.analysis.live_views import LiveFlowView, LiveLevelView, LiveNodeView
from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.slips import forget_slips, read_names_plainly, read_slips
from mfo_dialect.analysis.visits import choose, known_keys
from mfo_dialect.catalogue.values import AnyType, ListType, MapType, ValueType
from mfo_dialect.model.access import text_at
from mfo_dialect.model.lower_workflow import (
    CONDITIONS,
    MAX_DEPTH,
    NO_NODES,
    NODE_LISTS,
    SUBFLOWS,
    TASKS,
    level_marks,
    lower_node,
)
from mfo_dialect.steps import Steps, at_once
from mfo_dialect.syntax import Mapping, Node, Sequence, is_merge_key

if TYPE_CHECKING:
    from mfo_dialect.analysis.live_snapshot import LiveSnapshot

_KINDS = {TASKS: NodeKind.TASK, CONDITIONS: NodeKind.CONDITION, SUBFLOWS: NodeKind.SUBFLOW}
_KEYS = {kind: key for key, kind in _KINDS.items()}


@dataclass(slots=True)
class Upkeep:
    """The parts that an edit has brought, taken away, or written anew."""

    added: dict[Part, None] = field(default_factory=dict[Part, None])
    dropped: dict[Part, None] = field(default_factory=dict[Part, None])
    rewritten: dict[Part, None] = field(default_factory=dict[Part, None])


Listed = tuple[str, Sequence, tuple[Node, ...]]
"""A list of nodes: its key, the list, and its items."""


class Entry(NamedTuple):
    """A map in one of a level's lists."""

    key: str
    listed_in: Sequence
    item: Mapping


class Levels:
    """The levels of one live document.

    Attributes:
        lists: the level whose nodes stand in a list, and the list, by its identity.
        maps: the level whose lists stand in a map, and the map, by its identity.
        are_new: whether nobody has read slips in the document yet.
        marked_now: the levels whose marks were found for the edit that is being taken.
    """

    def __init__(self, snapshot: LiveSnapshot) -> None:
        """Start without levels."""
        self._snapshot = snapshot
        self.lists: dict[int, tuple[LiveLevelView, Sequence]] = {}
        self.maps: dict[int, tuple[LiveLevelView, Mapping]] = {}
        self.are_new = True
        self.marked_now: dict[LiveLevelView, None] = {}

    def reconcile(self, level: LiveLevelView, mapping: Mapping, declared: ValueType, upkeep: Upkeep) -> None:
        """Have a level hold the nodes that are written now.

        Args:
            level: the level.
            mapping: the taskflow or subflow.
            declared: what the catalogue says of the map.
            upkeep: takes what comes and goes.
        """
        at_once(self.reconciling(level, mapping, declared, upkeep))

    def reconciling(self, level: LiveLevelView, mapping: Mapping, declared: ValueType, upkeep: Upkeep) -> Steps[None]:
        """The same, a node at a time."""
        self._take_lists(level, mapping)
        lists = [(key, listed, listed.items) for key, listed in _lists(mapping, level.depth)]
        low, high, entries = _window(level, lists)
        before = level.live_nodes[low:high]
        views = _matched(before, level.by_mapping, entries)
        kept = {view for view in views if view is not None}
        changes: list[tuple[NodeView, NodeDeclaration | None]] = []
        for view in before:
            level.by_mapping.pop(id(view.mapping_now), None)
            if view not in kept:
                self._drop(view, upkeep)
                changes.append((view, None))
        found: list[LiveNodeView] = []
        for view, entry in zip(views, entries, strict=True):
            if view is None:
                view = yield from self._new(level, entry, declared, upkeep)  # noqa: PLW2901 - there is one now
                yield
                changes.append((view, view.declaration))
            elif view.mapping_now is not entry.item and self.rewrite(view, entry.item, declared, upkeep):
                changes.append((view, view.declaration))
            view.listed_in = entry.listed_in
            level.by_mapping[id(entry.item)] = view
            found.append(view)
        level.listed = lists
        if found != before:
            level.put_nodes([*level.live_nodes[:low], *found, *level.live_nodes[high:]])
        yield from self._declare(level, changes)
        self.mark(level)

    def swap(self, level: LiveLevelView, before: Mapping, now: Mapping, declared: ValueType, upkeep: Upkeep) -> None:
        """Let a node be written as another map in the same place of the same list."""
        view = level.by_mapping.pop(id(before))
        level.by_mapping[id(now)] = view
        if self.rewrite(view, now, declared, upkeep):
            self.declare(level, view)
        if level.marks[0] or now.damaged or before.damaged:
            self.mark(level)

    def mark(self, level: LiveLevelView) -> None:
        """Find out again whether a part of a level cannot be read."""
        self.marked_now[level] = None
        marks = level_marks(level.mapping_now)
        if marks != level.marks:
            level.marks = marks
            level.marked.tell_readers()

    def declare(self, level: LiveLevelView, view: LiveNodeView) -> None:
        """Let the graph know that a node declares something else."""
        at_once(self._declare(level, [(view, view.declaration)]))

    def _declare(self, level: LiveLevelView, changes: list[tuple[NodeView, NodeDeclaration | None]]) -> Steps[None]:
        if changes:
            yield from level.live_graph.updating(changes)
            level.declared.tell_readers()
            self._declared_around(level)

    def _declared_around(self, level: LiveLevelView) -> None:
        """The graph around a subflow holds what is declared inside."""
        owner = level.owner
        while owner is not None:
            outer = owner.level
            assert isinstance(outer, LiveLevelView)
            outer.declared.tell_readers()
            owner = outer.owner

    def _take_lists(self, level: LiveLevelView, mapping: Mapping) -> None:
        self._forget_lists(level)
        level.mapping_now = mapping
        self.maps[id(mapping)] = level, mapping
        for _, listed in _lists(mapping, level.depth):
            self.lists[id(listed)] = level, listed

    def _forget_lists(self, level: LiveLevelView) -> None:
        for number in [number for number, (known, _) in self.lists.items() if known is level]:
            del self.lists[number]
        if self.maps.get(id(level.mapping_now), (None,))[0] is level:
            del self.maps[id(level.mapping_now)]

    def rewrite(self, view: LiveNodeView, mapping: Mapping, declared: ValueType, upkeep: Upkeep) -> bool:
        """Take what is written in a node now; says whether it is declared otherwise.

        Args:
            view: the node.
            mapping: the map that it is written as, another one or the same.
            declared: what the catalogue says of the level's map.
            upkeep: takes what comes and goes.
        """
        borders = self._snapshot.known_borders
        before = view.mapping_now
        if before is not mapping:
            if borders.get(id(before)) is view:
                del borders[id(before)]
            borders[id(mapping)] = view
        key = _KEYS[view.kind]
        own = item_type(declared, _map_around(view), key, mapping)
        inner = view.inner
        self._freshen(mapping, own)
        changed = view.rewrite(
            lower_node(key, mapping, LevelOf(inner) if isinstance(inner, LiveLevelView) else NO_NODES)
        )
        upkeep.rewritten[view] = None
        if isinstance(inner, LiveLevelView):
            self.reconcile(inner, mapping, own, upkeep)
        return changed

    def _freshen(self, mapping: Mapping, declared: ValueType) -> None:
        """Read the slips in a map anew; parts inside it are looked at by themselves."""
        borders = self._snapshot.known_borders
        if not self.are_new:
            forget_slips(mapping, borders)
        if not mapping.source.isascii():
            read_names_plainly(mapping)
        read_slips(mapping, declared, borders)

    def _new(self, level: LiveLevelView, entry: Entry, declared: ValueType, upkeep: Upkeep) -> Steps[LiveNodeView]:
        own = item_type(declared, level.mapping_now, entry.key, entry.item)
        self._freshen(entry.item, own)
        view = LiveNodeView(self._snapshot.facts, lower_node(entry.key, entry.item), level)
        view.listed_in = entry.listed_in
        self._snapshot.known_borders[id(entry.item)] = view  # another level may be about to let go of the map
        upkeep.added[view] = None
        if entry.key == SUBFLOWS and level.depth < MAX_DEPTH:
            flow = level.flow
            assert isinstance(flow, LiveFlowView)
            inner = LiveLevelView(self._snapshot, flow, view, level.depth + 1, entry.item)
            vars(view)["inner"] = inner
            upkeep.added[inner] = None
            view.rewrite(lower_node(entry.key, entry.item, LevelOf(inner)))
            yield from self.reconciling(inner, entry.item, own, upkeep)
        return view

    def drop_level(self, level: LiveLevelView, upkeep: Upkeep) -> None:
        """Let go of a level with all that is on it."""
        for view in level.live_nodes:
            self._drop(view, upkeep)
        self._forget_lists(level)
        upkeep.dropped[level] = None

    def _drop(self, view: LiveNodeView, upkeep: Upkeep) -> None:
        borders = self._snapshot.known_borders
        if borders.get(id(view.mapping_now)) is view:
            del borders[id(view.mapping_now)]
        upkeep.dropped[view] = None
        if isinstance(view.inner, LiveLevelView):
            self.drop_level(view.inner, upkeep)


def item_type(declared: ValueType, mapping: Mapping, key: str, item: Node) -> ValueType:
    """What the catalogue says of an item of a list in a map.

    Args:
        declared: what it says of the map.
        mapping: the map.
        key: the key of the list.
        item: the item.
    """
    if isinstance(declared, MapType):
        known = known_keys(mapping, declared).get(key)
        if known is not None and isinstance(known.type, ListType):
            return choose(known.type.item, item)
    return AnyType()


def _map_around(view: LiveNodeView) -> Mapping:
    level = view.level
    assert isinstance(level, LiveLevelView)
    return level.mapping_now


def _lists(mapping: Mapping, depth: int) -> list[tuple[str, Sequence]]:
    """The lists of a level's nodes with their keys, in the order in which they are written."""
    found = [
        (key, value)
        for key in NODE_LISTS
        if depth < MAX_DEPTH or key != SUBFLOWS
        for value in _values(mapping, key)
        if isinstance(value, Sequence)
    ]
    return sorted(found, key=lambda one: one[1].span.start)


def _values(mapping: Mapping, key: str) -> Iterator[Node | None]:
    if mapping.is_plain:
        yield mapping.get(key)
        return
    written = [pair.value for pair in mapping.pairs if pair.name == key and not is_merge_key(pair.key)]
    yield from written or [mapping.get(key)]


def _window(level: LiveLevelView, lists: list[Listed]) -> tuple[int, int, list[Entry]]:
    """Which of a level's nodes may have changed, from where to where, and what is written in their place.

    As long as the lists are the same and hold maps alone, what their old and new items have in common at both ends is left
    out, without going through it one by one.
    """
    before = level.listed
    is_alike = [(key, id(listed)) for key, listed, _ in before] == [(key, id(listed)) for key, listed, _ in lists]
    if not is_alike or sum(len(items) for _, _, items in before) != len(level.live_nodes):
        return 0, len(level.live_nodes), _entries(lists)
    changed = [place for place, (old, new) in enumerate(zip(before, lists, strict=True)) if old[2] != new[2]]
    if not changed:
        return 0, 0, []
    place, others = changed[0], changed[1:]
    offset = sum(len(items) for _, _, items in before[:place])
    key, listed, items = lists[place]
    old = before[place][2]
    if others or not set(map(type, items)) <= {Mapping}:
        return 0, len(level.live_nodes), _entries(lists)
    start = _common(old, items)
    end = _common(old[start:][::-1], items[start:][::-1])
    entries = _entries([(key, listed, items[start : len(items) - end])])
    return offset + start, offset + len(old) - end, entries


def _entries(lists: list[Listed]) -> list[Entry]:
    return [Entry(key, listed, item) for key, listed, items in lists for item in items if type(item) is Mapping]


def _common(one: tuple[Node, ...], other: tuple[Node, ...]) -> int:
    """How many items two rows have in common at their start."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _matched(
    before: list[LiveNodeView], by_mapping: dict[int, LiveNodeView], entries: list[Entry]
) -> list[LiveNodeView | None]:
    """For each map the node that it was, or that was written in its place before; none twice, none out of order."""
    numbers = {view: number for number, view in enumerate(before)}
    views: list[LiveNodeView | None] = []
    last = -1
    for entry in entries:
        view = by_mapping.get(id(entry.item))
        if view is None or view.kind is not _KINDS[entry.key] or numbers.get(view, -1) <= last:
            view = None
        else:
            last = numbers[view]
        views.append(view)
    _fill_gaps(before, entries, views, numbers)
    return views


def _fill_gaps(
    before: list[LiveNodeView],
    entries: list[Entry],
    views: list[LiveNodeView | None],
    numbers: dict[LiveNodeView, int],
) -> None:
    """Match what stands between the same neighbours as before: by id, else one for one."""
    place = 0
    low = 0
    while place < len(entries):
        view = views[place]
        if view is not None:
            low = numbers[view] + 1
            place += 1
            continue
        end = place
        while end < len(entries) and views[end] is None:
            end += 1
        follower = views[end] if end < len(entries) else None
        high = numbers[follower] if follower is not None else len(before)
        _match_gap(before[low:high], entries, views, place, end)
        place = end


def _match_gap(
    candidates: list[LiveNodeView], entries: list[Entry], views: list[LiveNodeView | None], place: int, end: int
) -> None:
    numbers = {candidate.declaration.id: number for number, candidate in reversed([*enumerate(candidates)])}
    start = 0
    for at in range(place, end):
        named = text_at(entries[at].item, "id")
        number = numbers.get(named.text, -1) if named is not None else -1
        if number >= start and candidates[number].kind is _KINDS[entries[at].key]:
            views[at] = candidates[number]
            start = number + 1
    if start == 0 and len(candidates) == end - place:
        for at, candidate in zip(range(place, end), candidates, strict=True):
            if candidate.kind is _KINDS[entries[at].key]:
                views[at] = candidate


def walk_levels(level: LiveLevelView) -> Iterator[LiveLevelView]:
    """A level and all levels inside it, outer before inner."""
    yield level
    for view in level.live_nodes:
        if isinstance(view.inner, LiveLevelView):
            yield from walk_levels(view.inner)
