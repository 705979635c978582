"""How the end of one node leads to the next: deciding nodes, ending levels, sending loops round; it starts nothing."""

from __future__ import annotations

from heapq import heappush

from mfo_runtime.engine.events import NodeEnded
from mfo_runtime.engine.plan import NOWHERE, NodeRun
from mfo_runtime.engine.state import MachineState
from mfo_runtime.engine.states import BROKEN, NodeState
from mfo_runtime.errors import MfoError


def open_level(state: MachineState, number: int) -> None:
    """Arm all nodes of a level and decide those that wait for nothing."""
    plan = state.plan
    level = plan.levels[number]
    state.level_left[number] = level.parts
    state.failed_inside[number] = False
    for loop in level.loops:
        state.loop_left[loop] = plan.loops[loop].parts
    for node in level.numbers:
        state.waiting[node] = plan.waits_for[node]
        if plan.parent[node] != NOWHERE:
            name_run(state, node)
    for node in level.numbers:
        if state.waiting[node] == 0:
            _decide(state, node)
    if level.parts == 0:
        _end_level(state, number)


def name_run(state: MachineState, node: int) -> None:
    """Give a node the identity that its iteration and those of the subflows around it make."""
    plan = state.plan
    parent = plan.parent[node]
    path = plan.ids[node] if parent == NOWHERE else f"{state.runs[parent]}/{plan.ids[node]}"
    state.runs[node] = NodeRun(node, path, state.iterations[node])


def _decide(state: MachineState, node: int) -> None:
    """Rules 1 and 2, for a node whose predecessors have all ended."""
    plan = state.plan
    sources = plan.predecessors[node]
    guards = plan.guards[node]
    states = state.states
    starts_loop = bool(state.has_head_start) and node in state.has_head_start
    if guards and not starts_loop and not any(state.chosen[guard] == node for guard in guards):
        broken = any(states[guard] in BROKEN for guard in guards)
        _end_unrun(state, node, NodeState.UPSTREAM_FAILED if broken else NodeState.SKIPPED)
        return
    has_run = starts_loop or not sources
    for source in sources:
        source_state = states[source]
        if source_state is NodeState.SUCCEEDED:
            has_run = True
        elif source_state in BROKEN:
            _end_unrun(state, node, NodeState.UPSTREAM_FAILED)
            return
    if has_run:
        states[node] = NodeState.READY
        push(state, node)
    else:
        _end_unrun(state, node, NodeState.SKIPPED)


def push(state: MachineState, node: int) -> None:
    """Let a node wait for its turn to start, or to go on."""
    heappush(state.ready if state.plan.holds_slot[node] else state.ready_without_slot, state.plan.key[node])


def _end_unrun(state: MachineState, node: int, how: NodeState) -> None:
    """End a node that does not run, and all inside it."""
    end_inside(state, node, how)
    end(state, node, how)


def end_inside(state: MachineState, subflow: int, how: NodeState) -> None:
    """End all nodes inside a subflow that does not run its level; for other nodes there are none."""
    for node in range(subflow + 1, state.plan.end[subflow]):
        name_run(state, node)
        state.states[node] = how
        state.outputs[node] = None
        state.effects.append(NodeEnded(state.runs[node], how))


def end(
    state: MachineState, node: int, how: NodeState, error: MfoError | None = None, branch: int | None = None
) -> None:
    """End a node; what follows from it is for ``release`` to do. From one that was cancelled nothing follows."""
    state.states[node] = how
    if how is not NodeState.SUCCEEDED:
        state.outputs[node] = None
    if how in BROKEN:
        state.failed_inside[state.plan.level_of[node]] = True
    state.effects.append(NodeEnded(state.runs[node], how, error, branch))
    if how is not NodeState.CANCELLED:
        state.settled.append(node)


def release(state: MachineState, node: int) -> None:
    """Decide what waited for a node that has ended, and count it towards the end of its loop or level."""
    plan = state.plan
    waiting = state.waiting
    for target in plan.feeds[node]:
        waiting[target] -= 1
        if waiting[target] == 0:
            _decide(state, target)
    loop = plan.loop_of[node]
    if loop == NOWHERE:
        _part_of_level_ended(state, plan.level_of[node])
    else:
        _part_of_loop_ended(state, loop)


def _part_of_level_ended(state: MachineState, level: int) -> None:
    state.level_left[level] -= 1
    if state.level_left[level] == 0:
        _end_level(state, level)


def _end_level(state: MachineState, level: int) -> None:
    """End the subflow around a level that has ended; the end of the taskflow's own level ends the run elsewhere."""
    subflow = state.plan.levels[level].subflow
    if subflow != NOWHERE:
        end(state, subflow, NodeState.FAILED if state.failed_inside[level] else NodeState.SUCCEEDED)


def _part_of_loop_ended(state: MachineState, loop: int) -> None:
    """Count down the parts of a loop; at none, send it round again or let it be over, and so its parent."""
    plan = state.plan
    while True:
        state.loop_left[loop] -= 1
        if state.loop_left[loop]:
            return
        again = state.again.pop(loop, [])
        if again and not state.is_stopping and not _jumps_out(state, loop):
            _go_round(state, loop)
            return
        for target in plan.loops[loop].released:
            state.waiting[target] -= 1
            if state.waiting[target] == 0:
                _decide(state, target)
        if plan.loops[loop].parent == NOWHERE:
            _part_of_level_ended(state, plan.level_of[plan.loops[loop].head])
            return
        loop = plan.loops[loop].parent


def _jumps_out(state: MachineState, loop: int) -> bool:
    """Whether a condition of this loop chose the head of a loop around it."""
    body = state.plan.loops[loop].body
    outer = state.plan.loops[loop].parent
    while outer != NOWHERE:
        if any(condition in body for condition in state.again.get(outer, ())):
            return True
        outer = state.plan.loops[outer].parent
    return False


def _go_round(state: MachineState, loop: int) -> None:
    """Arm the body of a loop again and decide what waits for nothing in it, the head that was chosen first of all."""
    plan = state.plan
    going_round = plan.loops[loop]
    inside = [number for node in going_round.body for number in range(node, plan.end[node])]
    snapshot = {number: state.outputs[number] for number in inside}
    for number in inside:
        state.states[number] = NodeState.PENDING
        state.chosen[number] = NOWHERE
        state.has_head_start.discard(number)
    for nested in going_round.nested:
        state.loop_left[nested] = plan.loops[nested].parts
        state.previous[nested] = snapshot
    for condition in going_round.forgotten:
        state.taken[condition] = 0
    for node, waits_for in going_round.rearmed:
        state.waiting[node] = waits_for
        state.iterations[node] += 1
        name_run(state, node)
        for number in range(node + 1, plan.end[node]):
            state.iterations[number] = 0
            state.taken[number] = 0
            for inner in plan.loop_edges[number].values():
                state.previous[inner] = snapshot
    state.has_head_start.add(going_round.head)
    for node, waits_for in going_round.rearmed:
        if waits_for == 0:
            _decide(state, node)
