"""What watches runs besides the person who started them, such as a collector of spans."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any, Protocol

from mfo_dialect.analysis.scopes import FlowView
from mfo_runtime.engine import RunEvent
from mfo_runtime.flow.running import RunOptions


class RunWatcher(Protocol):
    """Is told of a run's events, and of what models used."""

    def __call__(self, event: RunEvent) -> None:
        """Something happened."""
        ...

    def used(self, node: str, usage: Mapping[str, Any]) -> None:
        """A model used something."""
        ...


class WatchRun(Protocol):
    """Watches a run as long as the block lasts."""

    def __call__(self, flow: FlowView, run_id: str, *, is_resumed: bool) -> AbstractContextManager[RunWatcher]:
        """The watcher of one run of a taskflow."""
        ...


@contextmanager
def watched(
    options: RunOptions, watch: WatchRun | None, flow: FlowView, run_id: str, *, is_resumed: bool
) -> Generator[RunOptions]:
    """The options of a run that is executed inside the block, with what watches it; None for nobody besides."""
    if watch is None:
        yield options
        return
    with watch(flow, run_id, is_resumed=is_resumed) as watcher:
        yield replace(options, observers=(*options.observers, watcher), on_usage=watcher.used)
