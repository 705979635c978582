"""Stopping a run from outside: for good, or so that it goes on another time."""

from __future__ import annotations

from typing import Protocol

from mfo_runtime.engine.observing import Observer, RunEvent


class Stoppable(Protocol):
    """Something that runs."""

    def cancel(self, *, at_once: bool = False) -> None:
        """Stop it; never fails."""
        ...


class Kept(Protocol):
    """Something that is written down."""

    def park(self) -> None:
        """Write nothing more."""
        ...


class RunControl:
    """Stops a run from outside; may be told to before the run begins.

    Attributes:
        is_parked: whether the run was stopped so that it goes on another time.
    """

    def __init__(self) -> None:
        """Control the run that is given it by ``RunOptions``."""
        self._run: Stoppable | None = None
        self._kept: Kept | None = None
        self._is_cancelled = False
        self._at_once = False
        self.is_parked = False

    def cancel(self, *, at_once: bool = False) -> None:
        """Stop the run: running tasks get the flow's grace, or none; a second call may shorten it."""
        self._is_cancelled, self._at_once = True, at_once
        if self._run is not None:
            self._run.cancel(at_once=at_once)

    def park(self) -> None:
        """Stop the run at once, and leave it in the journal as a crash would: it has not ended and can go on."""
        self.is_parked = True
        if self._kept is not None:
            self._kept.park()
        self.cancel(at_once=True)

    def until_parked(self, observer: Observer) -> Observer:
        """Tell an observer what happens; what follows on parking is no ending of the run, and is told to nobody."""

        def told(event: RunEvent) -> None:
            if not self.is_parked:
                observer(event)

        return told

    def attach(self, run: Stoppable, kept: Kept | None = None) -> None:
        """Control ``run`` from now on, and what is kept of it."""
        self._run, self._kept = run, kept
        if self.is_parked and kept is not None:
            kept.park()
        if self._is_cancelled:
            run.cancel(at_once=self._at_once)
