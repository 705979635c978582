"""How many runs are executed at a time: one that waits for a person lends its turn to another one."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

from mfo_runtime.tasks import Ask, Question

MOST_LENT = 1000
"""Runs that wait without a turn: past it they keep theirs, so that what waits in memory has an end."""


class Turns:
    """The turns of one process."""

    def __init__(self, count: int) -> None:
        """Let ``count`` runs be executed at a time."""
        self._free = count
        self._lent = 0
        self._is_one_free = asyncio.Event()
        self._add(0)

    async def take(self) -> Turn:
        """Wait for a turn, and take it."""
        while self._free <= 0:
            await self._is_one_free.wait()
        self._add(-1)
        return Turn(self)

    def give_back(self) -> None:
        """Let another run have a turn that was taken."""
        self._add(1)

    def lend(self) -> bool:
        """Give back the turn of a run that waits; False where too many have done so."""
        if self._lent >= MOST_LENT:
            return False
        self._lent += 1
        self._add(1)
        return True

    def take_again(self) -> None:
        """Take a turn for a run that waits no more. It goes on at once, be there one or not: somebody has answered it."""
        self._lent -= 1
        self._add(-1)

    def _add(self, count: int) -> None:
        self._free += count
        if self._free > 0:
            self._is_one_free.set()
        else:
            self._is_one_free.clear()


class Turn:
    """The turn of one run."""

    def __init__(self, turns: Turns) -> None:
        """Be one of these, which was taken."""
        self._turns = turns
        self._questions = 0
        self._is_lent = False

    @contextmanager
    def lent(self) -> Generator[None]:
        """Let another run have it as long as the block, or another one like it, lasts."""
        self._questions += 1
        if self._questions == 1:
            self._is_lent = self._turns.lend()
        try:
            yield
        finally:
            self._questions -= 1
            if self._questions == 0 and self._is_lent:
                self._is_lent = False
                self._turns.take_again()

    def while_asking(self, ask: Ask) -> Ask:
        """The same way to ask, which lends the turn until there is an answer."""

        async def asked(question: Question) -> object:
            with self.lent():
                return await ask(question)

        return asked

    def give_back(self) -> None:
        """Leave it for good."""
        self._turns.give_back()
