"""Whether what a node reads has run by then (dialect section 4), with the doubts that keep a rule silent."""

from __future__ import annotations

from mfo_dialect.analysis.run_order import RanBefore, RunOrder, Why
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.ways import one_surely_runs, ran_before


def has_run(reader: NodeView, producer: NodeView, verdict: RanBefore) -> bool:
    """Whether this is what is known of ``producer`` when ``reader`` starts; false where the graph cannot be trusted.

    It cannot where a part of the taskflow is unreadable, where nodes form a cycle that no condition leaves, where an
    id is used twice, and where a misspelt edge may be the one that is missing: each of these is a finding of its own.
    That is asked last, as it depends on much.
    """
    if not _are_levels_plain(reader, producer):
        return _is_trusted(reader, producer) and _whole_order(reader, producer).verdict is verdict
    return _on_plain_levels(reader, producer) is verdict and _is_trusted(reader, producer)


def run_order(reader: NodeView, producer: NodeView) -> RunOrder | None:
    """Whether ``producer`` has run when ``reader`` starts, and why; None where the graph cannot be trusted."""
    if not _is_trusted(reader, producer):
        return None
    if _are_levels_plain(reader, producer):
        if not _waits_for(reader, producer):
            return _missing_edge(reader, producer)
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


def _waits_for(reader: NodeView, producer: NodeView) -> bool:
    """Whether a path leads to the reader, or to a subflow around it, from the producer, or from one around that."""
    depth = _meeting(reader, producer)
    if depth < 0:
        return False
    return reader.path[depth].level.wiring.leads_to(producer.path[depth], reader.path[depth])


def _missing_edge(reader: NodeView, producer: NodeView) -> RunOrder:
    depth = _meeting(reader, producer)
    if depth < 0:
        return RunOrder(RanBefore.NEVER, Why.NOT_BEFORE, makes_cycle=True)
    wiring = reader.path[depth].level.wiring
    return RunOrder(
        RanBefore.NEVER,
        Why.NOT_BEFORE,
        dependent=reader.id_path[: depth + 1],
        dependency=producer.id_path[: depth + 1],
        makes_cycle=wiring.leads_to(reader.path[depth], producer.path[depth]),
    )


def _on_plain_levels(reader: NodeView, producer: NodeView) -> RanBefore:
    if not _waits_for(reader, producer):
        return RanBefore.NEVER
    depth = _meeting(reader, producer)
    outer = producer.path[depth]
    verdict = ran_before(reader.path[depth], outer, outer.level.wiring)
    inside = producer.path[depth + 1 :]
    if verdict is RanBefore.SURELY and not all(one_surely_runs((view,), view.level.wiring) for view in inside):
        return RanBefore.PERHAPS
    return verdict
