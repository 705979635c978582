"""A bundle that is being edited, and its findings: after each edit those of a fresh check, for what the edit touched."""

from __future__ import annotations

from mfo_dialect.editing.found import Found
from mfo_dialect.editing.live_bundle import LiveBundle, Work, unread_source

__all__ = ["Found", "LiveBundle", "Work", "unread_source"]
