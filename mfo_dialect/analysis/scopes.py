"""Taskflows with their names and graphs: who is called what, and who stands beside whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import field
from operator import attrgetter

from mfo_dialect.analysis.doubts import may_be_two, may_lead_to_more, may_wait_for_more
from mfo_dialect.analysis.graph import Level as Graph
from mfo_dialect.analysis.graph import NodeDeclaration, NodeKind, Priority, build_level
from mfo_dialect.analysis.run_order import RunOrders
from mfo_dialect.analysis.wiring import BuiltWiring, Wiring
from mfo_dialect.catalogue.task_types import current_name
from mfo_dialect.kept import kept_property
from mfo_dialect.model.access import text_at
from mfo_dialect.model.workflow import Condition, FlowNode, Level, Subflow, Task, Taskflow, Trigger, Workflow
from mfo_dialect.records import record
from mfo_dialect.references import RESERVED_ROOTS
from mfo_dialect.suggestions import nearest
from mfo_dialect.text import Span

__all__ = ["RESERVED_ROOTS", "FlowView", "LevelView", "NodeView", "TriggerView", "node_kind", "view_flows"]

_index_of = attrgetter("index")
_PRIORITIES = {"high": Priority.HIGH, "low": Priority.LOW}


@record(eq=False, slots=False, guarded=False)
class NodeView:
    """A node in its place.

    Attributes:
        node: the node as written.
        id: its id; a name that nothing can refer to where it has none.
        index: its number in its level, as the graph counts.
        level: the level that it stands in.
        inner: of a subflow, the level inside.
    """

    node: FlowNode
    id: str
    index: int
    level: LevelView
    inner: LevelView | None = None

    @property
    def rank(self) -> int:
        """A number that is smaller for nodes of its level that stand before it; it says no more than that."""
        return self.index

    @property
    def flow(self) -> FlowView:
        """The taskflow that it belongs to."""
        return self.level.flow

    @property
    def document(self) -> str:
        """The key of the text that it stands in."""
        return self.level.flow.document

    @property
    def kind(self) -> NodeKind:
        """Task, condition or subflow."""
        return node_kind(self.node)

    @property
    def name_span(self) -> Span:
        """Where its id stands, or its start where it has none."""
        if self.node.id is not None:
            return self.node.id.content_span
        start = self.node.mapping.place
        return Span(start, start + 1)

    @kept_property
    def type_name(self) -> str:
        """Of a task, its type by the present name; else an empty text."""
        return current_name(self.node.type_name) if isinstance(self.node, Task) else ""

    @kept_property
    def path(self) -> tuple[NodeView, ...]:
        """The subflows around it, outermost first, and itself."""
        owner = self.level.owner
        return (*owner.path, self) if owner is not None else (self,)

    @kept_property
    def id_path(self) -> tuple[str, ...]:
        """The ids along ``path``: how the run order names the node."""
        return tuple(view.id for view in self.path)


@record(eq=False, slots=False, guarded=False)
class LevelView:
    """A level in its place.

    Attributes:
        flow: the taskflow that it belongs to.
        level: the level as written.
        graph: its graph.
        owner: the subflow that it is the inside of; None for the taskflow's own level.
        nodes: its nodes, numbered as in the graph.
    """

    flow: FlowView
    level: Level
    graph: Graph
    owner: NodeView | None
    nodes: list[NodeView] = field(default_factory=list[NodeView])

    @kept_property
    def by_id(self) -> dict[str, NodeView]:
        """Its nodes by id, the last one first; of two with one id, the first."""
        return _first_by_id(self.nodes)

    def near_ids(self, wrong: str, most: int) -> list[str]:
        """The ids of its nodes that may have been meant by a wrong one, nearest first, at most ``most`` of them."""
        return nearest(wrong, self.by_id, most)

    def condition(self, name: str) -> NodeView | None:
        """The condition with an id; None where another node has it, or none."""
        found = self.by_id.get(name)
        return found if found is not None and isinstance(found.node, Condition) else None

    def named(self, name: str) -> tuple[NodeView, ...]:
        """Its nodes with an id, in the order of the document."""
        return self._named.get(name, ())

    @kept_property
    def _named(self) -> dict[str, tuple[NodeView, ...]]:
        return _grouped((view.id, view) for view in self.nodes)

    @kept_property
    def unnamed(self) -> tuple[NodeView, ...]:
        """Its nodes without an id."""
        return tuple(view for view in self.nodes if view.node.id is None)

    def depending_on(self, name: str) -> tuple[NodeView, ...]:
        """Its nodes that list a name among their dependencies, in the order of the document."""
        return self._depending.get(name, ())

    @kept_property
    def _depending(self) -> dict[str, tuple[NodeView, ...]]:
        return _grouped((scalar.text, view) for view in self.nodes for scalar in view.node.dependencies)

    def leading_to(self, name: str) -> tuple[NodeView, ...]:
        """Its nodes that list a name among their successors, in the order of the document."""
        return self._leading.get(name, ())

    @kept_property
    def _leading(self) -> dict[str, tuple[NodeView, ...]]:
        return _grouped((scalar.text, view) for view in self.nodes for scalar in view.node.successors)

    def titled(self, title: str) -> tuple[NodeView, ...]:
        """Its nodes with an id and this ``name``, in the order of the document."""
        return self._titled.get(title, ())

    @kept_property
    def _titled(self) -> dict[str, tuple[NodeView, ...]]:
        titles = ((text_at(view.node.mapping, "name"), view) for view in self.nodes if view.node.id is not None)
        return _grouped((title.text, view) for title, view in titles if title is not None)

    @kept_property
    def wiring(self) -> Wiring[NodeView]:
        """Who stands before whom."""
        return BuiltWiring(self.nodes, self.graph, _index_of)

    @kept_property
    def waiting_for_more(self) -> tuple[NodeView, ...]:
        """Its nodes that may wait for others than is known, in the order of the document."""
        return tuple(view for view in self.nodes if may_wait_for_more(view))

    @kept_property
    def leads_to_more(self) -> bool:
        """Whether one of its nodes may lead to others than is known."""
        return any(may_lead_to_more(view) for view in self.nodes)

    @property
    def is_doubtful(self) -> bool:
        """Whether there may be other edges than those that are known."""
        return self.leads_to_more or bool(self.waiting_for_more)


@record(eq=False, slots=False, guarded=False)
class FlowView:
    """A taskflow with its names.

    Attributes:
        workflow: the document that holds it.
        taskflow: the taskflow as written.
        levels: its own level first, then those of its subflows, outer before inner.
    """

    workflow: Workflow
    taskflow: Taskflow
    levels: list[LevelView] = field(default_factory=list[LevelView])

    @property
    def document(self) -> str:
        """The key of the text that it stands in."""
        return self.workflow.document

    @property
    def top(self) -> LevelView:
        """Its own level."""
        return self.levels[0]

    @kept_property
    def damaged(self) -> bool:
        """Whether a node may be there that is not known: a part could not be read, or a node has no id of its own."""
        if any(level.level.hides_nodes for level in self.levels) or self.doubled:
            return True
        return any(view.node.id is None or may_be_two(view.node.mapping) for view in self.nodes)

    @kept_property
    def has_cycle(self) -> bool:
        """Whether nodes of one of its levels wait for each other."""
        return any(level.wiring.has_cycle for level in self.levels)

    def named(self, name: str) -> tuple[NodeView, ...]:
        """The nodes of all levels with an id, in the order of the text."""
        return self._named.get(name, ())

    @kept_property
    def _named(self) -> dict[str, tuple[NodeView, ...]]:
        known = ((view.node.id.span, view) for view in self.nodes if view.node.id is not None)
        return _grouped((view.id, view) for _, view in sorted(known, key=lambda one: one[0]))

    @kept_property
    def doubled(self) -> frozenset[str]:
        """The ids that several nodes have: one of them was meant to have another."""
        counts = Counter(view.id for view in self.nodes)
        return frozenset(name for name, count in counts.items() if count > 1)

    @kept_property
    def nodes(self) -> tuple[NodeView, ...]:
        """All nodes of all levels."""
        return tuple(view for level in self.levels for view in level.nodes)

    @kept_property
    def by_id(self) -> dict[str, NodeView]:
        """All nodes by id; ids are unique in a taskflow with its subflows, of two the first in the text counts.

        Names of roots mean the roots, whatever nodes are called.
        """
        ordered = sorted(self.nodes, key=lambda view: view.node.mapping.place)
        return {name: view for name, view in _first_by_id(ordered).items() if name not in RESERVED_ROOTS}

    @kept_property
    def run_orders(self) -> RunOrders:
        """Which nodes have run when another one starts."""
        return RunOrders(self.top.graph)

    @kept_property
    def triggers(self) -> tuple[Trigger, ...]:
        """The triggers that start it."""
        flows = self.workflow.taskflows
        return tuple(
            trigger
            for trigger in self.workflow.triggers
            if (trigger.target.text == self.taskflow.name if trigger.target is not None else len(flows) == 1)
        )


@record(eq=False)
class TriggerView:
    """A trigger and the document that holds it."""

    workflow: Workflow
    trigger: Trigger


def _first_by_id(views: Iterable[NodeView]) -> dict[str, NodeView]:
    """Nodes by id, the last in the text first; of two with one id, the first in the text."""
    found: dict[str, NodeView] = {}
    for view in views:
        if view.node.id is not None:
            found.setdefault(view.id, view)
    return dict(reversed(found.items()))


def _grouped(named: Iterable[tuple[str, NodeView]]) -> dict[str, tuple[NodeView, ...]]:
    """By name, each node once."""
    groups: dict[str, dict[NodeView, None]] = {}
    for name, view in named:
        groups.setdefault(name, {})[view] = None
    return {name: tuple(views) for name, views in groups.items()}


def node_kind(node: FlowNode) -> NodeKind:
    """The kind of a node, as the graph names it."""
    match node:
        case Task():
            return NodeKind.TASK
        case Condition():
            return NodeKind.CONDITION
        case Subflow():
            return NodeKind.SUBFLOW


def view_flows(workflow: Workflow) -> Iterator[FlowView]:
    """The taskflows of a document with their names and graphs."""
    for taskflow in workflow.taskflows:
        flow = FlowView(workflow, taskflow)
        _add_level(flow, taskflow.level, build_level(_declarations(taskflow.level)), None)
        yield flow


def take_apart(flow: FlowView) -> None:
    """Have a taskflow, its levels and its nodes forget each other and all else; nobody may ask them anything from then on.

    They hold each other in circles, and with them the whole text; so its memory comes back at once, not when the garbage
    collector has found out.
    """
    for level in flow.levels:
        for view in level.nodes:
            vars(view).clear()
        level.nodes.clear()
        vars(level).clear()
    vars(flow).clear()


def _add_level(flow: FlowView, level: Level, graph: Graph, owner: NodeView | None) -> LevelView:
    view = LevelView(flow, level, graph, owner)
    flow.levels.append(view)
    for index, (node, declaration) in enumerate(zip(level.nodes, graph.nodes, strict=True)):
        node_view = NodeView(node, declaration.id, index, view)
        inner_graph = graph.inner[index]
        if isinstance(node, Subflow) and inner_graph is not None:
            inner = _add_level(flow, node.level, inner_graph, node_view)
            object.__setattr__(node_view, "inner", inner)  # the two know each other
        view.nodes.append(node_view)
    return view


def _declarations(level: Level) -> tuple[NodeDeclaration, ...]:
    return tuple(
        declaration_of(node, f"\0{index}", _declarations(node.level) if isinstance(node, Subflow) else ())
        for index, node in enumerate(level.nodes)
    )


def declaration_of(node: FlowNode, unnamed: str, inner: tuple[NodeDeclaration, ...] = ()) -> NodeDeclaration:
    """What a node declares of itself, as the graph knows it.

    Args:
        node: the node.
        unnamed: what it is called where it has no id.
        inner: of a subflow, what its nodes declare.
    """
    return NodeDeclaration(
        node.id.text if node.id is not None else unnamed,
        node_kind(node),
        tuple([scalar.text for scalar in node.dependencies]),
        tuple([scalar.text for scalar in node.successors]),
        _priority(node),
        inner,
    )


def _priority(node: FlowNode) -> Priority:
    word = text_at(node.mapping, "priority")
    return _PRIORITIES.get(word.text, Priority.NORMAL) if word is not None else Priority.NORMAL
