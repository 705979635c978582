"""Whether what a node reads has run by then (dialect section 4), with the doubts that keep a rule silent."""

from __future__ import annotations

from mfo_dialect.analysis.run_order import RanBefore, RunOrder, Why
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.ways import one_surely_runs
from mfo_dialect.analysis.ways import ran_before as ran_before_on_level


def ran_before(reader: NodeView, producer: NodeView) -> RanBefore | None:
    """Whether ``producer`` has run when ``reader`` starts; None where the graph cannot be trusted.

    It cannot where a part of the taskflow is unreadable, where nodes form a cycle that no condition leaves, where an
    id is used twice, and where a misspelt edge may be the one that is missing: each of these is a finding of its own.
    """
    if not _is_trusted(reader, producer):
        return None
    if not _are_levels_plain(reader, producer):
        return _whole_order(reader, producer).verdict
    order = _order_of_levels(reader, producer)
    return RanBefore.NEVER if order is not None else _on_plain_levels(reader, producer)


def run_order(reader: NodeView, producer: NodeView) -> RunOrder | None:
    """As ``ran_before``, with what makes it so."""
    if not _is_trusted(reader, producer):
        return None
    if _are_levels_plain(reader, producer):
        order = _order_of_levels(reader, producer)
        if order is not None:
            return order
        if _on_plain_levels(reader, producer) is RanBefore.SURELY:
            return RunOrder(RanBefore.SURELY, Why.ORDER)
    return _whole_order(reader, producer)


def _is_trusted(reader: NodeView, producer: NodeView) -> bool:
    flow = reader.flow
    if flow.damaged or flow.has_cycle:
        return False
    if flow.by_id.get(reader.id) is not reader or flow.by_id.get(producer.id) is not producer:
        return False
    return all(_is_known(view) for view in (*reader.path, *producer.path))


def _is_known(view: NodeView) -> bool:
    """Whether all edges are known that decide what a node waits for."""
    level = view.level
    if level.leads_to_more:
        return False
    return not any(one is view or level.wiring.leads_to(one, view) for one in level.waiting_for_more)


def _are_levels_plain(reader: NodeView, producer: NodeView) -> bool:
    return all(view.level.wiring.is_plain for view in (*reader.path, *producer.path))


def _whole_order(reader: NodeView, producer: NodeView) -> RunOrder:
    return reader.flow.run_orders.ran_before(reader.id_path, producer.id_path)


def _meeting(reader: NodeView, producer: NodeView) -> int:
    """How many subflows are around both."""
    pairs = zip(reader.path, producer.path, strict=False)
    return next((depth for depth, (one, other) in enumerate(pairs) if one is not other), -1)


def _order_of_levels(reader: NodeView, producer: NodeView) -> RunOrder | None:
    """The answer where the reader does not wait for the producer, or for a subflow around it; None where it does."""
    depth = _meeting(reader, producer)
    if depth < 0:
        return RunOrder(RanBefore.NEVER, Why.NOT_BEFORE, makes_cycle=True)
    reading, producing = reader.path[depth], producer.path[depth]
    wiring = reading.level.wiring
    if wiring.leads_to(producing, reading):
        return None
    makes_cycle = wiring.leads_to(reading, producing)
    dependent, dependency = reader.id_path[: depth + 1], producer.id_path[: depth + 1]
    return RunOrder(
        RanBefore.NEVER, Why.NOT_BEFORE, dependent=dependent, dependency=dependency, makes_cycle=makes_cycle
    )


def _on_plain_levels(reader: NodeView, producer: NodeView) -> RanBefore:
    """The answer where the reader waits for the producer, or for a subflow around it."""
    depth = _meeting(reader, producer)
    outer = producer.path[depth]
    order = ran_before_on_level(reader.path[depth], outer, outer.level.wiring)
    inside = producer.path[depth + 1 :]
    if order is RanBefore.SURELY and not all(one_surely_runs((view,), view.level.wiring) for view in inside):
        return RanBefore.PERHAPS
    return order
