"""What the runs of one document are executed with."""

from __future__ import annotations

from dataclasses import dataclass

from mfo_runtime.client import MfoClient
from mfo_runtime.journal import Journal


@dataclass(frozen=True, slots=True)
class Workplace:
    """What the runs of one document share: the MFO server, and the journal that keeps them."""

    client: MfoClient
    journal: Journal
