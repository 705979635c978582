"""What is worked out for live views: the keys that nodes say of themselves, and what is kept of levels and taskflows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from mfo_dialect.analysis.doubts import leads_unclearly, may_be_two, waits_unclearly
from mfo_dialect.analysis.graph import NodeDeclaration
from mfo_dialect.analysis.run_order import RunOrders
from mfo_dialect.analysis.scopes import (
    FlowView,
    LevelView,
    NodeView,
)
from mfo_dialect.analysis.wiring import BuiltWiring
from mfo_dialect.model.access import text_at
from mfo_dialect.model.workflow import Trigger

if TYPE_CHECKING:
    from mfo_dialect.analysis.snapshot import Snapshot

WAITS, LEADS = "waits", "leads"
"""What may be unsure of a node's edges: whom it waits for, and whom it leads to."""


def ids(part: NodeView | FlowView, _snapshot: Snapshot) -> Iterable[str | None]:
    """What a node is called; None where it has no id."""
    if isinstance(part, NodeView):
        yield part.node.id.text if part.node.id is not None else None


def names(view: NodeView, _snapshot: Snapshot) -> Iterable[str]:
    """The name by which the graph knows a node."""
    return (view.id,)


def dependencies(view: NodeView, _snapshot: Snapshot) -> Iterable[str]:
    """The names that a node waits for."""
    return (scalar.text for scalar in view.node.dependencies)


def successors(view: NodeView, _snapshot: Snapshot) -> Iterable[str]:
    """The names that wait for a node."""
    return (scalar.text for scalar in view.node.successors)


def titles(view: NodeView, _snapshot: Snapshot) -> Iterable[str]:
    """The ``name`` of a node with an id."""
    title = text_at(view.node.mapping, "name")
    if view.node.id is not None and title is not None:
        yield title.text


def doubts(view: NodeView, _snapshot: Snapshot) -> Iterable[str]:
    """What is not sure of a node's edges by what it says of itself."""
    if waits_unclearly(view):
        yield WAITS
    if leads_unclearly(view):
        yield LEADS


_NOT_ITSELF = "not itself"


def _oddities(part: NodeView | FlowView, _snapshot: Snapshot) -> Iterable[str]:
    if isinstance(part, NodeView) and (part.node.id is None or may_be_two(part.node.mapping)):
        yield _NOT_ITSELF


OF_LEVELS = (titles, doubts, successors, dependencies, names, ids)
"""All that is asked of the nodes of a level by name, what is asked most last."""
OF_THEMSELVES = frozenset((*OF_LEVELS, _oddities))
"""What depends on nothing but what is written in the part itself."""


def is_damaged(flow: FlowView, snapshot: Snapshot) -> bool:
    """Whether a taskflow may have a node that is not known."""
    if any(level.level.hides_nodes for level in flow.levels) or flow.doubled:
        return True
    return _NOT_ITSELF in snapshot.index(flow, _oddities)


def doubled(flow: FlowView, snapshot: Snapshot) -> frozenset[str]:
    """The ids that several nodes of a taskflow have."""
    repeated: frozenset[Any] = snapshot.index(flow, ids).repeated()
    return repeated - {None}


def has_cycle(flow: FlowView, _snapshot: Snapshot) -> bool:
    """Whether nodes of a level of a taskflow wait for each other."""
    return any(level.wiring.has_cycle for level in flow.levels)


def built_wiring_of(level: LevelView, _snapshot: Snapshot) -> BuiltWiring[NodeView]:
    """Who stands before whom on a level, from all nodes at once."""
    numbers = {view: number for number, view in enumerate(level.nodes)}
    return BuiltWiring(list(level.nodes), level.graph, numbers.__getitem__)


def run_orders(flow: FlowView, _snapshot: Snapshot) -> RunOrders:
    """Which nodes of a taskflow have run when another one starts."""
    return RunOrders(flow.top.graph)


def triggers_of(flow: FlowView, _snapshot: Snapshot) -> tuple[Trigger, ...]:
    """The triggers that start a taskflow."""
    flows = flow.workflow.taskflows
    return tuple(
        trigger
        for trigger in flow.workflow.triggers
        if (trigger.target.text == flow.taskflow.name if trigger.target is not None else len(flows) == 1)
    )


def with_inner(declaration: NodeDeclaration, inner: tuple[NodeDeclaration, ...]) -> NodeDeclaration:
    """A subflow's declaration with those of its nodes."""
    return NodeDeclaration(
        declaration.id,
        declaration.kind,
        declaration.dependencies,
        declaration.successors,
        declaration.priority,
        inner,
    )
