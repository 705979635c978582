"""One run that waits for its turn: a new one, or one that somebody has left."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mfo_runtime.errors import RunHeldError
from mfo_runtime.flow import Flow, RunControl, RunOptions, RunOutcome, load_run
from mfo_runtime.flow.past import NOTED, RESUMED
from mfo_runtime.journal import Journal, RunLog, StoredRun
from mfo_runtime.triggers.workplaces import Workplace

MOST_RESUMPTIONS = 10
"""How often a run is gone on with by itself while nothing of it gets done."""

_PROGRESS = frozenset({"succeeded", "failed", "skipped", NOTED})


@dataclass(frozen=True, slots=True)
class BegunRun:
    """A run that was begun here; ``log`` holds it."""

    flow: Flow
    inputs: Mapping[str, Any]
    options: RunOptions
    log: RunLog | None = None

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self.options.run_id

    @property
    def document(self) -> str:
        """The document that the run is of."""
        return self.flow.view.document

    def held_by(self, log: RunLog) -> BegunRun:
        """The same, once it is in the journal."""
        assert self.options.keeping is not None
        keeping = replace(self.options.keeping, begun=log)
        return replace(self, log=log, options=replace(self.options, keeping=keeping))

    async def run(self, place: Workplace, control: RunControl) -> RunOutcome:
        """Run it to its end; raises ``MfoError``."""
        with place.running(self.flow.view, self.run_id, replace(self.options, control=control)) as options:
            return await self.flow.run(self.inputs, place.client, options)

    def give_back(self) -> None:
        """Let others execute it; may be called twice."""
        if self.log is not None:
            self.log.close()


@dataclass(frozen=True, slots=True)
class LeftRun:
    """A run that nobody executes any more."""

    stored: StoredRun
    journal: Journal

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self.stored.id

    @property
    def document(self) -> str:
        """The document that the run is of."""
        return self.stored.document

    async def run(self, place: Workplace, control: RunControl) -> RunOutcome:
        """Go on with it to its end; raises ``MfoError``, a ``RunHeldError`` where somebody was quicker."""
        resumption = await asyncio.to_thread(load_run, self.journal, self.stored.id)
        if resumption.stored.state != self.stored.state:
            raise RunHeldError(f"Run {self.run_id} has gone on meanwhile.")
        given = RunOptions(control=control)
        with place.running(resumption.flow.view, self.run_id, given, is_resumed=True) as options:
            return await resumption.go_on(place.client, options)

    def give_back(self) -> None:
        """Nothing is held before it runs, nor afterwards."""


def is_hopeless(journal: Journal, run: StoredRun) -> bool:
    """Whether a run has been gone on with so often, and broke off each time before anything of it was done."""
    in_vain = 0
    for event in journal.events(run):
        if event.kind == RESUMED:
            in_vain += 1
        elif event.kind in _PROGRESS:
            in_vain = 0
    return in_vain >= MOST_RESUMPTIONS
