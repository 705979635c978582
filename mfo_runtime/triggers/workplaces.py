"""What the runs of one document are executed with."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from mfo_dialect.analysis.scopes import FlowView
from mfo_runtime.client import MfoClient
from mfo_runtime.flow import RunOptions
from mfo_runtime.flow.circuits import Circuits
from mfo_runtime.flow.watching import WatchRun, watched
from mfo_runtime.http import HttpClient
from mfo_runtime.journal import Journal, Retention
from mfo_runtime.tasks import Ask, Safeguards
from mfo_runtime.triggers.turns import Turn


@dataclass(frozen=True, slots=True)
class Workplace:
    """What the runs of one document share.

    Attributes:
        client: the MFO server.
        journal: what keeps them.
        retention: how long.
        circuits: leaves servers alone that fail too often; None for never.
        safeguards: rates, breakers and answers of their agents.
        http: for calls to other servers; None for a pool of each run's own.
        watch: watches each of them; None for nobody.
        ask: who asks for a run, by its id; None where nobody can be asked.
    """

    client: MfoClient
    journal: Journal
    retention: Retention = field(default_factory=Retention)
    circuits: Circuits | None = None
    safeguards: Safeguards = field(default_factory=Safeguards)
    http: HttpClient | None = None
    watch: WatchRun | None = None
    ask: Callable[[str], Ask] | None = None

    def in_turn(self, turn: Turn) -> Workplace:
        """The same for one run, which lends its turn to others while it waits for a person."""
        ask = self.ask
        if ask is None:
            return self

        def asker(run_id: str) -> Ask:
            return turn.while_asking(ask(run_id))

        return replace(self, ask=asker)

    @contextmanager
    def running(
        self, flow: FlowView, run_id: str, options: RunOptions, *, is_resumed: bool = False
    ) -> Generator[RunOptions]:
        """The options of a run that is executed inside the block, with what it shares with others."""
        surroundings = replace(options.surroundings, http=self.http)
        if self.ask is not None:
            options = replace(options, ask=self.ask(run_id))
        shared = replace(options, circuits=self.circuits, safeguards=self.safeguards, surroundings=surroundings)
        with watched(shared, self.watch, flow, run_id, is_resumed=is_resumed) as told:
            yield told
