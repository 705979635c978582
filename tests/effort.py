"""How hard properties are tried, a sample always, a campaign with ``MFO_LONG=1``; and how long a test waits for what must come."""

from __future__ import annotations

import os

IS_LONG = os.environ.get("MFO_LONG", "") not in {"", "0"}
_TIMES = 50

PATIENCE = 150.0
"""Seconds that a test waits for what must come: a bound against hanging on however slow a machine, not a measurement."""


def examples(few: int) -> int:
    """How many examples a property is tried on: ``few``, or fifty times as many in a campaign."""
    return few * _TIMES if IS_LONG else few
