"""Keeping the garbage collector from going through all that is there to stay, again and again, while somebody types."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Generator
from contextlib import contextmanager

_REST = 1.0
"""Seconds between the closing of a document and the clearing out after it."""
_MUCH = 5_000_000
"""Objects that come, of those that the collector looks at, before it looks while much is built: those of a large document."""
_OFTEN = 10_000
"""The same for all other times: more than a keystroke brings, as a rule."""


class House:
    """What a process holds for its one client; off where the process is somebody else's.

    Attributes:
        is_ours: whether the collector may be told what to do.
    """

    def __init__(self) -> None:
        """Start with the collector left alone."""
        self.is_ours = False
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

    def clear_soon(self) -> None:
        """Free what is not needed any more, in a moment."""
        if self.is_ours:
            asyncio.get_running_loop().call_later(_REST, _clear)


def _clear() -> None:
    gc.unfreeze()
    gc.collect()
    gc.freeze()
