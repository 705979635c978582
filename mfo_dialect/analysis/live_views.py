"""Taskflows, levels and nodes of a document that is being edited: the same ones while what is written in them changes.

What is asked of them is noted by whoever is being computed, so that it is computed again when the answer has changed.
Who may change them is ``live_workflow.py`` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING

from mfo_dialect.analysis import live_answers
from mfo_dialect.analysis.graph import Level as Graph
from mfo_dialect.analysis.graph import NodeDeclaration, NodeKind, build_level
from mfo_dialect.analysis.level_of import LevelOf
from mfo_dialect.analysis.live_graph import LiveGraph
from mfo_dialect.analysis.live_index import LiveIndex
from mfo_dialect.analysis.live_names import Names
from mfo_dialect.analysis.live_wiring import LiveWiring
from mfo_dialect.analysis.run_order import RunOrders
from mfo_dialect.analysis.scopes import (
    RESERVED_ROOTS,
    FlowView,
    LevelView,
    NodeView,
    declaration_of,
    node_kind,
)
from mfo_dialect.analysis.wiring import BuiltWiring
from mfo_dialect.catalogue.task_types import current_name
from mfo_dialect.facts import Fact, Facts
from mfo_dialect.model.workflow import FlowNode, Task, Taskflow, Trigger, Workflow
from mfo_dialect.suggestions import SpelledNames
from mfo_dialect.syntax import Mapping as MappingNode
from mfo_dialect.syntax import Node, Sequence

if TYPE_CHECKING:
    from mfo_dialect.analysis.live_snapshot import LiveSnapshot
    from mfo_dialect.analysis.live_workflow import LiveDocument
    from mfo_dialect.analysis.snapshot import Snapshot

_serials = count()


class LiveNodeView(NodeView):
    """A node, whatever is written in it at the moment; its kind stays.

    Attributes:
        own_facts: what can change in it.
        listed_in: the list that it stands in.
    """

    __setattr__ = object.__setattr__

    def __init__(self, facts: Facts, node: FlowNode, level: LiveLevelView) -> None:
        """Put ``node`` on a level."""
        vars(self)["level"] = level
        vars(self)["inner"] = None
        self._node = node
        self._kind = node_kind(node)
        self._unnamed_id = f"\0{next(_serials)}"
        self._content: Fact[None] = Fact(facts, None)
        self._naming: Fact[None] = Fact(facts, None)
        self.own_facts = (self._content, self._naming)
        self.listed_in: Sequence | None = None
        self.declaration = self._declaration()

    @property
    def node(self) -> FlowNode:  # pyright: ignore[reportIncompatibleVariableOverride] - set by rewrite alone
        """The node as written now."""
        self._content.note()
        return self._node

    @property
    def mapping_now(self) -> MappingNode:
        """The map that it is written as, for who keeps nothing that follows from it."""
        return self._node.mapping

    @property
    def id(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """Its id; a name that nothing can refer to where it has none."""
        self._naming.note()
        return self.declaration.id

    @property
    def index(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride] - follows from the level
        """Its number in its level; who asks depends on which nodes stand there."""
        level = self.level
        assert isinstance(level, LiveLevelView)
        return level.number_of(self)

    @property
    def rank(self) -> int:
        """Where it starts: as long as two nodes are there, the same one stands first."""
        return self._node.mapping.place

    @property
    def kind(self) -> NodeKind:
        """Task, condition or subflow."""
        return self._kind

    @property
    def type_name(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride] - follows from the node
        """Of a task, its type by the present name; else an empty text."""
        self._naming.note()
        return self._type_name

    @property
    def id_path(self) -> tuple[str, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """The ids along ``path``."""
        return tuple(view.id for view in self.path)

    def rewrite(self, node: FlowNode) -> bool:
        """Take what is written in it now; says whether it is declared otherwise than before."""
        before, type_before = self.declaration, self._type_name
        self._node = node
        self.declaration = self._declaration()
        self._content.tell_readers()
        if self.declaration.id != before.id or self._type_name != type_before:
            self._naming.tell_readers()
        return self.declaration != before

    def _declaration(self) -> NodeDeclaration:
        node = self._node
        self._type_name = current_name(node.type_name) if isinstance(node, Task) else ""
        return declaration_of(node, self._unnamed_id)


class LiveLevelView(LevelView):
    """A level, whichever nodes stand on it at the moment.

    Attributes:
        depth: how many subflows are around it.
        mapping_now: the map that holds its lists.
        live_nodes: its nodes, for who notes nothing.
        listed: the lists that they stand in, each with its key and its items.
        by_mapping: the nodes by the identity of the maps that they are written as.
        marks: whether a part could not be read, and whether that may hide nodes.
        marked: told when ``marks`` change.
        declared: told when a node declares something else.
        live_graph: who stands before whom.
    """

    __setattr__ = object.__setattr__

    def __init__(
        self,
        snapshot: LiveSnapshot,
        flow: LiveFlowView,
        owner: LiveNodeView | None,
        depth: int,
        mapping: MappingNode,
    ) -> None:
        """Start without nodes."""
        facts = snapshot.facts
        vars(self)["flow"] = flow
        vars(self)["owner"] = owner
        vars(self)["level"] = LevelOf(self)
        self.depth = depth
        self.mapping_now = mapping
        self.live_nodes: list[LiveNodeView] = []
        self.by_mapping: dict[int, LiveNodeView] = {}
        self.listed: list[tuple[str, Sequence, tuple[Node, ...]]] = []
        self.marks: tuple[bool, bool] = (False, False)
        self.order: Fact[None] = Fact(facts, None)
        self.marked: Fact[None] = Fact(facts, None)
        self.declared: Fact[None] = Fact(facts, None)
        self.own_facts = ()
        self.live_graph: LiveGraph[NodeView] = LiveGraph(facts)
        self._snapshot = snapshot
        self._numbers: dict[LiveNodeView, int] | None = None
        self._spelled: tuple[LiveIndex[NodeView] | None, SpelledNames | None] = None, None
        self._wiring = LiveWiring(self.live_graph, self._built_wiring, attrgetter("rank"))

    @property
    def nodes(self) -> list[NodeView]:  # pyright: ignore[reportIncompatibleVariableOverride] - changed by live_workflow
        """Its nodes now."""
        self.order.note()
        return self.live_nodes  # pyright: ignore[reportReturnType] - nobody else adds to it

    def put_nodes(self, nodes: list[LiveNodeView]) -> None:
        """Have other nodes stand on it, or the same ones in another order."""
        self.live_nodes = nodes
        self._numbers = None
        self.order.tell_readers()
        self.declared.tell_readers()

    def number_of(self, view: NodeView) -> int:
        """The number of a node."""
        self.order.note()
        if self._numbers is None:
            self._numbers = {one: number for number, one in enumerate(self.live_nodes)}
        return self._numbers[view]  # pyright: ignore[reportArgumentType] - views of live levels are live

    @property
    def damaged(self) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride, reportIncompatibleVariableOverride]
        """Whether a part of the text could not be read."""
        self.marked.note()
        return self.marks[0]

    @property
    def hides_nodes(self) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride, reportIncompatibleVariableOverride]
        """Whether that part may hold whole nodes."""
        self.marked.note()
        return self.marks[1]

    @property
    def graph(self) -> Graph:  # pyright: ignore[reportIncompatibleVariableOverride] - follows from the declarations
        """Its graph; who asks depends on what every node of the taskflow declares."""
        if self.owner is None:
            return self._snapshot.kept(self.flow, _graph_of)
        return self.owner.level.graph.inner[self.owner.index] or build_level(())

    def _built_wiring(self) -> BuiltWiring[NodeView]:
        return self._snapshot.kept(self, live_answers.built_wiring_of)

    @property
    def wiring(self) -> LiveWiring[NodeView]:  # pyright: ignore[reportIncompatibleVariableOverride] - changes inside
        """Who stands before whom."""
        return self._wiring

    @property
    def by_id(self) -> Mapping[str, NodeView]:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """Its nodes by id; of two with one id, the first."""
        return Names(self._snapshot.index(self, live_answers.ids))

    def near_ids(self, wrong: str, most: int) -> list[str]:
        """See ``LevelView``; not all ids are looked at again whenever one has changed."""
        index: LiveIndex[NodeView] = self._snapshot.index(self, live_answers.ids)
        names = index.in_any_order()
        known, spelled = self._spelled
        if known is not index or index.came is None or spelled is None:
            spelled = SpelledNames(name for name in names if name is not None)
            self._spelled, index.came = (index, spelled), {}
        return spelled.nearest(wrong, most, index.has_now, [name for name in index.came if isinstance(name, str)])

    def condition(self, name: str) -> NodeView | None:
        """The condition with an id; who asks does not depend on other nodes that have it or had it."""
        return super().condition(name) if self.live_graph.has_condition(name) else None

    def named(self, name: str) -> tuple[NodeView, ...]:
        """Its nodes with an id, in the order of the document."""
        return self._snapshot.index(self, live_answers.names).get(name)

    @property
    def unnamed(self) -> tuple[NodeView, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """Its nodes without an id."""
        return self._snapshot.index(self, live_answers.ids).get(None)

    def depending_on(self, name: str) -> tuple[NodeView, ...]:
        """Its nodes that list a name among their dependencies, in the order of the document."""
        return self._snapshot.index(self, live_answers.dependencies).get(name)

    def leading_to(self, name: str) -> tuple[NodeView, ...]:
        """Its nodes that list a name among their successors, in the order of the document."""
        return self._snapshot.index(self, live_answers.successors).get(name)

    def titled(self, title: str) -> tuple[NodeView, ...]:
        """Its nodes with an id and this ``name``, in the order of the document."""
        return self._snapshot.index(self, live_answers.titles).get(title)

    @property
    def waiting_for_more(self) -> tuple[NodeView, ...]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Its nodes that may wait for others than is known, in the order of the document."""
        found: tuple[NodeView, ...] = self._snapshot.index(self, live_answers.doubts).get(live_answers.WAITS)
        unknown = self.live_graph.unknown_dependencies.get()
        if not unknown:
            return found
        waiting = dict.fromkeys((*found, *(view for name in unknown for view in self.depending_on(name))))
        return tuple(sorted(waiting, key=attrgetter("rank")))

    @property
    def leads_to_more(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """Whether one of its nodes may lead to others than is known."""
        is_unclear: bool = live_answers.LEADS in self._snapshot.index(self, live_answers.doubts)
        return is_unclear or bool(self.live_graph.unknown_successors.get())


class LiveFlowView(FlowView):
    """A taskflow, whatever is written in it at the moment."""

    __setattr__ = object.__setattr__

    def __init__(self, snapshot: LiveSnapshot, home: LiveDocument, mapping: MappingNode) -> None:
        """Start without nodes.

        Args:
            snapshot: who keeps what follows.
            home: the document.
            mapping: the taskflow as written; it stays the same.
        """
        facts = snapshot.facts
        self.home = home
        self.mapping_now = mapping
        self.listed_in: Sequence | None = None
        self._snapshot = snapshot
        self._content: Fact[None] = Fact(facts, None)
        self._shape: Fact[None] = Fact(facts, None)
        self.own_facts = (self._content,)
        self.live_levels: list[LiveLevelView] = [LiveLevelView(snapshot, self, None, 0, mapping)]
        self._taskflow: Taskflow | None = None

    @property
    def workflow(self) -> Workflow:  # pyright: ignore[reportIncompatibleVariableOverride] - its document's
        """The document that holds it."""
        return self.home.workflow

    @property
    def document(self) -> str:
        """The key of the text that it stands in."""
        return self.home.key

    @property
    def taskflow(self) -> Taskflow:  # pyright: ignore[reportIncompatibleVariableOverride] - set by rewrite alone
        """The taskflow as written now."""
        self._content.note()
        assert self._taskflow is not None
        return self._taskflow

    def rewrite(self, taskflow: Taskflow) -> None:
        """Take what is written in it now."""
        self._taskflow = taskflow
        self._content.tell_readers()

    def put_levels(self, levels: list[LiveLevelView]) -> None:
        """Have other levels."""
        self.live_levels = levels
        self._shape.tell_readers()

    @property
    def levels(self) -> list[LevelView]:  # pyright: ignore[reportIncompatibleVariableOverride] - changed by put_levels
        """Its own level first, then those of its subflows, outer before inner."""
        self._shape.note()
        return self.live_levels  # pyright: ignore[reportReturnType] - nobody else adds to it

    @property
    def top(self) -> LevelView:
        """Its own level."""
        return self.live_levels[0]

    @property
    def damaged(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride] - may change
        """Whether a node may be there that is not known."""
        return self._snapshot.kept(self, live_answers.is_damaged)

    @property
    def has_cycle(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """Whether nodes of one of its levels wait for each other."""
        return self._snapshot.kept(self, live_answers.has_cycle)

    def named(self, name: str) -> tuple[NodeView, ...]:
        """The nodes of all levels with an id, in the order of the text."""
        return self._snapshot.index(self, live_answers.ids).get(name)  # pyright: ignore[reportReturnType] - taskflows say no id

    @property
    def doubled(self) -> frozenset[str]:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """The ids that several nodes have."""
        return self._snapshot.kept(self, live_answers.doubled)

    @property
    def nodes(self) -> tuple[NodeView, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """All nodes of all levels."""
        return tuple(view for level in self.levels for view in level.nodes)

    @property
    def by_id(self) -> Mapping[str, NodeView]:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """All nodes by id; of two the first in the text counts."""
        return Names(self._snapshot.index(self, live_answers.ids), RESERVED_ROOTS)  # pyright: ignore[reportArgumentType]

    @property
    def run_orders(self) -> RunOrders:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """Which nodes have run when another one starts."""
        return self._snapshot.kept(self, live_answers.run_orders)

    @property
    def triggers(self) -> tuple[Trigger, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - as above
        """The triggers that start it."""
        return self._snapshot.kept(self, live_answers.triggers_of)


def _graph_of(flow: FlowView, _snapshot: Snapshot) -> Graph:
    return build_level(_declarations(flow.top))


def _declarations(level: LevelView) -> tuple[NodeDeclaration, ...]:
    assert isinstance(level, LiveLevelView)
    level.declared.note()
    return tuple(
        live_answers.with_inner(view.declaration, _declarations(view.inner))
        if view.inner is not None
        else view.declaration
        for view in level.live_nodes
    )
