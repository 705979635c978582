"""What was spent in a month: kept in SQLite, so that all runs and processes of a project count together, or elsewhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from mfo_runtime.errors import JournalError

_FILE = "spending.db"
_TABLE = """
CREATE TABLE IF NOT EXISTS spent (
    id TEXT PRIMARY KEY, month TEXT NOT NULL, agent TEXT NOT NULL, model TEXT NOT NULL, tokens INTEGER NOT NULL, cost REAL NOT NULL
)
"""
_INDEX = "CREATE INDEX IF NOT EXISTS spent_month ON spent (month)"


def _now() -> datetime:
    return datetime.now(UTC)


class Ledger(Protocol):
    """Knows what a month spent, for all who share it."""

    def add(self, entry: str, agent: str, model: str, tokens: int, cost: float) -> None:
        """Write down a call.

        Args:
            entry: names the call; one that is known already is not written again.
            agent: who asked; empty for a task without an agent.
            model: who answered.
            tokens: what it used.
            cost: what it cost.

        Raises:
            JournalError: it cannot be written.
        """
        ...

    def total(self) -> tuple[int, float]:
        """Tokens and money of the month of now, in UTC.

        Raises:
            JournalError: it cannot be read.
        """
        ...


class SpendingBook:
    """The file of what was spent; each call is one row, which is written once however often it is told."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = _now) -> None:
        """Keep it in ``folder``, which is there; the file is made when something is spent."""
        self._path = folder / _FILE
        self._now = now

    @property
    def month(self) -> str:
        """The month of now, such as ``2026-11``, in UTC."""
        return self._now().astimezone(UTC).strftime("%Y-%m")

    def add(self, entry: str, agent: str, model: str, tokens: int, cost: float) -> None:
        """As ``Ledger.add``."""
        row = (entry, self.month, agent, model, tokens, cost)
        try:
            with closing(self._opened()) as database, database:
                database.execute("INSERT OR IGNORE INTO spent VALUES (?, ?, ?, ?, ?, ?)", row)
        except sqlite3.Error as error:
            raise JournalError(f"What was spent cannot be written to {self._path.name}: {error}.") from None

    def total(self) -> tuple[int, float]:
        """As ``Ledger.total``."""
        if not self._path.exists():
            return 0, 0.0
        query = "SELECT COALESCE(SUM(tokens), 0), COALESCE(SUM(cost), 0) FROM spent WHERE month = ?"
        try:
            with closing(self._opened()) as database:
                tokens, cost = database.execute(query, (self.month,)).fetchone()
        except sqlite3.Error as error:
            raise JournalError(f"What was spent cannot be read from {self._path.name}: {error}.") from None
        return int(tokens), float(cost)

    def _opened(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=5.0)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(_TABLE)
        database.execute(_INDEX)
        return database


@dataclass
class MonthBudget:
    """The budget of a month: what the ledger says, and what is being spent in this process.

    What a call has cost is written into the ledger by whoever settles it; ``add`` counts only what is put by meanwhile.
    """

    book: Ledger
    max_tokens: int | None = None
    max_cost: float | None = None
    name: str = "this month"
    _put_by: list[float] = field(default_factory=lambda: [0.0, 0.0])
    _written: list[float] = field(default_factory=lambda: [0.0, 0.0])

    @property
    def tokens(self) -> int:
        """What the book says, and what is put by."""
        return int(self.book.total()[0] + max(self._put_by[0] - self._written[0], 0))

    @property
    def cost(self) -> float:
        """What the book says, and what is put by."""
        return self.book.total()[1] + max(self._put_by[1] - self._written[1], 0.0)

    def add(self, tokens: int, cost: float) -> None:
        """Put something by, or give it back."""
        self._put_by[0] += tokens
        self._put_by[1] += cost

    def written(self, tokens: int, cost: float) -> None:
        """The book has it now."""
        self._written[0] += tokens
        self._written[1] += cost
