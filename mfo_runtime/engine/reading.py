"""What a node reads when it names another one (dialect section 4, rules 4 and 7); paths below an output are not its."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mfo_dialect.analysis.graph import NodeKind
from mfo_runtime.engine.plan import NOWHERE
from mfo_runtime.engine.state import MachineState
from mfo_runtime.errors import UnresolvedReferenceError


def read(state: MachineState, reader: int | None, name: str) -> Any:
    """The outputs of a node as another node sees them.

    An ancestor of the reader, or of a subflow around it, is read as it is: null where it was skipped or failed. Another
    node of a loop around both is read as it was in the iteration before, null in the first.

    Args:
        state: where the run stands.
        reader: the number of the node that reads; None for what reads at the end of the run.
        name: the id of the node that is read. A subflow gives a map of its nodes' outputs by their ids.

    Raises:
        UnresolvedReferenceError: there is no such node, or nothing makes the reader wait for it.
    """
    plan = state.plan
    producer = plan.number_of.get(name)
    if producer is None:
        raise UnresolvedReferenceError(f"no node of the taskflow is called {name}")
    if reader is None:
        return _gathered(state, producer, state.outputs)
    waiting, source = _at_common_level(state, reader, producer)
    graph = plan.levels[plan.level_of[source]].graph
    if graph.ended_before[plan.place[waiting]] >> plan.place[source] & 1:
        return _gathered(state, producer, state.outputs)
    loop = _common_loop(state, waiting, source)
    if loop == NOWHERE:
        raise UnresolvedReferenceError(
            f"{name} has not run before {plan.ids[reader]} reads it", task=plan.paths[reader]
        )
    return _gathered(state, producer, state.previous.get(loop, {}))


def _at_common_level(state: MachineState, one: int, other: int) -> tuple[int, int]:
    """The nodes themselves or the subflows around them, at the innermost level that both are in."""
    plan = state.plan
    while plan.level_of[one] != plan.level_of[other]:
        # The inner of two nodes has the larger number of a level, since levels are numbered from the outside in.
        if plan.level_of[one] > plan.level_of[other]:
            one = plan.parent[one]
        else:
            other = plan.parent[other]
    return one, other


def _common_loop(state: MachineState, one: int, other: int) -> int:
    """The innermost loop around both, at their level or, around the subflow that holds both, further out."""
    plan = state.plan
    while one != NOWHERE:
        level = plan.levels[plan.level_of[one]]
        loop = level.graph.innermost_common_loop(plan.place[one], plan.place[other])
        if loop is not None:
            return level.loops[loop]
        one = other = plan.parent[one]
    return NOWHERE


def _gathered(state: MachineState, node: int, outputs: Sequence[Any] | Mapping[int, Any]) -> Any:
    plan = state.plan
    if plan.kinds[node] is not NodeKind.SUBFLOW:
        return outputs[node] if not isinstance(outputs, Mapping) else outputs.get(node)
    gathered: dict[int, dict[str, Any]] = {node: {}}
    for inner in range(node + 1, plan.end[node]):
        value = outputs.get(inner) if isinstance(outputs, Mapping) else outputs[inner]
        if plan.kinds[inner] is NodeKind.SUBFLOW:
            value = gathered[inner] = {}
        gathered[plan.parent[inner]][plan.ids[inner]] = value
    return gathered[node]
