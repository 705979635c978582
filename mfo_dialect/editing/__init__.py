"""A bundle that is being edited, and its findings: after each edit those of a fresh check, for what the edit touched."""

from __future__ import annotations

from mfo_dialect.editing.found import Found
from mfo_dialect.editing.live_bundle import LiveBundle
from mfo_dialect.editing.unread import unread_source
from mfo_dialect.editing.work import Work

__all__ = ["Found", "LiveBundle", "Work", "unread_source"]
