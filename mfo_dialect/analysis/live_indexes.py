"""The indexes of a bundle that is being edited: which there are, and what they ask of parts when there is time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any

from mfo_dialect.analysis import live_answers
from mfo_dialect.analysis.bundle import Bundle
from mfo_dialect.analysis.index import OfItself
from mfo_dialect.analysis.live_index import LiveIndex
from mfo_dialect.analysis.live_levels import Upkeep
from mfo_dialect.analysis.live_triggers import LiveTriggerView
from mfo_dialect.analysis.live_views import LiveFlowView, LiveLevelView, LiveNodeView
from mfo_dialect.analysis.live_workflow import LiveDocument
from mfo_dialect.analysis.parts import Part, place_of
from mfo_dialect.analysis.scopes import FlowView, LevelView, NodeView

if TYPE_CHECKING:
    from mfo_dialect.analysis.live_snapshot import LiveSnapshot

Scope = Bundle | FlowView | LevelView
Find = Callable[[Any, Any], Iterable[Hashable]]
_LARGE = 500
"""Nodes of a level from which on all that may be asked of them by name is found out before somebody asks."""


class LiveIndexes:
    """The parts of the bundle, of each taskflow and of each level, by the keys that functions say of each part."""

    def __init__(self, snapshot: LiveSnapshot) -> None:
        """Start without indexes."""
        self._snapshot = snapshot
        self._known: dict[Scope, dict[Find, LiveIndex[Any]]] = {}
        self._unsettled: dict[LiveIndex[Any], None] = {}
        self._to_fill: list[tuple[Scope, Find]] = []

    def get(self, scope: Scope, find: Find) -> LiveIndex[Any]:
        """The index of a scope by what ``find`` says, all of whose parts have been asked."""
        known = self._known.get(scope)
        index = known.get(find) if known is not None else None
        if index is None:
            index = self._begin(scope, find)
        if index.unasked:
            index.fill()
        return index

    def _begin(self, scope: Scope, find: Find) -> LiveIndex[Any]:
        """Make an index, of whose parts none has been asked."""
        snapshot = self._snapshot
        facts = snapshot.facts
        index = self._known.setdefault(scope, {})[find] = LiveIndex[Any](
            facts, lambda part: find(part, snapshot), place_of_live_part, self._unsettled
        )
        frame, facts.frame = facts.frame, None
        try:
            index.unasked = dict.fromkeys(snapshot.parts_of_scope(scope))
        finally:
            facts.frame = frame
        return index

    def fill(self, has_time: Callable[[], bool]) -> bool:
        """Ask what was asked while nothing was noted again, as long as there is time; says whether that is done."""
        while self._to_fill:
            scope, find = self._to_fill[-1]
            index = self._known.get(scope, {}).get(find) or self._begin(scope, find)
            if not index.fill(has_time):
                return False
            self._to_fill.pop()
            if self._to_fill and not has_time():
                return False
        return True

    def note_from_now_on(self) -> None:
        """Note what keys depend on; what depends on nothing but the part itself stays, all else is to be asked again."""
        to_fill: list[tuple[Scope, Find]] = []
        for scope, known in self._known.items():
            is_large = isinstance(scope, LiveLevelView) and len(scope.live_nodes) > _LARGE
            wanted = dict.fromkeys((*(live_answers.OF_LEVELS if is_large else ()), *known))
            own = {find: index for find, index in known.items() if _asks_nobody_else(find)}
            self._known[scope] = own
            to_fill += [(scope, find) for find in wanted if find not in own]
        self._to_fill = sorted(to_fill, key=lambda one: isinstance(one[0], Bundle), reverse=True)  # from the end on
        self._unsettled = {}

    def take(self, upkeep: Upkeep) -> None:
        """Follow what an edit has brought, taken away or written anew."""
        for part in upkeep.dropped:
            for index in self._around(part):
                index.drop(part)
        for part in upkeep.dropped:
            if isinstance(part, FlowView | LevelView):
                for index in self._known.pop(part, {}).values():
                    index.end()
                self._to_fill = [one for one in self._to_fill if one[0] is not part]
        for part in (*upkeep.added, *upkeep.rewritten):
            if part not in upkeep.dropped:
                for index in self._around(part):
                    index.ask(part)

    def _around(self, part: Part) -> list[LiveIndex[Any]]:
        if isinstance(part, LevelView):
            return []
        scopes: tuple[Scope, ...] = (self._snapshot.bundle,)
        if isinstance(part, NodeView):
            scopes = (part.level, part.level.flow, self._snapshot.bundle)
        elif isinstance(part, FlowView):
            scopes = (part, self._snapshot.bundle)
        return [index for scope in scopes for index in self._known.get(scope, {}).values()]

    @property
    def are_settled(self) -> bool:
        """Whether no part is to be asked again."""
        return not self._unsettled

    def settle(self, has_time: Callable[[], bool]) -> bool:
        """Ask those parts again whose keys may have changed, as long as there is time; says whether that is done."""
        while self._unsettled:
            index = next(iter(self._unsettled))
            if not index.settle(has_time):
                return False
            del self._unsettled[index]
        return True


def _asks_nobody_else(find: Find) -> bool:
    return isinstance(find, OfItself) or find in live_answers.OF_THEMSELVES


def place_of_live_part(part: Part) -> tuple[str, int, int]:
    """As ``place_of``, noting nothing."""
    match part:
        case LiveNodeView():  # which most parts are
            mapping = part.mapping_now
            return part.level.flow.document, mapping.origin.base + mapping.start, 2
        case LiveDocument():
            return part.key, part.mapping_now.span.start, 0
        case LiveFlowView():
            return part.home.key, part.mapping_now.span.start, 1
        case LiveTriggerView():
            return part.home.key, part.trigger.mapping.span.start, 2
        case _:
            return place_of(part)
