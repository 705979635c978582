"""Whether what a node reads has run by then (dialect section 4), with the doubts that keep a rule silent."""

from __future__ import annotations

from mfo_dialect.analysis.run_order import RunOrder
from mfo_dialect.analysis.scopes import NodeView


def run_order(reader: NodeView, producer: NodeView) -> RunOrder | None:
    """Whether ``producer`` has run when ``reader`` starts; None where the graph cannot be trusted.

    It cannot where a part of the taskflow is unreadable, where nodes form a cycle that no condition leaves, where an
    id is used twice, and where a misspelt edge may be the one that is missing: each of these is a finding of its own.
    """
    flow = reader.flow
    if flow.damaged or flow.has_cycle:
        return None
    if flow.by_id.get(reader.id) is not reader or flow.by_id.get(producer.id) is not producer:
        return None
    if not all(_is_known(view) for view in (*reader.path, *producer.path)):
        return None
    return flow.run_orders.ran_before(reader.id_path, producer.id_path)


def _is_known(view: NodeView) -> bool:
    """Whether all edges are known that decide what a node waits for."""
    waiting, leads_to_more = view.level.doubtful
    before = view.level.graph.ancestors[view.index] | 1 << view.index
    return not leads_to_more and not waiting & before
