"""What a run did before it goes on: read from its events, in order; it does nothing by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from mfo_runtime.engine.states import NodeState, RunState
from mfo_runtime.journal import Event
from mfo_runtime.tasks.conversation import add_usage

NOTED = "noted"
RESUMED = "resumed"

_NODE_STATES = frozenset(state.value for state in NodeState)
_RUN_STATES = frozenset(state.value for state in RunState)


@dataclass
class Past:
    """What is known of a run.

    Attributes:
        endings: how each execution ended, by its path and iteration; those that are done again are left out.
        began: when each execution first began.
        notes: what was noted of each execution, by name.
        usage: what models used so far.
        usage_of: that by execution.
        has_stopped: whether the run was stopping or had ended when its events break off: by a failure, or from outside.
    """

    endings: dict[str, Event] = field(default_factory=dict[str, Event])
    began: dict[str, float] = field(default_factory=dict[str, float])
    notes: dict[str, dict[str, Event]] = field(default_factory=dict[str, dict[str, Event]])
    usage: dict[str, Any] = field(default_factory=dict[str, Any])
    usage_of: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    has_stopped: bool = False

    def take(self, event: Event, *, goes_on: bool) -> None:
        """Take in the next event; ``goes_on`` says whether a failure lets the run go on."""
        facts = event.facts or {}
        if used := facts.get("usage"):
            add_usage(self.usage, used)
            add_usage(self.usage_of.setdefault(event.node, {}), used)
        if event.kind == NOTED:
            self.notes.setdefault(event.node, {})[facts["name"]] = event
        elif event.kind == RESUMED:
            self.do_again(failed=bool(facts.get("failed")), tasks=facts.get("tasks") or ())
        elif not event.node:
            self.has_stopped = event.kind != RunState.RUNNING.value
        elif event.kind == NodeState.RUNNING.value:
            self.began.setdefault(event.node, event.time)
            self.endings.pop(event.node, None)
        elif event.kind in _NODE_STATES:
            self.endings[event.node] = event
            stops = event.kind == NodeState.FAILED.value and not goes_on
            self.has_stopped |= stops or event.kind == NodeState.CANCELLED.value

    def do_again(self, *, failed: bool, tasks: Collection[str] = ()) -> None:
        """Forget how executions ended that are to be done again.

        Args:
            failed: whatever did not succeed; what failed begins anew, what was stopped goes on with its tries.
            tasks: the ids of tasks that are done again, however they ended.
        """
        self.has_stopped = False
        for node, ending in list(self.endings.items()):
            is_wanted = id_of(node) in tasks
            if is_wanted or (failed and ending.kind != NodeState.SUCCEEDED.value):
                del self.endings[node]
                if is_wanted or ending.kind == NodeState.FAILED.value:
                    self.notes.pop(node, None)
                    self.began.pop(node, None)


def read_past(events: Iterable[Event], *, goes_on: bool) -> Past:
    """What the events of a run come to; ``goes_on`` says whether a failure lets the run go on."""
    past = Past()
    for event in events:
        past.take(event, goes_on=goes_on)
    return past


def id_of(node: str) -> str:
    """The id of the node in a path with iterations."""
    return node.rpartition("/")[2].partition("[")[0]
