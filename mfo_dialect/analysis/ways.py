"""Whether nodes of one level surely run, found by walking back from them as far as it takes; loops are left out.

What is assumed is what ``run_order`` assumes. A node is *forced* by others when one of these runs whenever it has run. A
node that runs always and is forced ends every question: then one of the others runs always, too.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

from mfo_dialect.analysis.run_order import RanBefore, has_way_around, ways_agree
from mfo_dialect.analysis.wiring import Wiring

_Node = TypeVar("_Node", bound=Hashable)


def one_surely_runs(wanted: Iterable[_Node], wiring: Wiring[_Node]) -> bool:
    """Whether one of some nodes runs at least, whatever the conditions say."""
    return _forcing(wanted, wiring) is None


def surely_runs(node: _Node, wiring: Wiring[_Node]) -> bool:
    """Whether a node runs whatever the conditions say, and is no branch itself."""
    return wiring.runs_always(node) or (not wiring.guards(node) and one_surely_runs((node,), wiring))


def ran_before(reader: _Node, producer: _Node, wiring: Wiring[_Node]) -> RanBefore:
    """Whether ``producer``, from which a path leads to ``reader``, has run when that one starts."""
    if wiring.runs_always(producer) or _is_only_way(reader, producer, wiring):
        return RanBefore.SURELY
    forcing = _forcing((producer,), wiring)
    if forcing is None or not has_way_around(reader, forcing, lambda node: _sources(node, wiring), wiring.runs_always):
        return RanBefore.SURELY
    return RanBefore.PERHAPS if _can_both_run(reader, producer, wiring) else RanBefore.NEVER


def _sources(node: _Node, wiring: Wiring[_Node]) -> tuple[_Node, ...]:
    """The nodes by which a way leads to a node: to a branch through its conditions only."""
    return wiring.guards(node) or wiring.predecessors(node)


def _forcing(wanted: Iterable[_Node], wiring: Wiring[_Node]) -> set[_Node] | None:
    """The nodes after which one of some nodes runs whatever the conditions say; None where one of these runs always."""
    forcing = set(wanted)
    waiting = list(forcing)
    while waiting:
        node = waiting.pop()
        if wiring.runs_always(node):
            return None
        conditions = wiring.guards(node)
        before = (one for one in conditions if _leads_only_to(one, forcing, wiring))
        for source in before if conditions else wiring.predecessors(node):
            if source not in forcing:
                forcing.add(source)
                waiting.append(source)
    return forcing


def _leads_only_to(condition: _Node, nodes: set[_Node], wiring: Wiring[_Node]) -> bool:
    """Whether all branches of a condition lead to these nodes; one with a single branch may take none."""
    branches = wiring.branches(condition)
    return len(branches) > 1 and all(branch in nodes for branch in branches)


def _is_only_way(reader: _Node, producer: _Node, wiring: Wiring[_Node]) -> bool:
    node = reader
    while node != producer:
        sources = _sources(node, wiring)
        if len(sources) != 1:
            return False
        node = sources[0]
    return True


def _can_both_run(one: _Node, other: _Node, wiring: Wiring[_Node]) -> bool:
    def is_settled(node: _Node, branch: _Node | None, rest: _Node, rest_branch: _Node | None) -> bool:
        """A way without branches leads to one of the two, and agrees with any to the other; or a way is at its entry."""
        is_plain = (branch is None and wiring.runs_always(node)) or (rest_branch is None and wiring.runs_always(rest))
        return is_plain or not _sources(node, wiring)

    return ways_agree(
        one,
        other,
        sources=lambda node: _sources(node, wiring),
        guards=wiring.guards,
        is_behind=lambda node, rest: wiring.leads_to(rest, node),
        is_settled=is_settled,
    )
