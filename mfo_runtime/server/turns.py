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

    def take(self, conversation: str, is_lasting: bool) -> int:  # noqa: FBT001 - called through a callable of two values
        """How many turns the conversation had before this one."""
        if is_lasting:
            return self._take_stored(conversation)
        if len(self._in_memory) >= _MOST_IN_MEMORY:
            self._in_memory.pop(next(iter(self._in_memory)))
        turn = self._in_memory.pop(conversation, 0)
        self._in_memory[conversation] = turn + 1
        return turn

    def _take_stored(self, conversation: str) -> int:
        database = self._store.database
        with database.transaction():
            turn = database.number("SELECT turn FROM script_turns WHERE conversation = ?", (conversation,))
            database.write(
                "INSERT OR REPLACE INTO script_turns VALUES (?, ?, ?)",
                (conversation, turn + 1, self._store.dates.seconds()),
            )
        return turn
