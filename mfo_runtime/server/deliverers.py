"""What webhooks and event triggers have in common: rows of a table of their own, and deliveries that are sent for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from mfo_runtime.server.endpoint import Answer, Call
from mfo_runtime.server.failures import not_found
from mfo_runtime.server.rows import deliveries
from mfo_runtime.server.store import Store

HIDDEN = "[hidden]"
"""What stands in answers where a secret is set."""


@dataclass(frozen=True, slots=True)
class Deliverers:
    """Answers calls that speak of one of them, whose id is in the path.

    Attributes:
        table: where they are kept.
        noun: what messages call one of them.
        show: a row as clients see it.
    """

    table: Literal["webhooks", "event_triggers"]
    noun: str
    show: Callable[[sqlite3.Row], dict[str, Any]]

    def fetch(self, store: Store, identifier: str) -> dict[str, Any]:
        """One of them as clients see it; raises ``ApiError`` (404) where there is none."""
        row = store.database.row(f"SELECT * FROM {self.table} WHERE id = ?", (identifier,))  # noqa: S608 - constant names
        if row is None:
            raise not_found(self.noun)
        return self.show(row)

    def get(self, call: Call) -> Answer:
        """One of them."""
        return Answer(self.fetch(call.service.store, call.path["id"]))

    def delete(self, call: Call) -> Answer:
        """Forget one of them, and bury what still waits for it."""
        store = call.service.store
        if not store.database.write(f"DELETE FROM {self.table} WHERE id = ?", (call.path["id"],)):  # noqa: S608 - constant names
            raise not_found(self.noun)
        deliveries.give_up(store, call.path["id"])
        return Answer({"success": True})

    def list_deliveries(self, call: Call) -> Answer:
        """A page of what was sent for one of them."""
        found = self.fetch(call.service.store, call.path["id"])
        return Answer(deliveries.page(call.service.store, found["id"], call.query))

    def retry_delivery(self, call: Call) -> Answer:
        """Send again what was given up."""
        found = self.fetch(call.service.store, call.path["id"])
        return Answer(deliveries.revive(call.service.store, found["id"], call.path["delivery_id"]))
