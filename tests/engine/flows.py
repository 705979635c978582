"""Taskflows as a few lines of text, and executors that do as they are told and write down what happened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from mfo_dialect.analysis.graph import NodeDeclaration, NodeKind, Priority, build_level
from mfo_runtime.engine.observing import RunEvent
from mfo_runtime.engine.plan import RunPlan, RunSettings, make_plan
from mfo_runtime.engine.result import RunResult
from mfo_runtime.engine.running_node import RunningNode
from mfo_runtime.engine.shell import Run
from mfo_runtime.errors import TaskFailedError

PRIORITIES = {"high": Priority.HIGH, "normal": Priority.NORMAL, "low": Priority.LOW}


def declarations(text: str) -> tuple[NodeDeclaration, ...]:
    """Lines ``name: successors``, with ``high`` or ``low`` before the name; ``name?`` is a condition, and
    ``name{: successors`` opens a subflow that ``}`` closes."""
    levels: list[list[NodeDeclaration]] = [[]]
    open_subflows: list[tuple[str, Priority, tuple[str, ...]]] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        left, _, right = line.partition(":")
        name, successors = left.split()[-1], tuple(right.split())
        priority = PRIORITIES[left.split()[0]] if len(left.split()) == 2 else Priority.NORMAL
        if name.endswith("{"):
            open_subflows.append((name[:-1], priority, successors))
            levels.append([])
        elif name == "}":
            inner = tuple(levels.pop())
            name, priority, successors = open_subflows.pop()
            subflow = NodeDeclaration(name, NodeKind.SUBFLOW, (), successors, priority, inner)
            levels[-1].append(subflow)
        else:
            kind = NodeKind.CONDITION if name.endswith("?") else NodeKind.TASK
            levels[-1].append(NodeDeclaration(name.rstrip("?"), kind, (), successors, priority))
    return tuple(levels[0])


def plan_of(text: str, *, without_slot=(), **settings: Any) -> RunPlan:
    settings = {"max_concurrency": 1} | settings
    level = build_level(declarations(text))
    return make_plan(level, RunSettings(**settings), without_slot=without_slot)


class Told:
    """Executors that do as they are told; tasks end at once with their own name as output.

    Attributes:
        started: the identities of nodes in the order in which they started.
        seen: what tasks read: for each identity, name -> value.
        remembered: the conditions whose values come from an earlier part of the run.
    """

    def __init__(
        self,
        values: dict[str, Any] | None = None,
        *,
        does: dict[str, Callable[[RunningNode], Any]] | None = None,
        fails: Iterable[str] = (),
        reads: dict[str, list[str]] | None = None,
    ) -> None:
        self.values = values or {}
        self.does = does or {}
        self.fails = set(fails)
        self.reads = reads or {}
        self.started: list[str] = []
        self.seen: dict[str, dict[str, Any]] = {}
        self.remembered: list[str] = []

    def _note(self, node: RunningNode) -> None:
        self.started.append(str(node.identity))
        if node.id in self.reads:
            self.seen[str(node.identity)] = {name: node.read(name) for name in self.reads[node.id]}
        if node.id in self.fails or str(node.identity) in self.fails:
            raise TaskFailedError(f"{node.id} was told to fail")

    async def execute(self, task: RunningNode) -> Any:
        self._note(task)
        if task.id in self.does:
            result = self.does[task.id](task)
            return await result if asyncio.iscoroutine(result) else result
        return str(task.identity)

    def evaluate(self, condition: RunningNode) -> Any:
        self._note(condition)
        value = self.values[condition.id]
        if callable(value):
            return value(condition)
        return value.pop(0) if isinstance(value, list) else value

    def remember(self, condition: RunningNode, value: Any) -> None:
        self.remembered.append(f"{condition.identity}={value}")

    def open_subflow(self, subflow: RunningNode) -> None:
        self._note(subflow)


class Played:
    """A run that is over: its result, what started in which order, and what observers were told."""

    def __init__(self, result: RunResult, told: Told, events: list[RunEvent], run: Run) -> None:
        self.result, self.told, self.events, self.run = result, told, events, run

    @property
    def started(self) -> str:
        return " ".join(self.told.started)

    @property
    def states(self) -> dict[str, str]:
        return {path: state.value for path, state in self.result.states.items()}

    def having(self, state: str) -> str:
        return " ".join(path for path, found in self.states.items() if found == state)


async def play(plan: RunPlan | str, told: Told | None = None, **settings: Any) -> Played:
    told = told or Told()
    events: list[RunEvent] = []
    run = Run(plan if isinstance(plan, RunPlan) else plan_of(plan, **settings), told, observers=[events.append])
    return Played(await run.result(), told, events, run)
