"""What happened to the nodes of a run, put together from its events; secrets are struck out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mfo_runtime.flow.past import NOTED, RESUMED
from mfo_runtime.journal import Event, shown
from mfo_runtime.tasks.conversation import add_usage

_TRY = "try "


@dataclass
class NodeHistory:
    """One execution of a node.

    Attributes:
        node: its path, with iterations.
        state: how it ended, or ``running``.
        attempts: how often it was tried.
        started_at: when it first began, in seconds since the epoch; None where it never did.
        duration: seconds, of the part of the run in which it ended; None where it has not.
        value: a task's outputs, or what a condition's expression gave.
        branch: the branch that a condition chose.
        error: why it failed.
        failed_tries: the errors of the tries before.
        usage: what models used.
        executions: in how many parts of the run it was executed.
    """

    node: str
    state: str
    attempts: int = 0
    started_at: float | None = None
    duration: float | None = None
    value: Any = None
    branch: int | None = None
    error: Mapping[str, Any] | None = None
    failed_tries: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    usage: dict[str, Any] = field(default_factory=dict[str, Any])
    executions: int = 0

    def to_data(self) -> dict[str, Any]:
        """The execution as JSON values; what is not known is left out."""
        names = ("node", "state", "attempts", "started_at", "duration", "branch", "error", "failed_tries", "usage")
        data = {name: getattr(self, name) for name in (*names, "executions")}
        known = {name: value for name, value in data.items() if value not in (None, 0, [], {}) or name == "branch"}
        if self.branch is None:
            known.pop("branch")
        return known | ({"value": self.value} if self.state == "succeeded" else {})

    def take(self, event: Event) -> None:
        """Take in the next event of this execution."""
        facts = event.facts or {}
        add_usage(self.usage, facts.get("usage") or {})
        if event.kind == NOTED:
            if facts["name"].startswith(_TRY):
                self.failed_tries.append(shown(event.value_json or "null"))
            return
        self.state, self.duration, self.error = event.kind, event.duration, facts.get("error")
        self.attempts = max(self.attempts, event.attempt or 0)
        self.branch = facts.get("branch")
        if event.kind == "running":
            self.started_at = event.time if self.started_at is None else self.started_at
            self.executions += event.attempt in {None, 1}
        elif event.value_json is not None:
            self.value = shown(event.value_json)


@dataclass(frozen=True, slots=True)
class RunHistory:
    """What happened to a run: its nodes' executions in the order in which they began, and how often it went on."""

    nodes: tuple[NodeHistory, ...]
    resumptions: int


def history_of(events: Iterable[Event]) -> RunHistory:
    """Put together what the events of a run tell, in order."""
    nodes: dict[str, NodeHistory] = {}
    resumptions = 0
    for event in events:
        resumptions += event.kind == RESUMED
        if event.node:
            nodes.setdefault(event.node, NodeHistory(event.node, event.kind)).take(event)
    return RunHistory(tuple(nodes.values()), resumptions)
