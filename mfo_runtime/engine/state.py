"""Where a run stands: the tables that the machine keeps for each node, loop and level; it decides nothing."""

from __future__ import annotations

from collections import deque
from typing import Any

from mfo_runtime.engine.events import Effect
from mfo_runtime.engine.plan import NOWHERE, NodeRun, RunPlan
from mfo_runtime.engine.states import NodeState, RunState
from mfo_runtime.errors import MfoError


class MachineState:
    """Where a run stands. To be read by anybody, changed by ``step`` only.

    Attributes:
        plan: the taskflow.
        run: what the run is doing.
        failure: the first failure: the node (None where it is the run's own) and the error.
        states: of each node, in its latest iteration.
        iterations: of each node, how often the loops of its level armed it again.
        outputs: of each node, what it gave when it last ran; None where it was skipped or failed since.
        taken: of each condition, how often it took its loop edge (``TASKFLOW.iterations``).
        chosen: of each condition, the node that it chose in its latest iteration, or ``NOWHERE``.
        previous: for each loop, the outputs of its nodes in the iteration before.
        is_stopping: whether nothing starts any more.
        outcome: what a run that is stopping will have ended as.
        slots: how many more tasks may start.
        runs: of each node, the identity of its latest execution.
        waiting: of each node, for how many nodes and loops it still waits.
        level_left: of each level, how many parts of it have not ended.
        loop_left: of each loop, how many parts of its body have not ended.
        failed_inside: of each level, whether one of its nodes failed.
        again: for each loop that is to go round, the conditions that say so.
        has_head_start: heads of loops that start because a loop edge chose them.
        ready: a heap of the nodes that wait for a slot.
        ready_without_slot: a heap of those that need none.
        going: the tasks that run, in the order in which they started.
        paused: the tasks that run without their slot; whether they ask for one again.
        looking: conditions and subflows that are being looked at.
        told_to_stop: the tasks that were told to stop.
        settled: nodes that have ended, and that nothing was concluded from yet.
        effects: what has to be done, gathered during a step.
    """

    __slots__ = (
        "again",
        "chosen",
        "effects",
        "failed_inside",
        "failure",
        "going",
        "has_head_start",
        "is_stopping",
        "iterations",
        "level_left",
        "looking",
        "loop_left",
        "outcome",
        "outputs",
        "paused",
        "plan",
        "previous",
        "ready",
        "ready_without_slot",
        "run",
        "runs",
        "settled",
        "slots",
        "states",
        "taken",
        "told_to_stop",
        "waiting",
    )

    def __init__(self, plan: RunPlan) -> None:
        count = len(plan.ids)
        self.plan = plan
        self.run = RunState.RUNNING
        self.failure: tuple[NodeRun | None, MfoError] | None = None
        self.states = [NodeState.PENDING] * count
        self.iterations = [0] * count
        self.outputs: list[Any] = [None] * count
        self.taken = [0] * count
        self.chosen = [NOWHERE] * count
        self.previous: dict[int, dict[int, Any]] = {}
        self.is_stopping = False
        self.outcome = RunState.FAILED
        self.slots = max(1, plan.settings.max_concurrency)
        self.runs: list[NodeRun] = list(plan.first_runs)
        self.waiting = list(plan.waits_for)
        self.level_left = [level.parts for level in plan.levels]
        self.loop_left = [loop.parts for loop in plan.loops]
        self.failed_inside = [False] * len(plan.levels)
        self.again: dict[int, list[int]] = {}
        self.has_head_start: set[int] = set()
        self.ready: list[int] = []
        self.ready_without_slot: list[int] = []
        self.going: dict[int, None] = {}
        self.paused: dict[int, bool] = {}
        self.looking: set[int] = set()
        self.told_to_stop: set[int] = set()
        self.settled: deque[int] = deque()
        self.effects: list[Effect] = []
