"""The live progress of a run: a table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import Any, Protocol, Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from mfo_dialect.analysis.graph import NodeKind
from mfo_dialect.analysis.scopes import FlowView, NodeView
from mfo_dialect.durations import format_duration
from mfo_runtime.cli.output import printable_lines
from mfo_runtime.engine.observing import RunEvent
from mfo_runtime.engine.states import NodeState, RunState
from mfo_runtime.flow.told_text import TextObserver

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
_MOST_ROWS_AT_THE_END = 200
_LEAST_ROWS = 5
_LINES_OF_TEXT = 3
_LINES_BESIDE_ROWS = 4 + _LINES_OF_TEXT
_LONGEST_TEXT = 2000


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

    def used(self, node: str, usage: Mapping[str, Any]) -> None:
        """A model used so much for one execution of a node."""
        ...

    @property
    def reader(self) -> TextObserver | None:
        """Reads along what models write; None where nobody could follow it."""
        ...

    def paused(self) -> AbstractContextManager[None]:
        """A block in which nothing is shown, so that something else can be."""
        ...


class NoProgress:
    """Shows nothing."""

    def __enter__(self) -> Self:
        """Nothing to begin."""
        return self

    def __exit__(self, *_details: object) -> None:
        """Nothing to end."""

    def __call__(self, event: RunEvent) -> None:
        """Nothing to show."""

    def used(self, node: str, usage: Mapping[str, Any]) -> None:
        """Nothing to show."""

    @property
    def reader(self) -> None:
        """Nobody reads."""

    def paused(self) -> AbstractContextManager[None]:
        """Nothing is shown anyway."""
        return nullcontext()


class PlainProgress:
    """One line for each node that starts or ends."""

    def __init__(self, console: Console, flow: FlowView) -> None:
        """Write to ``console``."""
        self._console = console
        self._flow = flow
        self._tokens: dict[str, int] = {}

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
        if event.state is not NodeState.RUNNING and (tokens := self._tokens.pop(_name(event), 0)):
            parts.append(f"{tokens} tokens")
        if event.branch is not None:
            parts.append(f"branch {event.branch}")
        if event.error is not None and event.state is NodeState.FAILED:
            parts.append(f"[{event.error.code}]")
        with suppress(OSError):  # nobody reads any more; the run goes on
            self._console.print(" ".join(parts), markup=False, highlight=False, soft_wrap=True)

    def used(self, node: str, usage: Mapping[str, Any]) -> None:
        """Keep it for the line that tells of the execution's end."""
        self._tokens[node] = self._tokens.get(node, 0) + _tokens(usage)

    @property
    def reader(self) -> None:
        """Lines are written once, for what is over."""

    def paused(self) -> AbstractContextManager[None]:
        """Lines are in nobody's way."""
        return nullcontext()


@dataclass
class _Row:
    state: NodeState = NodeState.PENDING
    attempt: int = 0
    started: float | None = None
    duration: float | None = None
    note: str = ""
    iteration: int = 0
    tokens: int = 0


class LiveProgress:
    """A table of all nodes with their states and times, drawn anew as the run goes on."""

    def __init__(self, console: Console, flow: FlowView) -> None:
        """Draw on ``console``."""
        self._flow = flow
        self._rows = {"/".join(view.id_path): _Row() for view in flow.nodes}
        self._views = {"/".join(view.id_path): view for view in flow.nodes}
        self._console = console
        self._is_over = False
        self._said: tuple[str, str] = ("", "")
        self._live = Live(console=console, refresh_per_second=8, get_renderable=self._drawn, transient=False)

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._live.__enter__()
        return self

    def __exit__(self, *_details: object) -> None:
        """Draw a last time."""
        self._is_over = True
        self._live.stop()

    @contextmanager
    def paused(self) -> Generator[None]:
        """Draw nothing inside the block; the table goes on below what was written there."""
        self._live.stop()
        try:
            yield
        finally:
            self._live.start()

    def __call__(self, event: RunEvent) -> None:
        """Take in one event."""
        row = self._rows.get(_without_iterations(event.path))
        if row is None or not isinstance(event.state, NodeState):
            return
        row.state, row.iteration = event.state, event.iteration
        if event.state is NodeState.RUNNING:
            row.attempt = event.attempt
            if event.attempt <= 1:
                row.started, row.duration, row.note = time.monotonic(), None, ""
        if event.duration is not None:
            row.duration = event.duration
        if event.branch is not None:
            row.note = f"branch {event.branch}"
        if event.error is not None:
            row.note = event.error.code
        if self._said[0] == _name(event):
            self._said = ("", "")

    @property
    def reader(self) -> TextObserver:
        """Shows the end of what was said last, below the table, as long as the node that says it goes on."""
        return self._read

    def _read(self, node: str, text: str) -> None:
        before = self._said[1] if self._said[0] == node else ""
        self._said = node, (before + text)[-_LONGEST_TEXT:]

    def _drawn(self) -> Group:
        node, text = self._said
        width = max(20, self._console.width - 4)
        lines = [
            line[place : place + width]
            for line in printable_lines(text)
            for place in range(0, max(1, len(line)), width)
        ]
        said = [Text(f"  {line}", "italic dim") for line in lines[-_LINES_OF_TEXT:]]
        return Group(self._table(), *([Text(f"  {node}:", "cyan"), *said] if said else []))

    def used(self, node: str, usage: Mapping[str, Any]) -> None:
        """Add it to the node's row, over all of its iterations."""
        row = self._rows.get(_without_iterations(node))
        if row is not None:
            row.tokens += _tokens(usage)

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
        """All nodes, or where the terminal has too few lines for them, those that failed or run before others."""
        fitting = max(_LEAST_ROWS, self._console.height - _LINES_BESIDE_ROWS)
        limit = _MOST_ROWS_AT_THE_END if self._is_over else fitting
        if len(self._rows) <= limit:
            return list(self._rows)
        order: Mapping[NodeState, int] = {NodeState.FAILED: 0, NodeState.RUNNING: 1, NodeState.SUCCEEDED: 3}
        ranked = sorted(self._rows, key=lambda path: order.get(self._rows[path].state, 2))
        return ranked[:limit]

    def _cells(self, path: str) -> tuple[Any, ...]:
        row, view = self._rows[path], self._views[path]
        mark, style = _MARKS[row.state]
        seconds = row.duration
        if seconds is None and row.started is not None and row.state is NodeState.RUNNING:
            seconds = time.monotonic() - row.started
        notes = [
            f"try {row.attempt}" if row.attempt > 1 else "",
            f"iteration {row.iteration + 1}" if row.iteration else "",
            f"{row.tokens} tokens" if row.tokens else "",
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


def make_progress(flow: FlowView) -> Progress:
    """A table where stderr is a terminal that can draw one, and no CI's; lines elsewhere."""
    if sys.stderr.isatty() and not os.environ.get("CI"):
        console = Console(stderr=True)
        if not console.is_dumb_terminal:
            return LiveProgress(console, flow)
    return PlainProgress(Console(stderr=True, soft_wrap=True, color_system=None), flow)


def state_mark(state: NodeState | RunState | str) -> str:
    """One sign for a state, or for the word of one."""
    word = state if isinstance(state, str) else state.value
    return {"succeeded": "✓", "failed": "✗", "cancelled": "■"}.get(word, "·")


def _name(event: RunEvent) -> str:
    return f"{event.path}[{event.iteration}]" if event.iteration else event.path


def _tokens(usage: Mapping[str, Any]) -> int:
    """The tokens in all; what a server reports otherwise is left to the summary."""
    counted = [usage[name] for name in ("total_tokens",) if name in usage] or [
        usage.get(name) for name in ("input_tokens", "output_tokens")
    ]
    return sum(int(count) for count in counted if isinstance(count, int | float))


def _without_iterations(path: str) -> str:
    return "/".join(part.partition("[")[0] for part in path.split("/"))


def _kind(view: NodeView) -> str:
    return view.type_name if view.kind is NodeKind.TASK else view.kind.value
