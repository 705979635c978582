"""Keeping the garbage collector from going through all that is there to stay, again and again, while somebody types."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

_REST = 1.0
"""Seconds without a message before what a closed document took is cleared out: nobody is answered meanwhile."""
_MOST_RESTS = 60
"""How often that is put off because messages come."""
_MUCH = 5_000_000
"""Objects that come, of those that the collector looks at, before it looks while much is built: those of a large document."""
_OFTEN = 10_000
"""The same for all other times: more than a keystroke brings, as a rule."""


class House:
    """What a process holds for its one client; off where the process is somebody else's.

    Attributes:
        is_ours: whether the collector may be told what to do.
    """

    def __init__(
        self,
        later: Callable[[float, Callable[[], None]], object] | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Start with the collector left alone.

        Args:
            later: has something called after so many seconds; the running loop if None.
            clock: gives seconds that only grow.
        """
        self.is_ours = False
        self._later = later
        self._clock = clock or time.monotonic
        self._used = self._clock()
        self._rests: int | None = None
        self._builders = 0
        self._usual = gc.get_threshold()

    @contextmanager
    def building(self) -> Generator[None]:
        """Have the collector look less often while much is built that is there to stay."""
        self._builders += 1
        if self.is_ours:
            gc.set_threshold(_MUCH)
        try:
            yield
        finally:
            self._builders -= 1
            if self.is_ours and not self._builders:
                gc.set_threshold(_OFTEN, *self._usual[1:])

    def settle(self) -> None:
        """What is there now is there to stay: it is not gone through again until ``clear_soon``."""
        if self.is_ours:
            gc.freeze()

    def note_use(self) -> None:
        """The client says or asks something."""
        self._used = self._clock()

    def clear_soon(self) -> None:
        """Free what is not needed any more, as soon as the client has been quiet for a moment, once for all that ask for it."""
        if self.is_ours and self._rests is None:
            self._rests = 0
            self._wait()

    def _wait(self) -> None:
        (self._later or asyncio.get_running_loop().call_later)(_REST, self._clear_if_quiet)

    def _clear_if_quiet(self) -> None:
        is_busy = self._builders or self._clock() - self._used < _REST
        if is_busy and self._rests is not None and self._rests < _MOST_RESTS:
            self._rests += 1
            self._wait()
            return
        self._rests = None
        gc.unfreeze()
        gc.collect()
        gc.freeze()
