"""What a month spent, over all workers of a database."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from mfo_runtime.distributed.database import Database
from mfo_runtime.distributed.tables import months, spent


class SharedSpendingBook:
    """The ledger of a database: one sum a month for all workers, by the database's clock, whatever project a run is of."""

    def __init__(self, database: Database) -> None:
        """Keep it in ``database``; its tables must be there."""
        self._database = database

    def add(self, entry: str, agent: str, model: str, tokens: int, cost: float) -> None:
        """As ``Ledger.add``: a call that is known already is not counted again."""
        with self._database.writing() as connection:
            month = self._month(connection)
            row: dict[str, object] = {"entry": entry, "month": month, "agent": agent, "model": model}
            added = self._database.add_once(spent, [{**row, "tokens": tokens, "cost": cost}])
            if connection.execute(added.returning(spent.c.entry)).first() is None:
                return
            connection.execute(self._database.add_once(months, [{"month": month, "tokens": 0, "cost": 0.0}]))
            grown = sa.update(months).where(months.c.month == month)
            connection.execute(grown.values(tokens=months.c.tokens + tokens, cost=months.c.cost + cost))

    def total(self) -> tuple[int, float]:
        """As ``Ledger.total``."""
        with self._database.reading() as connection:
            query = sa.select(months.c.tokens, months.c.cost).where(months.c.month == self._month(connection))
            row = connection.execute(query).first()
        return (0, 0.0) if row is None else (int(row.tokens), float(row.cost))

    def _month(self, connection: sa.Connection) -> str:
        return datetime.fromtimestamp(self._database.now(connection), UTC).strftime("%Y-%m")
