"""The live progress of a run: a table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from mfo_dialect.analysis.graph import NodeKind
from mfo_dialect.analysis.scopes import FlowView, NodeView
from mfo_dialect.durations import format_duration
from mfo_runtime.engine.observing import RunEvent
from mfo_runtime.engine.states import NodeState, RunState

_MARKS = {
    NodeState.PENDING: ("·", "dim"),
    NodeState.READY: ("·", "dim"),
    NodeState.RUNNING: ("▶", "cyan"),
    NodeState.SUCCEEDED: ("✓", "green"),
    NodeState.FAILED: ("✗", "bold red"),
    NodeState.SKIPPED: ("-", "dim"),
    NodeState.UPSTREAM_FAILED: ("-", "red"),
    NodeState.CANCELLED: ("■", "yellow"),
}
_MAX_ROWS = 60


class Progress(Protocol):
    """Shows a run while it goes on; used as a context manager, and told of every event."""

    def __enter__(self) -> Self:
        """Begin to show."""
        ...

    def __exit__(self, *_details: object) -> None:
        """Show the end."""
        ...

    def __call__(self, event: RunEvent) -> None:
        """Take in one event."""
        ...


class PlainProgress:
    """One line for each node that starts or ends."""

    def __init__(self, console: Console, flow: FlowView) -> None:
        """Write to ``console``."""
        self._console = console
        self._flow = flow

    def __enter__(self) -> Self:
        """Nothing to begin."""
        return self

    def __exit__(self, *_details: object) -> None:
        """Nothing to end."""

    def __call__(self, event: RunEvent) -> None:
        """Write the line for one event; none for nodes that are only waiting."""
        if not isinstance(event.state, NodeState) or event.state in {NodeState.PENDING, NodeState.READY}:
            return
        view = self._flow.by_id.get(event.path.rsplit("/", 1)[-1])
        parts = [time.strftime("%H:%M:%S", time.localtime(event.time)), f"{event.state.value:<15}", _name(event)]
        if view is not None:
            parts.append(f"({_kind(view)})")
        if event.attempt > 1 and event.state is NodeState.RUNNING:
            parts.append(f"try {event.attempt}")
        if event.duration is not None:
            parts.append(format_duration(event.duration))
        if event.branch is not None:
            parts.append(f"branch {event.branch}")
        if event.error is not None and event.state is NodeState.FAILED:
            parts.append(f"[{event.error.code}]")
        self._console.print(" ".join(parts), markup=False, highlight=False, soft_wrap=True)


@dataclass
class _Row:
    state: NodeState = NodeState.PENDING
    attempt: int = 0
    started: float | None = None
    duration: float | None = None
    note: str = ""
    iteration: int = 0


class LiveProgress:
    """A table of all nodes with their states and times, drawn anew as the run goes on."""

    def __init__(self, console: Console, flow: FlowView) -> None:
        """Draw on ``console``."""
        self._flow = flow
        self._rows = {"/".join(view.id_path): _Row() for view in flow.nodes}
        self._views = {"/".join(view.id_path): view for view in flow.nodes}
        self._live = Live(console=console, refresh_per_second=8, get_renderable=self._table, transient=False)

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._live.__enter__()
        return self

    def __exit__(self, *_details: object) -> None:
        """Draw a last time."""
        self._live.__exit__(None, None, None)

    def __call__(self, event: RunEvent) -> None:
        """Take in one event."""
        row = self._rows.get(_without_iterations(event.path))
        if row is None or not isinstance(event.state, NodeState):
            return
        row.state, row.iteration = event.state, event.iteration
        row.attempt = max(event.attempt, row.attempt if event.iteration == row.iteration else 0)
        if event.state is NodeState.RUNNING and event.attempt <= 1:
            row.started, row.duration, row.note = time.monotonic(), None, ""
        if event.duration is not None:
            row.duration = event.duration
        if event.branch is not None:
            row.note = f"branch {event.branch}"
        if event.error is not None:
            row.note = event.error.code

    def _table(self) -> Table:
        table = Table(
            box=None, pad_edge=False, title=self._flow.taskflow.name, title_justify="left", title_style="bold"
        )
        for heading in ("", "node", "type", "state", "time", ""):
            table.add_column(heading, no_wrap=True, overflow="ellipsis")
        shown = self._shown()
        for path in shown:
            table.add_row(*self._cells(path))
        if len(shown) < len(self._rows):
            table.add_row("", f"... and {len(self._rows) - len(shown)} more")
        return table

    def _shown(self) -> list[str]:
        """All nodes, or where they are many, those that are not over first."""
        if len(self._rows) <= _MAX_ROWS:
            return list(self._rows)
        order: Mapping[NodeState, int] = {NodeState.FAILED: 0, NodeState.RUNNING: 1, NodeState.SUCCEEDED: 3}
        ranked = sorted(self._rows, key=lambda path: order.get(self._rows[path].state, 2))
        return ranked[:_MAX_ROWS]

    def _cells(self, path: str) -> tuple[Any, ...]:
        row, view = self._rows[path], self._views[path]
        mark, style = _MARKS[row.state]
        seconds = row.duration
        if seconds is None and row.started is not None and row.state is NodeState.RUNNING:
            seconds = time.monotonic() - row.started
        notes = [
            f"try {row.attempt}" if row.attempt > 1 else "",
            f"iteration {row.iteration + 1}" if row.iteration else "",
            row.note,
        ]
        return (
            Text(mark, style),
            Text("  " * (len(view.path) - 1) + view.id),
            Text(_kind(view), "dim"),
            Text(row.state.value, style),
            Text(format_duration(seconds) if seconds is not None else "", "dim"),
            Text(", ".join(note for note in notes if note), "dim"),
        )


def make_progress(console: Console, flow: FlowView) -> Progress:
    """A table where the console is a terminal, lines elsewhere."""
    return LiveProgress(console, flow) if console.is_terminal else PlainProgress(console, flow)


def state_mark(state: NodeState | RunState) -> str:
    """One sign for a state."""
    return {"succeeded": "✓", "failed": "✗", "cancelled": "■"}.get(state.value, "·")


def _name(event: RunEvent) -> str:
    return f"{event.path}[{event.iteration}]" if event.iteration else event.path


def _without_iterations(path: str) -> str:
    return "/".join(part.partition("[")[0] for part in path.split("/"))


def _kind(view: NodeView) -> str:
    return view.type_name if view.kind is NodeKind.TASK else view.kind.value
