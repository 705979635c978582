"""How often each conversation with a script has been answered."""

from __future__ import annotations

from mfo_runtime.server.store import Store

_KEPT_SECONDS = 30 * 24 * 3600.0
_MOST_IN_MEMORY = 100_000


class Turns:
    """Counts turns: those of a named run in the database, so that a resumed run goes on; others in memory."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._in_memory: dict[str, int] = {}
        store.database.write("DELETE FROM script_turns WHERE last_seen < ?", (store.dates.seconds() - _KEPT_SECONDS,))

    def next(self, conversation: str, *, is_lasting: bool) -> int:
        """How many turns the conversation had before this one.

        A lasting one has had it only when it is ``taken``, so that a turn whose answer was never kept is given again.
        """
        if is_lasting:
            query = "SELECT turn FROM script_turns WHERE conversation = ?"
            return self._store.database.number(query, (conversation,))
        if len(self._in_memory) >= _MOST_IN_MEMORY:
            self._in_memory.pop(next(iter(self._in_memory)))
        turn = self._in_memory.pop(conversation, 0)
        self._in_memory[conversation] = turn + 1
        return turn

    def taken(self, conversation: str, turn: int, *, is_lasting: bool) -> None:
        """The turn has been answered; to be called in the transaction in which its answer is kept."""
        if is_lasting:
            self._store.database.write(
                "INSERT OR REPLACE INTO script_turns VALUES (?, ?, ?)",
                (conversation, turn + 1, self._store.dates.seconds()),
            )
