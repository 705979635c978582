"""Values that depend on each other: after a change, what can have changed is computed again, and nothing else.

Knows nothing of texts, documents or rules.
"""

from __future__ import annotations

from mfo_dialect.facts.facts import CircularFactError, Derived, Fact, Facts, Input, Reader
from mfo_dialect.facts.tables import FactIndex, FactTable

__all__ = ["CircularFactError", "Derived", "Fact", "FactIndex", "FactTable", "Facts", "Input", "Reader"]
