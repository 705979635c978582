"""Documents whose runs are not executed here: they are put on a queue, for workers that share a database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mfo_runtime.client import MfoClient
from mfo_runtime.journal import Fired, Firing, NewRun, RunJournal

Submit = Callable[[NewRun, Firing], Fired | None]
"""Puts a run on a queue, unless a key of the firing has done so before; gives the run that it began then."""


@dataclass(frozen=True, slots=True)
class SubmittingPlace:
    """What the runs of one document are submitted with.

    Attributes:
        journal: the runs that workers share; for services that stand beside this one, too.
        submit: raises ``JournalError`` where a run cannot be kept.
        client: the MFO server that has events; None where none is configured here.
        server: what workers are told of the server of a run, as JSON values.
    """

    journal: RunJournal
    submit: Submit
    client: MfoClient | None = None
    server: dict[str, str | None] | None = None
