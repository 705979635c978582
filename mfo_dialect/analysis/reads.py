"""Whether what a node reads has run by then (dialect section 4), with the doubts that keep a rule silent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush

from mfo_dialect.analysis.run_order import RanBefore, RunOrder, Why
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.ways import one_surely_runs, ran_before


def plainly_ran_before(reader: NodeView, producer: NodeView) -> bool:
    """Whether ``producer`` leads to ``reader`` on a taskflow's own level, where no condition decides about either."""
    level = reader.level
    if level is not producer.level or level.owner is not None:
        return False
    wiring = level.wiring
    return wiring.is_plain and wiring.is_unconditional(reader) and wiring.leads_to(producer, reader)


def has_run(reader: NodeView, producer: NodeView, verdict: RanBefore) -> bool:
    """Whether this is what is known of ``producer`` when ``reader`` starts; false where the graph cannot be trusted.

    It cannot where a part of the taskflow is unreadable, where nodes form a cycle that no condition leaves, where an
    id is used twice, and where a misspelt edge may be the one that is missing: each of these is a finding of its own.
    That is asked last, as it depends on much.
    """
    if plainly_ran_before(reader, producer):
        return verdict is RanBefore.SURELY and _is_trusted(reader, producer)
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


def verdict_of(reader: NodeView, producer: NodeView) -> RanBefore | None:
    """The verdict of ``run_order`` alone, found without going through the whole graph where there is no loop."""
    if not _is_trusted(reader, producer):
        return None
    if _are_levels_plain(reader, producer):
        return _on_plain_levels(reader, producer)
    return _whole_order(reader, producer).verdict


def verdict_in_the_end(producer: NodeView) -> RanBefore | None:
    """Whether a node has run when its taskflow has ended well; None where the graph cannot be trusted."""
    flow = producer.flow
    if flow.damaged or flow.has_cycle:
        return None
    if not _are_levels_plain(producer, producer):
        return flow.run_orders.ran_by_the_end(producer.id_path).verdict
    is_sure = all(one_surely_runs((view,), view.level.wiring) for view in producer.path)
    return RanBefore.SURELY if is_sure else RanBefore.PERHAPS


def verdicts_near(
    reader: NodeView, most: int, is_wanted: Callable[[str], bool]
) -> Iterator[tuple[NodeView, RanBefore | None]]:
    """The nodes that stand before ``reader``, roughly the nearest in the text first, each with what ``verdict_of`` says.

    Args:
        reader: a node; the levels around it are plain.
        most: how many nodes of a level are walked back through.
        is_wanted: says of a node's id whether it is to be among them.
    """
    flow = reader.flow
    is_trusted = _is_trusted(reader, reader)
    for producer in _before(reader, most):
        if not is_wanted(producer.id):
            continue
        inside = producer.path[_meeting(reader, producer) + 1 :]
        if flow.by_id.get(producer.id) is not producer or not all(view.level.wiring.is_plain for view in inside):
            yield producer, verdict_of(reader, producer)
        else:  # whoever leads to the producer leads to the reader, too: its edges are known as well
            is_known = is_trusted and all(_is_known(view) for view in inside)
            yield producer, _on_plain_way(reader, producer) if is_known else None


def _before(reader: NodeView, most: int) -> Iterator[NodeView]:
    for view in reversed(reader.path):
        wiring = view.level.wiring
        place = view.node.mapping.place
        waiting = [(0, 0, view)]
        seen: set[NodeView] = {view}
        while waiting and len(seen) <= most:
            current = heappop(waiting)[-1]
            for source in wiring.predecessors(current):
                if source not in seen:
                    seen.add(source)
                    heappush(waiting, (abs(source.node.mapping.place - place), len(seen), source))
                    yield source
                    yield from _inside(source, most)


def _inside(view: NodeView, most: int) -> Iterator[NodeView]:
    """The nodes inside a subflow, on all levels."""
    inner = view.inner.nodes[:most] if view.inner is not None else []
    for one in inner:
        yield one
        yield from _inside(one, most)


def _is_trusted(reader: NodeView, producer: NodeView) -> bool:
    flow = reader.flow
    if flow.damaged or flow.has_cycle:
        return False
    if flow.by_id.get(reader.id) is not reader or flow.by_id.get(producer.id) is not producer:
        return False
    for view in (*reader.path, *producer.path):  # noqa: SIM110 - as every reading asks, here and below
        if not _is_known(view):
            return False
    return True


def _is_known(view: NodeView) -> bool:
    """Whether all edges are known that decide what a node waits for."""
    level = view.level
    if level.leads_to_more:
        return False
    waiting = level.waiting_for_more
    return not waiting or not any(one is view or level.wiring.leads_to(one, view) for one in waiting)


def _are_levels_plain(reader: NodeView, producer: NodeView) -> bool:
    for view in (*reader.path, *producer.path):  # noqa: SIM110 - as above
        if not view.level.wiring.is_plain:
            return False
    return True


def _whole_order(reader: NodeView, producer: NodeView) -> RunOrder:
    return reader.flow.run_orders.ran_before(reader.id_path, producer.id_path)


def _meeting(reader: NodeView, producer: NodeView) -> int:
    """How many subflows are around both; -1 where one is the other, or stands in it."""
    if reader.level is producer.level and reader is not producer:
        return len(reader.path) - 1
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
    return _on_plain_way(reader, producer) if _waits_for(reader, producer) else RanBefore.NEVER


def _on_plain_way(reader: NodeView, producer: NodeView) -> RanBefore:
    """The verdict where a path leads to the reader."""
    depth = _meeting(reader, producer)
    outer = producer.path[depth]
    verdict = ran_before(reader.path[depth], outer, outer.level.wiring)
    inside = producer.path[depth + 1 :]
    if verdict is RanBefore.SURELY and not all(one_surely_runs((view,), view.level.wiring) for view in inside):
        return RanBefore.PERHAPS
    return verdict
