"""The run of a taskflow: a pure state machine, and the thin shell that performs what it asks for."""

from mfo_runtime.engine.executors import Executors
from mfo_runtime.engine.machine import start, step
from mfo_runtime.engine.observing import Clock, Observer, RunEvent
from mfo_runtime.engine.plan import NodeRun, RunPlan, RunSettings, make_plan
from mfo_runtime.engine.recording import Ending, Recorder
from mfo_runtime.engine.result import Failure, RunResult
from mfo_runtime.engine.running_node import RunningNode
from mfo_runtime.engine.shell import Run, run_plan
from mfo_runtime.engine.states import NodeState, RunState

__all__ = [
    "Clock",
    "Ending",
    "Executors",
    "Failure",
    "NodeRun",
    "NodeState",
    "Observer",
    "Recorder",
    "Run",
    "RunEvent",
    "RunPlan",
    "RunResult",
    "RunSettings",
    "RunState",
    "RunningNode",
    "make_plan",
    "run_plan",
    "start",
    "step",
]
