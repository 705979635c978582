"""A workflow document that is being edited: what an edit of its tree means for its taskflows, nodes and triggers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mfo_dialect.analysis.bundle import Document
from mfo_dialect.analysis.level_of import LevelOf
from mfo_dialect.analysis.live_changes import Affected
from mfo_dialect.analysis.live_levels import Levels, Upkeep, item_type, walk_levels
from mfo_dialect.analysis.live_triggers import LiveTriggerView
from mfo_dialect.analysis.live_views import LiveFlowView, LiveLevelView, LiveNodeView
from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.scopes import TriggerView
from mfo_dialect.analysis.slips import forget_slips, read_names_plainly, read_slips
from mfo_dialect.catalogue.values import MapType
from mfo_dialect.catalogue.workflow_keys import FLOW_FILE, WORKFLOW_FILE
from mfo_dialect.facts import Fact
from mfo_dialect.model.access import mappings_at
from mfo_dialect.model.kinds import Classification, DocumentKind, classify
from mfo_dialect.model.lower_workflow import (
    NODE_LISTS,
    is_workflow_file,
    lower_around,
    lower_taskflow,
    lower_trigger,
    taskflow_maps,
)
from mfo_dialect.model.workflow import Workflow
from mfo_dialect.steps import Steps, at_once
from mfo_dialect.syntax import Change, LiveTree, Mapping, Node, Sequence

if TYPE_CHECKING:
    from mfo_dialect.analysis.live_snapshot import LiveSnapshot


class OutgrownError(Exception):
    """A document has changed so much that it is to be read as a new one."""


class LiveDocument(Document):
    """A workflow document, whatever is written in it at the moment; its root stays the same map.

    Attributes:
        live_flows: its taskflows.
        live_triggers: its triggers.
        mapping_now: its map, for who keeps nothing that follows from it.
        own_facts: what can change in it.
        reading: what is left to be read of it, a node at a time; neither tree nor snapshot may change meanwhile.
    """

    __setattr__ = object.__setattr__

    def __init__(
        self, snapshot: LiveSnapshot, key: str, tree: LiveTree, root: Mapping, classification: Classification
    ) -> None:
        """Take a document; ``reading`` reads it, and until that is done, nothing may be asked.

        Args:
            snapshot: who keeps what follows.
            key: the key of the text.
            tree: what was read from the text.
            root: its map, slips not yet read.
            classification: what it was taken for.
        """
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "classification", classification)
        self._snapshot = snapshot
        self._tree = tree
        self._root = root
        self.mapping_now = root
        self._content: Fact[None] = Fact(snapshot.facts, None)
        self.modelled: Fact[None] = Fact(snapshot.facts, None)
        self.own_facts = (self._content,)
        self.levels = Levels(snapshot)
        self.live_flows: list[LiveFlowView] = []
        self.live_triggers: list[LiveTriggerView] = []
        self._is_workflow_file = is_workflow_file(root)
        self._declared: MapType = WORKFLOW_FILE if self._is_workflow_file else FLOW_FILE
        self._workflow: Workflow | None = None
        self._witness: Mapping | None = None
        snapshot.known_borders[id(root)] = self
        self.upkeep = Upkeep()
        self.upkeep.added[self] = None
        self.reading = self._read()

    def _read(self) -> Steps[None]:
        try:
            yield from self._refreshing(())
        except Exception:
            self.drop()
            raise
        self.levels.are_new = False
        self._take_levels()

    @property
    def root(self) -> Mapping:  # pyright: ignore[reportIncompatibleVariableOverride] - what is in it changes
        """Its map; whoever is being computed depends on the document's own keys."""
        self._content.note()
        return self._root

    @property
    def kind(self) -> DocumentKind | None:
        """A workflow, always."""
        return DocumentKind.WORKFLOW

    @property
    def model(self) -> Workflow:  # pyright: ignore[reportIncompatibleVariableOverride] - changes with the text
        """What it was lowered to."""
        return self.workflow

    @property
    def workflow(self) -> Workflow:
        """The same; whoever is being computed depends on all that stands around the taskflows and triggers."""
        self.modelled.note()
        assert self._workflow is not None
        return self._workflow

    @property
    def is_flow_file(self) -> bool:
        """Whether the document is one taskflow itself."""
        return not self._is_workflow_file

    def note_content(self) -> None:
        """Let whoever is being computed depend on the document's own keys."""
        self._content.note()

    @staticmethod
    def fits(root: Node | None, classification: Classification) -> bool:
        """Whether a document can be kept up to date: a workflow of one shape whose map is kept in blocks."""
        if not isinstance(root, Mapping) or classification.kind is not DocumentKind.WORKFLOW:
            return False
        return not is_workflow_file(root) or not any(key in root for key in NODE_LISTS)

    def apply(self, change: Change) -> Upkeep:
        """Take an edit of the tree.

        Raises:
            OutgrownError: it must be read anew.
        """
        self.upkeep = Upkeep()
        self.levels.marked_now = {}
        sorted_out = Affected(self, self._snapshot)
        for block in (*change.removed, *change.added):
            if block.path:
                sorted_out.take(block)
        for node in change.marked:
            sorted_out.take_mark(node)
        is_swapped = sorted_out.swapped(change)
        if sorted_out.is_root or sorted_out.flows:
            self._refresh(sorted_out.triggers)
        elif sorted_out.is_root_marked:
            self._tell()
        for level in sorted_out.levels if not is_swapped else ():
            if level not in self.upkeep.dropped:
                self.levels.reconcile(level, level.mapping_now, self._declared_of(level), self.upkeep)
        for view in sorted_out.nodes:
            self._rewrite(view)
        for level in sorted_out.marked:
            if level not in self.upkeep.dropped and level not in self.levels.marked_now:
                self.levels.mark(level)
        return self._finished()

    def _rewrite(self, view: LiveNodeView) -> None:
        """Read a node anew whose map is the same."""
        upkeep, level = self.upkeep, view.level
        assert isinstance(level, LiveLevelView)
        if view in upkeep.dropped or view in upkeep.added or view in upkeep.rewritten:
            return
        if self.levels.rewrite(view, view.mapping_now, self._declared_of(level), upkeep):
            self.levels.declare(level, view)

    def swap(self, level: LiveLevelView, before: Mapping, now: Mapping) -> None:
        """Let one node be written as another map in its place."""
        self.levels.swap(level, before, now, self._declared_of(level), self.upkeep)

    def _finished(self) -> Upkeep:
        if self not in self.upkeep.rewritten and self._is_witness_gone():
            self._find_witness()
        self._take_levels()
        return self.upkeep

    def _is_witness_gone(self) -> bool:
        witness = self._witness
        shown = self._snapshot.known_borders.get(id(witness))
        return witness is not self._root and (shown is None or shown in self.upkeep.rewritten)

    def _find_witness(self) -> None:
        """Remember what shows by itself that this is a workflow, slips left out.

        Raises:
            OutgrownError: nothing does.
        """
        root = self._root
        if self._is_workflow_file:
            self._witness = root if any(key in root for key in ("taskflows", "workflow_name")) else None
        else:
            listed = root.get("tasks") if "tasks" in root else None
            items = listed.items if isinstance(listed, Sequence) else ()
            shown = (item for item in items if isinstance(item, Mapping) and any(key in item for key in ("id", "type")))
            self._witness = next(shown, None)
        if self._witness is None:
            raise OutgrownError

    def _take_levels(self) -> None:
        if not any(isinstance(part, LiveLevelView) for part in (*self.upkeep.added, *self.upkeep.dropped)):
            return
        for flow in self.live_flows:
            levels = list(walk_levels(flow.live_levels[0]))
            if levels != flow.live_levels:
                flow.put_levels(levels)

    def _declared_of(self, level: LiveLevelView) -> MapType:
        """What the catalogue says of the map that a level is written in."""
        if level.owner is None:
            if not self._is_workflow_file:
                return self._declared
            return _as_map(item_type(self._declared, self._root, "taskflows", level.mapping_now))
        outer = level.owner.level
        assert isinstance(outer, LiveLevelView)
        return _as_map(item_type(self._declared_of(outer), outer.mapping_now, "subflows", level.mapping_now))

    def _refresh(self, stale_triggers: Iterable[TriggerView]) -> None:
        """Read the document's own keys and those of its taskflows anew."""
        at_once(self._refreshing(stale_triggers))

    def _refreshing(self, stale_triggers: Iterable[TriggerView]) -> Steps[None]:
        root, borders = self._root, self._snapshot.known_borders
        for view in stale_triggers:
            if borders.get(id(view.trigger.mapping)) is view:
                del borders[id(view.trigger.mapping)]
        if not self.levels.are_new:
            forget_slips(root, borders)
        if not self._tree.is_ascii:
            read_names_plainly(root)
        if is_workflow_file(root) is not self._is_workflow_file or not self.fits(root, self.classification):
            raise OutgrownError
        self._find_witness()
        if self._is_workflow_file:
            name = self.key.rsplit("/", 1)[-1]
            object.__setattr__(self, "classification", classify(root, name, DocumentKind.WORKFLOW))
        read_slips(root, self._declared, _items_of(root) if self.levels.are_new else borders)
        self._drop_gone(set(stale_triggers))
        self._refresh_flows()
        self._refresh_triggers()
        taskflows = tuple(
            lower_taskflow(flow.mapping_now, root, LevelOf(flow.live_levels[0])) for flow in self.live_flows
        )
        triggers = tuple(view.trigger for view in self.live_triggers)
        self._workflow = lower_around(root, self.key, taskflows, triggers)
        for flow, taskflow in zip(self.live_flows, taskflows, strict=True):
            flow.rewrite(taskflow)
            if flow not in self.upkeep.added:
                self.upkeep.rewritten[flow] = None
            top = flow.live_levels[0]
            yield from self.levels.reconciling(top, flow.mapping_now, self._declared_of(top), self.upkeep)
        self._tell()

    def _tell(self) -> None:
        """Have all looked at again that depends on the document's own keys."""
        if self not in self.upkeep.added:
            self.upkeep.rewritten[self] = None
        for flow in self.live_flows:
            if flow.mapping_now is self._root and flow not in self.upkeep.added:
                self.upkeep.rewritten[flow] = None
        self._content.tell_readers()
        self.modelled.tell_readers()

    def _drop_gone(self, stale: set[TriggerView]) -> None:
        """Let go of the taskflows and triggers that are written no more, before others take their maps."""
        borders = self._snapshot.known_borders
        maps = set(map(id, taskflow_maps(self._root)))
        flows = [flow for flow in self.live_flows if id(flow.mapping_now) in maps]
        for flow in self.live_flows:
            if flow not in flows:
                if borders.get(id(flow.mapping_now)) is flow:
                    del borders[id(flow.mapping_now)]
                self.upkeep.dropped[flow] = None
                self.levels.drop_level(flow.live_levels[0], self.upkeep)
        self.live_flows = flows
        maps = set(map(id, mappings_at(self._root, "triggers")))
        triggers = [view for view in self.live_triggers if id(view.trigger.mapping) in maps and view not in stale]
        for view in self.live_triggers:
            if view not in triggers:
                if borders.get(id(view.trigger.mapping)) is view:
                    del borders[id(view.trigger.mapping)]
                self.upkeep.dropped[view] = None
        self.live_triggers = triggers

    def _refresh_flows(self) -> None:
        borders = self._snapshot.known_borders
        known = {id(flow.mapping_now): flow for flow in self.live_flows}
        flows: list[LiveFlowView] = []
        for mapping in taskflow_maps(self._root):
            flow = known.get(id(mapping))
            if flow is None:
                flow = LiveFlowView(self._snapshot, self, mapping)
                borders.setdefault(id(mapping), flow)
                self.upkeep.added[flow] = None
                self.upkeep.added[flow.live_levels[0]] = None
            flow.listed_in = self._list_with(mapping, "taskflows")
            if mapping is not self._root:
                self._read_slips_of(mapping, "taskflows")
            flows.append(flow)
        self.live_flows = flows

    def _refresh_triggers(self) -> None:
        borders = self._snapshot.known_borders
        known = {id(view.trigger.mapping): view for view in self.live_triggers}
        triggers: list[LiveTriggerView] = []
        for mapping in mappings_at(self._root, "triggers"):
            view = known.get(id(mapping))
            if view is None:
                self._read_slips_of(mapping, "triggers")
                view = LiveTriggerView(self, lower_trigger(mapping))
                borders.setdefault(id(mapping), view)
                self.upkeep.added[view] = None
            listed_in = self._list_with(mapping, "triggers")
            if view.listed_in is not listed_in and view not in self.upkeep.added:
                self.upkeep.rewritten[view] = None
            view.listed_in = listed_in
            triggers.append(view)
        self.live_triggers = triggers

    def _read_slips_of(self, mapping: Mapping, key: str) -> None:
        borders = self._snapshot.known_borders
        forget_slips(mapping, borders)
        read_slips(mapping, item_type(self._declared, self._root, key, mapping), borders)

    def _list_with(self, mapping: Mapping, key: str) -> Sequence | None:
        """The list under a key, of several the one that holds a map."""
        values = (pair.value for pair in self._root.pairs if self._root.meant(pair) == key)
        lists = [value for value in values if isinstance(value, Sequence)]
        return next((listed for listed in lists if mapping in listed.items), None)

    def drop(self) -> Upkeep:
        """Let go of all of it."""
        dropped = self.upkeep.dropped
        self.upkeep = Upkeep(dropped=dropped)
        for flow in self.live_flows:
            dropped[flow] = None
            self.levels.drop_level(flow.live_levels[0], self.upkeep)
        dropped.update(dict.fromkeys(self.live_triggers))
        dropped[self] = None
        borders = self._snapshot.known_borders
        for number in [number for number, part in borders.items() if self._is_home_of(part)]:
            del borders[number]
        return self.upkeep

    def _is_home_of(self, part: Part) -> bool:
        match part:
            case LiveNodeView():
                flow = part.level.flow
                return isinstance(flow, LiveFlowView) and flow.home is self
            case LiveFlowView() | LiveTriggerView():
                return part.home is self
            case _:
                return part is self


def _items_of(root: Mapping) -> set[int]:
    """The identities of the nodes of all taskflows, each of which is read by itself."""
    lists = (flow.get(key) for flow in taskflow_maps(root) for key in NODE_LISTS if key in flow)
    return {id(item) for listed in lists if isinstance(listed, Sequence) for item in listed.items}


def _as_map(declared: object) -> MapType:
    assert isinstance(declared, MapType)
    return declared
