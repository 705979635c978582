"""What watches runs besides the person who started them, such as a collector of spans."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from mfo_dialect.analysis.scopes import FlowView
from mfo_runtime.engine import RunEvent


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
