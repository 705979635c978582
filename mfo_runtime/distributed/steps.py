"""The tasks of a run as steps of a workflow: what has ended is not executed again, whichever worker goes on.

DBOS knows a step by its number, and draws numbers in the order in which steps begin. That order depends on which task
ends first, so that a replay would find other steps under its numbers. Here a number follows from the node and from how
often it has run: nodes have their number in the plan, and those of loops one more for each further execution.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from dbos import DBOS

from mfo_runtime.distributed.workflows import event_data, event_of
from mfo_runtime.engine.executors import Executors
from mfo_runtime.engine.plan import RunPlan
from mfo_runtime.engine.running_node import RunningNode
from mfo_runtime.engine.states import NodeState
from mfo_runtime.errors import JournalError, MfoError, RunHeldError, error_from_data
from mfo_runtime.flow.recording import TakeUsage
from mfo_runtime.journal import Codec, Event


class Reservation(Protocol):
    """The number of a step that has been drawn, and may be used once."""

    async def run_async(self, dbos_step_options: Any, func: Any, *args: Any, **kwargs: Any) -> Any:
        """Execute the step, or give what it gave before."""
        ...


CountAgain = Callable[[Mapping[str, Any], Mapping[str, Mapping[str, Any]]], None]
"""Counts what was used before: all of it, and of it what each execution used."""


class StepNumbers:
    """Draws numbers so that the n-th execution of a node always has the same one."""

    def __init__(self, plan: RunPlan, draw: Callable[[], Reservation] = DBOS.reserve_step) -> None:
        """Number the executions of the nodes of ``plan``; ``draw`` gives one number after the other."""
        self._nodes = len(plan.ids)
        looping = sorted({inner for loop in plan.loops for node in loop.body for inner in range(node, plan.end[node])})
        self._place_in_loops = {number: place for place, number in enumerate(looping)}
        self._executions: Counter[int] = Counter()
        self._draw = draw
        self._drawn = 0
        self._waiting: dict[int, Reservation] = {}

    def next_of(self, node: int) -> Reservation:
        """The number for the next execution of a node; each is given once."""
        self._executions[node] += 1
        wanted = self._number(node, self._executions[node])
        while self._drawn <= wanted:
            self._waiting[self._drawn] = self._draw()
            self._drawn += 1
        return self._waiting.pop(wanted)

    def _number(self, node: int, execution: int) -> int:
        if execution == 1:
            return node
        return self._nodes + (execution - 2) * len(self._place_in_loops) + self._place_in_loops[node]


@dataclass(frozen=True, slots=True)
class StepHost:
    """The worker, as far as steps have to do with it.

    Attributes:
        may_go_on: raises where this worker must not begin another step.
        is_step: told an execution's name before its step ends.
        break_off: stops the run here, since it cannot be kept or is not this worker's any more.
    """

    may_go_on: Callable[[], None]
    is_step: Callable[[str], None]
    break_off: Callable[[MfoError], None]


class SteppedExecutors:
    """Executors whose tasks are steps; all else is pure, and done anew whenever it is asked for."""

    def __init__(
        self,
        inner: Executors,
        numbers: StepNumbers,
        codec: Codec,
        take_usage: TakeUsage,
        count_again: CountAgain,
        host: StepHost,
    ) -> None:
        """Execute through ``inner``.

        Args:
            inner: what tasks really do.
            numbers: which step each execution is.
            codec: writes and reads what tasks give.
            take_usage: what models used in an execution since this was asked last.
            count_again: told what models had used in executions that are not repeated.
            host: the worker, as far as steps have to do with it.
        """
        self._inner = inner
        self._numbers = numbers
        self._codec = codec
        self._take_usage = take_usage
        self._count_again = count_again
        self._host = host

    async def execute(self, task: RunningNode) -> Any:
        """Execute a task as a step, or give what its step gave before."""
        name = str(task.identity)
        self._host.is_step(name)
        live: list[Any] = []

        async def work() -> dict[str, Any]:
            began = time.monotonic()
            kind, value, facts = NodeState.SUCCEEDED, None, dict[str, Any]()
            try:
                self._host.may_go_on()
                live.append(await self._inner.execute(task))
                value = self._codec.encode(live[0])
            except (JournalError, RunHeldError) as error:
                self._host.break_off(error)
                await (
                    asyncio.Event().wait()
                )  # until it is stopped: whatever came out of here would be the step's result
            except MfoError as error:
                kind = NodeState.FAILED
                live.append(error)
                facts["error"] = self._codec.redacted(error.to_data())
            if usage := self._take_usage(name):
                facts["usage"] = usage
            duration = time.monotonic() - began
            return event_data(Event(time.time(), kind.value, name, task.attempt, duration, value, facts or None))

        ended = event_of(await self._numbers.next_of(task.identity.number).run_async({"name": name}, work))
        used = (ended.facts or {}).get("usage")
        if used and not live:
            self._count_again(used, {name: used})
        if ended.kind == NodeState.FAILED.value:
            raise live[-1] if live else error_from_data((ended.facts or {}).get("error") or {})
        return live[0] if live else self._codec.decode(ended.value_json or "null")

    def evaluate(self, condition: RunningNode) -> Any:
        """As the inner ones."""
        return self._inner.evaluate(condition)

    def remember(self, condition: RunningNode, value: Any) -> None:
        """As the inner ones."""
        self._inner.remember(condition, value)

    def open_subflow(self, subflow: RunningNode) -> None:
        """As the inner ones."""
        self._inner.open_subflow(subflow)
