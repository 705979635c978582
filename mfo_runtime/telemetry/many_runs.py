"""The runs of one process as spans and metrics: each run has spans of its own, though they share the pools of connections."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from opentelemetry.metrics import Meter

from mfo_runtime.http.tracing import Ended
from mfo_runtime.telemetry.run_spans import Meters, RunSpans, WatchedRun
from mfo_runtime.telemetry.setting_up import Telemetry

_OF_THIS_RUN: ContextVar[RunSpans | None] = ContextVar("mfo_spans_of_this_run", default=None)


class ManyRuns:
    """Watches runs, and the requests of pools that they share."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry
        self._meters = Meters(telemetry.meter)

    @property
    def meter(self) -> Meter:
        """Makes further instruments."""
        return self._telemetry.meter

    @contextmanager
    def watching(self, run: WatchedRun) -> Generator[RunSpans]:
        """The spans of a run that is executed inside the block, by this asyncio task or those that it starts."""
        spans = RunSpans(self._telemetry, run, self._meters)
        token = _OF_THIS_RUN.set(spans)
        try:
            yield spans
        finally:
            _OF_THIS_RUN.reset(token)
            spans.close()

    def begin(self, method: str, origin: str, operation: str) -> tuple[Mapping[str, str], Ended]:
        """Begin the span of a request, where a run asks; others are not watched."""
        spans = _OF_THIS_RUN.get()
        return spans.begin(method, origin, operation) if spans is not None else ({}, _nobody_is_told)


def _nobody_is_told(_status: int | None, _code: str | None) -> None:
    """Nobody watches."""
