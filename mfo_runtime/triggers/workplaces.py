"""What the runs of one document are executed with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mfo_runtime.client import MfoClient
from mfo_runtime.flow.circuits import Circuits
from mfo_runtime.journal import Journal, Retention
from mfo_runtime.tasks import Ask, Safeguards


@dataclass(frozen=True, slots=True)
class Workplace:
    """What the runs of one document share.

    Attributes:
        client: the MFO server.
        journal: what keeps them.
        retention: how long.
        circuits: leaves servers alone that fail too often; None for never.
        safeguards: rates, breakers and answers of their agents.
        ask: who asks for a run, by its id; None where nobody can be asked.
    """

    client: MfoClient
    journal: Journal
    retention: Retention = field(default_factory=Retention)
    circuits: Circuits | None = None
    safeguards: Safeguards = field(default_factory=Safeguards)
    ask: Callable[[str], Ask] | None = None
